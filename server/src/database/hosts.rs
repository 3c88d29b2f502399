//! Several hosts of one database, of which one takes writes: looks at them, and says which.

use super::addresses::{Address, Target};
use backend::database::{Standing, find_standing, find_timeline};
use futures_util::future::join_all;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{fmt::Write, time::Duration};
use tokio::time::timeout;

/// How long a host is waited for that a connection is open to, and that one has to be opened to. A host that answers
/// later is no loss: nothing is given up before another one is found.
const KEPT_PATIENCE: Duration = Duration::from_secs(1);
const NEW_PATIENCE: Duration = Duration::from_secs(2);

struct Host {
    name: String,
    options: PgConnectOptions,
    /// Kept between two looks.
    connection: Option<PgConnection>,
    seen: Result<Standing, sqlx::Error>,
}

impl Host {
    async fn look(&mut self) {
        let mut kept = self.connection.take();
        let patience = if kept.is_some() {
            KEPT_PATIENCE
        } else {
            NEW_PATIENCE
        };
        let asked = async {
            let mut connection = match kept.take() {
                Some(connection) => connection,
                None => PgConnection::connect_with(&self.options).await?,
            };
            let standing = find_standing(&mut connection).await?;
            Ok((standing, connection))
        };
        self.seen = match timeout(patience, asked).await {
            Ok(Ok((standing, connection))) => {
                self.connection = Some(connection);
                Ok(standing)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        };
    }

    async fn timeline(&mut self) -> String {
        let Some(connection) = &mut self.connection else {
            return String::new();
        };
        if let Ok(Ok(timeline)) = timeout(KEPT_PATIENCE, find_timeline(connection)).await {
            return timeline;
        }
        // Half asked, it can't be asked anything else.
        self.connection = None;
        String::new()
    }

    /// The end of a sentence that begins with its name.
    fn sentence(&self) -> String {
        match &self.seen {
            Ok(standing) if standing.in_recovery => "is a replica".into(),
            Ok(standing) if standing.read_only => "is read-only".into(),
            Ok(_) => "is the primary".into(),
            Err(sqlx::Error::PoolTimedOut) => "does not answer".into(),
            Err(error) => format!("does not answer ({error})"),
        }
    }
}

impl Target {
    pub(super) fn suits(self, standing: Standing) -> bool {
        match self {
            Self::Any => true,
            Self::ReadWrite => !standing.read_only,
            Self::Primary => !standing.in_recovery,
        }
    }
}

pub(super) struct Hosts {
    all: Vec<Host>,
    pub(super) target: Target,
    /// The one that is used.
    pub(super) current: Option<usize>,
}

impl Hosts {
    pub(super) fn new(addresses: &[Address], target: Target) -> Result<Self, sqlx::Error> {
        let hosts = addresses.iter().map(|address| {
            Ok(Host {
                name: address.name.clone(),
                options: address
                    .url
                    .expose()
                    .parse::<PgConnectOptions>()?
                    .application_name("usher"),
                connection: None,
                seen: Err(sqlx::Error::PoolTimedOut),
            })
        });
        Ok(Self {
            all: hosts.collect::<Result<_, sqlx::Error>>()?,
            target,
            current: None,
        })
    }

    /// Whether the one that is used is still good.
    pub(super) async fn look_at_current(&mut self) -> bool {
        let Some(host) = self.current.map(|current| &mut self.all[current]) else {
            return false;
        };
        host.look().await;
        matches!(host.seen, Ok(standing) if self.target.suits(standing))
    }

    /// All at once, so that one that is gone keeps nobody waiting for the next. Which one is to be used from now on.
    pub(super) async fn look_at_all(&mut self) -> Option<usize> {
        join_all(self.all.iter_mut().map(Host::look)).await;
        let suitable = self.suitable();
        let found = match suitable[..] {
            [] => None,
            _ if self.target == Target::Any => first(&suitable, self.current),
            [only] => Some(only),
            _ => {
                let mut timelines = Vec::new();
                for index in suitable {
                    timelines.push((self.all[index].timeline().await, index));
                }
                newest(&timelines, self.current)
            }
        };
        self.current = found.or(self.current);
        found
    }

    pub(super) fn name(&self, index: usize) -> &str {
        &self.all[index].name
    }

    pub(super) fn options(&self, index: usize) -> &PgConnectOptions {
        &self.all[index].options
    }

    /// No two of them take writes, or it does not matter.
    pub(super) fn is_clear(&self) -> bool {
        self.target == Target::Any || self.suitable().len() < 2
    }

    fn suitable(&self) -> Vec<usize> {
        let good = |host: &Host| matches!(host.seen, Ok(standing) if self.target.suits(standing));
        let all = self.all.iter().enumerate();
        all.filter(|(_, host)| good(host))
            .map(|(index, _)| index)
            .collect()
    }

    /// No waiting helps: each host has said no, and none of them because it starts or may be promoted.
    pub(super) fn refuse(&self, is_starting: impl Fn(&sqlx::Error) -> bool) -> bool {
        self.all
            .iter()
            .all(|host| matches!(&host.seen, Err(error) if !is_starting(error)))
    }

    pub(super) fn all_answer(&self) -> bool {
        self.all.iter().all(|host| host.seen.is_ok())
    }

    /// What was seen of each.
    pub(super) fn sentence(&self) -> String {
        let mut sentence = String::new();
        for host in &self.all {
            let between = if sentence.is_empty() { "" } else { ", " };
            let _ = write!(sentence, "{between}{} {}", host.name, host.sentence());
        }
        sentence
    }
}

/// In the order of the list, but the one that is used stays.
fn first(suitable: &[usize], current: Option<usize>) -> Option<usize> {
    current
        .filter(|current| suitable.contains(current))
        .or(suitable.first().copied())
}

fn newest(timelines: &[(String, usize)], current: Option<usize>) -> Option<usize> {
    let newest = timelines.iter().map(|(timeline, _)| timeline).max()?;
    let of_it: Vec<usize> = timelines
        .iter()
        .filter(|(timeline, _)| timeline == newest)
        .map(|(_, index)| *index)
        .collect();
    first(&of_it, current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_that_take_writes_the_one_promoted_later_is_used() {
        let timelines = |pairs: &[(&str, usize)]| -> Vec<(String, usize)> {
            pairs
                .iter()
                .map(|(text, index)| ((*text).to_owned(), *index))
                .collect()
        };
        let old_and_new = timelines(&[("00000001", 0), ("00000002", 1)]);
        assert_eq!(newest(&old_and_new, Some(0)), Some(1));
        assert_eq!(newest(&old_and_new, None), Some(1));
        // Sixteen promotions: the number is hexadecimal.
        assert_eq!(
            newest(&timelines(&[("00000010", 0), ("0000000F", 1)]), Some(1)),
            Some(0)
        );
        let alike = timelines(&[("00000002", 0), ("00000002", 1)]);
        assert_eq!(
            (newest(&alike, None), newest(&alike, Some(1))),
            (Some(0), Some(1))
        );
        // A database that does not say it.
        assert_eq!(newest(&timelines(&[("", 0), ("", 1)]), Some(1)), Some(1));
    }

    #[test]
    fn what_suits_is_what_was_asked_for() {
        let of = |in_recovery, read_only| Standing {
            in_recovery,
            read_only,
        };
        let suits = |target: Target| {
            [of(false, false), of(false, true), of(true, true)].map(|standing| target.suits(standing))
        };
        assert_eq!(suits(Target::ReadWrite), [true, false, false]);
        assert_eq!(suits(Target::Primary), [true, true, false]);
        assert_eq!(suits(Target::Any), [true, true, true]);
    }
}
