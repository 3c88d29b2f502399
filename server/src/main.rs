//! The program `usher`: its commands and their arguments.

use clap::{Parser, Subcommand};
use server::{
    commands::{self, Result},
    config::{self, Config},
    embedded_postgres::Durability,
    serve,
    telemetry::{self, Traces},
};
use std::{path::PathBuf, process::ExitCode};

/// A page is tens of thousands of small strings and boxes; this one takes a quarter from what it costs, see docs/performance.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A console where an organization manages its people.
#[derive(Parser)]
#[command(version, after_help = "`usher config` lists all configuration keys.")]
struct Arguments {
    /// A TOML file with the configuration. Without: `$USHER_CONFIG`, or usher.toml in this directory.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the console (the default).
    Serve,
    /// Brings the schema of the database up to date.
    Migrate,
    /// Prints a new one-time link to set up the first organization, and kills the old one.
    SetupLink,
    /// Prints a one-time link by which an administrator chooses a new password, and ends their sessions.
    RecoverAdmin {
        /// Whose account. Not needed where there is one administrator only.
        #[arg(long)]
        email: Option<String>,
    },
    /// Organizations of this installation.
    #[command(subcommand)]
    Organization(Organization),
    /// Lists all configuration keys.
    Config {
        #[command(subcommand)]
        act: Option<ConfigAct>,
    },
    /// Looks at all that the console needs, and says what is wrong and what to do. Changes nothing.
    Doctor,
    /// Runs only the embedded PostgreSQL and prints its address.
    Database {
        /// Where it is kept. Without: `data_dir` of the configuration.
        #[arg(long)]
        data_dir: Option<PathBuf>,
        /// For tests: faster, and lost when the machine crashes.
        #[arg(long)]
        unsafe_fast: bool,
    },
}

#[derive(Clone, Copy, Subcommand)]
enum ConfigAct {
    /// Judges the configuration without starting anything, and prints what is in force and where it came from.
    Check,
}

#[derive(Subcommand)]
enum Organization {
    /// Makes an organization, and mails and prints an activation link for each of its first people.
    Create {
        #[arg(long)]
        name: String,
        /// May be given several times. Whoever of them is first becomes the administrator.
        #[arg(long, required = true)]
        email: Vec<String>,
    },
    /// Closes an organization: its sessions end and everything of it is refused. Nothing of it is deleted.
    Close {
        /// The Org ID, as on the page Settings.
        #[arg(long)]
        org_id: String,
    },
    /// Opens a closed organization again, as it was.
    Reopen {
        #[arg(long)]
        org_id: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usher: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result {
    let command = arguments.command.unwrap_or(Command::Serve);
    if let Command::Config { act } = command {
        match act {
            None => print!("{}", config::table()),
            Some(ConfigAct::Check) => print!("{}", Config::report(arguments.config.as_deref())?),
        }
        return Ok(());
    }
    let config = Config::load(arguments.config.as_deref())?;
    let traces = match command {
        Command::Serve => Traces::from_environment()?,
        _ => None,
    };
    telemetry::start(config.log_format, traces.as_ref());
    match command {
        Command::Serve => {
            let outcome = serve::serve(config).await;
            if let Some(traces) = traces {
                traces.finish().await;
            }
            outcome
        }
        Command::Migrate => commands::migrate::run(&config).await,
        Command::SetupLink => commands::setup_link::run(&config).await,
        Command::Doctor => commands::doctor::run(&config).await,
        Command::RecoverAdmin { email } => commands::recover_admin::run(&config, email.as_deref()).await,
        Command::Organization(Organization::Create { name, email }) => {
            commands::organization::create(&config, &name, &email).await
        }
        Command::Organization(Organization::Close { org_id }) => {
            commands::organization::close(&config, &org_id).await
        }
        Command::Organization(Organization::Reopen { org_id }) => {
            commands::organization::reopen(&config, &org_id).await
        }
        Command::Database {
            data_dir,
            unsafe_fast,
        } => {
            let durability = if unsafe_fast {
                Durability::UnsafeFast
            } else {
                Durability::Safe
            };
            commands::database::run(&data_dir.unwrap_or(config.data_dir), durability).await
        }
        Command::Config { .. } => Ok(()),
    }
}
