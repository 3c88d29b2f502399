//! The folder of mails, read again: what a trial without a mail server shows instead of one. It decides nothing about who
//! may look; the host does.

use super::mail_url::MailUrl;
use crate::{Error, Result};
use domain::{
    ids::MailId,
    mail::{MailSummary, MailView, pieces},
    moment::Moment,
};
use mail_parser::{Address, Message, MessageParser};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};
use time::OffsetDateTime;

/// Mails that are listed.
const NEWEST: usize = 200;
/// Ours have a few kilobytes; what is longer was put there by somebody else.
const LONGEST: u64 = 1 << 20;

#[derive(Clone, Debug)]
pub struct Mailbox(PathBuf);

impl Mailbox {
    /// The folder of `dir:`; a mail server has none.
    pub fn of(url: &MailUrl) -> Option<Self> {
        match url {
            MailUrl::Dir(folder) => Some(Self(folder.clone())),
            MailUrl::Smtp(_) => None,
        }
    }

    /// The newest mails, the last one first.
    pub async fn list(&self) -> Result<Vec<MailSummary>> {
        self.read(|folder| {
            let newest = files(folder)?.into_iter().take(NEWEST);
            Ok(newest
                .filter_map(|(id, path)| with_message(&path, |mail| summary(id, mail)))
                .collect())
        })
        .await
    }

    /// One mail, with the addresses below `base` as links.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none that can be read.
    pub async fn open(&self, id: MailId, base: &str) -> Result<MailView> {
        let base = base.to_owned();
        let found = self.read(move |folder| {
            let file = files(folder)?.into_iter().find(|(known, _)| *known == id);
            Ok(file.and_then(|(id, path)| {
                with_message(&path, |mail| MailView {
                    summary: summary(id, mail),
                    text: pieces(mail.body_text(0).unwrap_or_default().trim(), &base),
                })
            }))
        });
        found.await?.ok_or(Error::NotFound)
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = self.0.clone();
        tokio::task::spawn_blocking(move || look(&folder))
            .await
            .map_err(Error::unavailable)?
            .map_err(Error::unavailable)
    }
}

/// The files that `transport.rs` wrote, the newest first: their names begin with the time and end with the id.
fn files(folder: &Path) -> io::Result<Vec<(MailId, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        // No mail was sent yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut named: Vec<_> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let id = name.strip_suffix(".eml")?.split_once('-')?.1.parse().ok()?;
            Some((name, id, entry.path()))
        })
        .collect();
    named.sort_unstable_by(|(one, ..), (other, ..)| other.cmp(one));
    Ok(named.into_iter().map(|(_, id, path)| (id, path)).collect())
}

/// What is made of a file, if it is a mail.
fn with_message<T>(path: &Path, make: impl FnOnce(&Message) -> T) -> Option<T> {
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .ok()?;
    MessageParser::default().parse(&bytes).map(|mail| make(&mail))
}

fn summary(id: MailId, mail: &Message) -> MailSummary {
    let sent = mail
        .date()
        .and_then(|date| OffsetDateTime::from_unix_timestamp(date.to_timestamp()).ok());
    MailSummary {
        id,
        to: mail
            .to()
            .and_then(Address::first)
            .and_then(|to| to.address())
            .unwrap_or_default()
            .to_owned(),
        subject: mail.subject().unwrap_or_default().to_owned(),
        sent: Moment::from(sent.unwrap_or(OffsetDateTime::UNIX_EPOCH)),
    }
}
