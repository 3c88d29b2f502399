//! The server functions of identities: what is vouched for in this browser and belongs to no account yet, one's own
//! sign-in methods, and why a provider's answer was not enough.

use crate::error::Result;
use domain::{
    identities::{PendingIdentity, ProofWays, Provider},
    ids::IdentityId,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Why a sign-in at a provider did not work, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub title: String,
    pub what: String,
    pub change: String,
    /// Whether an administrator has to do that.
    pub for_administrators: bool,
    /// Where it can be tried again.
    pub again: String,
    /// Whether another address was asked for than the one that came.
    pub wants_other_address: bool,
}

/// Where somebody is on the way to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    pub provider: Provider,
    pub url: String,
}

/// What the page shows that joins an identity to an account; nothing where none waits in this browser.
#[server(endpoint = "identities/look")]
pub async fn look_at_identity() -> Result<Option<PendingIdentity>> {
    use crate::request;
    let visitor = request::visitor()?;
    let pending = match &visitor.pending {
        Some(pending) => request::answer(visitor.backend.look_at_pending(pending).await)?,
        None => None,
    };
    if pending.is_none() {
        request::set_gone();
    }
    Ok(pending)
}

/// Takes the link of an invitation, for the address that was vouched for.
#[server(endpoint = "identities/paste")]
pub async fn paste_invitation(link: String) -> Result<()> {
    use crate::{request, routes};
    use domain::refusal::Refusal;
    let visitor = request::visitor()?;
    let pasted = match &visitor.pending {
        Some(pending) => {
            visitor
                .backend
                .paste_invitation(&visitor.client, pending, &link)
                .await
        }
        None => Err(Refusal::IdentityOver.into()),
    };
    request::answer(pasted)?;
    request::redirect_to(routes::LINK_ACCOUNT);
    Ok(())
}

/// Accepts the invitation of the address that was vouched for.
#[server(endpoint = "identities/join")]
pub async fn join_with_identity(first_name: String, last_name: String) -> Result<()> {
    use crate::{request, routes};
    use domain::refusal::Refusal;
    let visitor = request::visitor()?;
    let joined = match &visitor.pending {
        Some(pending) => {
            visitor
                .backend
                .join_with_identity(&visitor.client, pending, first_name, last_name)
                .await
        }
        None => Err(Refusal::IdentityOver.into()),
    };
    let session = request::answer(joined)?;
    request::end_replaced_session(&visitor).await;
    request::leave_challenge(&visitor).await;
    request::leave_pending(&visitor).await;
    request::begin_session(&session)?;
    request::redirect_to(routes::HOME);
    Ok(())
}

/// Links to the account that has the address which was vouched for.
#[server(endpoint = "identities/link")]
pub async fn link_with_password(password: String) -> Result<()> {
    use crate::{request, routes};
    use backend::{secret::Secret, sign_in::SignedIn};
    use domain::refusal::Refusal;
    let visitor = request::visitor()?;
    let linked = match &visitor.pending {
        Some(pending) => {
            visitor
                .backend
                .link_with_password(&visitor.client, pending, Secret::new(password))
                .await
        }
        None => Err(Refusal::IdentityOver.into()),
    };
    let signed_in = request::answer(linked)?;
    request::end_replaced_session(&visitor).await;
    match signed_in {
        SignedIn::Session(token) => {
            request::leave_challenge(&visitor).await;
            request::leave_pending(&visitor).await;
            request::begin_session(&token)?;
            request::redirect_to(routes::HOME);
        }
        // The identity is linked once the code is right, and waits until then.
        SignedIn::CodeWanted(challenge) => {
            request::begin_challenge(&visitor, &challenge).await?;
            request::redirect_to(routes::SIGN_IN_CODE);
        }
    }
    Ok(())
}

/// Turns away from what was vouched for.
#[server(endpoint = "identities/leave")]
pub async fn leave_identity() -> Result<()> {
    use crate::{request, routes};
    request::leave_pending(&request::visitor()?).await;
    request::redirect_to(routes::SIGN_IN);
    Ok(())
}

/// By which ways whoever is signed in can prove again who they are.
#[server(endpoint = "identities/proof_ways")]
pub async fn look_at_proof_ways() -> Result<ProofWays> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.proof_ways(&caller).await)
}

/// Begins to link a provider. The answer to a form must not lead to another site, so a page of ours has the way there: in
/// the flash, which only this server can write.
#[server(endpoint = "identities/depart_to_link")]
pub async fn depart_to_link(
    provider: Provider,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{
        request::{self, Flash},
        routes,
    };
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let departure = request::answer(backend.depart_to_link(&caller, provider).await)?;
    request::begin_departure(&request::visitor()?, &departure.browser);
    request::leave_flash(&Flash {
        page: routes::LEAVING.to_owned(),
        action: super::LEAVING.to_owned(),
        error: None,
        values: vec![
            ("provider".to_owned(), provider.key().to_owned()),
            ("url".to_owned(), departure.url.expose().clone()),
        ],
    })?;
    request::redirect_to(routes::LEAVING);
    Ok(())
}

/// Where whoever sees the page is on the way to; it is told once.
#[server(endpoint = "identities/look_at_leaving")]
pub async fn look_at_leaving() -> Result<Option<Leaving>> {
    use crate::request;
    let left = request::visitor()?
        .flash
        .filter(|left| left.action == super::LEAVING);
    let value = |name: &str| {
        let mut values = left.iter().flat_map(|left| &left.values);
        values
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    };
    let provider = value("provider").and_then(|key| key.parse::<Provider>().ok());
    let leaving = provider
        .zip(value("url"))
        .map(|(provider, url)| Leaving { provider, url });
    if leaving.is_none() {
        request::set_gone();
    }
    Ok(leaving)
}

#[server(endpoint = "identities/unlink")]
pub async fn unlink_identity(
    identity: IdentityId,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.unlink(&caller, identity).await)?;
    request::redirect_to(&Notice::MethodUnlinked.on(routes::SETTINGS));
    Ok(())
}

/// The words of a problem, by its key. `back`: where it began. `page`: whether the page is about nothing else, and has the
/// status of the problem.
#[server(endpoint = "identities/problem")]
pub async fn explain_problem(problem: String, back: String, page: bool) -> Result<Explained> {
    use crate::{request, routes};
    use domain::sign_in_problem::SignInProblem;
    let known = SignInProblem::from_key(&problem).ok_or(backend::Error::NotFound);
    let problem = request::answer(known)?;
    if page {
        request::set_page_status(problem.status());
    }
    let again = match (back.as_str(), problem) {
        ("settings", _) => routes::SETTINGS_METHODS,
        ("sso", _) => routes::SSO,
        (_, SignInProblem::NoSso) => routes::SIGN_IN_SSO,
        _ => routes::SIGN_IN,
    };
    Ok(Explained {
        title: problem.title().to_owned(),
        what: problem.what().to_owned(),
        change: problem.change().to_owned(),
        for_administrators: matches!(problem, SignInProblem::Saml(saml) if saml.is_for_administrators()),
        again: again.to_owned(),
        wants_other_address: problem == SignInProblem::AddressDiffers,
    })
}
