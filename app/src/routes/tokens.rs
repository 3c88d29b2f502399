//! The addresses of access tokens, services and tokens for SCIM, and of the dialogs about one of them.

use super::{ALL_TOKENS, SCIM, SERVICES, TOKENS, person, with_query};
use domain::{
    ids::{ScimTokenId, ServiceId, TokenId, UserId},
    tokens::TokenQuery,
};

/// A dialog of one's own tokens.
pub fn tokens_dialog(dialog: &str) -> String {
    format!("{TOKENS}?dialog={dialog}")
}

/// The one that deletes a token of one's own.
pub fn delete_token(token: TokenId) -> String {
    format!("{}&token={token}", tokens_dialog("delete"))
}

/// The list of everybody's tokens.
pub fn all_tokens(query: &TokenQuery) -> String {
    with_query(ALL_TOKENS, &query.to_query())
}

/// The list with the dialog that deletes a token of somebody.
pub fn delete_token_of(query: &TokenQuery, user: UserId, token: TokenId) -> String {
    let mut pairs = query.to_query();
    pairs.push(("dialog", "delete".to_owned()));
    pairs.push(("user", user.to_string()));
    pairs.push(("token", token.to_string()));
    with_query(ALL_TOKENS, &pairs)
}

/// The same on the page of that person.
pub fn delete_token_of_person(user: UserId, token: TokenId) -> String {
    format!("{}?dialog=delete-token&token={token}", person(user))
}

/// A dialog of the services.
pub fn services_dialog(dialog: &str) -> String {
    format!("{SERVICES}?dialog={dialog}")
}

/// The one that deletes a service.
pub fn delete_service(service: ServiceId) -> String {
    format!("{}&service={service}", services_dialog("delete"))
}

/// A dialog of provisioning.
pub fn scim_dialog(dialog: &str) -> String {
    format!("{SCIM}?dialog={dialog}")
}

/// The one that deletes a token of it.
pub fn delete_scim_token(token: ScimTokenId) -> String {
    format!("{}&id={token}", scim_dialog("delete"))
}
