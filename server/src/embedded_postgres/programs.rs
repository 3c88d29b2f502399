//! Finds the programs of PostgreSQL on this machine: `PG_BIN`, `PATH`, then where systems put them.

use super::{Failure, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest that Usher is tested with. PostgreSQL itself ended the support of 14 in November 2026.
const OLDEST: u32 = 15;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    directory: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    pub(super) fn initdb(&self) -> PathBuf {
        self.directory.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    /// The newest programs, or those of the version that made the cluster: PostgreSQL reads no other's files.
    pub(super) fn find(made_by: Option<u32>) -> Result<Self> {
        if let Some(directory) = env::var_os("PG_BIN").map(PathBuf::from) {
            let programs = look(&directory).ok_or_else(|| {
                Failure::new(format!(
                    "PG_BIN is {}, but there are no programs `initdb` and `postgres` in it. Correct it, or unset it.",
                    directory.display()
                ))
            })?;
            return choose(vec![programs], made_by);
        }
        let mut directories: Vec<_> = env::var_os("PATH")
            .map(|path| env::split_paths(&path).collect())
            .unwrap_or_default();
        for (parent, bin) in [
            ("/usr/lib/postgresql", "bin"),
            ("/usr/pgsql-18", "bin"),
            ("/usr/pgsql-17", "bin"),
            ("/usr/pgsql-16", "bin"),
            ("/usr/libexec", "."),
            ("/opt/homebrew/opt", "bin"),
            ("/usr/local/opt", "bin"),
            ("/usr/local/pgsql", "."),
            ("/Applications/Postgres.app/Contents/Versions", "bin"),
        ] {
            directories.push(Path::new(parent).join(bin));
            let children = fs::read_dir(parent).into_iter().flatten().flatten();
            directories.extend(children.map(|child| child.path().join(bin)));
        }
        choose(
            directories
                .iter()
                .filter_map(|directory| look(directory))
                .collect(),
            made_by,
        )
    }
}

fn choose(mut found: Vec<Programs>, made_by: Option<u32>) -> Result<Programs> {
    found.sort_by_key(|programs| programs.major);
    let newest = found.last().map(|programs| programs.major);
    match (made_by, newest) {
        (_, None) => Err(Failure::new(
            "Usher found no PostgreSQL on this machine. Install its server (Debian and Ubuntu: apt install postgresql; \
             Fedora: dnf install postgresql-server; macOS: brew install postgresql@17), name the directory of its \
             programs in PG_BIN, or set DATABASE_URL to use a PostgreSQL elsewhere.",
        )),
        (Some(major), Some(newest)) => found.into_iter().find(|programs| programs.major == major).ok_or_else(|| {
            Failure::new(format!(
                "The database was made by PostgreSQL {major}, but only version {newest} was found. Install version \
                 {major} again, or name the directory of its programs in PG_BIN; to move to {newest}, use pg_upgrade."
            ))
        }),
        (None, Some(newest)) if newest < OLDEST => Err(Failure::new(format!(
            "Usher needs PostgreSQL {OLDEST} or newer; this machine has version {newest}. Install a newer one."
        ))),
        (None, Some(_)) => Ok(found.remove(found.len() - 1)),
    }
}

/// The programs in a directory, asked for their version.
fn look(directory: &Path) -> Option<Programs> {
    let postgres = directory.join("postgres");
    if !postgres.is_file() || !directory.join("initdb").is_file() {
        return None;
    }
    let answer = Command::new(postgres).arg("--version").output().ok()?;
    let major = major(&String::from_utf8_lossy(&answer.stdout))?;
    Some(Programs {
        directory: directory.to_owned(),
        major,
    })
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is 15; so is `15beta2`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(major: u32) -> Programs {
        Programs {
            directory: format!("/pg/{major}").into(),
            major,
        }
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("nothing"), None);
    }

    #[test]
    fn a_new_cluster_gets_the_newest_programs() {
        assert_eq!(choose(vec![of(17), of(9), of(15)], None).unwrap(), of(17));
    }

    #[test]
    fn a_cluster_gets_the_programs_that_made_it() {
        assert_eq!(choose(vec![of(15), of(17)], Some(15)).unwrap(), of(15));
        assert!(
            choose(vec![of(17)], Some(15))
                .unwrap_err()
                .to_string()
                .contains("Install version 15")
        );
    }

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        assert!(
            choose(vec![], None)
                .unwrap_err()
                .to_string()
                .contains("apt install postgresql")
        );
        assert!(
            choose(vec![of(9)], None)
                .unwrap_err()
                .to_string()
                .contains("15 or newer")
        );
    }
}
