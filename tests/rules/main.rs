//! Tests of the project as a whole: the source tree, the documents, and the command line as
//! a contract.

mod architecture;
mod cli;
#[path = "../support/folder.rs"]
mod folder;
mod readme;
mod words;
