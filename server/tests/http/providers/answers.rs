//! How the addresses of the providers answer.

use super::{Asked, Book};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use domain::identities::Provider;
use futures_util::stream;
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// An address that a console asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    GoogleToken,
    GoogleKeys,
    GitHubToken,
    GitHubUser,
    GitHubEmails,
}

impl Place {
    pub(crate) const ALL: [Self; 5] = [
        Self::GoogleToken,
        Self::GoogleKeys,
        Self::GitHubToken,
        Self::GitHubUser,
        Self::GitHubEmails,
    ];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::GoogleToken => "/google/token",
            Self::GoogleKeys => "/google/keys",
            Self::GitHubToken => "/github/token",
            Self::GitHubUser => "/github/user",
            Self::GitHubEmails => "/github/emails",
        }
    }

    pub(crate) fn provider(self) -> Provider {
        match self {
            Self::GoogleToken | Self::GoogleKeys => Provider::Google,
            _ => Provider::GitHub,
        }
    }

    /// Where a provider exchanges codes.
    pub(crate) fn token_of(provider: Provider) -> Self {
        match provider {
            Provider::Google => Self::GoogleToken,
            Provider::GitHub => Self::GitHubToken,
        }
    }
}

/// How a place answers that doesn't do what it should.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// With a status and a text.
    Says(u16, String),
    Hangs,
    /// Rightly, after so long.
    Late(Duration),
    /// With a body without an end, as fast as it is read.
    Floods,
    /// With one of which a byte comes now and then.
    Drips,
    Redirects(String),
}

impl Manner {
    async fn answer(self, rightly: impl FnOnce() -> Response) -> Response {
        let json = [(header::CONTENT_TYPE, "application/json")];
        match self {
            Self::Late(by) => {
                tokio::time::sleep(by).await;
                rightly()
            }
            Self::Says(status, text) => (StatusCode::from_u16(status).unwrap(), json, text).into_response(),
            Self::Hangs => std::future::pending().await,
            Self::Floods => {
                let spaces = Bytes::from(vec![b' '; 64 * 1024]);
                let flood = stream::repeat_with(move || Ok::<_, std::io::Error>(spaces.clone()));
                (json, Body::from_stream(flood)).into_response()
            }
            Self::Drips => {
                let drops = stream::unfold((), async |()| {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
                });
                (json, Body::from_stream(drops)).into_response()
            }
            Self::Redirects(to) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response(),
        }
    }
}

pub(super) fn router(book: &Arc<Book>) -> Router {
    Router::new().fallback(answer).with_state(Arc::clone(book))
}

async fn answer(State(book): State<Arc<Book>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let Some(place) = Place::ALL.into_iter().find(|place| place.path() == uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let header = |name| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let asked = Asked {
        place,
        authorization: header(header::AUTHORIZATION),
        user_agent: header(header::USER_AGENT),
        form: url::form_urlencoded::parse(&body).into_owned().collect(),
    };
    book.pages().asked.push(asked.clone());
    let manner = book.pages().manners.get(&place).cloned();
    match manner {
        Some(manner) => manner.answer(|| rightly(&book, place, &asked)).await,
        None => rightly(&book, place, &asked),
    }
}

fn rightly(book: &Book, place: Place, asked: &Asked) -> Response {
    match place {
        Place::GoogleToken => match book.exchange(Provider::Google, asked) {
            Ok(tokens) => Json(tokens).into_response(),
            Err("invalid_client") => {
                let error = json!({ "error": "invalid_client", "error_description": "Unauthorized" });
                (StatusCode::UNAUTHORIZED, Json(error)).into_response()
            }
            Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
        },
        Place::GoogleKeys => Json(book.keys.published()).into_response(),
        // Errors come with 200, under names of GitHub's own.
        Place::GitHubToken => Json(match book.exchange(Provider::GitHub, asked) {
            Ok(tokens) => tokens,
            Err("invalid_client") => json!({ "error": "incorrect_client_credentials" }),
            Err(_) => {
                json!({ "error": "bad_verification_code", "error_description": "The code is incorrect." })
            }
        })
        .into_response(),
        Place::GitHubUser | Place::GitHubEmails => match tell(book, place, asked) {
            Some(told) => Json(told).into_response(),
            None => (
                StatusCode::UNAUTHORIZED,
                Json(json!({ "message": "Bad credentials" })),
            )
                .into_response(),
        },
    }
}

/// What GitHub tells about whoever an access token is of; nothing to whoever doesn't say who they are.
fn tell(book: &Book, place: Place, asked: &Asked) -> Option<Value> {
    let pages = book.pages();
    let token = asked.authorization.strip_prefix("Bearer ")?;
    let person = pages.tokens.get(token).filter(|_| !asked.user_agent.is_empty())?;
    Some(match place {
        Place::GitHubUser => {
            let id: Value = serde_json::from_str(&person.subject).unwrap();
            let name = format!("{} {}", person.first_name, person.last_name);
            // The address here is what somebody shows to everybody, verified or not, theirs or not.
            json!({ "login": "somebody", "id": id, "name": name, "email": "shown@example.test" })
        }
        _ => pages.emails.clone().unwrap_or_else(|| {
            json!([
                { "email": "1+somebody@users.noreply.test", "primary": false, "verified": true },
                { "email": person.email, "primary": true, "verified": person.verified },
            ])
        }),
    })
}
