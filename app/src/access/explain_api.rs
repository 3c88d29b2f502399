//! The server functions of explanations: roles, their holders, and who can give one.

use crate::error::Result;
use domain::{
    access::{RoleEntry, RoleKey, explain::RoleHolders},
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

/// The names of some who can give a role.
#[server(endpoint = "access/administrators")]
pub async fn list_administrators() -> Result<Vec<String>> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_administrators(&caller).await)
}
