//! Under which user of the system PostgreSQL runs. It refuses to run as root, so root lends it another user.

use super::{Failure, Result};
use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// A user and their first group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

/// Users that root may lend, best first: that of the system's own PostgreSQL, then the one that owns nothing.
const LENT: [&str; 3] = ["postgres", "_postgres", "nobody"];

impl Account {
    /// The user of this process.
    pub(super) fn own() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
        }
    }

    pub(super) fn is_root(self) -> bool {
        self.user == 0
    }

    /// The user to run a new cluster under.
    pub(super) fn for_new_cluster() -> Result<Self> {
        let own = Self::own();
        if !own.is_root() {
            return Ok(own);
        }
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        find_lent(&users).ok_or_else(|| {
            Failure::new(
                "PostgreSQL can't run as root, and this system has neither a user `postgres` nor `nobody`. Add one \
                 (useradd --system postgres), run Usher as an ordinary user, or set DATABASE_URL.",
            )
        })
    }

    /// The owner of a file or directory.
    pub(super) fn owner_of(path: &Path) -> Result<Self> {
        let metadata = fs::metadata(path).map_err(Failure::path("look at", path))?;
        Ok(Self {
            user: metadata.uid(),
            group: metadata.gid(),
        })
    }

    /// Whether every directory above a path lets this user through.
    pub(super) fn reaches(self, path: &Path) -> bool {
        path.ancestors().skip(1).all(|directory| {
            fs::metadata(directory).is_ok_and(|m| {
                let execute = match () {
                    () if self.is_root() || m.uid() == self.user => 0o100,
                    () if m.gid() == self.group => 0o010,
                    () => 0o001,
                };
                m.mode() & execute != 0
            })
        })
    }
}

/// Looks a lent user up in the text of `/etc/passwd` (passwd(5): name, password, user, group, …).
fn find_lent(passwd: &str) -> Option<Account> {
    LENT.iter().find_map(|wanted| {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == *wanted).then_some(())?;
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            (user != 0).then_some(Account { user, group })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_the_systems_postgresql_is_lent_before_nobody() {
        let both =
            "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(
            find_lent(both),
            Some(Account {
                user: 101,
                group: 104
            })
        );
        let nobody = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n";
        assert_eq!(
            find_lent(nobody),
            Some(Account {
                user: 65534,
                group: 65533
            })
        );
    }

    #[test]
    fn root_under_another_name_is_not_lent() {
        assert_eq!(find_lent("postgres:x:0:0::/:/bin/sh\nbroken line\n"), None);
    }
}
