//! Time limits that hold on a busy machine too.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The time that the current thread has computed so far. Only Linux has it at hand;
/// elsewhere it is the time since an arbitrary moment.
pub(crate) fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|it| it.parse().ok());
    nanoseconds.map_or_else(on_the_clock, Duration::from_nanos)
}

#[expect(clippy::disallowed_methods, reason = "tests limit how long something takes")]
fn on_the_clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
