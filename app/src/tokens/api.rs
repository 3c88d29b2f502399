//! The server functions of access tokens: one's own, and everybody's for administrators. Making one takes the password, too,
//! and wants it where the last proof is too old.

use crate::error::Result;
use domain::{
    ids::{TokenId, UserId},
    tokens::{OwnTokens, TokenPage, TokenQuery},
};
use leptos::prelude::*;

#[server(endpoint = "tokens/list_own")]
pub async fn list_own_tokens() -> Result<OwnTokens> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.own_tokens(&caller).await)
}

/// The secret is shown once, on the page that this leads to. `expires`: the key of a lifetime.
#[server(endpoint = "tokens/create")]
pub async fn create_token(
    name: String,
    #[server(default)] expires: String,
    #[server(default)] comment: String,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let made = backend.create_token(&caller, &name, &expires, &comment).await;
    let secret = request::answer(made)?;
    let shown = [
        ("name", name.as_str()),
        ("secret", secret.expose()),
        ("address", &backend.settings().public_url),
    ];
    request::show_secret(routes::TOKENS, super::SECRET, &shown)
}

#[server(endpoint = "tokens/delete")]
pub async fn delete_token(token: TokenId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.delete_token(&caller, token).await)?;
    request::return_with(Notice::TokenDeleted);
    Ok(())
}

#[server(endpoint = "tokens/list")]
pub async fn list_tokens(query: TokenQuery) -> Result<TokenPage> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_tokens(&caller, &query).await)
}

/// Deletes a token of anybody.
#[server(endpoint = "tokens/delete_of")]
pub async fn delete_token_of(user: UserId, token: TokenId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.delete_token_of(&caller, user, token).await)?;
    request::return_with(Notice::TokenDeleted);
    Ok(())
}
