//! `usher doctor`: looks at all that the console needs, and says of each whether it is in order and what to do if not.
//! Changes nothing: no schema is brought up to date, no key and no database is made.

mod hosts;

use super::Result;
use crate::{
    assets::Assets,
    config::Config,
    database::{self, Database},
    embedded_postgres, key,
    telemetry::causes,
};
use backend::{
    clock::Clock,
    database::missing_migrations,
    installation::{DatabaseFacts, KeyVerdict, find_database_facts, has_key, judge_key},
    mail::Transport,
    sealer::Sealer,
    secret::Chance,
};
use rustix::fs::{Access, access, statvfs};
use sqlx::{PgPool, migrate::MigrateError};
use std::{fmt, io::ErrorKind, os::unix::fs::MetadataExt, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// The oldest PostgreSQL that Usher is for.
const OLDEST_POSTGRES: i32 = 150_000;
const MIB: u64 = 1 << 20;
/// PostgreSQL stops where it can't write; a warning comes while there is time.
const LITTLE_SPACE: u64 = 1_024 * MIB;
const NO_SPACE: u64 = 64 * MIB;
/// Links and sessions are judged by the clock of the server that is asked.
const CLOCK_WARNING: time::Duration = time::Duration::seconds(2);
const CLOCK_FAILURE: time::Duration = time::Duration::seconds(60);
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    Warning,
    Failure,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failure => "FAILURE",
        })
    }
}

/// What was found, in sentences.
type Finding = (Verdict, String);

fn ok(sentence: impl Into<String>) -> Finding {
    (Verdict::Ok, sentence.into())
}

fn warning(sentence: impl Into<String>) -> Finding {
    (Verdict::Warning, sentence.into())
}

fn failure(sentence: impl Into<String>) -> Finding {
    (Verdict::Failure, sentence.into())
}

#[derive(Default)]
struct Report {
    warnings: usize,
    failures: usize,
}

impl Report {
    /// Printed at once: whoever waits for a mail server sees what is known already.
    fn tell(&mut self, what: &str, (verdict, sentence): Finding) {
        println!("{verdict:7}  {what:14}  {sentence}");
        match verdict {
            Verdict::Ok => {}
            Verdict::Warning => self.warnings += 1,
            Verdict::Failure => self.failures += 1,
        }
    }
}

/// # Errors
/// The number of failures, so that the program ends with one.
pub async fn run(config: &Config) -> Result {
    let mut report = Report::default();
    report.tell("data directory", data_dir(config));
    report.tell("pages", pages(&Assets::find(config.site_root.as_deref())));
    look_into_database(config, &mut report).await;
    report.tell("mail", mail(config).await);
    report.tell("public address", public_address(config).await);
    report.tell("proxies", proxies(config));
    match (report.failures, report.warnings) {
        (0, 0) => println!("Everything is in order."),
        (0, warnings) => println!("It can run. Warnings: {warnings}."),
        (failures, _) => return Err(format!("failures: {failures}.").into()),
    }
    Ok(())
}

/// Without them the console answers programs, and people see pages without a look that do nothing.
fn pages(assets: &Assets) -> Finding {
    let folder = assets.root().display();
    match assets.missing() {
        _ if !assets.are_there() => failure(format!(
            "{folder} has no built pages. Run bin/build, or name their folder with USHER_SITE_ROOT."
        )),
        Some(file) => failure(format!(
            "{} is missing: the pages are of another build than this program. Run bin/build again.",
            file.display()
        )),
        None => ok(format!("Built, in {folder}.")),
    }
}

fn data_dir(config: &Config) -> Finding {
    let path = &config.data_dir;
    let shown = path.display();
    let found = match path.metadata() {
        Ok(found) if found.is_dir() => found,
        Ok(_) => {
            return failure(format!(
                "{shown} is no directory. Name another with USHER_DATA_DIR."
            ));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return if config.database_url.is_some() && config.secret_key.is_some() {
                ok(format!("{shown} is not there and not needed so far."))
            } else {
                warning(format!("{shown} is not there. The first start makes it."))
            };
        }
        Err(error) => {
            return failure(format!(
                "{shown} can't be looked at: {error}. Run this as the user that runs the console."
            ));
        }
    };
    if let Err(error) = access(path, Access::WRITE_OK | Access::EXEC_OK) {
        return failure(format!(
            "{shown} can't be written: {error}. Give it to the user that runs the console."
        ));
    }
    if found.mode() & 0o066 != 0 {
        return warning(format!(
            "{shown} can be listed or written by others than its owner (mode {:o}): chmod go-rw {shown}",
            found.mode() & 0o777
        ));
    }
    let free = match statvfs(path) {
        Ok(space) => space.f_bavail.saturating_mul(space.f_frsize),
        Err(error) => return warning(format!("{shown} does not say how much space is left: {error}.")),
    };
    let mode = found.mode() & 0o777;
    let sentence = format!("{shown} has {} MiB free, mode {mode:o}.", free / MIB);
    if free < NO_SPACE {
        failure(format!("{sentence} Make room."))
    } else if free < LITTLE_SPACE {
        warning(format!("{sentence} Make room before it is full."))
    } else {
        ok(sentence)
    }
}

async fn look_into_database(config: &Config, report: &mut Report) {
    if config.database_url.is_none() && !embedded_postgres::is_made(&config.data_dir) {
        report.tell(
            "database",
            warning("There is no embedded database yet. The first start makes it."),
        );
        return;
    }
    let database = match Database::attach_or_start(config).await {
        Ok(database) => database,
        Err(error) => return report.tell("database", failure(error.to_string())),
    };
    match database::look(&database, PATIENCE).await {
        Ok(look) => {
            if let Some(seen) = &look.hosts {
                report.tell("hosts", hosts::judge(seen));
            }
            ask_database(config, &look.pool, report).await;
            look.pool.close().await;
        }
        Err(error) => report.tell("database", failure(error.to_string())),
    }
    database.stop().await;
}

async fn ask_database(config: &Config, pool: &PgPool, report: &mut Report) {
    let asked = async {
        let mut connection = pool.acquire().await.map_err(backend::Error::from)?;
        let before = Clock::system().now();
        let facts = find_database_facts(&mut connection).await?;
        let after = Clock::system().now();
        Ok::<_, backend::Error>((facts, before + (after - before) / 2))
    };
    let (facts, now) = match asked.await {
        Ok(answer) => answer,
        Err(error) => {
            let sentence = format!("The database does not answer: {}.", causes(&error));
            return report.tell("database", failure(sentence));
        }
    };
    report.tell("database", database(config, &facts));
    report.tell("clock", clock(facts.now - now));
    let schema = match pool.acquire().await {
        Ok(mut connection) => missing_migrations(&mut connection).await,
        Err(error) => Err(error.into()),
    };
    let complete = matches!(schema, Ok(Some(0)));
    report.tell("schema", judge_schema(schema));
    report.tell("key", judge_installation_key(config, pool, complete).await);
}

fn database(config: &Config, facts: &DatabaseFacts) -> Finding {
    let (used, allowed, ours) = (
        facts.connections_used,
        i64::from(facts.connections_allowed),
        i64::from(config.database_connections),
    );
    let sentence = format!(
        "PostgreSQL {} answers; {used} of {allowed} connections are in use.",
        facts.version
    );
    if facts.version_number < OLDEST_POSTGRES {
        failure(format!("{sentence} Usher needs PostgreSQL 15 or newer."))
    } else if ours >= allowed {
        failure(format!(
            "{sentence} One server may open {ours}: lower USHER_DATABASE_CONNECTIONS, or raise max_connections of the \
             database."
        ))
    } else if used * 10 > allowed * 9 {
        warning(format!(
            "{sentence} Hardly any are left: lower USHER_DATABASE_CONNECTIONS, or raise max_connections of the database."
        ))
    } else {
        ok(sentence)
    }
}

fn clock(ahead: time::Duration) -> Finding {
    let apart = ahead.abs();
    let sentence = format!(
        "The clocks of this machine and of the database are {:.1} seconds apart.",
        apart.as_seconds_f64()
    );
    if apart > CLOCK_FAILURE {
        failure(format!("{sentence} Let both follow a time server (NTP)."))
    } else if apart > CLOCK_WARNING {
        warning(format!("{sentence} Let both follow a time server (NTP)."))
    } else {
        ok(sentence)
    }
}

fn judge_schema(missing: std::result::Result<Option<usize>, MigrateError>) -> Finding {
    match missing {
        Ok(Some(0)) => ok("It is up to date."),
        Ok(Some(missing)) => warning(format!(
            "Migrations are missing: {missing}. The next start or `usher migrate` brings it up to date; back up first."
        )),
        Ok(None) => warning("The database is empty. The first start or `usher migrate` makes the schema."),
        Err(error @ (MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_))) => {
            failure(database::OpenError::from(error).to_string())
        }
        Err(error) => failure(format!("It can't be read: {}.", causes(&error))),
    }
}

async fn judge_installation_key(config: &Config, pool: &PgPool, complete: bool) -> Finding {
    let found = match key::find(config) {
        Ok(found) => found,
        Err(error) => return failure(error.to_string()),
    };
    if !complete {
        return match found {
            Some(_) => {
                warning("There is one; whether it is the right one shows when the schema is up to date.")
            }
            None => warning("There is none yet. The first start makes it."),
        };
    }
    let judged = match &found {
        Some(key) => judge_key(pool, &Sealer::new(key, Chance::system())).await,
        None => has_key(pool)
            .await
            .map(|has_one| has_one.then_some(KeyVerdict::Wrong)),
    };
    match (judged, found) {
        (Ok(Some(KeyVerdict::Right)), _) => {
            ok("It is the installation's. Keep a copy apart from the backups.")
        }
        (Ok(Some(KeyVerdict::Wrong)), Some(_)) => failure(
            "It is another one than the installation's. Give the one that the installation began with, by the file \
             `key` in the data directory or by USHER_SECRET_KEY_FILE.",
        ),
        (Ok(Some(KeyVerdict::Wrong)), None) => failure(format!(
            "The installation has one, and it is missing here. Put it back to {}, or give it by USHER_SECRET_KEY_FILE.",
            key::path(&config.data_dir).display()
        )),
        (Ok(None), Some(_)) => ok("The installation has none yet and takes this one at the first start."),
        (Ok(None), None) => warning("There is none yet. The first start makes it."),
        (Err(error), _) => failure(format!("It can't be judged: {}.", causes(&error))),
    }
}

async fn mail(config: &Config) -> Finding {
    let transport = match Transport::from_url(config.mail_url.expose()) {
        Ok(transport) => transport,
        Err(error) => return failure(format!("USHER_MAIL_URL can't be used: {error}.")),
    };
    let Some(folder) = transport.folder() else {
        return match transport.check().await {
            Ok(()) => ok("The mail server takes mails from here. (None was sent.)"),
            Err(fault) => failure(format!(
                "{fault}. Correct USHER_MAIL_URL, or mend the mail server."
            )),
        };
    };
    let shown = folder.display();
    let to_files = format!("Mails are written to the folder {shown} and reach nobody");
    if !folder.exists() {
        return warning(format!(
            "{to_files}; the first one makes it. Name a mail server with USHER_MAIL_URL."
        ));
    }
    match transport.check().await {
        Ok(()) => warning(format!("{to_files}. Name a mail server with USHER_MAIL_URL.")),
        Err(fault) => failure(format!(
            "{fault}. Give it to the user that runs the console, or name a mail server with USHER_MAIL_URL."
        )),
    }
}

async fn public_address(config: &Config) -> Finding {
    let address = &config.public_url;
    let shown = address.as_str();
    if address.is_loopback() {
        return warning(format!(
            "{shown} is for people at this machine only. Name the console's with USHER_PUBLIC_URL."
        ));
    }
    let port = if address.is_https() { 443 } else { 80 };
    let host = address.host();
    let named = if host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    };
    let places = match timeout(PATIENCE, lookup_host(&named)).await {
        Ok(Ok(places)) => places.collect::<Vec<_>>(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if places.is_empty() {
        return failure(format!(
            "The name of {shown} is not known here. Correct USHER_PUBLIC_URL, or make the name known (DNS)."
        ));
    }
    match timeout(PATIENCE, TcpStream::connect(&places[..])).await {
        Ok(Ok(_)) => ok(format!("{shown} takes connections.")),
        _ => warning(format!(
            "Nothing takes connections at {shown} from here. Start the proxy; some networks don't let a machine reach \
             its own public address."
        )),
    }
}

fn proxies(config: &Config) -> Finding {
    if !config.public_url.is_https() {
        return ok("None is needed for an address without TLS.");
    }
    if config.trusted_proxies.is_empty() {
        return warning(
            "TLS is a proxy's, and none is trusted: everybody seems to come from the proxy's address. Name its network \
             with USHER_TRUSTED_PROXIES.",
        );
    }
    ok("Those of USHER_TRUSTED_PROXIES are believed in X-Forwarded-For.")
}

#[cfg(test)]
mod tests;
