//! The addresses by which people leave for a provider and come back. Reads parameters and cookies and leads on; what
//! they mean is decided in `backend::identities` and `backend::sso`.

mod oauth;
mod saml;

use crate::answers::{RequestId, lead};
use app::{request::Visitor, routes};
use axum::{
    Router,
    extract::{Query, Request},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use backend::{
    identities::{Back, Stopped},
    secret::Token,
    sign_in::SignedIn,
};
use domain::{local_path::LocalPath, saml_problem::SamlProblem, sign_in_problem::SignInProblem};
use http::{HeaderMap, HeaderValue, header};
use std::collections::{HashMap, HashSet};

pub(crate) fn routes() -> Router<leptos::config::LeptosOptions> {
    Router::new()
        .route("/accounts/{provider}/login", get(oauth::leave))
        .route("/accounts/{provider}/callback", get(oauth::come_back))
        .route("/accounts/saml/{org_id}/login", get(saml::leave))
        .route("/accounts/saml/{org_id}/acs", post(saml::consume))
        .route("/accounts/saml/{org_id}/metadata", get(saml::metadata))
}

/// The query, each key once: of two with one name none is believed.
fn read_query(request: &Request) -> HashMap<String, String> {
    read_once(request).0
}

/// The same, and what was there more than once.
fn read_once(request: &Request) -> (HashMap<String, String>, HashSet<String>) {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map(|Query(pairs)| pairs)
        .unwrap_or_default();
    let mut read = HashMap::new();
    let mut twice = HashSet::new();
    for (key, value) in pairs {
        if read.insert(key.clone(), value).is_some() {
            twice.insert(key);
        }
    }
    read.retain(|key, _| !twice.contains(key));
    (read, twice)
}

fn visitor_of(request: &Request) -> Result<Visitor, Stopped> {
    request
        .extensions()
        .get::<Visitor>()
        .cloned()
        .ok_or_else(|| SignInProblem::Unavailable.into())
}

/// A redirect to a provider, whose address is not ours.
fn leave_to(url: &str, cookie: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(url) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, url);
            if let Ok(cookie) = HeaderValue::from_str(cookie) {
                headers.append(header::SET_COOKIE, cookie);
            }
            (http::StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Lets somebody in, or asks them for their code. What waited in this browser, and the session before, end.
async fn let_in(
    visitor: &Visitor,
    signed_in: &SignedIn,
    next: Option<&LocalPath>,
    mut cookies: Vec<String>,
) -> Response {
    let names = visitor.cookies;
    if let Some(caller) = &visitor.caller
        && let Err(error) = visitor.backend.sign_out(caller).await
    {
        tracing::warn!(?error, "a replaced session was not ended");
    }
    forget_challenge(visitor).await;
    match signed_in {
        SignedIn::Session(token) => {
            cookies.push(names.set(names.challenge, "", Some(0)));
            cookies.extend(visitor.session_cookies(token));
            lead(next.map_or(routes::HOME, LocalPath::as_str), &cookies)
        }
        SignedIn::CodeWanted(challenge) => {
            cookies.push(names.set(names.challenge, challenge.expose(), None));
            lead(&routes::sign_in_step(routes::SIGN_IN_CODE, next), &cookies)
        }
    }
}

/// Failing to is no reason to refuse anything: it ends by itself.
async fn forget_challenge(visitor: &Visitor) {
    if let Some(challenge) = &visitor.challenge
        && let Err(error) = visitor.backend.leave_challenge(challenge).await
    {
        tracing::warn!(?error, "a sign-in that waits for its code was not ended");
    }
}

/// Leads to the page that says why it did not work, with a reference that finds the log line.
fn tell(stopped: &Stopped, id: &RequestId, cookies: &[String]) -> Response {
    let problem = stopped.problem;
    tracing::warn!(
        request_id = id.0,
        problem = problem.key(),
        detail = stopped.detail,
        "a sign-in by a provider did not work"
    );
    let missing = &stopped.missing;
    let to = match &stopped.back {
        Back::Invitation(link) => routes::invitation_problem(link.expose(), problem, &id.0),
        Back::Settings => routes::sign_in_problem(problem, &id.0, missing, Some("settings")),
        Back::Sso => routes::sign_in_problem(problem, &id.0, missing, Some("sso")),
        Back::SignIn => routes::sign_in_problem(problem, &id.0, missing, None),
    };
    lead(&to, cookies)
}

/// For a response of an identity provider that is not even read.
pub(crate) fn response_too_large(id: &RequestId) -> Response {
    tell(&SignInProblem::Saml(SamlProblem::TooLarge).into(), id, &[])
}

/// A token of a query, in the form in which links have it.
fn token(text: Option<&String>) -> Option<Token> {
    text.filter(|text| !text.is_empty() && text.len() <= 200)
        .map(|text| Token::presented(text))
}
