//! The server functions of the audit log. Its files are no server functions, see `server/src/audit_download.rs`.

use crate::error::Result;
use domain::audit::{AuditPage, AuditQuery};
use leptos::prelude::*;

#[server(endpoint = "audit/list")]
pub async fn list_audit(#[server(default)] query: AuditQuery) -> Result<AuditPage> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_audit(&caller, &query).await)
}
