//! What hashing a password costs by itself.

use argon2::{Algorithm, Argon2, Params, Version};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Usher's defaults: KiB, passes, lanes.
const PARAMETERS: (u32, u32, u32) = (19_456, 2, 1);
const ROUNDS: u32 = 40;

/// Processor time of one, in µs, each with memory of its own as a careless server would have it.
pub(crate) fn measure() -> f64 {
    let (memory, passes, lanes) = PARAMETERS;
    let parameters = Params::new(memory, passes, lanes, Some(32)).expect("usual ones");
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
            .hash_password_into(b"seven owls repair my piano", &salt, &mut hash)
            .expect("a hash");
        std::hint::black_box(hash);
    }
    now().saturating_sub(began).as_secs_f64() * 1e6 / f64::from(ROUNDS)
}
