//! External contacts: a few in a document, or a million in files.
//!
//! A contact is found by its id, its e-mail address or one of its telephone numbers; all
//! three are brought into one form ([`folded`], [`e164`](super::phone::e164)) and are then
//! keys of equal rank.

mod book;
mod contact;
mod csv;
mod index;
mod ndjson;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod text;

pub(super) use book::ContactBook;
pub(super) use contact::{Contact, folded};
pub(super) use store::{Format, Store};
