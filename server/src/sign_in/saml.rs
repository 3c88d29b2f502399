//! `/accounts/saml/{ORG}/…`: the single sign-on of an organization. The consumer is the one address that other sites post
//! to: it goes by the response and by a cookie of its own, never by the session that may come along.

use super::{leave_to, let_in, read_query, tell, visitor_of};
use crate::{
    answers::{RequestId, lead},
    session_cookie,
};
use app::{request::Visitor, routes};
use axum::{
    Form,
    extract::{FromRequest, Path, Request},
    response::{IntoResponse, Response},
};
use backend::{
    identities::{Back, Stopped},
    sso::{SsoArrived, SsoAsked},
};
use domain::{
    local_path::LocalPath, organization::OrgId, saml_problem::SamlProblem, sign_in_problem::SignInProblem,
};
use http::{StatusCode, header};
use std::collections::HashMap;

/// As long as browsers may keep it at most.
const REMEMBERED_SECONDS: i64 = 400 * 86_400;
/// RFC 7580 registers it.
const METADATA: &str = "application/samlmetadata+xml";

pub(super) async fn leave(Path(org_id): Path<String>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let (visitor, query) = (visitor_of(&request), read_query(&request));
    match try_to_leave(&org_id, visitor, &query).await {
        Ok(response) => response,
        Err(stopped) => tell(&stopped, &id, &[]),
    }
}

async fn try_to_leave(
    org_id: &str,
    visitor: Result<Visitor, Stopped>,
    query: &HashMap<String, String>,
) -> Result<Response, Stopped> {
    let visitor = visitor?;
    let org_id: OrgId = org_id.parse().map_err(|()| SignInProblem::NoSso)?;
    let (backend, names) = (&visitor.backend, visitor.cookies);
    let departure = if let Some(stage) = query.get("test") {
        let stage = stage.parse().map_err(|()| SignInProblem::NoSso)?;
        // An administrator tests the single sign-on of their own organization.
        let caller = visitor.caller.as_ref().filter(|caller| caller.org_id == org_id);
        let caller = caller.ok_or(SignInProblem::SessionOver)?;
        let tested = backend.depart_to_test_sso(caller, stage).await;
        tested.map_err(|error| Stopped {
            back: Back::Sso,
            ..error.into()
        })?
    } else {
        let next = query.get("next").and_then(|next| LocalPath::parse(next));
        let (caller, again) = (visitor.caller.as_ref(), query.contains_key("again"));
        let asked = SsoAsked {
            again,
            from_elsewhere: visitor.from_elsewhere,
        };
        backend
            .depart_to_sso(&visitor.client, caller, &org_id, asked, next.as_ref())
            .await?
    };
    let seconds = backend.settings().external_sign_in_lifetime.whole_seconds();
    let cookie = names.set_cross_site(names.saml, departure.browser.expose(), seconds);
    Ok(leave_to(departure.url.expose(), &cookie))
}

/// What an identity provider lets a browser post.
#[derive(serde::Deserialize)]
struct Posted {
    #[serde(rename = "SAMLResponse")]
    response: String,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

pub(super) async fn consume(Path(org_id): Path<String>, request: Request) -> Response {
    let id = RequestId::of(&request);
    let visitor = match visitor_of(&request) {
        Ok(visitor) => visitor,
        Err(stopped) => return tell(&stopped, &id, &[]),
    };
    let names = visitor.cookies;
    let browser = session_cookie::find_token(request.headers(), names.saml);
    let mut cookies = vec![names.set_cross_site(names.saml, "", 0)];
    let unreadable = || SignInProblem::Saml(SamlProblem::Unreadable).into();
    let posted = Form::<Posted>::from_request(request, &()).await;
    let (Ok(Form(posted)), Ok(org_id)) = (posted, org_id.parse::<OrgId>()) else {
        return tell(&unreadable(), &id, &cookies);
    };
    let arrived = visitor
        .backend
        .arrive_by_sso(
            &visitor.client,
            &org_id,
            &posted.response,
            posted.relay_state.as_deref(),
            browser.as_ref(),
        )
        .await;
    match arrived {
        Ok(SsoArrived::SignedIn {
            signed_in,
            next,
            remember,
        }) => {
            if remember {
                cookies.push(names.set(names.sso, org_id.as_str(), Some(REMEMBERED_SECONDS)));
            }
            let_in(&visitor, &signed_in, next.as_ref(), cookies).await
        }
        Ok(SsoArrived::Tested(test)) => lead(&routes::sso_test(test), &cookies),
        Err(stopped) => tell(&stopped, &id, &cookies),
    }
}

/// The same for every Org ID, whether there is such an organization or not.
pub(super) async fn metadata(Path(org_id): Path<String>, request: Request) -> Response {
    let (Ok(visitor), Ok(org_id)) = (visitor_of(&request), org_id.parse::<OrgId>()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match visitor.backend.sso_metadata(&org_id) {
        Ok(xml) => ([(header::CONTENT_TYPE, METADATA)], xml).into_response(),
        Err(error) => {
            tracing::error!(%error, "metadata can't be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
