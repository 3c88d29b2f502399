//! The server functions of signing in.

use crate::error::Result;
use leptos::prelude::*;

#[server(endpoint = "sign_in/password")]
pub async fn sign_in_with_password(
    email: String,
    password: String,
    #[server(default)] next: Option<String>,
) -> Result<()> {
    use crate::request;
    use backend::secret::Secret;
    use domain::local_path::LocalPath;
    let visitor = request::visitor()?;
    let token = request::answer(
        visitor
            .backend
            .sign_in(&visitor.client, &email, Secret::new(password))
            .await,
    )?;
    request::end_replaced_session(&visitor).await;
    request::begin_session(&token)?;
    request::redirect(
        &next
            .as_deref()
            .and_then(LocalPath::parse)
            .unwrap_or_else(LocalPath::home),
    );
    Ok(())
}

/// Sends whoever is signed in already to where they were going; and everybody to the set-up as long as nobody can.
#[server(endpoint = "sign_in/look")]
pub async fn look_at_sign_in(next: Option<String>) -> Result<()> {
    use crate::{request, routes};
    use domain::local_path::LocalPath;
    let visitor = request::visitor()?;
    if visitor.caller.is_none() && request::answer(visitor.backend.is_set_up_open().await)? {
        request::redirect_to(routes::SETUP);
    }
    if visitor.caller.is_some() {
        request::redirect(
            &next
                .as_deref()
                .and_then(LocalPath::parse)
                .unwrap_or_else(LocalPath::home),
        );
    }
    Ok(())
}
