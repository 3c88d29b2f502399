//! The server functions of lists of invitations. A file comes by a route of the host, see `server/src/bulk_invitations.rs`.

use crate::error::Result;
use domain::{
    bulk_invitations::{List, Lists, Progress},
    ids::JobId,
};
use leptos::prelude::*;

/// Reads what was pasted and shows what would become of each line. Sends nothing.
#[server(endpoint = "bulk_invitations/draft")]
pub async fn draft_list(list: String) -> Result<()> {
    use crate::{request, routes};
    use domain::field::Field;
    let (backend, caller) = request::signed_in()?;
    let drafted = backend
        .draft_bulk_invitation(&caller, Field::List, list.as_bytes())
        .await;
    request::redirect_to(&routes::invite_list(request::answer(drafted)?));
    Ok(())
}

#[server(endpoint = "bulk_invitations/start")]
pub async fn start_list(job: JobId, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.start_bulk_invitation(&caller, job).await)?;
    request::redirect_to(&Notice::ListStarted.on(&routes::invite_list(job)));
    Ok(())
}

#[server(endpoint = "bulk_invitations/retry")]
pub async fn retry_list(job: JobId, #[server(default)] current_password: Option<String>) -> Result<()> {
    use crate::{notice::Notice, request, routes};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.retry_bulk_invitation(&caller, job).await)?;
    request::redirect_to(&Notice::ListStarted.on(&routes::invite_list(job)));
    Ok(())
}

#[server(endpoint = "bulk_invitations/drop")]
pub async fn drop_list(job: JobId) -> Result<()> {
    use crate::{request, routes};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.drop_bulk_invitation(&caller, job).await)?;
    request::redirect_to(routes::INVITE_MANY);
    Ok(())
}

#[server(endpoint = "bulk_invitations/list")]
pub async fn list_lists() -> Result<Lists> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.list_bulk_invitations(&caller).await)
}

/// `job`: as it stands in the address.
#[server(endpoint = "bulk_invitations/find")]
pub async fn find_list(job: String) -> Result<List> {
    use crate::{error::AppError, request};
    let (backend, caller) = request::signed_in()?;
    let Ok(job) = job.parse() else {
        request::set_status(&AppError::NotFound);
        return Err(AppError::NotFound);
    };
    request::answer(backend.find_bulk_invitation(&caller, job).await)
}

/// How far a list is, for whom the stream of it does not reach.
#[server(endpoint = "bulk_invitations/progress")]
pub async fn list_progress(job: JobId) -> Result<Progress> {
    use crate::request;
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.watch_bulk_invitation(&caller, job).await)
}
