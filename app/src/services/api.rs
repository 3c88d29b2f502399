//! The server functions of services.

use crate::error::Result;
use domain::{ids::ServiceId, services::Services};
use leptos::prelude::*;

#[server(endpoint = "services/list")]
pub async fn list_services() -> Result<Services> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_services(&caller).await)
}

/// The secret is shown once, on the page that this leads to.
#[server(endpoint = "services/create")]
pub async fn create_service(name: String, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let (id, secret) = request::answer(backend.create_service(&caller, &name).await)?;
    let shown = [
        ("name", name.as_str()),
        ("id", &id.to_string()),
        ("secret", secret.expose()),
    ];
    request::show_secret(routes::SERVICES, super::SECRET, &shown)
}

#[server(endpoint = "services/delete")]
pub async fn delete_service(service: ServiceId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.delete_service(&caller, service).await)?;
    request::return_with(Notice::ServiceDeleted);
    Ok(())
}
