//! What a run of suites tells, in every form: made of events by hand, among them names and
//! texts that each of the forms would stumble over.

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
