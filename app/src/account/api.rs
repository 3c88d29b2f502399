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
