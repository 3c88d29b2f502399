//! The installation's key: from the configuration, or from the file `key` in the data directory, which is made at the
//! first start. Several servers of one installation need the same.

use crate::config::Config;
use backend::{
    Backend,
    installation::{KeyVerdict, has_key},
    sealer::{InstallationKey, Sealer},
    secret::{Chance, Secret},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sqlx::PgPool;
use std::{
    error::Error,
    fs::{self, DirBuilder, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

type Result<T, E = KeyError> = std::result::Result<T, E>;

/// What is wrong with the key and what to do, without a character of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("key")
}

/// The key that this server was given; `None` if nothing was given and there is no file.
pub fn find(config: &Config) -> Result<Option<InstallationKey>> {
    if let Some(key) = &config.secret_key {
        return Ok(Some(key.clone()));
    }
    let path = path(&config.data_dir);
    let shown = path.display();
    let found = match fs::metadata(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeyError(format!("The key {shown} can't be looked at: {error}."))),
    };
    if found.mode() & 0o077 != 0 {
        return Err(KeyError(format!(
            "The key {shown} can be read or written by others than its owner. If nobody has read it: chmod 600 {shown}"
        )));
    }
    let text = fs::read_to_string(&path)
        .map_err(|error| KeyError(format!("The key {shown} can't be read: {error}.")))?;
    parse(text.trim())
        .map(Some)
        .map_err(|fault| KeyError(format!("The key {shown} {fault}.")))
}

/// 32 random bytes in base64.
///
/// # Errors
/// The end of a sentence that begins with where the key stood.
pub fn parse(text: &str) -> Result<InstallationKey, String> {
    const MAKE: &str = "Make one with: head -c 32 /dev/urandom | base64";
    let bytes: [u8; 32] = STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| format!("is not 32 bytes in base64. {MAKE}"))?;
    // Of 32 random bytes about 30 differ, and some are no printable characters: whatever this refuses was written by
    // hand or copied from an example.
    let mut different = bytes;
    different.sort_unstable();
    let different = different.chunk_by(|a, b| a == b).count();
    if different < 16 || bytes.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        return Err(format!("is an example and not random. {MAKE}"));
    }
    Ok(Secret::new(bytes))
}

/// The key of the installation with this database, whose schema is up to date. Made if the installation has none yet.
pub async fn find_or_make(config: &Config, pool: &PgPool) -> Result<Sealer, Box<dyn Error>> {
    let key = match find(config)? {
        Some(key) => key,
        // A new one could only be a wrong one.
        None if has_key(pool).await? => {
            return Err(Box::new(KeyError(format!(
                "The key of this installation is missing. Put it back to {}, or give it by USHER_SECRET_KEY_FILE.",
                path(&config.data_dir).display()
            ))));
        }
        None => make(&config.data_dir)?,
    };
    Ok(Sealer::new(&key, Chance::system()))
}

/// Refuses to go on with a key that is not the installation's.
pub async fn adopt(backend: &Backend) -> Result<(), Box<dyn Error>> {
    match backend.adopt_key().await? {
        KeyVerdict::Right => Ok(()),
        KeyVerdict::Wrong => Err(Box::new(KeyError(
            "This server has another key than the installation in the database. Give it the one that the installation \
             began with, by the file `key` in the data directory or by USHER_SECRET_KEY_FILE."
                .into(),
        ))),
    }
}

/// The file appears whole or not at all, and never in the place of another.
fn make(data_dir: &Path) -> Result<InstallationKey> {
    let path = path(data_dir);
    let failed = |error| KeyError(format!("The key {} can't be made: {error}.", path.display()));
    let key = Chance::system().bytes::<32>();
    let unfinished = data_dir.join(format!(".key-{}.part", std::process::id()));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(failed)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(failed)?;
    writeln!(file, "{}", STANDARD.encode(key)).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let placed = fs::hard_link(&unfinished, &path);
    fs::remove_file(&unfinished).map_err(failed)?;
    placed.map_err(failed)?;
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn rel_10_a_short_or_an_example_key_is_refused_without_repeating_it() {
        for text in [
            "",
            "hunter2",
            &STANDARD.encode([0; 32]),
            &STANDARD.encode([1; 31]),
            &STANDARD.encode(b"change-me-change-me-change-me-ab"),
            &STANDARD.encode(b"0123456789abcdefghijklmnopqrstuv"),
        ] {
            let fault = parse(text).unwrap_err();
            assert!(text.is_empty() || !fault.contains(text), "{fault}");
        }
        for _ in 0..100 {
            assert!(parse(&STANDARD.encode(Chance::system().bytes::<32>())).is_ok());
        }
    }

    #[test]
    fn the_file_is_its_owners_alone_and_read_back() {
        let folder = std::env::temp_dir().join(format!("usher-key-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let config = Config::of(&[("data_dir", folder.to_str().unwrap())]).unwrap();
        assert!(find(&config).unwrap().is_none());
        let made = make(&folder).unwrap();
        assert_eq!(find(&config).unwrap().unwrap().expose(), made.expose());
        assert!(make(&folder).is_err(), "never in the place of another");
        fs::set_permissions(path(&folder), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(find(&config).unwrap_err().to_string().contains("chmod 600"));
        fs::remove_dir_all(folder).unwrap();
    }
}
