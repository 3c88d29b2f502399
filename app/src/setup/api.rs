//! The server functions of set-up.

use crate::error::Result;
use domain::password::PasswordLength;
use leptos::prelude::*;

/// Whether the link of the address is the printed one, with the password rule; `NotFound` once set-up is over.
#[server(endpoint = "setup/look")]
pub async fn look_at_setup(token: String) -> Result<Option<PasswordLength>> {
    use crate::{error::AppError, request};
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    if !request::answer(backend.is_set_up_open().await)? {
        request::set_status(&AppError::NotFound);
        return Err(AppError::NotFound);
    }
    let right = request::answer(backend.is_set_up_link(&client, &Token::presented(&token)).await)?;
    Ok(right.then_some(backend.settings().password_length))
}

#[server(endpoint = "setup/complete")]
pub async fn complete_setup(
    token: String,
    organization: String,
    first_name: String,
    last_name: String,
    email: String,
    password: String,
) -> Result<()> {
    use crate::{request, routes};
    use backend::{
        secret::{Secret, Token},
        setup::SetUp,
    };
    let visitor = request::visitor()?;
    let typed = SetUp {
        organization,
        first_name,
        last_name,
        email,
        password: Secret::new(password),
    };
    let session = request::answer(
        visitor
            .backend
            .set_up(&visitor.client, &Token::presented(&token), typed)
            .await,
    )?;
    request::begin_session(&session)?;
    request::redirect_to(routes::HOME);
    Ok(())
}
