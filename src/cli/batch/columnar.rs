//! Rows that are read from, or written to, Arrow and Parquet.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

use arrow::array::{RecordBatch, RecordBatchReader};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};
use arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::WriterProperties;

use super::form::Form;
use super::stream::{is_standard_input, source};
use crate::batch::arrow::{Ids, RowsToArrow, parts_of, rows_at_a_time, rows_of};
use crate::batch::{ColumnType, Row, RowWorker, Rows, handle};
use crate::threads;

/// Maximum number of rows of a row group of Parquet, which is in memory until it is
/// complete.
const GROUP_ROWS: usize = 65_536;

/// Maximum size of a row group of Parquet.
const GROUP_BYTES: usize = 64 * 1024 * 1024;

/// Maximum length of the schema of a stream. The reader allocates the length that the stream
/// begins with: four letters are half a gigabyte or more.
const MAX_SCHEMA_BYTES: u32 = 1 << 26;

/// A source that cannot be read, or output that cannot be written.
pub(super) enum Failure {
    Read(std::path::PathBuf, io::Error),
    Write(io::Error),
}

/// Handles the rows of all files in order, on this number of threads, and passes each worker
/// on when its rows are done.
pub(super) fn process<W: RowWorker>(
    input: &[(&Path, Form)],
    output: Form,
    properties: Option<&[(&'static str, ColumnType)]>,
    jobs: usize,
    worker: impl Fn() -> W + Sync,
    mut done: impl FnMut(W),
) -> Result<(), Failure> {
    let pool = threads::pool(jobs, usize::MAX);
    let pool = pool.map_err(|error| Failure::Write(io::Error::other(error)))?;
    let mut sink = None;
    for (path, form) in input {
        let unreadable = |error| Failure::Read(path.to_path_buf(), error);
        let source = Source::open(path, *form).map_err(unreadable)?;
        if let (None, Some(properties)) = (&sink, properties) {
            let created = Sink::create(output, properties, source.ids());
            sink = Some(created.map_err(Failure::Write)?);
        }
        let mut handled = |rows: &[Row<'_>]| {
            let (rows, workers) = pool.install(|| handle(rows, &worker));
            workers.into_iter().for_each(&mut done);
            match &mut sink {
                Some(sink) => sink.write(&rows).map_err(Failure::Write),
                None => Ok(()),
            }
        };
        source.read(unreadable, &mut handled)?;
    }
    sink.map_or(Ok(()), Sink::finish).map_err(Failure::Write)
}

/// A file of rows.
enum Source {
    Text(Rows),
    Batches(Box<dyn RecordBatchReader + Send>),
}

impl Source {
    fn open(path: &Path, form: Form) -> io::Result<Self> {
        let reader: Box<dyn RecordBatchReader + Send> = match form {
            Form::Ndjson => return Ok(Self::Text(Rows::new([source(path)]))),
            Form::Arrow if is_standard_input(path) => arrow_stream(io::stdin())?,
            Form::Arrow => arrow_file(path)?,
            Form::Parquet if is_standard_input(path) => {
                let message = "Parquet cannot be read from a stream; name a file";
                return Err(io::Error::new(io::ErrorKind::Unsupported, message));
            }
            Form::Parquet => {
                let file = File::open(path)?;
                let builder = ParquetRecordBatchReaderBuilder::try_new(file);
                let builder = builder.map_err(from_parquet)?;
                let rows = rows_of_groups(builder.metadata());
                Box::new(builder.with_batch_size(rows).build().map_err(from_parquet)?)
            }
        };
        Ok(Self::Batches(reader))
    }

    fn ids(&self) -> Ids {
        match self {
            Self::Text(_) => Ids::Text,
            Self::Batches(reader) => Ids::of(&reader.schema()),
        }
    }

    /// Passes all rows on.
    fn read(
        self,
        unreadable: impl Fn(io::Error) -> Failure,
        handled: &mut impl FnMut(&[Row<'_>]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let reader = match self {
            Self::Batches(reader) => reader,
            Self::Text(mut rows) => {
                let ended = rows.for_each_chunk(handled);
                return ended.map_err(|error| unreadable(error.error))?;
            }
        };
        for batch in reader {
            let batch = batch.map_err(|error| unreadable(from_arrow(error)))?;
            for part in parts_of(&batch) {
                let rows = rows_of(&part).map_err(|it| unreadable(from_arrow(it)))?;
                let rows: Vec<Row<'_>> = rows.iter().map(|row| Row::of(row)).collect();
                handled(&rows)?;
            }
        }
        Ok(())
    }
}

/// Returns the number of rows to read at a time, by the row group with the longest rows.
fn rows_of_groups(metadata: &ParquetMetaData) -> usize {
    let rows_of = |group: &RowGroupMetaData| {
        let bytes = group.columns().iter().map(decoded_bytes);
        let bytes = bytes.fold(0, usize::saturating_add);
        rows_at_a_time(bytes, usize::try_from(group.num_rows()).unwrap_or_default())
    };
    let rows = metadata.row_groups().iter().map(rows_of);
    rows.min().unwrap_or(1)
}

/// Returns the number of bytes of the values of a column. A dictionary repeats values
/// without their bytes; newer writers note the bytes of all values.
fn decoded_bytes(column: &ColumnChunkMetaData) -> usize {
    let values = column.unencoded_byte_array_data_bytes().unwrap_or_default();
    usize::try_from(column.uncompressed_size().max(values)).unwrap_or(usize::MAX)
}

/// Opens a file of either form of Arrow: with an index at its end, or a stream.
fn arrow_file(path: &Path) -> io::Result<Box<dyn RecordBatchReader + Send>> {
    match FileReader::try_new(BufReader::new(File::open(path)?), None) {
        Ok(file) => Ok(Box::new(file)),
        Err(_) => arrow_stream(File::open(path)?),
    }
}

/// Opens a stream of Arrow.
fn arrow_stream(
    input: impl Read + Send + 'static,
) -> io::Result<Box<dyn RecordBatchReader + Send>> {
    let mut input = BufReader::new(input);
    let start = input.fill_buf()?;
    // Streams of old versions lack this mark.
    let start = start.strip_prefix(&[0xff; 4]).unwrap_or(start);
    let length = start.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    if length.is_some_and(|length| length > MAX_SCHEMA_BYTES) {
        let message = "neither a file nor a stream of Arrow";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let stream = StreamReader::try_new(input, None).map_err(from_arrow)?;
    Ok(Box::new(stream))
}

/// Standard output in a form.
enum Sink {
    Text(BufWriter<io::Stdout>),
    Arrow(RowsToArrow, StreamWriter<BufWriter<io::Stdout>>),
    Parquet(RowsToArrow, ArrowWriter<BufWriter<io::Stdout>>),
}

impl Sink {
    fn create(
        form: Form,
        properties: &[(&'static str, ColumnType)],
        ids: Ids,
    ) -> io::Result<Self> {
        let out = BufWriter::new(io::stdout());
        let rows = RowsToArrow::new(properties, ids);
        Ok(match form {
            Form::Ndjson => Self::Text(out),
            Form::Arrow => {
                let writer = StreamWriter::try_new(out, &rows.schema());
                Self::Arrow(rows, writer.map_err(from_arrow)?)
            }
            Form::Parquet => {
                let options = WriterProperties::builder()
                    .set_max_row_group_row_count(Some(GROUP_ROWS))
                    .set_max_row_group_bytes(Some(GROUP_BYTES))
                    .set_compression(Compression::SNAPPY)
                    .build();
                let writer = ArrowWriter::try_new(out, rows.schema(), Some(options));
                Self::Parquet(rows, writer.map_err(from_parquet)?)
            }
        })
    }

    fn write(&mut self, rows: &[String]) -> io::Result<()> {
        let converted = |to: &RowsToArrow| -> io::Result<RecordBatch> {
            to.batch(rows).map_err(from_arrow)
        };
        match self {
            Self::Text(out) => {
                for row in rows {
                    out.write_all(row.as_bytes())?;
                    out.write_all(b"\n")?;
                }
                out.flush()
            }
            Self::Arrow(to, writer) => writer.write(&converted(to)?).map_err(from_arrow),
            Self::Parquet(to, writer) => {
                writer.write(&converted(to)?).map_err(from_parquet)
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Text(mut out) => out.flush(),
            Self::Arrow(_, writer) => writer.into_inner().map_err(from_arrow)?.flush(),
            Self::Parquet(_, writer) => {
                writer.into_inner().map_err(from_parquet)?.flush()
            }
        }
    }
}

/// Returns the error of the stream below, such as a closed pipe, or describes another one.
fn from_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

fn from_parquet(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
        },
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}
