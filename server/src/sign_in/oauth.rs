//! `/accounts/google/…` and `/accounts/github/…`.

use super::{leave_to, let_in, read_once, read_query, tell, token, visitor_of};
use crate::{
    answers::{RequestId, lead},
    session_cookie,
};
use app::{notice::Notice, request::Visitor, routes};
use axum::{
    extract::{Path, Request},
    response::Response,
};
use backend::identities::{Answer, Arrived, Purpose, Stopped};
use domain::{identities::Provider, local_path::LocalPath, sign_in_problem::SignInProblem};
use std::collections::HashMap;

pub(super) async fn leave(Path(provider): Path<String>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let (visitor, query) = (visitor_of(&request), read_query(&request));
    match try_to_leave(&provider, visitor, &query).await {
        Ok(response) => response,
        Err(stopped) => tell(&stopped, &id, &[]),
    }
}

async fn try_to_leave(
    provider: &str,
    visitor: Result<Visitor, Stopped>,
    query: &HashMap<String, String>,
) -> Result<Response, Stopped> {
    let visitor = visitor?;
    let provider: Provider = provider.parse().map_err(|()| SignInProblem::NotConfigured)?;
    let invitation = token(query.get("invitation"));
    let purpose = match &invitation {
        Some(link) => Purpose::Accept(link),
        None => Purpose::SignIn {
            again: query.contains_key("again"),
        },
    };
    let next = query.get("next").and_then(|next| LocalPath::parse(next));
    let departure = visitor
        .backend
        .depart(&visitor.client, provider, purpose, next.as_ref())
        .await?;
    let names = visitor.cookies;
    let cookie = names.set(names.departure, departure.browser.expose(), None);
    Ok(leave_to(departure.url.expose(), &cookie))
}

pub(super) async fn come_back(Path(provider): Path<String>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let visitor = match visitor_of(&request) {
        Ok(visitor) => visitor,
        Err(stopped) => return tell(&stopped, &id, &[]),
    };
    let names = visitor.cookies;
    let mut cookies = vec![names.set(names.departure, "", Some(0))];
    let Ok(provider) = provider.parse::<Provider>() else {
        return tell(&SignInProblem::NotConfigured.into(), &id, &cookies);
    };
    let (mut query, twice) = read_once(&request);
    let state = query.remove("state");
    // What is said twice is no answer (RFC 6749 section 3.1), and must not pass for one that lacks it.
    if ["code", "error", "iss"].iter().any(|key| twice.contains(*key)) {
        query.clear();
    }
    let answer = Answer {
        state,
        code: query.remove("code"),
        error: query.remove("error"),
        error_description: query.remove("error_description"),
        iss: query.remove("iss"),
    };
    let browser = session_cookie::find_token(request.headers(), names.departure);
    let arrived = visitor
        .backend
        .arrive(
            &visitor.client,
            visitor.caller.as_ref(),
            provider,
            answer,
            browser.as_ref(),
        )
        .await;
    match arrived {
        Ok(Arrived::SignedIn(signed_in, next)) => let_in(&visitor, &signed_in, next.as_ref(), cookies).await,
        Ok(Arrived::Unlinked(token)) => {
            cookies.push(names.set(names.identity, token.expose(), None));
            lead(routes::LINK_ACCOUNT, &cookies)
        }
        Ok(Arrived::Linked) => lead(&Notice::MethodLinked.on(routes::SETTINGS), &cookies),
        Err(stopped) => tell(&stopped, &id, &cookies),
    }
}
