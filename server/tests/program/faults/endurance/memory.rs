//! What a server has in memory while it runs, and whether that grows.

use std::{process::Command, sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::sleep};

/// What a server may have more at the end than after its first fifth: what the allocator keeps, and this.
const SLACK_KIB: u64 = 16 * 1024;

/// Resident KiB of a process, one sample after the other.
pub(super) struct Memory {
    samples: Arc<std::sync::Mutex<Vec<u64>>>,
    sampling: JoinHandle<()>,
}

impl Memory {
    pub(super) fn watch(process: u32) -> Self {
        let samples = Arc::default();
        let sampling = tokio::spawn(sample(process, Arc::clone(&samples)));
        Self { samples, sampling }
    }

    pub(super) fn end(self) -> Course {
        self.sampling.abort();
        Course(std::mem::take(&mut *self.samples.lock().unwrap()))
    }
}

async fn sample(process: u32, samples: Arc<std::sync::Mutex<Vec<u64>>>) {
    loop {
        let told = Command::new("ps")
            .args(["-o", "rss=", "-p", &process.to_string()])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&told.stdout).trim().parse();
        samples.lock().unwrap().push(told.unwrap());
        sleep(Duration::from_millis(500)).await;
    }
}

pub(super) struct Course(Vec<u64>);

impl Course {
    fn median_of_fifth(&self, fifth: usize) -> u64 {
        let part = |n: usize| self.0.len() * n / 5;
        let mut samples = self.0[part(fifth)..part(fifth + 1)].to_vec();
        samples.sort_unstable();
        samples[samples.len() / 2]
    }

    /// The first fifth is left out: there caches, pools and threads are made.
    pub(super) fn is_flat(&self) -> bool {
        self.median_of_fifth(4) <= self.median_of_fifth(1) * 13 / 10 + SLACK_KIB
    }

    pub(super) fn in_words(&self) -> String {
        let mib = |kib: u64| format!("{:.1}", f64::from(u32::try_from(kib).unwrap()) / 1024.0);
        let fifths: Vec<_> = (0..5).map(|fifth| mib(self.median_of_fifth(fifth))).collect();
        format!(
            "memory in MiB: at the start {}, medians of fifths {}, peak {}",
            mib(self.0[0]),
            fifths.join(" "),
            mib(self.0.iter().copied().max().unwrap())
        )
    }
}

#[test]
fn memory_that_grows_on_and_on_is_not_flat() {
    let mib = |samples: &[u64]| Course(samples.iter().map(|mib| mib * 1024).collect());
    assert!(mib(&[40, 60, 90, 92, 95, 99, 93, 94, 100, 101]).is_flat());
    assert!(!mib(&[40, 50, 60, 70, 80, 90, 100, 110, 120, 130]).is_flat());
    assert_eq!(
        mib(&[40, 60, 90, 92, 95]).in_words(),
        "memory in MiB: at the start 40.0, medians of fifths 40.0 60.0 90.0 92.0 95.0, peak 95.0"
    );
}
