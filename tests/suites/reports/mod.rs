//! Reports of runs in every format, created from events built by hand. Some contain names
//! and strings that are difficult for one of the formats.

#![expect(clippy::unwrap_used, reason = "a report that is not there fails the test")]
#![expect(clippy::print_stderr, reason = "what is skipped has to be seen")]

mod console;
mod events;
mod files;
mod html;
mod json;
mod junit;
mod markdown;
mod tap;
