//! Reads rows from files and streams, in chunks of bounded size.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;

use super::row::Row;

/// Longest row, in bytes. Of a longer one, nothing is kept.
pub(super) const MAX_ROW_BYTES: usize = 16 * 1024 * 1024;

/// Size of the buffer that a source is read through, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// Size at which a chunk is complete, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Maximum number of rows of a chunk.
const CHUNK_ROWS: usize = 256;

/// Byte order mark that some editors put at the start of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file or stream of rows, which is opened when the previous one is at its end.
pub struct RowSource {
    name: PathBuf,
    open: Box<dyn FnOnce() -> io::Result<Box<dyn Read + Send>> + Send>,
}

impl RowSource {
    /// Creates a source. `name` is used in messages.
    pub fn new<R: Read + Send + 'static>(
        name: impl Into<PathBuf>,
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
    ) -> Self {
        let open = || open().map(|read| Box::new(read) as Box<dyn Read + Send>);
        Self { name: name.into(), open: Box::new(open) }
    }
}

/// A source that cannot be read.
#[derive(Debug)]
pub struct ReadError {
    /// Name of the source.
    pub name: PathBuf,
    /// Reason.
    pub error: io::Error,
}

/// The rows of several sources, one after the other. A source without a final line break
/// ends its last row.
pub struct Rows {
    sources: VecDeque<RowSource>,
    current: Option<Current>,
}

struct Current {
    name: PathBuf,
    reader: BufReader<Box<dyn Read + Send>>,
    is_at_start: bool,
}

/// Consecutive rows.
#[derive(Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// End of each row in `bytes`, and whether the row was too long to be kept.
    ends: Vec<(usize, bool)>,
}

impl Chunk {
    /// Returns the rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |(end, is_too_long)| {
            let bytes = self.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            Row { bytes, is_too_long: *is_too_long }
        })
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn is_full(&self) -> bool {
        self.bytes.len() >= CHUNK_BYTES || self.ends.len() >= CHUNK_ROWS
    }

    /// Completes the row that begins at this position. Blank lines are not rows.
    fn end_row(&mut self, start: usize, is_too_long: bool) {
        let row = self.bytes.get(start..).unwrap_or_default();
        let length = if is_too_long { 0 } else { row.trim_ascii_end().len() };
        self.bytes.truncate(start + length);
        let row = self.bytes.get(start..).unwrap_or_default();
        if is_too_long || !row.trim_ascii_start().is_empty() {
            self.ends.push((self.bytes.len(), is_too_long));
        } else {
            self.bytes.truncate(start);
        }
    }
}

impl Rows {
    /// Creates the rows of these sources.
    pub fn new(sources: impl IntoIterator<Item = RowSource>) -> Self {
        Self { sources: sources.into_iter().collect(), current: None }
    }

    /// Reads the next rows. Returns `false` at the end. Rows that have arrived are returned
    /// before the next ones are waited for, so that a program that writes a row and reads
    /// its answer does not wait forever.
    pub(super) fn read(&mut self, chunk: &mut Chunk) -> Result<bool, ReadError> {
        chunk.clear();
        while !chunk.is_full() {
            let Some(current) = self.current()? else { break };
            let is_open = current.read_row(chunk).map_err(|error| {
                let name = current.name.clone();
                ReadError { name, error }
            })?;
            // The rest of an incomplete row may be long in coming.
            let is_drained = !current.reader.buffer().contains(&b'\n');
            if !is_open {
                self.current = None;
            } else if is_drained && !chunk.ends.is_empty() {
                break;
            }
        }
        Ok(!chunk.ends.is_empty())
    }

    /// Passes all rows on, a chunk at a time.
    ///
    /// # Errors
    /// A source cannot be read. The inner error is that of `handle`, and ends the rows.
    pub fn for_each_chunk<E>(
        &mut self,
        mut handle: impl FnMut(&[Row<'_>]) -> Result<(), E>,
    ) -> Result<Result<(), E>, ReadError> {
        let mut chunk = Chunk::default();
        while self.read(&mut chunk)? {
            if let Err(error) = handle(&chunk.rows().collect::<Vec<_>>()) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Returns the open source, or opens the next one.
    fn current(&mut self) -> Result<Option<&mut Current>, ReadError> {
        if self.current.is_none()
            && let Some(RowSource { name, open }) = self.sources.pop_front()
        {
            match open() {
                Ok(read) => {
                    let reader = BufReader::with_capacity(BUFFER_BYTES, read);
                    self.current = Some(Current { name, reader, is_at_start: true });
                }
                Err(error) => return Err(ReadError { name, error }),
            }
        }
        Ok(self.current.as_mut())
    }
}

impl Current {
    /// Reads one line into the chunk. Returns `false` at the end of the source.
    fn read_row(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let start = chunk.bytes.len();
        let limit = MAX_ROW_BYTES as u64 + 1;
        let mut limited = self.reader.by_ref().take(limit);
        let length = limited.read_until(b'\n', &mut chunk.bytes)?;
        if length == 0 {
            return Ok(false);
        }
        let is_whole = chunk.bytes.last() == Some(&b'\n');
        let is_too_long = !is_whole && length as u64 == limit;
        if is_too_long {
            self.reader.skip_until(b'\n')?;
        }
        if std::mem::take(&mut self.is_at_start)
            && chunk
                .bytes
                .get(start..)
                .is_some_and(|row| row.starts_with(BYTE_ORDER_MARK))
        {
            chunk.bytes.drain(start..start + BYTE_ORDER_MARK.len());
        }
        chunk.end_row(start, is_too_long);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8]) -> RowSource {
        let bytes = bytes.to_vec();
        RowSource::new("memory", move || Ok(io::Cursor::new(bytes)))
    }

    fn read(sources: Vec<RowSource>) -> Vec<(Vec<u8>, bool)> {
        let (mut rows, mut chunk) = (Rows::new(sources), Chunk::default());
        let mut all = Vec::new();
        while rows.read(&mut chunk).unwrap() {
            all.extend(chunk.rows().map(|row| (row.bytes.to_vec(), row.is_too_long)));
        }
        all
    }

    fn lines_of(sources: Vec<RowSource>) -> Vec<String> {
        let rows = read(sources).into_iter();
        rows.map(|(bytes, _)| String::from_utf8(bytes).unwrap()).collect()
    }

    #[test]
    fn sources_follow_each_other_and_blank_lines_are_skipped() {
        let sources = vec![
            source("\u{feff}{\"a\":1}\r\n\n  \n {\"b\":2}".as_bytes()),
            source(b""),
            source("\u{feff}c\nd\n".as_bytes()),
        ];
        assert_eq!(lines_of(sources), ["{\"a\":1}", " {\"b\":2}", "c", "d"]);
    }

    #[test]
    fn chunks_are_bounded_and_lose_nothing() {
        let lines: Vec<String> = (0..1_000).map(|it| "x".repeat(it % 700 + 1)).collect();
        assert_eq!(lines_of(vec![source(lines.join("\n").as_bytes())]), lines);
        let (mut rows, mut chunk) =
            (Rows::new([source(lines.join("\n").as_bytes())]), Chunk::default());
        while rows.read(&mut chunk).unwrap() {
            assert!(chunk.ends.len() <= CHUNK_ROWS);
            assert!(chunk.bytes.len() < CHUNK_BYTES + 701, "{}", chunk.bytes.len());
        }
    }

    #[test]
    fn a_row_that_is_too_long_is_not_kept() {
        let mut bytes = b"a\n".to_vec();
        bytes.extend(std::iter::repeat_n(b'x', MAX_ROW_BYTES + 10));
        bytes.extend(b"\nb\n");
        let rows = read(vec![source(&bytes)]);
        let expected =
            [(b"a".to_vec(), false), (Vec::new(), true), (b"b".to_vec(), false)];
        assert_eq!(rows, expected);
        // The longest row is read.
        let mut bytes = vec![b'x'; MAX_ROW_BYTES];
        bytes.extend(b"\nb");
        let rows = read(vec![source(&bytes)]);
        let lengths: Vec<_> = rows.iter().map(|(row, cut)| (row.len(), *cut)).collect();
        assert_eq!(lengths, [(MAX_ROW_BYTES, false), (1, false)]);
    }

    /// Gives one row at a time, as a program that waits for the answer does.
    struct Slow(VecDeque<&'static [u8]>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(next) = self.0.pop_front() else { return Ok(0) };
            buffer[..next.len()].copy_from_slice(next);
            Ok(next.len())
        }
    }

    #[test]
    fn rows_are_returned_when_they_arrive() {
        let slow = || Ok(Slow([&b"a\n"[..], b"b\nc", b"c\nd\n"].into()));
        let mut rows = Rows::new([RowSource::new("slow", slow)]);
        let (mut chunk, mut chunks) = (Chunk::default(), Vec::new());
        while rows.read(&mut chunk).unwrap() {
            chunks.push(chunk.rows().count());
        }
        assert_eq!(chunks, [1, 1, 2]);
    }

    #[test]
    fn a_source_that_cannot_be_opened_is_named() {
        let open = || -> io::Result<io::Empty> { Err(io::ErrorKind::NotFound.into()) };
        let mut rows = Rows::new([source(b"a\n"), RowSource::new("gone.ndjson", open)]);
        let mut chunk = Chunk::default();
        assert!(rows.read(&mut chunk).unwrap());
        let Err(problem) = rows.read(&mut chunk) else { panic!("it is not there") };
        assert_eq!(problem.name, PathBuf::from("gone.ndjson"));
    }
}
