//! What hashing a password costs by itself.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rustix::time::{ClockId, clock_gettime};
use std::{num::NonZero, thread, time::Duration};

/// Usher's defaults: KiB, passes, lanes.
const PARAMETERS: (u32, u32, u32) = (19_456, 2, 1);
const ROUNDS: u32 = 40;

/// Processor time of one, in µs, while as many are made at once as there are cores (they share caches), each core with
/// memory that it has once got from the system.
pub(crate) fn measure() -> f64 {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let times: Vec<Duration> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(rounds)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("hashes"))
            .collect()
    });
    let hashes: f64 = times.iter().map(|_| f64::from(ROUNDS)).sum();
    times.iter().sum::<Duration>().as_secs_f64() * 1e6 / hashes
}

/// Processor time of this thread for all rounds.
fn rounds() -> Duration {
    let (memory, passes, lanes) = PARAMETERS;
    let parameters = Params::new(memory, passes, lanes, Some(32)).expect("usual ones");
    let mut blocks = vec![Block::new(); parameters.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let [seconds, nanoseconds] =
            [time.tv_sec, time.tv_nsec].map(|part| u64::try_from(part).unwrap_or_default());
        Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds)
    };
    let began = now();
    for round in 0..ROUNDS {
        let mut hash = [0; 32];
        let salt = [u8::try_from(round).unwrap_or_default(); 16];
        argon2
            .hash_password_into_with_memory(b"seven owls repair my piano", &salt, &mut hash, &mut blocks)
            .expect("a hash");
        std::hint::black_box(hash);
    }
    now().saturating_sub(began)
}
