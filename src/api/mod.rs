//! The public API: load flows, make calls, run tests, compare recordings and explore.
//!
//! One file per type. The types own what they need, use types of the standard library in
//! their signatures, and render text and JSON on demand. The root of the crate exports
//! them; everything else is internal.

mod answer;
#[cfg(feature = "arrow")]
mod arrow;
mod batch;
mod builder;
mod call;
mod comparison;
mod diagnostic;
mod error;
mod exploration;
mod flow;
mod project;
mod question;
mod session;
mod step;
mod stop;
mod suite;
mod suite_result;
mod trace;
mod value;

pub use answer::Answer;
pub use batch::{Batch, BatchOptions, BatchOutput, BatchSummary};
pub use builder::ProjectBuilder;
pub use call::Call;
pub use comparison::{CompareOptions, Comparison, Difference};
pub use diagnostic::Diagnostic;
pub use error::{Error, ErrorKind};
pub use exploration::{Exploration, ExploreOptions};
pub use flow::Flow;
pub use project::Project;
pub use question::{Choice, Question};
pub use session::Session;
pub use step::Step;
pub use suite::{Case, Suite, SuiteOptions};
pub use suite_result::{CaseResult, Outcome, SuiteResult};
pub use trace::{Routing, Trace, Transfer};
pub use value::Value;

pub use crate::analysis::comparison::Verdict;
pub use crate::diagnostic::Severity;
pub use crate::trace::Status;

/// The code of the page about the library.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
struct LibraryPage;
