//! The goals, one after the other.

mod entering;
mod first_page;
mod people;
mod servers;

pub(crate) use entering::{invitations, sign_in};
pub(crate) use first_page::first_page;
pub(crate) use people::measure_people;
pub(crate) use servers::start_and_deactivation;

use crate::{console::Program, load::Ask};
use http::header;
use reqwest::Client;
use std::{sync::Arc, time::Duration};

pub(crate) struct Setting {
    pub(crate) usher: String,
    pub(crate) limit: String,
    pub(crate) site: String,
    /// For data directories.
    pub(crate) folder: String,
    pub(crate) cluster: String,
    /// Of each load.
    pub(crate) time: Duration,
    /// Of the organizations, the smallest first.
    pub(crate) sizes: Vec<i64>,
}

const USHER_PORT: u16 = 4_601;
const OTHER_PORT: u16 = 4_602;
const LIMIT_PORT: u16 = 4_603;
/// More than the cores of a small machine, so that there is always something to do.
const CONNECTIONS: u64 = 4;
const USERS: &str = "/organization/users";
const WHOAMI: &str = "/v1beta1/auth/whoami";

/// An Usher on a database, with everything that limits a single client out of the way.
async fn usher(setting: &Setting, database: &str, port: u16) -> Program {
    let listen = format!("127.0.0.1:{port}");
    let public = format!("http://{listen}");
    let data = format!("{}/data", setting.folder);
    let mut variables = vec![
        ("USHER_LISTEN", listen.as_str()),
        ("USHER_PUBLIC_URL", &public),
        ("USHER_DATA_DIR", &data),
        ("USHER_SITE_ROOT", &setting.site),
        ("DATABASE_URL", database),
        ("USHER_THROTTLE_QUESTIONS_TOKEN", "1000000"),
    ];
    for name in [
        "USHER_THROTTLE_GUESSES_KNOWN_BROWSER",
        "USHER_THROTTLE_GUESSES_ACCOUNT_NETWORK",
        "USHER_THROTTLE_GUESSES_ACCOUNT",
        "USHER_THROTTLE_GUESSES_NETWORK",
        "USHER_THROTTLE_INVITATIONS_USER",
        "USHER_THROTTLE_INVITATIONS_ORGANIZATION",
    ] {
        variables.push((name, "1000000/1s"));
    }
    Program::start(&setting.usher, port, &variables).await
}

async fn limit(setting: &Setting, database: &str) -> Program {
    let listen = format!("127.0.0.1:{LIMIT_PORT}");
    let variables = [("LIMIT_LISTEN", listen.as_str()), ("DATABASE_URL", database)];
    Program::start(&setting.limit, LIMIT_PORT, &variables).await
}

fn get(url: String, name: header::HeaderName, credential: String) -> Ask {
    Arc::new(move |client: &Client, _| client.get(&url).header(name.clone(), &credential))
}
