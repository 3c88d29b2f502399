//! The server functions of links for a new password.

use crate::error::Result;
use domain::password_resets::PasswordResetView;
use leptos::prelude::*;

/// What the page behind a link shows; nothing for a link that does not work. Changes nothing.
#[server(endpoint = "password_resets/look")]
pub async fn look_at_password_reset(token: String) -> Result<Option<PasswordResetView>> {
    use crate::request;
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    let looked = backend
        .look_at_password_reset(&client, &Token::presented(&token))
        .await;
    let view = request::answer(looked)?;
    if view.is_none() {
        request::set_gone();
    }
    Ok(view)
}

#[server(endpoint = "password_resets/complete")]
pub async fn reset_password(token: String, password: String) -> Result<()> {
    use crate::{request, routes};
    use backend::secret::{Secret, Token};
    let visitor = request::visitor()?;
    let session = request::answer(
        visitor
            .backend
            .reset_password(&visitor.client, &Token::presented(&token), Secret::new(password))
            .await,
    )?;
    request::end_replaced_session(&visitor).await;
    request::begin_session(&session)?;
    request::redirect_to(routes::HOME);
    Ok(())
}
