//! Handles rows on several threads and writes their output in the order of the rows.
//!
//! Each thread reads a chunk, handles its rows, and hands the output over. Output that is
//! ready too early is kept until its turn; if there is much of it, threads wait.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::row::RowWorker;
use super::rows::{Chunk, ReadError, Rows};
use crate::threads;

/// Number of chunks per thread whose output may wait for its turn.
const WAITING_CHUNKS: usize = 4;

/// A stream of rows that is ready to be processed.
pub struct Stream {
    rows: Rows,
    gate: Arc<Gate>,
    jobs: usize,
}

/// The way a stream ended.
#[derive(Debug)]
pub enum StreamEnd<W> {
    /// All rows were handled, by these workers.
    Complete(Vec<W>),
    /// The stream was stopped. The output of all rows that were read is written.
    Stopped,
}

/// The reason why a stream broke off. Complete rows of output precede it.
#[derive(Debug)]
pub enum StreamError {
    /// A source cannot be read.
    Read(ReadError),
    /// The output cannot be written.
    Write(io::Error),
    /// A thread cannot be started.
    Thread(io::Error),
}

/// Stops a stream from another thread. Rows that were read are still handled.
#[derive(Clone)]
pub struct Stopper(Arc<Gate>);

impl Stopper {
    /// Stops reading.
    pub fn stop(&self) {
        self.0.state().is_stopped = true;
        self.0.changed.notify_all();
    }

    /// Returns whether the stream was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.state().is_stopped
    }
}

/// The state that all threads share.
struct Gate {
    state: Mutex<State>,
    changed: Condvar,
    most_waiting: usize,
}

struct State {
    output: Box<dyn Write + Send>,
    /// Number of chunks that were read.
    read: u64,
    /// Number of chunks that were written.
    written: u64,
    /// Output that is not yet due, by the number of its chunk.
    waiting: BTreeMap<u64, String>,
    /// Number of threads that have not ended.
    running: usize,
    is_stopped: bool,
    has_panicked: bool,
    failure: Option<StreamError>,
}

impl Stream {
    /// Creates a stream with the number of [`threads`] for `jobs`; 0 means one per core.
    pub fn new(rows: Rows, output: impl Write + Send + 'static, jobs: usize) -> Self {
        let jobs = threads::count(jobs, usize::MAX);
        let state = State {
            output: Box::new(output),
            read: 0,
            written: 0,
            waiting: BTreeMap::new(),
            running: 0,
            is_stopped: false,
            has_panicked: false,
            failure: None,
        };
        let gate = Gate {
            state: Mutex::new(state),
            changed: Condvar::new(),
            most_waiting: jobs.saturating_mul(WAITING_CHUNKS),
        };
        Self { rows, gate: Arc::new(gate), jobs }
    }

    /// Returns a handle that stops the stream.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::clone(&self.gate))
    }

    /// Handles all rows, each thread with its own worker.
    ///
    /// If the stream is stopped or breaks off, this function does not wait for a thread
    /// that waits for input; such a thread ends when its input arrives.
    ///
    /// # Errors
    /// A source cannot be read, the output cannot be written, or a thread cannot be
    /// started.
    pub fn process<W: RowWorker>(
        self,
        mut worker: impl FnMut() -> W,
    ) -> Result<StreamEnd<W>, StreamError> {
        let rows = Arc::new(Mutex::new(self.rows));
        let done = Arc::new(Mutex::new(Vec::with_capacity(self.jobs)));
        for _ in 0..self.jobs {
            let (gate, rows) = (Arc::clone(&self.gate), Arc::clone(&rows));
            let (done, mut worker) = (Arc::clone(&done), worker());
            self.gate.state().running += 1;
            let ran =
                thread::Builder::new().name("flowsim batch".into()).spawn(move || {
                    let _running = Running(&gate);
                    work(&gate, &rows, &mut worker);
                    locked(&done).push(worker);
                });
            if let Err(error) = ran {
                let mut state = self.gate.state();
                state.running -= 1;
                state.failure.get_or_insert(StreamError::Thread(error));
            }
        }
        self.gate.wait_for_end()?;
        let workers = std::mem::take(&mut *locked(&done));
        let is_complete = workers.len() == self.jobs && !self.gate.state().is_stopped;
        Ok(if is_complete { StreamEnd::Complete(workers) } else { StreamEnd::Stopped })
    }
}

/// Reads and handles chunks until the end of the rows.
fn work(gate: &Gate, rows: &Mutex<Rows>, worker: &mut impl RowWorker) {
    let mut chunk = Chunk::default();
    while let Some(number) = gate.read(rows, &mut chunk) {
        let mut out = String::new();
        chunk.rows().for_each(|row| worker.row(row, &mut out));
        if !gate.hand_over(number, out) {
            break;
        }
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// Reads the next chunk and returns its number; `None` at the end.
    fn read(&self, rows: &Mutex<Rows>, chunk: &mut Chunk) -> Option<u64> {
        // The lock is held until the chunk has its number.
        let mut rows = locked(rows);
        if self.state().is_over() {
            return None;
        }
        let read = rows.read(chunk);
        let mut state = self.state();
        match read {
            Ok(true) if !state.is_over() => {
                let number = state.read;
                state.read += 1;
                Some(number)
            }
            Ok(_) => None,
            Err(error) => {
                // Rows before the failure are still written.
                while state.written < state.read && state.failure.is_none() {
                    state = self.wait(state);
                }
                state.failure.get_or_insert(StreamError::Read(error));
                self.changed.notify_all();
                None
            }
        }
    }

    /// Writes the output of a chunk when it is due. Returns `false` if the stream broke
    /// off.
    fn hand_over(&self, number: u64, out: String) -> bool {
        let mut state = self.state();
        while state.written != number
            && state.waiting.len() >= self.most_waiting
            && state.failure.is_none()
        {
            state = self.wait(state);
        }
        state.waiting.insert(number, out);
        state.write_due();
        self.changed.notify_all();
        state.failure.is_none()
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all rows that were read are written, and no more will be read.
    fn wait_for_end(&self) -> Result<(), StreamError> {
        let mut state = self.state();
        loop {
            assert!(!state.has_panicked, "a row cannot be handled");
            if let Some(failure) = state.failure.take() {
                state.is_stopped = true;
                return Err(failure);
            }
            let is_idle = state.written == state.read;
            if state.running == 0 || state.is_stopped && is_idle {
                return Ok(());
            }
            state = self.wait(state);
        }
    }
}

impl State {
    fn is_over(&self) -> bool {
        self.is_stopped || self.failure.is_some() || self.has_panicked
    }

    /// Writes all output that is due.
    fn write_due(&mut self) {
        while let Some(out) = self.waiting.remove(&self.written) {
            if self.failure.is_none()
                && let Err(error) = self.write(&out)
            {
                self.failure = Some(StreamError::Write(error));
            }
            self.written += 1;
        }
    }

    fn write(&mut self, out: &str) -> io::Result<()> {
        self.output.write_all(out.as_bytes())?;
        self.output.flush()
    }
}

/// Marks the end of a thread, even if it panics.
struct Running<'g>(&'g Gate);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.running -= 1;
        state.has_panicked |= thread::panicking();
        self.0.changed.notify_all();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::super::row::Row;
    use super::super::rows::RowSource;
    use super::*;

    /// Repeats rows. Some take longer than others.
    struct Echo {
        count: usize,
    }

    impl RowWorker for Echo {
        fn row(&mut self, row: Row<'_>, out: &mut String) {
            self.count += 1;
            let text = std::str::from_utf8(row.bytes).unwrap();
            assert_ne!(text, "panic");
            let rounds = if text.ends_with('7') { 20_000 } else { 1 };
            let sum = (0..rounds).fold(0_u64, |sum, it| std::hint::black_box(sum + it));
            assert!(sum < u64::MAX);
            out.push_str(text);
            out.push('\n');
        }
    }

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            locked(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn source(text: String) -> RowSource {
        RowSource::new("memory", move || Ok(io::Cursor::new(text.into_bytes())))
    }

    fn lines(count: usize) -> String {
        (0..count).map(|it| format!("row {it}\n")).collect()
    }

    #[test]
    fn output_is_in_order_with_any_number_of_threads() {
        let text = lines(20_000);
        for jobs in [0, 1, 2, 7] {
            let out = Shared::default();
            let stream =
                Stream::new(Rows::new([source(text.clone())]), out.clone(), jobs);
            let Ok(StreamEnd::Complete(workers)) = stream.process(|| Echo { count: 0 })
            else {
                panic!("it is complete")
            };
            assert_eq!(workers.iter().map(|it| it.count).sum::<usize>(), 20_000);
            assert!(locked(&out.0).as_slice() == text.as_bytes(), "{jobs}");
        }
    }

    /// Accepts a number of bytes and then fails.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(rest) => self.0 = rest,
                None => return Err(io::ErrorKind::BrokenPipe.into()),
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failed_write_ends_the_stream() {
        let stream = Stream::new(Rows::new([source(lines(100_000))]), Full(10_000), 3);
        let ended = stream.process(|| Echo { count: 0 });
        assert!(matches!(ended, Err(StreamError::Write(error))
            if error.kind() == io::ErrorKind::BrokenPipe));
    }

    #[test]
    fn rows_before_a_failed_source_are_written() {
        let gone = RowSource::new("gone", || -> io::Result<io::Empty> {
            Err(io::ErrorKind::NotFound.into())
        });
        let (out, text) = (Shared::default(), lines(1_000));
        let stream = Stream::new(Rows::new([source(text.clone()), gone]), out.clone(), 2);
        let ended = stream.process(|| Echo { count: 0 });
        assert!(matches!(ended, Err(StreamError::Read(it)) if it.name.ends_with("gone")));
        assert!(locked(&out.0).as_slice() == text.as_bytes());
    }

    /// A source whose rows another thread sends.
    struct Sent(mpsc::Receiver<&'static [u8]>);

    impl io::Read for Sent {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Ok(next) = self.0.recv() else { return Ok(0) };
            buffer[..next.len()].copy_from_slice(next);
            Ok(next.len())
        }
    }

    #[test]
    fn a_stopped_stream_writes_what_it_has_read_and_does_not_wait_for_more() {
        let (sender, receiver) = mpsc::channel();
        let out = Shared::default();
        let source = RowSource::new("sent", move || Ok(Sent(receiver)));
        let stream = Stream::new(Rows::new([source]), out.clone(), 2);
        let stopper = stream.stopper();
        let ended = thread::spawn(move || stream.process(|| Echo { count: 0 }));
        sender.send(b"row 1\nrow 2\n").unwrap();
        while locked(&out.0).is_empty() {
            thread::yield_now();
        }
        stopper.stop();
        // The source is still open.
        assert!(matches!(ended.join().unwrap(), Ok(StreamEnd::Stopped)));
        assert_eq!(locked(&out.0).as_slice(), b"row 1\nrow 2\n");
        drop(sender);
    }

    #[test]
    fn a_panic_does_not_hang_the_stream() {
        let text = lines(1_000) + "panic\n" + &lines(10_000);
        let stream = Stream::new(Rows::new([source(text)]), Shared::default(), 2);
        let ended = thread::spawn(move || stream.process(|| Echo { count: 0 }).is_ok());
        assert!(ended.join().is_err());
    }
}
