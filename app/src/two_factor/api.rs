//! The server functions of two-factor authentication: one's own, an administrator's reset, and the organization that asks
//! for it. Those that matter most take the password, too, and want it where the last proof is too old.

use crate::error::Result;
use domain::{
    ids::{AuthenticatorId, UserId},
    two_factor::{Demand, Enrolment},
};
use leptos::prelude::*;

/// Begins to set an authenticator up.
#[server(endpoint = "two_factor/start")]
pub async fn start_enrolment(#[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{request, routes};
    use backend::secret::Secret;
    let (backend, caller) = request::signed_in()?;
    let started = backend
        .start_enrolment(&caller, &Secret::new(current_password.unwrap_or_default()))
        .await;
    request::begin_session(&request::answer(started)?)?;
    request::redirect_to(&routes::settings_dialog("authenticator"));
    Ok(())
}

/// What is being set up in this session: the only answer that carries a secret, until a code confirms it.
#[server(endpoint = "two_factor/look")]
pub async fn look_at_enrolment() -> Result<Option<Enrolment>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.look_at_enrolment(&caller).await)
}

/// Takes the authenticator into use. The recovery codes of the first one are shown once, on the page that this leads to.
#[server(endpoint = "two_factor/confirm")]
pub async fn confirm_enrolment(name: String, code: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    let confirmed = request::answer(backend.confirm_enrolment(&caller, &name, &code).await)?;
    request::begin_session(&confirmed.session)?;
    if confirmed.recovery_codes.is_empty() {
        request::redirect_to(&Notice::AuthenticatorAdded.on(routes::SETTINGS));
        return Ok(());
    }
    request::show_recovery_codes(&confirmed.recovery_codes)
}

#[server(endpoint = "two_factor/turn_off")]
pub async fn turn_two_factor_off(#[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.turn_two_factor_off(&caller).await)?;
    request::redirect_to(&Notice::TwoFactorOff.on(routes::SETTINGS));
    Ok(())
}

#[server(endpoint = "two_factor/remove")]
pub async fn remove_authenticator(
    authenticator: AuthenticatorId,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.remove_authenticator(&caller, authenticator).await)?;
    request::redirect_to(&Notice::AuthenticatorRemoved.on(routes::SETTINGS));
    Ok(())
}

#[server(endpoint = "two_factor/make_codes")]
pub async fn make_recovery_codes(#[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::request;
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let codes = request::answer(backend.make_recovery_codes(&caller).await)?;
    request::show_recovery_codes(&codes)
}

/// Takes somebody else's away.
#[server(endpoint = "users/reset_two_factor")]
pub async fn reset_two_factor(
    user: UserId,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.reset_two_factor(&caller, user).await)?;
    request::return_with(Notice::TwoFactorReset);
    Ok(())
}

#[server(endpoint = "two_factor/demand")]
pub async fn view_demand() -> Result<Demand> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.two_factor_demand(&caller).await)
}

#[server(endpoint = "two_factor/ask")]
pub async fn ask_for_two_factor(
    from: String,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.ask_for_two_factor(&caller, &from).await)?;
    request::redirect_to(&Notice::TwoFactorAsked.on(routes::TWO_FACTOR));
    Ok(())
}

#[server(endpoint = "two_factor/stop_asking")]
pub async fn stop_asking_for_two_factor(#[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.stop_asking_for_two_factor(&caller).await)?;
    request::redirect_to(&Notice::TwoFactorNotAsked.on(routes::TWO_FACTOR));
    Ok(())
}
