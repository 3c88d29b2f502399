//! The server functions of sessions.

use crate::error::Result;
use domain::{
    ids::{SessionId, UserId},
    sessions::SignInReport,
};
use leptos::prelude::*;

/// Signs out; `next` is a page of this site to go on with.
#[server(endpoint = "sessions/sign_out")]
pub async fn sign_out(#[server(default)] next: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use domain::local_path::LocalPath;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.sign_out(&caller).await)?;
    request::leave_challenge(&request::visitor()?).await;
    request::end_session()?;
    request::remember_theme(caller.theme)?;
    match next.as_deref().and_then(LocalPath::parse) {
        Some(next) => request::redirect(&next),
        None => request::redirect_to(&Notice::SignedOut.on(routes::SIGN_IN)),
    }
    Ok(())
}

/// Ends another session of one's own.
#[server(endpoint = "sessions/end")]
pub async fn end_session(session: SessionId) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.end_session(&caller, session).await)?;
    if caller.session().ok() == Some(session) {
        request::end_session()?;
        request::redirect_to(&Notice::SignedOut.on(routes::SIGN_IN));
    } else {
        request::return_with(Notice::OtherSessionEnded);
    }
    Ok(())
}

#[server(endpoint = "sessions/end_others")]
pub async fn end_other_sessions() -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.end_other_sessions(&caller).await)?;
    request::return_with(Notice::OthersSignedOut);
    Ok(())
}

/// Ends all sessions of somebody.
#[server(endpoint = "users/end_sessions")]
pub async fn end_sessions_of(user: UserId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.end_sessions_of(&caller, user).await)?;
    request::return_with(Notice::SessionsEnded);
    Ok(())
}

/// What the page behind the link of a mail about a new device shows; nothing for a link that does not work. Changes
/// nothing.
#[server(endpoint = "sessions/look_at_report")]
pub async fn look_at_report(token: String) -> Result<Option<SignInReport>> {
    use crate::request;
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    let looked = backend
        .look_at_sign_in_report(&client, &Token::presented(&token))
        .await;
    let view = request::answer(looked)?;
    if view.is_none() {
        request::set_gone();
    }
    Ok(view)
}

#[server(endpoint = "sessions/report")]
pub async fn report_sign_in(token: String) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    request::answer(backend.report_sign_in(&client, &Token::presented(&token)).await)?;
    request::redirect_to(&Notice::SignInReported.on(routes::SIGN_IN));
    Ok(())
}
