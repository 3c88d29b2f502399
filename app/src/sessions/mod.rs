//! Ending a session.

use crate::error::Result;
use leptos::prelude::*;

/// Signs out; `next` is a page of this site to go on with.
#[server(endpoint = "sessions/sign_out")]
pub async fn sign_out(#[server(default)] next: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use domain::local_path::LocalPath;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.sign_out(&caller).await)?;
    request::end_session()?;
    request::remember_theme(caller.theme)?;
    match next.as_deref().and_then(LocalPath::parse) {
        Some(next) => request::redirect(&next),
        None => request::redirect_to(&Notice::SignedOut.on(routes::SIGN_IN)),
    }
    Ok(())
}
