//! The `flowsim` program.

fn main() {}
