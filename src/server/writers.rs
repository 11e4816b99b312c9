//! Who writes the variables of which instance: one request at a time, until it is answered.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The requests that write, and what they write.
#[derive(Debug, Default)]
pub(super) struct Writers(Mutex<Vec<Writer>>);

#[derive(Debug)]
struct Writer {
    request: String,
    instance: String,
}

/// The time until a request is answered. Then others may write.
pub(super) struct UntilAnswered<'w> {
    writers: &'w Writers,
    request: String,
}

impl Writers {
    /// Lets a request write an instance; not if another one does.
    pub(super) fn hold(&self, instance: &str, request: &str) -> bool {
        let mut writers = self.lock();
        if writers.iter().any(|it| it.instance == instance && it.request != request) {
            return false;
        }
        let (request, instance) = (request.to_owned(), instance.to_owned());
        writers.push(Writer { request, instance });
        true
    }

    /// What ends everything that a request holds.
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
