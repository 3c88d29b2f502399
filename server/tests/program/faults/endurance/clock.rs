//! A clock that is set while a server runs. The program asks its system for the time; `clock.c`, which is loaded before the C
//! library, answers. Linux only: elsewhere no clock is set.

use crate::usher::Usher;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub(super) struct ServerClock {
    hands: PathBuf,
    library: PathBuf,
}

impl ServerClock {
    /// `folder`: where its files may lie.
    pub(super) fn build(folder: &Path) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let clock = Self {
            hands: folder.join("clock"),
            library: folder.join("clock.so"),
        };
        clock.set_ahead(0);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/faults/endurance/clock.c");
        // Rust links with it, so it is there.
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&clock.library, &source])
            .status()
            .unwrap();
        assert!(compiled.success());
        Some(clock)
    }

    /// Gives it to a server that is not started yet.
    pub(super) fn given_to(&self, usher: Usher) -> Usher {
        usher
            .with("LD_PRELOAD", self.library.display().to_string())
            .with("SERVER_CLOCK", self.hands.display().to_string())
    }

    /// In place, because the servers have the file mapped.
    pub(super) fn set_ahead(&self, seconds: i64) {
        let mut file = fs::OpenOptions::new();
        let file = file.write(true).create(true).truncate(false).open(&self.hands);
        std::io::Write::write_all(&mut file.unwrap(), &seconds.to_ne_bytes()).unwrap();
    }
}
