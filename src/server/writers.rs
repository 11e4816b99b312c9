//! Locks on the variables of instances: one request at a time writes, until it is
//! answered.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The requests that write variables, and the instances that they write.
#[derive(Debug, Default)]
pub(super) struct Writers(Mutex<Vec<Writer>>);

#[derive(Debug)]
struct Writer {
    request: String,
    instance: String,
}

/// Releases the locks of a request when it is answered.
pub(super) struct UntilAnswered<'w> {
    writers: &'w Writers,
    request: String,
}

impl Writers {
    /// Locks an instance for a request. Returns `false` if another request holds the
    /// lock.
    pub(super) fn hold(&self, instance: &str, request: &str) -> bool {
        let mut writers = self.lock();
        if writers.iter().any(|it| it.instance == instance && it.request != request) {
            return false;
        }
        let (request, instance) = (request.to_owned(), instance.to_owned());
        writers.push(Writer { request, instance });
        true
    }

    /// Returns a guard that releases the locks of the request when it is dropped.
    pub(super) fn until_answered(&self, request: &str) -> UntilAnswered<'_> {
        UntilAnswered { writers: self, request: request.to_owned() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Writer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UntilAnswered<'_> {
    fn drop(&mut self) {
        self.writers.lock().retain(|it| it.request != self.request);
    }
}
