//! What `DATABASE_URL` names: one host, or several as libpq has them ("Specifying Multiple Hosts" in its manual). sqlx knows one host in an
//! address, so a list becomes an address for each host, and all the rest of it stays as it was written.

use backend::secret::Secret;
use std::{fmt, iter};
use url::{Url, form_urlencoded};

/// Which of several hosts is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The first one that answers.
    Any,
    /// The one that takes writes.
    ReadWrite,
    /// The one that is no replica.
    Primary,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// As it was written, for sqlx.
    One(Secret<String>),
    Several {
        hosts: Vec<Address>,
        target: Target,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Host and port, without anything secret.
    pub name: String,
    pub url: Secret<String>,
}

/// The end of a sentence that begins with `DATABASE_URL`. Repeats nothing of the address, which holds a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Kind,
    EmptyHost,
    Port,
    Ports { hosts: usize, ports: usize },
    HostAddress,
    Target,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("must be an address like postgres://user:password@host/database"),
            Self::EmptyHost => f.write_str(
                "has an empty place in its list of hosts. Write several hosts like \
                 postgres://user:password@db1:5432,db2:5432/database",
            ),
            Self::Port => f.write_str("has a port that is no number from 1 to 65535"),
            Self::Ports { hosts, ports } => write!(
                f,
                "has {hosts} hosts and {ports} ports. Give each host its port, or one port for all"
            ),
            Self::HostAddress => f.write_str("has several hosts beside hostaddr. Name their addresses by host"),
            Self::Target => f.write_str(
                "asks for a target_session_attrs that is of no use to Usher: it can be read-write, primary or any",
            ),
        }
    }
}

type Result<T, E = Fault> = std::result::Result<T, E>;

const DEFAULT_PORT: &str = "5432";
/// The parameters that are taken out of an address with several hosts.
const OURS: [&str; 3] = ["host", "port", "target_session_attrs"];

/// An address in its parts, each as it was written.
struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl Addresses {
    pub fn parse(text: &str) -> Result<Self> {
        let address = Parts::of(text)?;
        let target = match address.parameter("target_session_attrs").as_deref() {
            None => None,
            Some("any") => Some(Target::Any),
            Some("read-write") => Some(Target::ReadWrite),
            Some("primary") => Some(Target::Primary),
            Some(_) => return Err(Fault::Target),
        };
        let (host, port) = (address.parameter("host"), address.parameter("port"));
        let several = |list: &Option<String>| list.as_ref().is_some_and(|list| list.contains(','));
        if target.is_none() && !address.hosts.contains(',') && !several(&host) && !several(&port) {
            // Judged by its kind; the rest is said by sqlx when it is used.
            return match Url::parse(text) {
                Ok(_) => Ok(Self::One(Secret::new(text.to_owned()))),
                Err(_) => Err(Fault::Kind),
            };
        }
        if address.parameter("hostaddr").is_some() {
            return Err(Fault::HostAddress);
        }
        let written = address.hosts.split(',').map(host_and_port);
        let (mut hosts, mut ports): (Vec<String>, Vec<&str>) =
            written.map(|(host, port)| (host.to_owned(), port)).unzip();
        if let Some(list) = &host {
            hosts = list.split(',').map(in_authority).collect();
            if hosts.len() != ports.len() {
                ports = vec![DEFAULT_PORT; hosts.len()];
            }
        }
        if let Some(list) = &port {
            ports = list.split(',').collect();
            if ports.len() == 1 {
                ports = vec![ports[0]; hosts.len()];
            }
        }
        if hosts.len() != ports.len() {
            return Err(Fault::Ports {
                hosts: hosts.len(),
                ports: ports.len(),
            });
        }
        let hosts = iter::zip(hosts, ports).map(|(host, port)| address.of_host(&host, port));
        Ok(Self::Several {
            hosts: hosts.collect::<Result<_>>()?,
            target: target.unwrap_or(Target::ReadWrite),
        })
    }
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Result<Self> {
        let (scheme, rest) = text.split_once("://").ok_or(Fault::Kind)?;
        if !["postgres", "postgresql"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(Fault::Kind);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = before.split_at(before.find('/').unwrap_or(before.len()));
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, authority),
        };
        Ok(Self {
            scheme,
            user,
            hosts,
            path,
            query,
        })
    }

    /// The last one counts, as with sqlx.
    fn parameter(&self, wanted: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(|(name, _)| name == wanted)
            .last()
            .map(|(_, value)| value.into_owned())
    }

    fn of_host(&self, host: &str, port: &str) -> Result<Address> {
        if host.is_empty() {
            return Err(Fault::EmptyHost);
        }
        let port = if port.is_empty() { DEFAULT_PORT } else { port };
        let port: u16 = port.parse().ok().filter(|port| *port > 0).ok_or(Fault::Port)?;
        let user = self.user.map(|user| format!("{user}@")).unwrap_or_default();
        let query: Vec<_> = self
            .query
            .split('&')
            .filter(|parameter| {
                let name = form_urlencoded::parse(parameter.as_bytes()).next();
                name.is_some_and(|(name, _)| !OURS.contains(&&*name))
            })
            .collect();
        let url = format!(
            "{}://{user}{host}:{port}{}?{}",
            self.scheme,
            self.path,
            query.join("&")
        );
        Url::parse(&url).map_err(|_| Fault::Kind)?;
        let decoded = form_urlencoded::parse(host.as_bytes()).next();
        Ok(Address {
            name: format!("{}:{port}", decoded.unwrap_or_default().0),
            url: Secret::new(url),
        })
    }
}

/// An IPv6 address has colons of its own, in brackets.
fn host_and_port(text: &str) -> (&str, &str) {
    let begin = text.rfind(']').unwrap_or(0);
    match text[begin..].find(':') {
        Some(colon) => (&text[..begin + colon], &text[begin + colon + 1..]),
        None => (text, ""),
    }
}

/// A host of a parameter as it stands before the path: the folder of a socket is percent-encoded there.
fn in_authority(host: &str) -> String {
    if host.starts_with('/') {
        let encoded: String = form_urlencoded::byte_serialize(host.as_bytes()).collect();
        encoded.replace('+', "%20")
    } else if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn several(text: &str) -> (Vec<(String, String)>, Target) {
        match Addresses::parse(text).unwrap() {
            Addresses::Several { hosts, target } => (
                hosts
                    .into_iter()
                    .map(|host| (host.name, host.url.expose().clone()))
                    .collect(),
                target,
            ),
            Addresses::One(_) => panic!("{text} is one"),
        }
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
        pairs
            .map(|(name, url)| (name.to_owned(), url.to_owned()))
            .to_vec()
    }

    #[test]
    fn one_host_stays_as_it_was_written() {
        for text in [
            "postgres://usher:p%2Cw,x@db/usher",
            "postgresql://db",
            "postgres:///usher?host=/run/postgresql",
            "postgres://usher@localhost/usher?host=%2Frun%2Fpostgresql&sslmode=disable",
            "postgres://%2Frun%2Fpostgresql/usher",
            "postgres://[::1]:5433/usher",
        ] {
            let one = Addresses::One(Secret::new(text.to_owned()));
            assert_eq!(Addresses::parse(text), Ok(one), "{text}");
        }
    }

    #[test]
    fn a_list_becomes_an_address_for_each_host() {
        let (hosts, target) = several(
            "postgres://ada:p,w%40@db1:5433,[::1],db3:5434/usher?sslmode=require&target_session_attrs=primary",
        );
        assert_eq!(target, Target::Primary);
        assert_eq!(
            hosts,
            pairs([
                ("db1:5433", "postgres://ada:p,w%40@db1:5433/usher?sslmode=require"),
                (
                    "[::1]:5432",
                    "postgres://ada:p,w%40@[::1]:5432/usher?sslmode=require"
                ),
                ("db3:5434", "postgres://ada:p,w%40@db3:5434/usher?sslmode=require"),
            ])
        );
        let (_, without) = several("postgres://db1,db2/usher");
        assert_eq!(without, Target::ReadWrite);
        let (one, any) = several("postgres://db1/usher?target_session_attrs=any");
        assert_eq!(
            (one, any),
            (pairs([("db1:5432", "postgres://db1:5432/usher?")]), Target::Any)
        );
    }

    #[test]
    fn hosts_and_ports_can_be_parameters_and_sockets() {
        let (hosts, _) = several("postgres://ada@/usher?host=db1,2001:db8::2,%2Frun%2Fa b&port=1,,3");
        assert_eq!(
            hosts,
            pairs([
                ("db1:1", "postgres://ada@db1:1/usher?"),
                ("[2001:db8::2]:5432", "postgres://ada@[2001:db8::2]:5432/usher?"),
                ("/run/a b:3", "postgres://ada@%2Frun%2Fa%20b:3/usher?"),
            ])
        );
        let (hosts, _) = several("postgres:///usher?host=db1,db2&port=6000");
        assert_eq!(hosts[1].0, "db2:6000");
        let (hosts, _) = several("postgres://db1,db2/usher?port=1,2");
        assert_eq!((hosts[0].0.as_str(), hosts[1].0.as_str()), ("db1:1", "db2:2"));
    }

    #[test]
    fn each_address_is_one_for_sqlx() {
        let (hosts, _) = several("postgres://a%40:p%2Fw@%2Frun%2Fpostgresql,db2:5433/usher");
        let options: Vec<sqlx::postgres::PgConnectOptions> =
            hosts.iter().map(|(_, url)| url.parse().unwrap()).collect();
        assert_eq!(options[0].get_socket().unwrap().to_str(), Some("/run/postgresql"));
        assert_eq!((options[1].get_host(), options[1].get_port()), ("db2", 5433));
        assert!(options.iter().all(|options| options.get_username() == "a@"));
        assert!(
            options
                .iter()
                .all(|options| options.get_database() == Some("usher"))
        );
    }

    #[test]
    fn what_is_wrong_is_said_and_nothing_is_repeated() {
        for (text, fault) in [
            ("hunter2", Fault::Kind),
            ("mysql://ada:hunter2@db1,db2/usher", Fault::Kind),
            ("postgres://ada:hunter2@db 1<>/usher", Fault::Kind),
            ("postgres://ada:hunter2@db1,/usher", Fault::EmptyHost),
            ("postgres://ada:hunter2@db1,,db2/usher", Fault::EmptyHost),
            ("postgres://ada:hunter2@db1:x,db2/usher", Fault::Port),
            ("postgres://ada:hunter2@db1:0,db2/usher", Fault::Port),
            (
                "postgres://ada:hunter2@db1,db2,db3/usher?port=1,2",
                Fault::Ports { hosts: 3, ports: 2 },
            ),
            (
                "postgres://ada:hunter2@db1/usher?port=1,2",
                Fault::Ports { hosts: 1, ports: 2 },
            ),
            (
                "postgres://ada:hunter2@db1,db2/usher?hostaddr=10.0.0.1",
                Fault::HostAddress,
            ),
            (
                "postgres://ada:hunter2@db1,db2/usher?target_session_attrs=standby",
                Fault::Target,
            ),
            (
                "postgres://ada:hunter2@db1/usher?target_session_attrs=hunter2",
                Fault::Target,
            ),
        ] {
            assert_eq!(Addresses::parse(text), Err(fault), "{text}");
            assert!(!fault.to_string().contains("hunter2"));
        }
        let shown = format!("{:?}", Addresses::parse("postgres://ada:hunter2@db1,db2/usher"));
        assert!(
            shown.contains("db1:5432") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
