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

/// Asks for a link. The answer is the same whoever has the address.
#[server(endpoint = "password_resets/ask")]
pub async fn ask_password_reset(email: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let request::Visitor { backend, client, .. } = request::visitor()?;
    request::answer(backend.ask_password_reset(&client, &email).await)?;
    request::redirect_to(&Notice::PasswordLinkMailed.on(routes::FORGOT_PASSWORD));
    Ok(())
}

#[server(endpoint = "password_resets/complete")]
pub async fn reset_password(token: String, password: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use backend::secret::{Secret, Token};
    let visitor = request::visitor()?;
    let session = request::answer(
        visitor
            .backend
            .reset_password(&visitor.client, &Token::presented(&token), Secret::new(password))
            .await,
    )?;
    request::end_replaced_session(&visitor).await;
    request::leave_challenge(&visitor).await;
    if let Some(session) = session {
        request::begin_session(&session)?;
        request::redirect_to(routes::HOME);
    } else {
        request::end_session()?;
        request::redirect_to(&Notice::PasswordReplaced.on(routes::SIGN_IN));
    }
    Ok(())
}
