//! Where mails go, as the operator writes it: `smtps://user:password@host`, `smtp://host?tls=none`, `dir:PATH`.
//! Pure: parsing connects to nothing. No error repeats the address, which may hold a password.

use crate::secret::Secret;
use std::{net::IpAddr, path::PathBuf, str::FromStr};

/// Where mails go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailUrl {
    Smtp(SmtpServer),
    /// A file for each mail in this folder, for development.
    Dir(PathBuf),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// A name or an IP address, without brackets.
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub credentials: Option<Credentials>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte: `smtps://` (RFC 8314 section 3.3).
    Implicit,
    /// By STARTTLS, and nothing is sent without it. What `smtp://` means.
    Required,
    /// None: `?tls=none`, and the default on this machine (`127.0.0.0/8`, `::1`, `localhost`).
    None,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub user: String,
    pub password: Secret<String>,
}

/// What is wrong with the address, for the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailUrlError {
    #[error("the mail address begins with smtp://, smtps:// or dir:")]
    Scheme,
    #[error("the mail address names no folder after dir:")]
    Folder,
    #[error("the mail address names no host")]
    Host,
    #[error("the port in the mail address is not a number from 1 to 65535")]
    Port,
    #[error("the mail address has a user without a password: write smtp://user:password@host")]
    Password,
    #[error(
        "a % in the user or password of the mail address is not followed by two hexadecimal digits of UTF-8 text"
    )]
    Encoding,
    #[error("after smtp:// tls is `required` or `none`; after smtps:// it is not said")]
    Tls,
    #[error("the mail address ends after host and port, or with ?tls=required or ?tls=none")]
    Rest,
}

impl FromStr for MailUrl {
    type Err = MailUrlError;

    fn from_str(url: &str) -> Result<Self, MailUrlError> {
        let url = url.trim();
        if let Some(path) = url.strip_prefix("dir:") {
            return if path.is_empty() {
                Err(MailUrlError::Folder)
            } else {
                Ok(Self::Dir(path.into()))
            };
        }
        let (scheme, rest) = url.split_once("://").ok_or(MailUrlError::Scheme)?;
        let implicit = match scheme {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(MailUrlError::Scheme),
        };
        // The last `@`: a password that holds one unencoded is understood, too.
        let (login, rest) = rest
            .rsplit_once('@')
            .map_or((None, rest), |(login, rest)| (Some(login), rest));
        let credentials = login.map(Credentials::from_str).transpose()?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, query) = rest.split_at(end);
        let (host, port) = host_and_port(authority)?;
        let tls = match (query.strip_prefix('/').unwrap_or(query), implicit) {
            ("", true) => Tls::Implicit,
            ("", false) if is_this_machine(&host) => Tls::None,
            ("" | "?tls=required", false) => Tls::Required,
            ("?tls=none", false) => Tls::None,
            (query, _) if query.starts_with("?tls=") => return Err(MailUrlError::Tls),
            _ => return Err(MailUrlError::Rest),
        };
        // Submission ports of RFC 8314 section 3.3 and RFC 6409; a server without TLS is a relay nearby.
        let usual_port = match tls {
            Tls::Implicit => 465,
            Tls::Required => 587,
            Tls::None => 25,
        };
        Ok(Self::Smtp(SmtpServer {
            host,
            port: port.unwrap_or(usual_port),
            tls,
            credentials,
        }))
    }
}

impl FromStr for Credentials {
    type Err = MailUrlError;

    fn from_str(login: &str) -> Result<Self, MailUrlError> {
        let (user, password) = login.split_once(':').ok_or(MailUrlError::Password)?;
        if user.is_empty() || password.is_empty() {
            return Err(MailUrlError::Password);
        }
        Ok(Self {
            user: decoded(user)?,
            password: Secret::new(decoded(password)?),
        })
    }
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), MailUrlError> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or(MailUrlError::Host)?;
            host.parse::<std::net::Ipv6Addr>()
                .map_err(|_| MailUrlError::Host)?;
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(MailUrlError::Port),
            }
        }
        None => authority
            .split_once(':')
            .map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(MailUrlError::Host);
    }
    let number = |port: &str| {
        port.parse()
            .ok()
            .filter(|port| *port > 0)
            .ok_or(MailUrlError::Port)
    };
    Ok((host.to_owned(), port.map(number).transpose()?))
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Percent-decoding (RFC 3986 section 2.1); a `+` stays a `+`.
fn decoded(text: &str) -> Result<String, MailUrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16));
                let (high, low) = digit().zip(digit()).ok_or(MailUrlError::Encoding)?;
                u8::try_from(high * 16 + low).map_err(|_| MailUrlError::Encoding)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| MailUrlError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str) -> SmtpServer {
        match url.parse() {
            Ok(MailUrl::Smtp(server)) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn tls_is_required_unless_the_server_is_this_machine() {
        let tls = |url: &str| (smtp(url).port, smtp(url).tls);
        assert_eq!(tls("smtps://mail.example.com"), (465, Tls::Implicit));
        assert_eq!(tls("smtp://mail.example.com"), (587, Tls::Required));
        assert_eq!(tls("smtp://mail.example.com:2525/?tls=none"), (2525, Tls::None));
        for here in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert_eq!(tls(&format!("smtp://{here}")), (25, Tls::None), "{here}");
            assert_eq!(
                tls(&format!("smtp://{here}?tls=required")),
                (587, Tls::Required),
                "{here}"
            );
        }
        for elsewhere in [
            "localhost.example.com",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "[::2]",
        ] {
            assert_eq!(
                smtp(&format!("smtp://{elsewhere}")).tls,
                Tls::Required,
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn credentials_are_decoded_and_never_shown() {
        let server = smtp("smtps://ada%40example.com:p%C3%A4ss%3Aw@rd+%25@[::1]:2465");
        assert_eq!((server.host.as_str(), server.port), ("::1", 2465));
        let login = server.credentials.clone().unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.expose().as_str()),
            ("ada@example.com", "päss:w@rd+%")
        );
        assert!(!format!("{server:?}").contains("ss:w"));
    }

    #[test]
    fn a_folder_is_any_path() {
        assert_eq!(
            "dir:/var/mail out".parse(),
            Ok(MailUrl::Dir("/var/mail out".into()))
        );
        assert_eq!(
            "dir:target/mails".parse(),
            Ok(MailUrl::Dir("target/mails".into()))
        );
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong_without_repeating_it() {
        for (url, error) in [
            ("", MailUrlError::Scheme),
            ("mail.example.com:25", MailUrlError::Scheme),
            ("http://mail.example.com", MailUrlError::Scheme),
            ("dir:", MailUrlError::Folder),
            ("smtp://", MailUrlError::Host),
            ("smtp://:25", MailUrlError::Host),
            ("smtp://[::1", MailUrlError::Host),
            ("smtp://[mail]:25", MailUrlError::Host),
            ("smtp://mail example.com", MailUrlError::Host),
            ("smtp://mail.example.com:0", MailUrlError::Port),
            ("smtp://mail.example.com:65536", MailUrlError::Port),
            ("smtp://mail.example.com:smtp", MailUrlError::Port),
            ("smtp://[::1]25", MailUrlError::Port),
            ("smtp://hunter2@mail.example.com", MailUrlError::Password),
            ("smtp://ada:@mail.example.com", MailUrlError::Password),
            ("smtp://ada:hunter2%4@mail.example.com", MailUrlError::Encoding),
            ("smtp://ada:hunter2%ff@mail.example.com", MailUrlError::Encoding),
            ("smtp://mail.example.com?tls=perhaps", MailUrlError::Tls),
            ("smtps://mail.example.com?tls=none", MailUrlError::Tls),
            ("smtp://mail.example.com/ehlo", MailUrlError::Rest),
            ("smtp://mail.example.com?ssl=off", MailUrlError::Rest),
        ] {
            let result = url.parse::<MailUrl>();
            assert_eq!(result, Err(error), "{url}");
            assert!(!format!("{result:?} {error}").contains("hunter2"));
        }
    }
}
