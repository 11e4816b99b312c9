//! The language server: everything that flowsim knows about flows, in editors.
//!
//! | file | content |
//! |---|---|
//! | `connection` | the streams of an editor, with limits |
//! | `server`, `capabilities` | the session: requests and notifications |
//! | `workspace` | the flows of a workspace, and the documents that are open in the editor |
//! | `text` | documents with the positions of the protocol |
//! | `documents` | scenario files and fixtures: diagnostics, completion, explanations, definitions |
//! | `organisation` | names of queues, data actions and similar objects in flows |
//! | `place` | the place of the cursor in Archy YAML that may be broken |
//! | `problems` | diagnostics and quick fixes |
//! | `expression` | words, spaces and types of expressions, parameters of functions |
//! | `results`, `seen` | actions that calls or tests did not reach; values in runs |
//! | `lens`, `command` | *Run* and *Debug* above flows and tests, and their execution |
//! | `hover`, `complete`, `navigate`, `outline` | what they are named after |
//!
//! One thread reads messages and answers them in their order. Diagnostics are computed when
//! no message is waiting, so that fast typing does not queue up checks.
//!
//! *Source: the Language Server Protocol, version 3.17.*

mod capabilities;
mod command;
mod complete;
mod connection;
mod documents;
mod expression;
mod hover;
mod lens;
mod navigate;
mod organisation;
mod outline;
mod place;
mod problems;
mod requests;
mod results;
mod seen;
mod server;
mod text;
mod uri;
mod workspace;

pub use documents::Schemas;
pub use server::serve;
