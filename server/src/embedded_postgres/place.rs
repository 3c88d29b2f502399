//! Where the cluster and its socket lie, and that nobody else gets in. Normally `postgres/` in the data directory;
//! `postgres` is a link elsewhere where the user that PostgreSQL runs under can't reach the data directory.

use super::{Failure, Result, account::Account};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown, symlink},
    path::{Path, PathBuf},
};

/// A path to a unix socket has at most this many bytes: 108 on Linux, 104 on macOS, one of them the zero at the end.
const LONGEST_SOCKET_PATH: usize = 103;
/// What PostgreSQL calls the socket of port 5432.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";
/// For clusters of a root whose data directory nobody else can reach.
const ELSEWHERE: &str = "/var/lib/usher";

pub(super) struct Place {
    /// What PostgreSQL calls its data directory.
    pub(super) cluster: PathBuf,
    pub(super) socket_dir: PathBuf,
    /// PostgreSQL's own log, beside the cluster.
    pub(super) log: PathBuf,
    pub(super) account: Account,
}

/// Makes the data directory if it isn't there.
///
/// # Errors
/// A sentence when it can't be made.
pub(super) fn prepare_data_dir(data_dir: &Path) -> Result<PathBuf> {
    // Root lends PostgreSQL another user, who must be let through; nothing can be listed by them.
    let mode = if Account::own().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(data_dir)
        .map_err(Failure::path("make the directory", data_dir))?;
    data_dir
        .canonicalize()
        .map_err(Failure::path("find the directory", data_dir))
}

/// The lock on the data directory, or `None` if another process has it.
pub(super) fn try_lock(data_dir: &Path) -> Result<Option<File>> {
    let path = data_dir.join("usher.lock");
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(Failure::path("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Failure::path("lock", &path)(error)),
    }
}

impl Place {
    /// The place of this data directory's cluster; made if there is none.
    pub(super) fn find_or_make(data_dir: &Path) -> Result<Self> {
        let usual = data_dir.join("postgres");
        let (root, account) = match fs::symlink_metadata(&usual) {
            Ok(_) => found(&usual)?,
            Err(error) if error.kind() == ErrorKind::NotFound => made(data_dir, &usual)?,
            Err(error) => return Err(Failure::path("look at", &usual)(error)),
        };
        let socket_dir = socket_dir(&root, account)?;
        Ok(Self {
            cluster: root.join("cluster"),
            socket_dir,
            log: data_dir.join("postgres.log"),
            account,
        })
    }
}

/// An existing place, which belongs to whom it is run under.
fn found(usual: &Path) -> Result<(PathBuf, Account)> {
    let root = usual.canonicalize().map_err(|_| {
        Failure::new(format!(
            "{} points to a directory that is gone. Restore it, or remove the link to begin with an empty database.",
            usual.display()
        ))
    })?;
    let (own, mut owner) = (Account::own(), Account::owner_of(&root)?);
    if owner.is_root() && own.is_root() && fs::read_dir(&root).is_ok_and(|mut files| files.next().is_none()) {
        owner = Account::for_new_cluster()?;
        hand_over(&root, owner)?;
    }
    let root_path = root.display();
    if owner.is_root() && own.is_root() {
        return Err(Failure::new(format!(
            "PostgreSQL can't run as root, but its files in {root_path} belong to root. Give them to another user: \
             chown -R postgres {root_path}"
        )));
    }
    if !own.is_root() && own.user != owner.user {
        return Err(Failure::new(format!(
            "The database in {root_path} belongs to the system's user {}. Run Usher as that user.",
            owner.user
        )));
    }
    if !owner.reaches(&root) {
        return Err(Failure::new(format!(
            "The system's user {} runs the database in {root_path} but can't get there. Allow passing through the \
             directories above it (chmod o+x), or move it and leave a symbolic link.",
            owner.user
        )));
    }
    Ok((root, owner))
}

fn made(data_dir: &Path, usual: &Path) -> Result<(PathBuf, Account)> {
    let account = Account::for_new_cluster()?;
    if account.reaches(usual) {
        make_private(usual, account)?;
        return Ok((usual.to_owned(), account));
    }
    let elsewhere = Path::new(ELSEWHERE).join(short_hash(data_dir));
    let mut directory = DirBuilder::new();
    directory
        .recursive(true)
        .mode(0o711)
        .create(ELSEWHERE)
        .map_err(Failure::path("make", Path::new(ELSEWHERE)))?;
    make_private(&elsewhere, account)?;
    symlink(&elsewhere, usual).map_err(Failure::path("make the link", usual))?;
    tracing::warn!(
        place = %elsewhere.display(),
        "PostgreSQL runs under another user than root, who can't reach the data directory: the database lies elsewhere"
    );
    Ok((elsewhere, account))
}

/// Beside the cluster if a path of that length can name a socket, else in the directory for temporary files.
fn socket_dir(root: &Path, account: Account) -> Result<PathBuf> {
    let beside = root.join("socket");
    let directory = if beside.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET_PATH {
        beside
    } else {
        Path::new("/tmp").join(format!("usher-{}", short_hash(root)))
    };
    make_private(&directory, account)?;
    Ok(directory)
}

/// Makes a directory that only this user may enter, or sees to it that an existing one is exactly that. In `/tmp`
/// anybody may have put something else there before.
pub(super) fn make_private(directory: &Path, account: Account) -> Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => hand_over(directory, account),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(directory).map_err(Failure::path("look at", directory))?;
            if found.is_dir() && found.uid() == account.user && found.mode().trailing_zeros() >= 6 {
                Ok(())
            } else {
                Err(Failure::new(format!(
                    "{} must be a directory that only the system's user {} may enter. Remove what is there.",
                    directory.display(),
                    account.user
                )))
            }
        }
        Err(error) => Err(Failure::path("make the directory", directory)(error)),
    }
}

fn hand_over(directory: &Path, account: Account) -> Result<()> {
    if Account::own() == account {
        return Ok(());
    }
    chown(directory, Some(account.user), Some(account.group)).map_err(Failure::path("hand over", directory))
}

/// Tells places apart in names that must be short; the same for every release of Usher.
fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(6).fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn empty_dir(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("usher-place-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn the_second_lock_on_a_data_directory_is_refused_until_the_first_is_gone() {
        let directory = empty_dir("lock");
        let first = try_lock(&directory).unwrap();
        assert!(first.is_some());
        assert!(try_lock(&directory).unwrap().is_none());
        drop(first);
        assert!(try_lock(&directory).unwrap().is_some());
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_private_directory_is_neither_a_link_nor_open_to_others() {
        let directory = empty_dir("private");
        let own = Account::own();
        let (good, open, link) = (
            directory.join("good"),
            directory.join("open"),
            directory.join("link"),
        );
        make_private(&good, own).unwrap();
        make_private(&good, own).unwrap();
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(make_private(&open, own).is_err());
        symlink(&good, &link).unwrap();
        assert!(make_private(&link, own).is_err());
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_long_path_puts_the_socket_into_the_temporary_directory() {
        let directory = empty_dir("long").join("x".repeat(90));
        fs::create_dir(&directory).unwrap();
        let found = socket_dir(&directory, Account::own()).unwrap();
        assert!(found.starts_with("/tmp"), "{found:?}");
        assert!(found.join(SOCKET).as_os_str().len() <= LONGEST_SOCKET_PATH);
        fs::remove_dir(found).unwrap();
        fs::remove_dir_all(directory.parent().unwrap()).unwrap();
    }

    #[test]
    fn the_hash_of_a_place_never_changes() {
        assert_eq!(
            short_hash(Path::new("/srv/usher")),
            short_hash(Path::new("/srv/usher"))
        );
        assert_eq!(short_hash(Path::new("/srv/usher")).len(), 12);
    }
}
