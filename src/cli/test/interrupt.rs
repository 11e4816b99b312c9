//! Ctrl-C during a run: the tests stop, and the summary and all reports are written.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::Exit;
use crate::cli::output;

/// Whether the user has interrupted the run.
static IS_STOPPED: AtomicBool = AtomicBool::new(false);

/// Handles Ctrl-C from now on, and returns the sign that it was pressed. The second
/// Ctrl-C exits at once.
pub(super) fn handle() -> &'static AtomicBool {
    let handler = || {
        if IS_STOPPED.swap(true, Ordering::Relaxed) {
            #[expect(clippy::disallowed_methods, reason = "the user gave up the run")]
            std::process::exit(Exit::Interrupted as i32);
        }
        output::aside("stopping; press Ctrl-C again to abort without reports\n");
    };
    // If the handler cannot be set, Ctrl-C ends the process, as without it.
    let _ = ctrlc::set_handler(handler);
    &IS_STOPPED
}

/// Returns whether the user has interrupted the run.
pub(super) fn is_stopped() -> bool {
    IS_STOPPED.load(Ordering::Relaxed)
}
