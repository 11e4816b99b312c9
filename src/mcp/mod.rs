//! The server for coding assistants: eight read-only tools of the Model Context Protocol.
//!
//! | file | content |
//! |---|---|
//! | `server` | the connection: requests, the folders of the workspace, calls in parallel |
//! | `tool` | the table of tools, their schemas and their commands |
//! | `argument` | arguments of a tool as arguments of its command |
//! | `process` | a call: its command in a process that reads the workspace only |
//! | `answer` | the output of a command as the answer of a tool |
//! | `page` | a document in pages of a given size |
//!
//! A tool is a command of flowsim. So an assistant gets what a person gets, with the project
//! file and the same exit codes; an exploration can be cancelled without ending the server;
//! and the process of the command refuses paths outside the workspace, also those that a
//! scenario file or a link leads to.
//!
//! *Source: the Model Context Protocol, versions 2024-11-05 to 2025-11-25.*

mod answer;
mod argument;
mod page;
mod process;
mod server;
mod tool;

pub use process::Commands;
pub use server::serve;
