//! The `flowsim` program.

use flowsim::cli::{self, Exit};

/// Reading and playing a large suite is a fifth faster with it than with that of glibc; see
/// `docs/performance.md`. The library leaves the choice to its users.
#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    let arguments = std::env::args_os();
    std::panic::catch_unwind(|| cli::main(arguments)).unwrap_or(Exit::Bug)
}
