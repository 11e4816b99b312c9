//! Ctrl-C during long work. Python handles signals only if it is asked, so all long work
//! asks from time to time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

/// The signals of Python, for work without the lock of the interpreter.
///
/// Only the thread that started the work asks: Python handles signals in its main thread,
/// and a library that reads a stream in another thread may hold the lock meanwhile.
#[derive(Clone)]
pub(crate) struct Signals {
    thread: ThreadId,
    raised: Arc<Mutex<Option<PyErr>>>,
    is_of_stream: bool,
}

impl Signals {
    /// Creates the signals of work that this thread waits for.
    pub(crate) fn new() -> Self {
        let (thread, raised) = (thread::current().id(), Arc::default());
        Self { thread, raised, is_of_stream: false }
    }

    /// Creates the signals of a stream, which another library reads.
    pub(crate) fn of_stream() -> Self {
        Self { is_of_stream: true, ..Self::new() }
    }

    /// Returns the condition that ends the work: a signal raised an exception.
    pub(crate) fn condition(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let signals = self.clone();
        move || signals.are_raised()
    }

    fn are_raised(&self) -> bool {
        if self.raised().is_some() {
            return true;
        }
        if thread::current().id() != self.thread {
            return false;
        }
        let Err(error) = Python::attach(|py| py.check_signals()) else { return false };
        let is_interrupt =
            Python::attach(|py| error.is_instance_of::<PyKeyboardInterrupt>(py));
        if self.is_of_stream && is_interrupt {
            // The library that reads the stream raises its own exception. With this, Python
            // raises `KeyboardInterrupt` when the library returns.
            // SAFETY: The function only sets a flag.
            unsafe { pyo3::ffi::PyErr_SetInterrupt() };
        }
        *self.raised() = Some(error);
        true
    }

    /// Returns the exception that ended the work.
    pub(crate) fn check(&self) -> PyResult<()> {
        self.raised().take().map_or(Ok(()), Err)
    }

    fn raised(&self) -> MutexGuard<'_, Option<PyErr>> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
