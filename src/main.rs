//! The `flowsim` program.

use flowsim::cli::{self, Exit};

fn main() -> Exit {
    let arguments = std::env::args_os();
    std::panic::catch_unwind(|| cli::main(arguments)).unwrap_or(Exit::Bug)
}
