//! Sets a new cluster up. It is made beside its place and moved there when it is complete, so that a half-made one
//! is never taken for a database.

use super::{Durability, Failure, NAME, Result, account::Account, place::Place, programs::Programs};
use std::{
    fs,
    path::Path,
    process::{Output, Stdio},
};
use tokio::{io::AsyncWriteExt, process::Command};

pub(super) fn exists(place: &Place) -> bool {
    place.cluster.exists()
}

/// The version that made the cluster, if there is one.
pub(super) fn major_version(place: &Place) -> Result<Option<u32>> {
    let path = place.cluster.join("PG_VERSION");
    if !exists(place) {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(Failure::path("read", &path))?;
    let major = text
        .trim()
        .parse()
        .map_err(Failure::path("understand the version in", &path))?;
    Ok(Some(major))
}

pub(super) async fn create(place: &Place, programs: &Programs, durability: Durability) -> Result<()> {
    tracing::info!(place = %place.cluster.display(), version = programs.major, "setting up PostgreSQL");
    let half_made = place.cluster.with_file_name("cluster.new");
    let mut output = None;
    let sync: &[&str] = if durability == Durability::Safe {
        &[]
    } else {
        &["--no-sync"]
    };
    for locale in locales(programs.major, cfg!(target_os = "linux")) {
        if half_made.exists() {
            fs::remove_dir_all(&half_made).map_err(Failure::path("remove", &half_made))?;
        }
        let done = init(place, programs, &half_made, &[sync, locale].concat()).await?;
        let worked = done.status.success();
        output = Some(done);
        if worked {
            break;
        }
    }
    succeeded("initdb", output)?;
    let database = create_database(place, programs, &half_made).await?;
    succeeded("postgres --single", Some(database))?;
    fs::rename(&half_made, &place.cluster).map_err(Failure::path("move the new database to", &place.cluster))
}

/// Ways to get UTF-8 with right upper and lower case and an order that no system update changes, best first.
fn locales(major: u32, linux: bool) -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&'static [&'static str]> = Vec::new();
    if major >= 17 {
        ways.push(&[
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]);
    }
    if linux {
        ways.push(&["--locale=C.UTF-8"]);
    }
    ways.push(&["--locale-provider=icu", "--icu-locale=und", "--locale=C"]);
    ways
}

async fn init(place: &Place, programs: &Programs, directory: &Path, options: &[&str]) -> Result<Output> {
    let mut command = command(&programs.initdb(), place.account);
    // `trust` is safe here: nobody but this user can enter the directory of the socket.
    command
        .arg("--pgdata")
        .arg(directory)
        .args(["--username", NAME, "--encoding=UTF8", "--auth=trust"])
        .args(options)
        .kill_on_drop(true);
    command
        .output()
        .await
        .map_err(Failure::path("run", &programs.initdb()))
}

/// In single-user mode, so that a complete cluster has its database from the start.
async fn create_database(place: &Place, programs: &Programs, directory: &Path) -> Result<Output> {
    let program = programs.postgres();
    let mut command = command(&program, place.account);
    command
        .args(["--single", "-D"])
        .arg(directory)
        .arg("postgres")
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(Failure::path("run", &program))?;
    if let Some(mut stdin) = child.stdin.take() {
        let statement = format!("create database {NAME};\n");
        stdin
            .write_all(statement.as_bytes())
            .await
            .map_err(Failure::path("write to", &program))?;
    }
    let output = child
        .wait_with_output()
        .await
        .map_err(Failure::path("wait for", &program))?;
    // Single-user mode answers 0 also when the statement failed.
    if String::from_utf8_lossy(&output.stderr).contains("ERROR:") {
        return Err(failed("postgres --single", &output));
    }
    Ok(output)
}

/// A program of PostgreSQL under its own user, in a directory that user may be in, without our environment: variables
/// like `PGDATA` would lead it astray, and others are secrets.
pub(super) fn command(program: &Path, account: Account) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .current_dir("/");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // A Ctrl-C in the terminal is for the server, which then stops this in good order.
    command.process_group(0);
    if Account::own().is_root() {
        command.uid(account.user).gid(account.group);
    }
    command
}

fn succeeded(what: &str, output: Option<Output>) -> Result<()> {
    match output {
        Some(output) if output.status.success() => Ok(()),
        Some(output) => Err(failed(what, &output)),
        None => Err(Failure::new(format!("{what} did not run"))),
    }
}

fn failed(what: &str, output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim();
    Failure::new(format!("PostgreSQL could not be set up ({what}): {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_text_does_not_depend_on_the_system_where_that_can_be_had() {
        assert_eq!(locales(17, false)[0][0], "--locale-provider=builtin");
        assert_eq!(locales(15, true)[0], ["--locale=C.UTF-8"]);
        assert_eq!(locales(15, false)[0][0], "--locale-provider=icu");
    }
}
