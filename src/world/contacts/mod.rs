//! External contacts: a few in a document, or a million in files.
//!
//! A contact is found by its id, its email address or one of its phone numbers. All of
//! these are normalized ([`folded`], [`e164`](super::phone::e164)) and are then
//! equivalent keys.

mod book;
mod contact;
mod csv;
mod index;
mod ndjson;
mod records;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod text;

pub(super) use book::ContactBook;
pub(super) use contact::{Contact, folded};
pub(super) use store::{Format, Store};
