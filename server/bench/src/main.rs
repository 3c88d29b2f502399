//! Measures each goal of `docs/performance.md` and prints them as a table. `bin/bench` builds what this runs, and starts
//! the database.
//!
//! A figure is processor time of the server and of PostgreSQL, as the operating system has booked it, or a ratio of two
//! figures of the same run: both repeat well on a machine that is busy with something else, and times don't.

mod argon2_alone;
mod cases;
mod console;
mod cpu;
mod load;
mod profile;
mod seed;
mod table;

use cases::Setting;
use std::{env, process::ExitCode, time::Duration};
use table::Table;

/// In the order in which they are measured; one alone by `--only=`.
const CASES: [&str; 5] = ["people", "sign-in", "invitations", "start", "first-page"];

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run bin/bench"))
}

#[tokio::main]
async fn main() -> ExitCode {
    let quick = env::args().any(|argument| argument == "--quick");
    let setting = Setting {
        usher: variable("BENCH_USHER"),
        limit: variable("BENCH_LIMIT"),
        site: variable("BENCH_SITE"),
        folder: variable("BENCH_FOLDER"),
        cluster: variable("DATABASE_URL"),
        time: Duration::from_secs(if quick { 3 } else { 10 }),
        sizes: if quick {
            vec![1_000, 100_000]
        } else {
            vec![1_000, 100_000, 1_000_000]
        },
    };
    let mut table = Table::default();
    let only = env::args().find_map(|argument| Some(argument.strip_prefix("--only=")?.to_owned()));
    if let Some(only) = &only
        && !CASES.contains(&only.as_str())
    {
        eprintln!("bin/bench: what is '{only}'? {} are known", CASES.join(", "));
        return ExitCode::from(2);
    }
    for case in CASES
        .into_iter()
        .filter(|case| only.as_ref().is_none_or(|only| only == case))
    {
        match case {
            "people" => Box::pin(cases::measure_people(&setting, &mut table)).await,
            "sign-in" => cases::sign_in(&setting, &mut table).await,
            "invitations" => cases::invitations(&setting, &mut table).await,
            "start" => cases::start_and_deactivation(&setting, &mut table).await,
            _ => cases::first_page(&setting, &variable("BENCH_FIRST_PAGE"), &mut table).await,
        }
    }
    table.print();
    if table.are_met() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    }
}
