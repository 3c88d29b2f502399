//! The account of a fault: what was acknowledged, and what is there of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    fs::OpenOptions,
    io::{self, Write},
    path::PathBuf,
    thread,
};

/// How often a test does its fault. `bin/faults` asks for more than `few`.
pub(crate) fn rounds(few: usize) -> usize {
    std::env::var("USHER_FAULT_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap())
}

/// What `bin/faults` prints below the accounts.
pub(crate) fn note(lines: &[String]) {
    for line in lines {
        eprintln!("{line}");
    }
    if let Some(file) = std::env::var_os("USHER_FAULT_ACCOUNT") {
        let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
        for line in lines {
            writeln!(file, "# {line}").unwrap();
        }
    }
}

/// What the database has of one act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// Nothing of it.
    Nothing,
    Done,
    /// Something of it and not all: one transaction was none.
    Half,
    Twice,
}

impl Trace {
    /// From how often each thing is there that the act leaves once.
    pub(crate) fn of(things: &[i64]) -> Self {
        if things.iter().all(|times| *times == 0) {
            Self::Nothing
        } else if things.iter().any(|times| *times > 1) {
            Self::Twice
        } else if things.contains(&0) {
            Self::Half
        } else {
            Self::Done
        }
    }
}

/// One that is dropped by a test that failed before it came to [`Account::close`] writes and says what it has so far.
pub(crate) struct Account {
    /// Of `bin/faults`.
    file: Option<PathBuf>,
    closed: bool,
    fault: &'static str,
    rounds: usize,
    acknowledged: usize,
    found: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
    halves: Vec<String>,
}

impl Account {
    pub(crate) fn new(fault: &'static str, rounds: usize) -> Self {
        Self {
            file: std::env::var_os("USHER_FAULT_ACCOUNT").map(PathBuf::from),
            closed: false,
            fault,
            rounds,
            acknowledged: 0,
            found: 0,
            lost: Vec::new(),
            doubled: Vec::new(),
            halves: Vec::new(),
        }
    }

    /// One act. What was not acknowledged may have been done, and is not lost if it was not.
    pub(crate) fn enter(&mut self, act: impl Display, acknowledged: bool, trace: Trace) {
        self.acknowledged += usize::from(acknowledged);
        self.found += usize::from(matches!(trace, Trace::Done | Trace::Twice));
        match trace {
            Trace::Nothing if acknowledged => self.lost.push(act.to_string()),
            Trace::Done | Trace::Nothing => {}
            Trace::Half => self.halves.push(act.to_string()),
            Trace::Twice => self.doubled.push(act.to_string()),
        }
    }

    /// Acts by their name: those that were acknowledged, and what was found of all that were tried.
    pub(crate) fn enter_all<'a>(
        &mut self,
        acknowledged: impl IntoIterator<Item = &'a String>,
        traces: &BTreeMap<String, Trace>,
    ) {
        let acknowledged: BTreeSet<_> = acknowledged.into_iter().collect();
        for (act, trace) in traces {
            self.enter(act, acknowledged.contains(act), *trace);
        }
        for act in acknowledged {
            if !traces.contains_key(act) {
                self.enter(act, true, Trace::Nothing);
            }
        }
    }

    pub(crate) fn found(&self) -> usize {
        self.found
    }

    /// Writes its line for `bin/faults`, and fails unless it balances.
    pub(crate) fn close(mut self) {
        self.closed = true;
        let line = self.line();
        self.write(&line).unwrap();
        assert!(self.acknowledged > 0, "nothing was tried: {line}");
        assert_eq!(self.difference(), None, "{line}");
    }

    fn write(&self, line: &str) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut file = OpenOptions::new().append(true).create(true).open(file)?;
        writeln!(file, "{line}")
    }

    fn line(&self) -> String {
        let Self {
            rounds,
            acknowledged,
            found,
            ..
        } = self;
        let wrong = [&self.lost, &self.doubled, &self.halves].map(|acts| acts.len().to_string());
        format!(
            "{}\t{rounds}\t{acknowledged}\t{found}\t{}",
            self.fault,
            wrong.join("\t")
        )
    }

    /// What does not balance.
    fn difference(&self) -> Option<String> {
        let wrong: Vec<_> = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("half done", &self.halves),
        ]
        .into_iter()
        .filter(|(_, acts)| !acts.is_empty())
        .map(|(how, acts)| format!("{how}: {}", acts.join(", ")))
        .collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if self.closed || !thread::panicking() {
            return;
        }
        let (line, difference) = (self.line(), self.difference());
        let _ = self.write(&line);
        eprintln!("failed before its end: {line} {}", difference.unwrap_or_default());
    }
}

#[test]
fn an_account_balances_only_if_nothing_is_lost_doubled_or_half_done() {
    let mut account = Account::new("example", 1);
    account.enter("a", true, Trace::of(&[1, 1]));
    account.enter("b", false, Trace::of(&[0, 0]));
    account.enter("c", false, Trace::of(&[1, 1]));
    assert_eq!(
        (account.line().as_str(), account.difference()),
        ("example\t1\t1\t2\t0\t0\t0", None)
    );
    account.enter("d", true, Trace::of(&[0, 0]));
    account.enter("e", true, Trace::of(&[1, 2]));
    account.enter("f", false, Trace::of(&[1, 0]));
    let said = account.difference();
    assert_eq!(said.as_deref(), Some("lost: d; doubled: e; half done: f"));
    assert_eq!(account.line(), "example\t1\t3\t3\t1\t1\t1");
}

#[test]
fn a_test_that_fails_before_its_end_leaves_its_account() {
    let file = std::env::temp_dir().join(format!("usher-account-{}", std::process::id()));
    let accounts = ["first", "second"].map(|fault| {
        let mut account = Account::new(fault, 2);
        account.file = Some(file.clone());
        account
    });
    let failing = thread::spawn(move || {
        let [mut first, mut second] = accounts;
        first.enter("a", true, Trace::Done);
        second.enter("b", true, Trace::Nothing);
        assert_eq!(second.found(), 1, "as it was meant to fail");
        first.close();
        second.close();
    });
    assert!(failing.join().is_err());
    let mut written: Vec<_> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    written.sort();
    std::fs::remove_file(file).unwrap();
    assert_eq!(written, ["first\t2\t1\t1\t0\t0\t0", "second\t2\t1\t0\t1\t0\t0"]);
}
