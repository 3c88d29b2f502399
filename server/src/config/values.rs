//! Understands single values. A fault is the end of a sentence that begins with the key.

use crate::database::addresses::Addresses;
use backend::settings::Limit;
use ipnet::IpNet;
use std::{
    fmt::Display,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    time::Duration,
};
use url::{Host, Url};

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "is no address with a port. Write it like 127.0.0.1:3000 or [::]:3000".into())
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    std::path::absolute(text).map_err(|_| "is no path".into())
}

pub(super) fn number<T: FromStr + PartialOrd + Display>(
    text: &str,
    range: RangeInclusive<T>,
) -> Result<T, String> {
    let fault = || format!("must be a whole number from {} to {}", range.start(), range.end());
    text.parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(fault)
}

/// `30s`, `90m`, `8h`, `7d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let fault = "must be a time like 30s, 90m, 8h or 7d, at most 3650d".to_owned();
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(fault),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| fault.clone())?;
    let seconds = u64::from(number) * unit;
    if (1..=3_650 * 86_400).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(fault)
    }
}

/// `10/1m`: ten at once, and one more after each minute.
pub(super) fn limit(text: &str) -> Result<Limit, String> {
    let fault = || "must be a limit like 10/1m: ten at once, and one more after each minute".to_owned();
    let (burst, every) = text.split_once('/').ok_or_else(fault)?;
    let burst = number(burst, 1..=1_000_000).map_err(|_| fault())?;
    let every = duration(every).map_err(|_| fault())?;
    if every.as_secs() * u64::from(burst) > 3_650 * 86_400 {
        return Err("takes longer than ten years to come back".into());
    }
    Ok(Limit::new(burst, as_time(every)))
}

/// Within what [`duration`] allows, the two kinds hold the same.
pub(super) fn as_time(duration: Duration) -> time::Duration {
    time::Duration::seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}

/// Networks or single addresses, separated by commas.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| {
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
        })
        .collect::<Result<_, _>>()
        .map_err(|_| "must be networks like 10.0.0.0/8 or ::1, separated by commas".into())
}

/// Of a provider: https, or http at this machine. As it was written, because an issuer is compared letter by letter.
pub(super) fn provider_address(text: &str) -> Result<String, String> {
    let fault = || "must be an address that begins with https:// (http:// for localhost only)".to_owned();
    let url = Url::parse(text).map_err(|_| fault())?;
    let at_home = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if at_home => Ok(text.to_owned()),
        _ => Err(fault()),
    }
}

/// Of one host only the kind is judged here; the rest shows when it is used. Nothing of it is repeated.
pub(super) fn database_url(text: &str) -> Result<String, String> {
    match Addresses::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// The console's address: scheme, host and perhaps a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// As an `Origin` header says it: lower case, without a default port.
    origin: String,
    url: Url,
}

impl PublicUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let like = "Write it like https://console.example.com";
        let url = Url::parse(text).map_err(|_| format!("is no address. {like}"))?;
        let bare =
            url.path() == "/" && !text.ends_with('/') && url.query().is_none() && url.fragment().is_none();
        let plain = url.scheme() == "http";
        let own = Self {
            origin: url.origin().ascii_serialization(),
            url,
        };
        if !plain && own.url.scheme() != "https" {
            return Err(format!("must begin with https://. {like}"));
        }
        if !bare || !own.url.username().is_empty() || own.url.password().is_some() {
            return Err(format!(
                "must end after the host or the port, without a slash. {like}"
            ));
        }
        if plain && !own.is_loopback() {
            return Err("must begin with https://: over plain http anybody on the way can read passwords. (http:// is \
                        for localhost only; let a proxy speak TLS)"
                .into());
        }
        Ok(own)
    }

    /// Without a slash at the end; also what an `Origin` header says.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Host and port as a `Host` header says them.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    pub fn is_https(&self) -> bool {
        self.scheme() == "https"
    }

    /// For people at this machine only.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    pub(super) fn mail_domain(&self) -> &str {
        self.url.domain().unwrap_or("localhost")
    }
}
