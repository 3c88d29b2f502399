//! The dialogue with a mail server. Decides which answers are final and puts them into words.
//!
//! The dialogue is held here and not by lettre's own transport, because that one waits for an answer without end and
//! does not say whether the server refused the mail or us: a wrong password must not fail every mail for ever.

use super::{
    mail_url::{MailUrlError, SmtpServer, Tls},
    mime::Parcel,
    transport::{Failure, Patience},
};
use lettre::transport::smtp::{
    Error, authentication,
    client::{AsyncSmtpConnection, TlsParameters},
    extension::{ClientId, Extension},
};
use std::{error::Error as _, fmt, mem, sync::Mutex, time::Duration};
use tokio::time::timeout;

pub(super) struct Smtp {
    server: SmtpServer,
    tls: Option<TlsParameters>,
    patience: Patience,
    /// Connections that took a mail and are ready for the next one.
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.server.fmt(f)
    }
}

const UNANSWERED: &str = "The mail server did not answer in time";

/// Answers to a mail that are about us: sign-in or TLS is wanted or failed (RFC 4954 section 6, RFC 3207 section 4).
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

impl Smtp {
    pub(super) fn new(server: SmtpServer, patience: Patience) -> Result<Self, MailUrlError> {
        let tls = match server.tls {
            Tls::None => None,
            // Certificates are verified against those of the operating system (`SSL_CERT_FILE` names others).
            Tls::Implicit | Tls::Required => {
                Some(TlsParameters::new(server.host.clone()).map_err(|_| MailUrlError::Tls)?)
            }
        };
        Ok(Self {
            server,
            tls,
            patience,
            idle: Mutex::default(),
        })
    }

    pub(super) async fn send(&self, parcel: &Parcel) -> Result<(), Failure> {
        let mut connection = within(self.patience.connect, self.connection())
            .await
            .map_err(Failure::Later)?;
        let international = !AsRef::<str>::as_ref(&parcel.envelope.to()[0]).is_ascii();
        if international && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure::Refused(
                "The mail server takes no address like this one (no SMTPUTF8)".into(),
            ));
        }
        match timeout(
            self.patience.send,
            connection.send(&parcel.envelope, parcel.bytes.expose()),
        )
        .await
        {
            Ok(Ok(_)) => {
                self.keep(connection);
                Ok(())
            }
            Ok(Err(error)) if error.is_permanent() && !error.status().is_some_and(is_about_us) => {
                Err(Failure::Refused(sentence(&error)))
            }
            Ok(Err(error)) => Err(Failure::Later(sentence(&error))),
            // Half a dialogue: the connection is of no use to anybody.
            Err(_) => Err(Failure::Later(UNANSWERED.into())),
        }
    }

    pub(super) async fn check(&self) -> Result<(), String> {
        let mut connection = within(self.patience.connect, self.connection()).await?;
        let _ = timeout(self.patience.connect, connection.quit()).await;
        Ok(())
    }

    /// Says goodbye on the connections that nobody uses.
    pub(super) async fn rest(&self) {
        let idle = self
            .idle
            .lock()
            .map(|mut idle| mem::take(&mut *idle))
            .unwrap_or_default();
        for mut connection in idle {
            let _ = timeout(self.patience.connect, connection.quit()).await;
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(connection);
        }
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().ok()?.pop()
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut connection) = self.kept() {
            if connection.test_connected().await {
                return Ok(connection);
            }
        }
        let (server, hello) = (&self.server, ClientId::default());
        let implicit = self.tls.clone().filter(|_| server.tls == Tls::Implicit);
        let address = (server.host.as_str(), server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience.connect), &hello, implicit, None)
                .await?;
        if let (Tls::Required, Some(tls)) = (server.tls, &self.tls) {
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(login) = &server.credentials {
            let login = authentication::Credentials::new(login.user.clone(), login.password.expose().clone());
            connection
                .auth(authentication::DEFAULT_MECHANISMS, &login)
                .await?;
        }
        Ok(connection)
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(result) => result.map_err(|error| sentence(&error)),
        Err(_) => Err(UNANSWERED.into()),
    }
}

fn is_about_us(code: lettre::transport::smtp::response::Code) -> bool {
    ABOUT_US.contains(&u16::from(code))
}

/// The server's own answer with its code, or what kept us from getting one.
fn sentence(error: &Error) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    if let Some(code) = error.status() {
        format!("{code} {cause}")
    } else if error.is_client() {
        cause
    } else if error.is_response() {
        "The mail server broke off".into()
    } else {
        // "Connection refused (os error 111)": the number helps nobody.
        let cause = cause.split(" (os error").next().unwrap_or_default();
        format!("The mail server can't be reached: {cause}")
    }
}
