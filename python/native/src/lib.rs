//! The Python module `flowsim._native`: the library of flowsim for Python programs.
//!
//! `python/flowsim/__init__.py` exports its classes. Documents are dicts on the side of
//! Python and JSON on this side. Calls, comparisons and explorations run without the
//! global interpreter lock.

mod arrow;
mod error;
mod interrupt;
mod json;
mod options;
mod project;
mod rows;
mod session;
mod stream;
mod trace;

use pyo3::prelude::*;

/// Classes of the package `flowsim`.
#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("Error", module.py().get_type::<error::Error>())?;
    module.add_class::<error::Diagnostic>()?;
    module.add_class::<project::Project>()?;
    module.add_class::<session::Session>()?;
    module.add_class::<stream::Export>()?;
    module.add_class::<trace::Trace>()?;
    module.add_function(wrap_pyfunction!(project::merge_summaries, module)?)
}
