//! Calls, and recordings to compare, as a stream of rows.
//!
//! A row is a line of JSON. Rows are handled in parallel, and every row yields one row of
//! output, in the same order. Memory does not grow with the number of rows. The output does
//! not depend on the number of threads or on the division of the rows among machines:
//! [`Summary`]s of parts merge to that of the whole.

#[cfg(feature = "arrow")]
pub mod arrow;
mod call;
mod call_field;
mod call_form;
mod column;
mod digest;
mod finite;
mod parallel;
mod recording;
mod row;
mod rows;
mod sketch;
mod stream;
mod summary;
mod summary_read;
mod verdict_field;

pub use call::{CallContext, CallWorker};
pub use call_field::CallField;
pub use column::ColumnType;
pub use digest::CallHash;
pub use parallel::handle;
pub use recording::{RecordingContext, RecordingWorker};
pub use row::{Row, RowWorker};
pub use rows::{ReadError, RowSource, Rows};
pub use stream::{Stopper, Stream, StreamEnd, StreamError};
pub use summary::{Group, Summary};
pub use verdict_field::VerdictField;
