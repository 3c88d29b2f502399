//! Everything an operator may choose. `keys.rs` lists the keys with their defaults and meanings, `sources.rs` reads the
//! file and the environment, `values.rs` understands single values; this module makes a [`Config`] of them.
//!
//! A wrong value, an unknown key and an unknown `USHER_…` variable are refused with a sentence that says what to do:
//! a typing mistake must never run the server with a default that nobody meant.

mod keys;
mod one_key;
mod providers;
mod report;
mod roles;
mod sources;
mod values;

pub use keys::{KEYS, table};
pub use one_key::Key;
pub use values::PublicUrl;

use crate::key;
use backend::{
    mail::{MailUrl, check_sender},
    sealer::InstallationKey,
    secret::Secret,
    settings::{Hashing, Limit, MailRetry, Retention, Settings, Throttles},
};
use domain::password::{PasswordLength, SHORTEST_MINIMUM};
use ipnet::IpNet;
use sources::Values;
use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The least that OWASP's Password Storage Cheat Sheet allows for argon2id with one lane, in KiB and passes.
const LEAST_ARGON2_MEMORY: u32 = 19_456;
const LEAST_ARGON2_PASSES: u32 = 2;

/// A sentence for the operator: what is wrong, where, and what to do. Repeats no secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

type Result<T, E = ConfigError> = std::result::Result<T, E>;

#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    /// `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    pub public_url: PublicUrl,
    pub data_dir: PathBuf,
    /// `None`: the embedded PostgreSQL.
    pub database_url: Option<Secret<String>>,
    pub database_connections: u32,
    /// `None`: the file in the data directory, see `key.rs`.
    pub secret_key: Option<InstallationKey>,
    pub mail_url: Secret<String>,
    pub request_timeout: Duration,
    /// Bytes.
    pub request_body_limit: usize,
    pub requests_at_once: usize,
    pub connections_per_address: usize,
    pub trusted_proxies: Vec<IpNet>,
    /// `None`: looked for, see `assets.rs`.
    pub site_root: Option<PathBuf>,
    pub log_format: LogFormat,
    settings: Settings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Plain,
    Json,
}

impl Config {
    /// From the file (given by hand, by `USHER_CONFIG`, or `usher.toml` in this directory) and the environment.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        Self::understand(&Self::gather(file)?)
    }

    /// What is in force and where each value came from, for the operator's eyes. Refuses what [`Config::load`] refuses.
    pub fn report(file: Option<&Path>) -> Result<String> {
        let values = Self::gather(file)?;
        Ok(report::report(&Self::understand(&values)?, &values))
    }

    fn gather(file: Option<&Path>) -> Result<Values> {
        let named = file
            .map(Path::to_owned)
            .or_else(|| env::var_os(sources::FILE_VARIABLE).map(PathBuf::from));
        let usual = PathBuf::from("usher.toml");
        let mut values = Values::default();
        match named {
            Some(file) => values.read_file(&file)?,
            None if usual.exists() => values.read_file(&usual)?,
            None => {}
        }
        values.read_environment(env::vars_os())?;
        Ok(values)
    }

    /// From keys alone, for tests.
    pub fn of(pairs: &[(&'static str, &str)]) -> Result<Self> {
        let mut values = Values::default();
        pairs
            .iter()
            .try_for_each(|(name, text)| values.set_by_name(name, text))?;
        Self::understand(&values)
    }

    /// What the use cases need of it.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    fn understand(values: &Values) -> Result<Self> {
        let listen = values.read("listen", values::address)?;
        let metrics_listen = values.read_optional("metrics_listen", values::address)?;
        if metrics_listen == Some(listen) {
            return Err(values.wrong(
                "metrics_listen",
                "is the address of the console. Choose another port",
            ));
        }
        let public_url = values
            .read_optional("public_url", PublicUrl::parse)?
            .map_or_else(
                || PublicUrl::parse(&format!("http://localhost:{}", listen.port())),
                Ok,
            )
            .map_err(ConfigError)?;
        let data_dir = values.read("data_dir", values::path)?;
        let mail_url = values
            .text("mail_url")
            .unwrap_or_else(|| format!("dir:{}", data_dir.join("mail").display()));
        values.check("mail_url", mail_url.parse::<MailUrl>())?;
        Ok(Self {
            database_url: values
                .read_optional("database_url", values::database_url)?
                .map(Secret::new),
            database_connections: values
                .read("database_connections", |text| values::number(text, 2..=1_000))?,
            secret_key: values.read_optional("secret_key", key::parse)?,
            mail_url: Secret::new(mail_url),
            request_timeout: values.read("request_timeout", values::duration)?,
            request_body_limit: values.read("request_body_limit", |text| {
                values::number(text, 1_024..=16 << 20)
            })?,
            requests_at_once: values.read("requests_at_once", |text| values::number(text, 1..=100_000))?,
            connections_per_address: values.read("connections_per_address", |text| {
                values::number(text, 1..=100_000)
            })?,
            trusted_proxies: values.read("trusted_proxies", values::networks)?,
            site_root: values.read_optional("site_root", values::path)?,
            log_format: values.read("log_format", log_format)?,
            settings: settings(values, &public_url)?,
            listen,
            metrics_listen,
            public_url,
            data_dir,
        })
    }
}

fn settings(values: &Values, public_url: &PublicUrl) -> Result<Settings> {
    let duration = |key| values.read(key, values::duration).map(values::as_time);
    let (session_idle, session_lifetime) = (duration("session_idle")?, duration("session_lifetime")?);
    if session_idle > session_lifetime {
        return Err(values.wrong(
            "session_idle",
            "is longer than session_lifetime. A session can't outlive that",
        ));
    }
    let min = values.read("password_min_length", |text| {
        values::number(text, SHORTEST_MINIMUM..=64)
    })?;
    let max = values.read("password_max_length", |text| values::number(text, 64..=1_024))?;
    let mail_from = values
        .text("mail_from")
        .unwrap_or_else(|| format!("Usher <usher@{}>", public_url.mail_domain()));
    values.check("mail_from", check_sender(&mail_from))?;
    let memory = values.read("argon2_memory", |text| {
        values::number(text, LEAST_ARGON2_MEMORY..=4 << 20)
    })?;
    Ok(Settings {
        public_url: public_url.as_str().to_owned(),
        invitation_lifetime: duration("invitation_lifetime")?,
        recovery_lifetime: duration("recovery_lifetime")?,
        reset_lifetime: duration("reset_lifetime")?,
        report_lifetime: duration("report_lifetime")?,
        challenge_lifetime: duration("challenge_lifetime")?,
        enrolment_lifetime: duration("enrolment_lifetime")?,
        proof_lifetime: duration("proof_lifetime")?,
        external_sign_in_lifetime: duration("external_sign_in_lifetime")?,
        pending_identity_lifetime: duration("pending_identity_lifetime")?,
        providers: providers::read(values)?,
        session_idle,
        session_lifetime,
        password_length: PasswordLength { min, max },
        hashing: Hashing {
            memory,
            passes: values.read("argon2_passes", |text| {
                values::number(text, LEAST_ARGON2_PASSES..=100)
            })?,
            lanes: values.read("argon2_lanes", |text| values::number(text, 1..=64))?,
            at_once: values.read("argon2_at_once", |text| values::number(text, 1..=256))?,
        },
        mail_from,
        mail: MailRetry {
            first_wait: duration("mail_first_wait")?,
            longest_wait: duration("mail_longest_wait")?,
            give_up_after: duration("mail_give_up_after")?,
            lease: duration("mail_lease")?,
        },
        throttles: throttles(values)?,
        catalogue: values
            .read_optional("roles_file", roles::read)?
            .unwrap_or_default(),
        keep: Retention {
            mails: duration("keep_mails")?,
            known_browsers: duration("keep_known_browsers")?,
            expired_tokens: duration("keep_expired_tokens")?,
            lists: duration("keep_lists")?,
        },
    })
}

fn throttles(values: &Values) -> Result<Throttles> {
    let limit = |key| values.read(key, values::limit);
    let per_minute = |key| {
        let number = values.read(key, |text| values::number(text, 1..=1_000_000))?;
        Ok(Limit::per_minute(number))
    };
    Ok(Throttles {
        guesses_by_known_browser: limit("throttle_guesses_known_browser")?,
        guesses_by_account_and_network: limit("throttle_guesses_account_network")?,
        guesses_by_account: limit("throttle_guesses_account")?,
        guesses_by_network: limit("throttle_guesses_network")?,
        codes_by_account: limit("throttle_codes_account")?,
        recovery_codes: limit("throttle_recovery_codes")?,
        wrong_links_by_network: limit("throttle_wrong_links")?,
        invitations_by_user: limit("throttle_invitations_user")?,
        invitations_by_organization: limit("throttle_invitations_organization")?,
        bulk_invitations_by_organization: limit("throttle_bulk_invitations_organization")?,
        taken_addresses: limit("throttle_taken_addresses")?,
        mails_to_address: limit("throttle_mails_address")?,
        fresh_links: limit("throttle_fresh_links")?,
        resets_by_network: limit("throttle_resets_network")?,
        external_sign_ins_by_network: limit("throttle_external_sign_ins_network")?,
        questions_by_token: per_minute("throttle_questions_token")?,
        questions_by_service: per_minute("throttle_questions_service")?,
        questions_by_scim: per_minute("throttle_questions_scim")?,
    })
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "plain" => Ok(LogFormat::Plain),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither `plain` nor `json`".into()),
    }
}

#[cfg(test)]
mod tests;
