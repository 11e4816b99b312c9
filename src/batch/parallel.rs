//! Handles rows in memory on several threads.

use rayon::iter::ParallelIterator;
use rayon::slice::ParallelSlice;

use super::row::{Row, RowWorker};

/// Number of rows that a thread handles at a time.
const ROWS: usize = 32;

/// Handles rows, and returns their output in order without line breaks, and the workers.
pub fn handle<W: RowWorker>(
    rows: &[Row<'_>],
    worker: impl Fn() -> W + Sync,
) -> (Vec<String>, Vec<W>) {
    let parts = rows.par_chunks(ROWS).map(|chunk| {
        let mut worker = worker();
        let output = chunk.iter().map(|row| {
            let mut out = String::new();
            worker.row(*row, &mut out);
            // The last byte is the line break.
            out.pop();
            out
        });
        (output.collect::<Vec<_>>(), worker)
    });
    let parts: Vec<(Vec<String>, W)> = parts.collect();
    let (mut output, mut workers) = (Vec::with_capacity(rows.len()), Vec::new());
    for (rows, worker) in parts {
        output.extend(rows);
        workers.push(worker);
    }
    (output, workers)
}
