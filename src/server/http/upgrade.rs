//! Connections that continue with another protocol.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use tokio::net::TcpStream;

/// Serves a connection after the answer 101: with its stream, and the bytes that were read
/// already.
pub(in crate::server) type Upgrade = Box<
    dyn FnOnce(TcpStream, Vec<u8>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send,
>;

/// The protocol with which a connection continues, if any.
#[derive(Default)]
pub(in crate::server) struct Continuation(Mutex<Option<Upgrade>>);

impl Continuation {
    /// Sets the protocol.
    pub(in crate::server) fn set(&self, upgrade: Upgrade) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
    }

    /// Takes the protocol.
    pub(super) fn take(&self) -> Option<Upgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continuation")
    }
}
