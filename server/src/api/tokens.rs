//! Access tokens: one's own, and everybody's for administrators. None is made here: that is done in a session, by somebody who
//! has proved a moment ago who they are.

use super::{
    ApiError, TAG_TOKENS,
    caller::By,
    query::{Named, NoParameters, Page, Parameters, cursor, search, time},
};
use crate::Console;
use axum::{Json, extract::State};
use domain::{
    ids::{TokenId, UserId},
    tokens::{TokenFilter, TokenLine, TokenQuery, TokenRow},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Never its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Token {
    id: String,
    name: String,
    comment: String,
    created: String,
    /// `null`: never.
    expires: Option<String>,
    /// To the minute; `null`: never.
    last_used: Option<String>,
    /// `active`, `expired`, or `stopped` with its person.
    status: String,
}

impl From<TokenLine> for Token {
    fn from(token: TokenLine) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name,
            comment: token.comment,
            created: time(token.created),
            expires: token.expires.map(time),
            last_used: token.last_used.map(time),
            status: token.status.label().to_lowercase(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokens {
    /// The newest first.
    items: Vec<Token>,
}

impl From<Vec<TokenLine>> for Tokens {
    fn from(tokens: Vec<TokenLine>) -> Self {
        Self {
            items: tokens.into_iter().map(Token::from).collect(),
        }
    }
}

/// A token with whose it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnedToken {
    #[serde(flatten)]
    token: Token,
    user: String,
    user_name: String,
    user_email: String,
}

impl From<TokenRow> for OwnedToken {
    fn from(row: TokenRow) -> Self {
        Self {
            token: row.token.into(),
            user: row.user.to_string(),
            user_name: row.user_name,
            user_email: row.user_email,
        }
    }
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Filter {
    Active,
    Endless,
    Idle,
    Expired,
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TokensAsked {
    /// Part of the name or address of whom they are.
    #[param(max_length = 100)]
    search: Option<String>,
    /// `endless`: working and without an end; `idle`: working and not used for 90 days.
    #[param(inline)]
    show: Option<Filter>,
    /// `next` or `previous` of a page.
    cursor: Option<String>,
}

/// The tokens of whoever asks.
#[utoipa::path(get, path = "/api/v1/tokens", tag = TAG_TOKENS, operation_id = "listOwnTokens",
    responses((status = 200, body = Tokens)))]
pub(super) async fn list_own(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
) -> Result<Json<Tokens>, ApiError> {
    let own = console.backend.own_tokens(&caller).await?;
    Ok(Json(own.tokens.into()))
}

/// Deletes a token of whoever asks, the one that asks included.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = TAG_TOKENS, operation_id = "deleteOwnToken",
    params(("id" = String, Path, format = Uuid)), responses((status = 204)))]
pub(super) async fn delete_own(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(token): Named<TokenId>,
) -> Result<StatusCode, ApiError> {
    console.backend.delete_token(&caller, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everybody's tokens, the newest first, fifty on a page.
#[utoipa::path(get, path = "/api/v1/organization/tokens", tag = TAG_TOKENS, operation_id = "listTokens",
    params(TokensAsked), responses((status = 200, body = Page<OwnedToken>)))]
pub(super) async fn list(
    State(console): State<Console>,
    By(caller): By,
    Parameters(asked): Parameters<TokensAsked>,
) -> Result<Json<Page<OwnedToken>>, ApiError> {
    let query = TokenQuery {
        search: search(asked.search)?,
        filter: asked.show.map(|filter| match filter {
            Filter::Active => TokenFilter::Active,
            Filter::Endless => TokenFilter::Endless,
            Filter::Idle => TokenFilter::Idle,
            Filter::Expired => TokenFilter::Expired,
        }),
        cursor: cursor(asked.cursor.as_deref())?,
    };
    let page = console.backend.list_tokens(&caller, &query).await?;
    let items = page.rows.into_iter().map(OwnedToken::from);
    Ok(Json(Page::of(&query.cursor, items, (page.previous, page.next))))
}

/// The tokens of one person.
#[utoipa::path(get, path = "/api/v1/users/{id}/tokens", tag = TAG_TOKENS, operation_id = "listTokensOfUser",
    params(("id" = String, Path, format = Uuid)), responses((status = 200, body = Tokens)))]
pub(super) async fn list_of(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named(user): Named<UserId>,
) -> Result<Json<Tokens>, ApiError> {
    // Of nobody there are no tokens, and of somebody elsewhere it is not said that there are some.
    console.backend.find_user(&caller, user).await?;
    let theirs = console.backend.tokens_of(&caller, user).await?;
    Ok(Json(theirs.tokens.into()))
}

/// Deletes a token of somebody, who gets a mail.
#[utoipa::path(delete, path = "/api/v1/users/{id}/tokens/{token}", tag = TAG_TOKENS,
    operation_id = "deleteTokenOfUser",
    params(("id" = String, Path, format = Uuid), ("token" = String, Path, format = Uuid)),
    responses((status = 204)))]
pub(super) async fn delete_of(
    State(console): State<Console>,
    By(caller): By,
    _: Parameters<NoParameters>,
    Named((user, token)): Named<(UserId, TokenId)>,
) -> Result<StatusCode, ApiError> {
    console.backend.delete_token_of(&caller, user, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
