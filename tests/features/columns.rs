//! `flowsim batch` and `flowsim import` with rows in Arrow and Parquet.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::Schema;
use arrow::ipc::writer::{FileWriter, StreamWriter};
use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema_from_seekable;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::Value;

const SELECT: [&str; 2] = ["--select", "status,failure,path,variables,actions"];

fn batch(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    command.current_dir(root).args(["batch", "run", "--flows"]);
    command.arg("fixtures/shared-flow/flows").args(SELECT).args(arguments);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Calls, and rows with mistakes.
fn calls(count: usize) -> String {
    let call = |n: usize| match n % 7 {
        5 => format!("{{\"id\": {n}, \"flow\": \"no such flow\"}}\n"),
        digit => format!(
            "{{\"id\": {n}, \"flow\": \"Inbound_Flow_A\", \"input\": [\"{digit}\"], \
             \"context\": {{\"from\": \"+1555{n}\"}}}}\n"
        ),
    };
    (0..count).map(call).collect()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Rows as a table with typed columns.
fn table(rows: &str) -> RecordBatch {
    let cursor = || std::io::Cursor::new(rows.as_bytes().to_vec());
    let (schema, _) = infer_json_schema_from_seekable(cursor(), None).unwrap();
    let builder = ReaderBuilder::new(Arc::new(schema)).with_batch_size(100_000);
    builder.build(cursor()).unwrap().next().unwrap().unwrap()
}

fn parquet(table: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, table.schema(), None).unwrap();
    writer.write(table).unwrap();
    writer.close().unwrap();
    bytes
}

/// The rows of Parquet as JSON: documents are strings, and nulls are left out.
fn rows_of(bytes: Vec<u8>) -> (Arc<Schema>, Vec<Value>) {
    let bytes = parquet_bytes(bytes);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let (schema, mut written) = (Arc::clone(reader.schema()), Vec::new());
    let mut writer = arrow::json::LineDelimitedWriter::new(&mut written);
    for batch in reader.build().unwrap() {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.finish().unwrap();
    let rows = text(&written);
    (schema, rows.lines().map(|it| serde_json::from_str(it).unwrap()).collect())
}

/// A file of Parquet is read at random.
fn parquet_bytes(bytes: Vec<u8>) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    file
}

#[test]
fn all_forms_of_input_have_the_output_of_lines() {
    let folder = tempfile::tempdir().unwrap();
    let rows = calls(5_000);
    let lines = write(folder.path(), "calls.ndjson", &rows);
    let expected = batch(&[&lines]);
    assert_eq!(text(&expected.stdout).lines().count(), 5_000);
    let table = table(&rows);
    let (mut file, mut stream) = (Vec::new(), Vec::new());
    let mut writer = FileWriter::try_new(&mut file, &table.schema()).unwrap();
    writer.write(&table).unwrap();
    writer.finish().unwrap();
    let mut writer = StreamWriter::try_new(&mut stream, &table.schema()).unwrap();
    writer.write(&table).unwrap();
    writer.finish().unwrap();
    let names = ["calls.parquet", "calls.arrow", "stream.arrow", "unnamed"];
    let bytes = [parquet(&table), file, stream.clone(), stream];
    for (name, bytes) in names.into_iter().zip(bytes) {
        let path = write(folder.path(), name, bytes);
        let output = batch(&["--jobs", "1", &path]);
        assert_eq!(text(&output.stderr), "");
        assert_eq!(values(&output), values(&expected), "{name}");
        assert!(batch(&["--jobs", "3", &path]).stdout == output.stdout, "{name}");
    }
    // Files of different forms follow each other.
    let parquet = folder.path().join("calls.parquet");
    let both = values(&batch(&[&lines, parquet.to_str().unwrap()]));
    assert_eq!(both, [values(&expected), values(&expected)].concat());
}

/// Rows of 64 KiB, whose bytes a dictionary has only once, need more memory than the
/// program may use if 4,096 of them are read at a time.
#[test]
#[cfg(target_os = "linux")]
fn long_rows_of_parquet_need_little_memory() {
    let filling = "x".repeat(65_536);
    let row =
        format!(r#"{{"id": 1, "flow": "none", "context": {{"from": "{filling}"}}}}"#);
    let rows: ArrayRef = Arc::new(StringArray::from(vec![row; 2_500]));
    let table = RecordBatch::try_from_iter([("row", rows)]).unwrap();
    let bytes = parquet(&table);
    assert!(bytes.len() < 1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "long.parquet", bytes);
    let line = format!(
        "ulimit -d 102400; exec '{}' batch run --flows fixtures/shared-flow/flows --jobs 2 '{path}'",
        env!("CARGO_BIN_EXE_flowsim")
    );
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout).lines().count(), 2_500);
}

/// The rows of output. The place of a mistake is that in the row as JSON, in which a
/// table has no white space.
fn values(output: &Output) -> Vec<Value> {
    let rows = text(&output.stdout);
    let values = rows.lines().map(|row| {
        let mut value: Value = serde_json::from_str(row).unwrap();
        if let Some(Value::Object(error)) = value.get_mut("error") {
            error.remove("column");
        }
        value
    });
    values.collect()
}

#[test]
fn output_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let lines = write(folder.path(), "calls.ndjson", calls(100));
    let expected = text(&batch(&[&lines]).stdout);
    let (schema, rows) = rows_of(batch(&["--out", "parquet", &lines]).stdout);
    let names: Vec<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
    let selected = ["id", "status", "failure", "path", "variables", "actions", "error"];
    assert_eq!(names, selected);
    assert_eq!(rows.len(), 100);
    for (row, line) in rows.iter().zip(expected.lines()) {
        let mut expected: Value = serde_json::from_str(line).unwrap();
        let own = expected.as_object_mut().unwrap();
        own["id"] = own["id"].to_string().into();
        if let Some(variables) = own.get_mut("variables") {
            *variables = variables.to_string().into();
        }
        own.retain(|_, value| !value.is_null());
        if let Some(Value::Object(error)) = own.get_mut("error") {
            error.retain(|_, value| !value.is_null());
        }
        assert_eq!(*row, expected);
    }
}

fn flowsim(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    command.current_dir(root).args(arguments).output().unwrap()
}

#[test]
fn a_table_of_recordings_is_typed_and_compared() {
    const RECORDINGS: &str = "fixtures/compare/recordings";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recordings.parquet");
    let path = path.to_str().unwrap();
    // Recordings with the same id count once.
    let output = flowsim(&["import", RECORDINGS, RECORDINGS, "--out", path]);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout), format!("{path}\n"));
    let (schema, rows) = rows_of(std::fs::read(path).unwrap());
    assert_eq!(schema.metadata()["schema"], "flowsim.recordings/1");
    insta::assert_snapshot!(serde_json::to_string_pretty(&rows[5]).unwrap());
    let lines: String =
        rows.iter().map(|it| format!("{}\n", it["row"].as_str().unwrap())).collect();
    let lines = write(folder.path(), "recordings.ndjson", lines);
    let compare = ["batch", "compare", "--flows", "fixtures/compare/flows"];
    let expected = flowsim(&[&compare[..], &[&lines]].concat());
    let output = flowsim(&[&compare[..], &[path]].concat());
    assert_eq!(text(&output.stdout), text(&expected.stdout));
    assert_eq!(text(&output.stdout).lines().count(), 9);
    let output = flowsim(&["import", RECORDINGS, "--scenario", "--out", path]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_that_cannot_be_read_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let cut = parquet(&table(&calls(10)));
    for (name, bytes) in [
        ("cut.parquet", &cut[..cut.len() / 2]),
        ("empty.parquet", b""),
        ("text.arrow", b"{\"id\": 1}\n"),
    ] {
        let path = write(folder.path(), name, bytes);
        let output = batch(&[&path]);
        assert_eq!(output.status.code(), Some(3), "{name}");
        let said = text(&output.stderr);
        assert!(said.contains(&format!("cannot read {path}: ")), "{said}");
        // The reader would take the first letters for a length, and allocate it.
        let is_text = said.ends_with(": neither a file nor a stream of Arrow\n");
        assert_eq!(is_text, name == "text.arrow", "{said}");
    }
    let output = batch(&["--in", "parquet"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("name a file"), "{}", text(&output.stderr));
}

/// A file with groups of as many rows; the second group is damaged.
fn damaged(table: &RecordBatch, rows: usize) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows))
        .set_compression(Compression::SNAPPY)
        .build();
    let mut bytes = Vec::new();
    let schema = table.schema();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).unwrap();
    writer.write(table).unwrap();
    let written = writer.close().unwrap();
    let column = written.row_group(1).column(0);
    let page = usize::try_from(column.data_page_offset()).unwrap();
    let size = usize::try_from(column.compressed_size()).unwrap();
    bytes[page..page + size / 2].fill(0xff);
    bytes
}

/// The rows before the damage have their results, and the error names the file. Rows are
/// read 4,096 at a time.
#[test]
fn a_damaged_file_ends_the_batch_with_an_error() {
    const ROWS: usize = 4_096;
    let folder = tempfile::tempdir().unwrap();
    let good = write(folder.path(), "calls.ndjson", calls(ROWS));
    let expected = values(&batch(&[&good]));
    let bytes = damaged(&table(&calls(3 * ROWS)), ROWS);
    let path = write(folder.path(), "damaged.parquet", bytes);
    for jobs in ["1", "2"] {
        let output = batch(&["--jobs", jobs, &path, &good]);
        assert_eq!(output.status.code(), Some(3));
        let said = text(&output.stderr);
        assert!(said.contains(&format!("cannot read {path}: ")), "{said}");
        assert_eq!(values(&output).len(), ROWS);
        assert!(values(&output) == expected, "the rows before the damage");
    }
}

/// A summary of a part would look like that of the whole.
#[test]
fn a_damaged_file_has_no_summary() {
    let folder = tempfile::tempdir().unwrap();
    let recording = "fixtures/compare/recordings/being-packed-too.recording.json";
    let recording = std::fs::read_to_string(recording).unwrap();
    let row = format!("{}\n", serde_json::json!({"row": recording}));
    let bytes = damaged(&table(&row.repeat(30)), 10);
    let path = write(folder.path(), "damaged.parquet", bytes);
    let compare = ["batch", "compare", "--flows", "fixtures/compare/flows"];
    for flags in [&["--summary"][..], &["--summary", "--distinct"]] {
        let output = flowsim(&[&compare[..], flags, &[&path]].concat());
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(text(&output.stdout), "");
        assert!(text(&output.stderr).contains("cannot read "));
    }
}
