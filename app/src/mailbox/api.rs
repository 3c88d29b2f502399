//! The server functions of the mailbox.

use crate::error::Result;
use domain::mail::{MailSummary, MailView};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All that the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mails {
    pub newest: Vec<MailSummary>,
    /// When they were listed.
    pub now: domain::moment::Moment,
}

#[server(endpoint = "mailbox/list")]
pub async fn list_mails() -> Result<Mails> {
    use crate::request;
    let (backend, mailbox) = request::trial_mailbox()?;
    Ok(Mails {
        newest: request::answer(mailbox.list().await)?,
        now: backend.now().into(),
    })
}

/// `id` as it is in the address, where anything may stand.
#[server(endpoint = "mailbox/open")]
pub async fn open_mail(id: String) -> Result<MailView> {
    use crate::request;
    use domain::ids::MailId;
    let (backend, mailbox) = request::trial_mailbox()?;
    let opened = match id.parse::<MailId>() {
        Ok(id) => mailbox.open(id, &backend.settings().public_url).await,
        Err(_) => Err(backend::Error::NotFound),
    };
    request::answer(opened)
}
