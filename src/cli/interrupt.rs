//! Ctrl-C during work whose results are worth something before its end: the work stops, and
//! its results are written.

use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Exit;
use super::output;

/// Whether the user has interrupted the work.
static IS_STOPPED: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C ends the process at once.
static ENDS_AT_ONCE: AtomicBool = AtomicBool::new(false);

/// Handles Ctrl-C from now on, and returns the sign that it was pressed. The second
/// Ctrl-C exits at once, without `results`.
pub(super) fn handle(results: &'static str) -> &'static AtomicBool {
    let handler = move || {
        let is_second = IS_STOPPED.swap(true, Ordering::Relaxed);
        if is_second || ENDS_AT_ONCE.load(Ordering::Relaxed) {
            #[expect(clippy::disallowed_methods, reason = "the user gave up the work")]
            std::process::exit(Exit::Interrupted as i32);
        }
        output::aside(&format!(
            "stopping; press Ctrl-C again to abort without {results}\n"
        ));
    };
    // If the handler cannot be set, Ctrl-C ends the process, as without it.
    let _ = ctrlc::set_handler(handler);
    &IS_STOPPED
}

/// Lets the first Ctrl-C exit at once, in work that cannot stop before its end.
pub(super) fn end_at_once() {
    ENDS_AT_ONCE.store(true, Ordering::Relaxed);
}

/// Returns whether the user has interrupted the work.
pub(super) fn is_stopped() -> bool {
    IS_STOPPED.load(Ordering::Relaxed)
}
