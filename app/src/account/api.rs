//! The server functions of one's own account.

use crate::error::Result;
use domain::{account::OwnSettings, password::Judgement};
use leptos::prelude::*;

#[server(endpoint = "account/settings")]
pub async fn view_settings() -> Result<OwnSettings> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.own_settings(&caller).await)
}

#[server(endpoint = "account/choose_theme")]
pub async fn choose_theme(theme: String) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let theme = request::answer(backend.choose_theme(&caller, &theme).await)?;
    request::remember_theme(theme)?;
    request::return_with(Notice::ThemeSaved);
    Ok(())
}

#[server(endpoint = "account/change_password")]
pub async fn change_password(current_password: String, password: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use backend::secret::Secret;
    let (backend, caller) = request::signed_in()?;
    let (current, new) = (Secret::new(current_password), Secret::new(password));
    let token = request::answer(backend.change_password(&caller, &current, &new).await)?;
    request::begin_session(&token)?;
    request::redirect_to(&Notice::PasswordChanged.on(routes::SETTINGS));
    Ok(())
}

/// For whoever has no password yet: the link that chooses one.
#[server(endpoint = "account/mail_password_link")]
pub async fn mail_password_link() -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.mail_first_password_link(&caller).await)?;
    request::return_with(Notice::PasswordLinkMailed);
    Ok(())
}

/// The judgement of a password while it is typed. The context: address, names, organization.
#[server(endpoint = "account/judge_password")]
pub async fn judge_password(password: String, context: [String; 4]) -> Result<Judgement> {
    use crate::request;
    use backend::{password_strength::Context, secret::Secret};
    let backend = request::visitor()?.backend;
    let [email, first_name, last_name, organization] = context;
    let context = Context {
        email,
        first_name,
        last_name,
        organization,
    };
    request::answer(backend.judge_password(Secret::new(password), context).await)
}
