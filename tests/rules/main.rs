//! Tests of the project as a whole: the source tree, the documents, and the command line as
//! a contract.

mod architecture;
mod cli;
mod readme;
