//! The server functions of provisioning.

use crate::error::Result;
use domain::{
    ids::ScimTokenId,
    scim::{ScimPart, ScimView},
};
use leptos::prelude::*;

#[server(endpoint = "scim/view")]
pub async fn view_scim() -> Result<ScimView> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.view_scim(&caller).await)
}

#[server(endpoint = "scim/switch")]
pub async fn switch_scim(part: ScimPart, on: bool) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.switch_scim(&caller, part, on).await)?;
    let notice = match (part, on) {
        (ScimPart::Users, true) => Notice::ScimUsersOn,
        (ScimPart::Users, false) => Notice::ScimUsersOff,
        (ScimPart::Groups, true) => Notice::ScimGroupsOn,
        (ScimPart::Groups, false) => Notice::ScimGroupsOff,
    };
    request::redirect_to(&notice.on(routes::SCIM));
    Ok(())
}

/// The token is shown once, on the page that this leads to.
#[server(endpoint = "scim/create_token")]
pub async fn create_scim_token(
    name: String,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let (_, secret) = request::answer(backend.create_scim_token(&caller, &name).await)?;
    let shown = [("name", name.as_str()), ("secret", secret.expose())];
    request::show_secret(routes::SCIM, super::SECRET, &shown)
}

/// `id`, not `token`: what is called so is taken for a secret and kept nowhere.
#[server(endpoint = "scim/delete_token")]
pub async fn delete_scim_token(id: ScimTokenId) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.delete_scim_token(&caller, id).await)?;
    request::redirect_to(&Notice::ScimTokenDeleted.on(routes::SCIM));
    Ok(())
}
