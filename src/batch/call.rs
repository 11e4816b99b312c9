//! Rows that are calls.

use std::path::Path;
use std::sync::Arc;

use super::call_field::CallField;
use super::row::{self, Row, RowError, RowWorker};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::engine::Session;
use crate::program::Program;
use crate::source::{File, Files};
use crate::suite::{Case, Played, play, prepare, read_call};
use crate::trace::{JsonNames, JsonWriter};
use crate::world::Fixtures;

/// Everything that all calls of a batch share.
#[derive(Debug)]
pub struct CallContext {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
    names: JsonNames,
    fields: Vec<CallField>,
}

impl CallContext {
    /// Creates the context. The flows of the program are in `files`. Each row of output has these properties, in this order; a
    /// property that is named twice is written once.
    pub fn new(
        program: Arc<Program>,
        fixtures: Arc<Fixtures>,
        fields: Vec<CallField>,
        files: &Files,
    ) -> Self {
        let names = JsonNames::with_files(&program.symbols, files);
        Self { program, fixtures, names, fields: row::distinct(fields) }
    }
}

impl CallContext {
    /// The properties of the output.
    pub fn fields(&self) -> &[CallField] {
        &self.fields
    }
}

/// Plays the call of each row.
#[derive(Debug)]
pub struct CallWorker {
    context: Arc<CallContext>,
    /// Session of the previous call, whose memory is reused.
    session: Option<Session>,
    /// Number of rows with mistakes.
    pub errors: u64,
}

impl CallWorker {
    /// Creates a worker.
    pub fn new(context: &Arc<CallContext>) -> Self {
        Self { context: Arc::clone(context), session: None, errors: 0 }
    }

    fn call(&mut self, row: Row<'_>, out: &mut String) -> Result<(), RowError> {
        let file = row::document(row)?;
        let (id, case) = read(&file)?;
        let played = self
            .play(&case)
            .map_err(|diagnostics| RowError::new(id.clone(), diagnostics, &file))?;
        let CallContext { program, names, fields, .. } = &*self.context;
        let writer = JsonWriter::with(&program.symbols, names);
        out.push_str("{\"id\":");
        out.push_str(&id);
        for field in fields {
            out.push_str(",\"");
            out.push_str(field.name());
            out.push_str("\":");
            field.write(&played, &program.symbols, &writer, out);
        }
        out.push_str("}\n");
        Ok(())
    }

    fn play(&mut self, case: &Case) -> Result<Played, Vec<Diagnostic>> {
        let CallContext { program, fixtures, .. } = &*self.context;
        let fixtures = match &case.fixtures {
            None => Arc::clone(fixtures),
            Some(own) => {
                let (fixtures, diagnostics) = fixtures.merged(own, Path::new(""));
                let is_error = |it: &Diagnostic| it.severity == Severity::Error;
                if diagnostics.iter().any(is_error) {
                    return Err(diagnostics);
                }
                Arc::new(fixtures)
            }
        };
        let prepared = prepare(case, None, program, &fixtures).map_err(|mistakes| {
            let of_row = |it| Diagnostic { code: Code::INVALID_REQUEST, ..it };
            mistakes.into_iter().map(of_row).collect::<Vec<_>>()
        })?;
        let start = || Session::start(Arc::clone(program), prepared.call());
        let session = self.session.get_or_insert_with(start);
        Ok(play(&prepared, session))
    }
}

impl RowWorker for CallWorker {
    fn row(&mut self, row: Row<'_>, out: &mut String) {
        if let Err(error) = self.call(row, out) {
            self.errors += 1;
            error.write(out);
        }
    }
}

/// Reads the id of a row as JSON, and its call.
fn read(file: &File) -> Result<(String, Case), RowError> {
    let node = row::parse(file)?;
    let (id, mistake) = match row::id(&node) {
        Ok(id) => (id, None),
        Err(mistake) => (row::NO_ID.to_owned(), Some(*mistake)),
    };
    match (read_call(&node), mistake) {
        (Ok(case), None) => Ok((id, case)),
        (read, mistake) => {
            let others = read.err().into_iter().flatten();
            let mistakes = mistake.into_iter().chain(others).collect();
            Err(RowError::new(id, mistakes, file))
        }
    }
}
