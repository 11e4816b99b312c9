//! The open connections, and the choice of the one to close if there are too many.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::wire::Answers;

/// Maximum number of open connections. A further one closes the connection that has been
/// without an answer for the longest time.
pub(super) const MAX_CONNECTIONS: u32 = 1_024;
/// Time after which a full server looks for a connection to close again.
const RETRY: Duration = Duration::from_millis(50);

/// The open connections of a port.
#[derive(Debug)]
pub(super) struct Connections {
    free: Arc<Semaphore>,
    open: Mutex<Vec<Arc<Answers>>>,
    /// Counts accepted connections and sent answers, to compare their times.
    count: Arc<AtomicU64>,
}

/// A place among the open connections. Drop it when the connection is closed.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    /// The answers of the connection.
    pub(super) answers: Arc<Answers>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    /// Creates an empty list.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(MAX_CONNECTIONS as usize)),
            open: Mutex::default(),
            count: Arc::default(),
        })
    }

    /// Returns a place for a new connection. If all are taken, the connection whose last
    /// answer is the oldest is closed, unless its request is being answered. So clients
    /// that send nothing, or send slowly, do not delay others.
    pub(super) async fn place(self: &Arc<Self>) -> Option<Place> {
        let permit = loop {
            if self.free.available_permits() == 0 {
                self.close_slowest();
            }
            let permit = Arc::clone(&self.free).acquire_owned();
            if let Ok(permit) = tokio::time::timeout(RETRY, permit).await {
                break permit.ok()?;
            }
        };
        let answers = Arc::new(Answers::new(Arc::clone(&self.count)));
        self.open().push(Arc::clone(&answers));
        Some(Place { connections: Arc::clone(self), answers, _permit: permit })
    }

    fn close_slowest(&self) {
        let open = self.open();
        let closable = open.iter().filter(|answers| answers.is_closable());
        if let Some(slowest) = closable.min_by_key(|answers| answers.last_answer()) {
            slowest.close();
        }
    }

    /// Waits until all connections are closed.
    pub(super) async fn closed(&self) {
        let _ = self.free.acquire_many(MAX_CONNECTIONS).await;
    }

    fn open(&self) -> MutexGuard<'_, Vec<Arc<Answers>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().retain(|it| !Arc::ptr_eq(it, &self.answers));
    }
}

/// Returns the next number of a counter.
pub(super) fn next(count: &AtomicU64) -> u64 {
    count.fetch_add(1, Ordering::Relaxed)
}
