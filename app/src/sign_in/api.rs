//! The server functions of signing in.

use crate::error::Result;
use domain::{identities::Offered, two_factor::CodeQuestion};
use leptos::prelude::*;

#[server(endpoint = "sign_in/password")]
pub async fn sign_in_with_password(
    email: String,
    password: String,
    #[server(default)] next: Option<String>,
) -> Result<()> {
    use crate::{request, routes};
    use backend::{secret::Secret, sign_in::SignedIn};
    use domain::local_path::LocalPath;
    let visitor = request::visitor()?;
    let signed_in = request::answer(
        visitor
            .backend
            .sign_in(&visitor.client, &email, Secret::new(password))
            .await,
    )?;
    let next = next.as_deref().and_then(LocalPath::parse);
    request::end_replaced_session(&visitor).await;
    match signed_in {
        SignedIn::Session(token) => {
            request::leave_challenge(&visitor).await;
            request::begin_session(&token)?;
            request::redirect(&next.unwrap_or_else(LocalPath::home));
        }
        SignedIn::CodeWanted(challenge) => {
            request::begin_challenge(&visitor, &challenge).await?;
            request::redirect_to(&routes::sign_in_step(routes::SIGN_IN_CODE, next.as_ref()));
        }
    }
    Ok(())
}

/// What the page that asks for a code shows; nothing where no sign-in waits for one.
#[server(endpoint = "sign_in/look_at_code")]
pub async fn look_at_code() -> Result<Option<CodeQuestion>> {
    use crate::request;
    let visitor = request::visitor()?;
    let asked = match &visitor.challenge {
        Some(challenge) => request::answer(visitor.backend.look_at_challenge(challenge).await)?,
        None => None,
    };
    if asked.is_none() {
        request::set_gone();
    }
    Ok(asked)
}

/// The second step: a code of an authenticator, or a recovery code.
#[server(endpoint = "sign_in/code")]
pub async fn sign_in_with_code(code: String, #[server(default)] next: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request};
    use domain::{local_path::LocalPath, refusal::Refusal, two_factor::TypedCode};
    let visitor = request::visitor()?;
    let answered = match &visitor.challenge {
        Some(challenge) => {
            visitor
                .backend
                .answer_challenge(&visitor.client, challenge, &code)
                .await
        }
        None => Err(Refusal::SignInOver.into()),
    };
    let token = request::answer(answered)?;
    request::end_replaced_session(&visitor).await;
    request::leave_challenge(&visitor).await;
    // What waited to be joined is linked now, or was left for this.
    request::leave_pending(&visitor).await;
    request::begin_session(&token)?;
    let next = next.as_deref().and_then(LocalPath::parse);
    let next = next.unwrap_or_else(LocalPath::home);
    if matches!(TypedCode::parse(&code), Ok(TypedCode::Recovery(_))) {
        request::redirect_to(&Notice::RecoveryCodeUsed.on(next.as_str()));
    } else {
        request::redirect(&next);
    }
    Ok(())
}

/// Turns away from a sign-in that waits for its code.
#[server(endpoint = "sign_in/leave")]
pub async fn leave_sign_in() -> Result<()> {
    use crate::{request, routes};
    request::leave_challenge(&request::visitor()?).await;
    request::redirect_to(routes::SIGN_IN);
    Ok(())
}

/// What there is to sign in with beside a password. Sends whoever is signed in already to where they were going; and
/// everybody to the set-up as long as nobody can.
#[server(endpoint = "sign_in/look")]
pub async fn look_at_sign_in(next: Option<String>) -> Result<Offered> {
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
    Ok(visitor.offered())
}
