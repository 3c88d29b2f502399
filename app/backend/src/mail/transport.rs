//! How a mail leaves: over SMTP, or as a file in a folder. Knows nothing of the outbox.

use super::{
    mail_url::{MailUrl, MailUrlError},
    mime::Parcel,
    smtp::Smtp,
};
use std::{io, path::PathBuf, sync::Arc, time::Duration};
use time::macros::format_description;
use tokio::{fs, io::AsyncWriteExt};

/// Cheap to clone. `Debug` shows no credentials.
#[derive(Clone, Debug)]
pub struct Transport(Arc<Way>);

#[derive(Debug)]
enum Way {
    Smtp(Smtp),
    Dir(PathBuf),
}

/// How long a mail server may take. In the time of the machine, not of the clock that tests move.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the first packet to a server that is ready for a mail: greeting, TLS and sign-in.
    pub connect: Duration,
    /// From the sender's address to the answer to the mail.
    pub send: Duration,
}

/// Shorter than the 5 and 10 minutes of RFC 5321 section 4.5.3.2, which are meant for servers in the wild: this one
/// was chosen by the operator and is near.
pub const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(10),
    send: Duration::from_secs(30),
};

/// Why a mail did not leave, in a sentence for people.
#[derive(Debug)]
pub(super) enum Failure {
    /// Worth another attempt.
    Later(String),
    /// The mail server will never take it.
    Refused(String),
}

impl Failure {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Later(_) => "postponed",
            Self::Refused(_) => "refused",
        }
    }
}

impl Transport {
    pub fn from_url(url: &str) -> Result<Self, MailUrlError> {
        Self::new(url.parse()?, PATIENCE)
    }

    pub fn new(url: MailUrl, patience: Patience) -> Result<Self, MailUrlError> {
        Ok(Self(Arc::new(match url {
            MailUrl::Smtp(server) => Way::Smtp(Smtp::new(server, patience)?),
            MailUrl::Dir(path) => Way::Dir(path),
        })))
    }

    pub(super) async fn send(&self, parcel: &Parcel) -> Result<(), Failure> {
        match &*self.0 {
            Way::Smtp(smtp) => smtp.send(parcel).await,
            Way::Dir(path) => {
                let written = write(path, parcel).await;
                written.map_err(|e| {
                    Failure::Later(format!("The folder for mails can't be written: {}", e.kind()))
                })
            }
        }
    }

    /// Whether a mail could leave now: greeting, TLS and sign-in of the mail server, or a folder that can be written.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn check(&self) -> Result<(), String> {
        match &*self.0 {
            Way::Smtp(smtp) => smtp.check().await,
            Way::Dir(path) => {
                let probe = path.join(".usher-probe");
                let made = async {
                    fs::DirBuilder::new()
                        .recursive(true)
                        .mode(0o700)
                        .create(path)
                        .await?;
                    fs::write(&probe, []).await?;
                    fs::remove_file(&probe).await
                };
                made.await
                    .map_err(|e| format!("The folder {} can't be written: {}", path.display(), e.kind()))
            }
        }
    }

    /// The folder that mails are written to, if they are.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &*self.0 {
            Way::Smtp(_) => None,
            Way::Dir(path) => Some(path),
        }
    }

    /// Closes connections that are kept for a next mail.
    pub(super) async fn rest(&self) {
        if let Way::Smtp(smtp) = &*self.0 {
            smtp.rest().await;
        }
    }
}

/// One file for each mail, readable by its owner only, that appears whole or not at all. Its name sorts by time.
async fn write(folder: &std::path::Path, parcel: &Parcel) -> io::Result<()> {
    let time = parcel.at.to_offset(time::UtcOffset::UTC);
    let time = time
        .format(format_description!(
            "[year][month][day]T[hour][minute][second].[subsecond digits:6]Z"
        ))
        .map_err(io::Error::other)?;
    let name = format!("{time}-{}.eml", parcel.id);
    let unfinished = folder.join(format!(".{name}.part"));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .await?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .await?;
    file.write_all(parcel.bytes.expose()).await?;
    file.sync_all().await?;
    fs::rename(&unfinished, folder.join(name)).await
}
