//! The server functions of single sign-on. Metadata by address or file is posted to `routes::SSO_FILE`, a route of the host:
//! a server function takes no files. What matters takes the password, too, and wants it where the last proof is too old.
#![expect(
    clippy::too_many_arguments,
    reason = "each is a field of the form, which posts them flat"
)]

use crate::error::Result;
use domain::{
    ids::SsoTestId,
    moment::Moment,
    organization::OrgId,
    sso::{SsoTest, SsoView},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All that the page of a test sign-in shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestDetails {
    pub test: SsoTest,
    /// Whose single sign-on it was.
    pub org_id: OrgId,
    pub now: Moment,
}

#[server(endpoint = "sso/view")]
pub async fn view_sso() -> Result<SsoView> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.sso_settings(&caller).await)
}

/// Saves the draft. A box that is not ticked is not sent. `version`: of what the form was filled from.
#[server(endpoint = "sso/configure_by_hand")]
pub async fn configure_sso_by_hand(
    #[server(default)] entity_id: String,
    #[server(default)] sso_url: String,
    #[server(default)] certificate: String,
    #[server(default)] require_signed_assertion: Option<String>,
    #[server(default)] asks_here: Option<String>,
    #[server(default)] creates_accounts: Option<String>,
    #[server(default)] domains: String,
    #[server(default)] version: Option<i32>,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use backend::sso::{SsoTyped, TypedSource};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let typed = SsoTyped {
        source: TypedSource::Manual {
            entity_id,
            sso_url,
            certificate,
        },
        require_signed_assertion: require_signed_assertion.is_some(),
        asks_for_code: asks_here.is_some(),
        creates_accounts: creates_accounts.is_some(),
        domains,
        version,
    };
    request::answer(backend.configure_sso(&caller, typed).await)?;
    request::redirect_to(&Notice::SsoSaved.on(routes::SSO));
    Ok(())
}

#[server(endpoint = "sso/discard")]
pub async fn discard_sso() -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.discard_sso_draft(&caller).await)?;
    request::redirect_to(&Notice::SsoDiscarded.on(routes::SSO));
    Ok(())
}

/// `version`: of the draft that was seen.
#[server(endpoint = "sso/deploy")]
pub async fn deploy_sso(version: i32, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.deploy_sso(&caller, version).await)?;
    request::redirect_to(&Notice::SsoDeployed.on(routes::SSO));
    Ok(())
}

#[server(endpoint = "sso/switch")]
pub async fn switch_sso(enabled: bool, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.switch_sso(&caller, enabled).await)?;
    let notice = if enabled {
        Notice::SsoEnabled
    } else {
        Notice::SsoDisabled
    };
    request::redirect_to(&notice.on(routes::SSO));
    Ok(())
}

/// `break_glass`: the administrator who can still sign in otherwise.
#[server(endpoint = "sso/require")]
pub async fn require_sso(
    #[server(default)] break_glass: String,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use backend::Error;
    use domain::{
        field::{Fault, Field},
        ids::UserId,
        refusal::Refusal,
    };
    use uuid::Uuid;
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    // Nobody chosen is nobody who could be.
    let named = break_glass.parse().unwrap_or(UserId(Uuid::nil()));
    let at_field = |error| match error {
        Error::Refused(refusal @ Refusal::NoBreakGlass) => {
            Error::Invalid((Field::BreakGlass, Fault::Refused(refusal)).into())
        }
        other => other,
    };
    request::answer(backend.require_sso(&caller, named).await.map_err(at_field))?;
    request::redirect_to(&Notice::SsoRequired.on(routes::SSO));
    Ok(())
}

#[server(endpoint = "sso/stop_requiring")]
pub async fn stop_requiring_sso(#[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.stop_requiring_sso(&caller).await)?;
    request::redirect_to(&Notice::SsoNotRequired.on(routes::SSO));
    Ok(())
}

/// What a test sign-in found.
#[server(endpoint = "sso/test")]
pub async fn find_sso_test(test: SsoTestId) -> Result<TestDetails> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    Ok(TestDetails {
        test: request::answer(backend.find_sso_test(&caller, test).await)?,
        org_id: caller.org_id.clone(),
        now: backend.now().into(),
    })
}
