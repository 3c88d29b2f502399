//! What the operating system has booked: processor time and memory of a process and of all that it has started.

use std::{fs, time::Duration};

/// Fields of `/proc/PID/stat` behind the name (proc(5)): the parent, and ticks in user and in kernel mode.
struct Stat {
    parent: u32,
    ticks: u64,
}

fn stat(process: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may have any character.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        ticks: number(11)? + number(12)?,
    })
}

/// Processor time of a process with its living descendants: a server, or a database with its backends.
pub(crate) fn used_by_tree(root: u32) -> Duration {
    let ticks: u64 = tree(root).iter().map(|(_, ticks)| ticks).sum();
    Duration::from_micros(ticks * 1_000_000 / rustix::param::clock_ticks_per_second())
}

/// A process with its living descendants, and the ticks of each.
pub(crate) fn tree(root: u32) -> Vec<(u32, u64)> {
    let all: Vec<(u32, Stat)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, stat(process)?)))
        .collect();
    let mut tree = vec![root];
    let mut at = 0;
    while at < tree.len() {
        let parent = tree[at];
        tree.extend(
            all.iter()
                .filter(|(_, stat)| stat.parent == parent)
                .map(|(process, _)| process),
        );
        at += 1;
    }
    all.into_iter()
        .filter(|(process, _)| tree.contains(process))
        .map(|(process, stat)| (process, stat.ticks))
        .collect()
}

/// Memory of one process in MiB: what it has now (`VmRSS`), or had at most (`VmHWM`).
pub(crate) fn memory(process: u32, key: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let kib: f64 = line
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or_default();
    kib / 1_024.0
}
