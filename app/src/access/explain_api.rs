//! The server functions of explanations: roles and their holders, and what one person holds.

use crate::error::Result;
use domain::{
    access::{
        RoleEntry, RoleKey,
        explain::{PersonAccess, RoleHolders},
    },
    ids::UserId,
};
use leptos::prelude::*;

#[server(endpoint = "access/roles")]
pub async fn list_roles() -> Result<Vec<RoleEntry>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_roles(&caller))
}

/// A page of those who hold a role, after the person `after`.
#[server(endpoint = "access/explain_role")]
pub async fn explain_role(role: RoleKey, #[server(default)] after: Option<UserId>) -> Result<RoleHolders> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.explain_role(&caller, &role, after).await)
}

#[server(endpoint = "access/explain_person")]
pub async fn explain_person(user: UserId) -> Result<PersonAccess> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.explain_person(&caller, user).await)
}

#[server(endpoint = "access/explain_own")]
pub async fn explain_own() -> Result<PersonAccess> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.explain_own(&caller).await)
}

/// The names of some who can give a role.
#[server(endpoint = "access/administrators")]
pub async fn list_administrators() -> Result<Vec<String>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_administrators(&caller).await)
}
