//! A condition that ends long work.

use std::fmt;
use std::sync::Arc;

use super::error::Error;

/// A condition that ends long work; without one it is never due.
#[derive(Clone, Default)]
pub(super) struct Stop(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl Stop {
    pub(super) fn when(condition: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(condition)))
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn is_due(&self) -> bool {
        self.0.as_ref().is_some_and(|condition| condition())
    }

    /// Creates the error of work that was stopped.
    pub(super) fn error() -> Error {
        Error::system("stopped before the end")
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Stop(..)" } else { "Stop" })
    }
}
