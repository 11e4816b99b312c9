//! Forms of rows, and their detection.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::ValueEnum;

/// Forms of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// One JSON object per line
    Ndjson,
    /// Parquet
    Parquet,
    /// Arrow's IPC format, a stream or a file
    Arrow,
}

impl Form {
    /// Returns the form of a file, by its name or else by its first bytes.
    pub(super) fn of_file(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("parquet") => Self::Parquet,
            Some("arrow" | "arrows" | "feather") => Self::Arrow,
            Some("ndjson" | "jsonl" | "json") => Self::Ndjson,
            _ => Self::of_bytes(&first_bytes(path)),
        }
    }

    fn of_bytes(first: &[u8]) -> Self {
        // *Source: the formats of Parquet, and of Arrow's files and streams.*
        match first {
            [b'P', b'A', b'R', b'1', ..] => Self::Parquet,
            [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [0xff, 0xff, 0xff, 0xff, ..] => {
                Self::Arrow
            }
            _ => Self::Ndjson,
        }
    }
}

/// Returns the first bytes of a regular file. A pipe is not read: its rows would be lost.
fn first_bytes(path: &Path) -> Vec<u8> {
    let mut first = Vec::new();
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        // A file that cannot be read is reported when its rows are.
        let _ = file.take(6).read_to_end(&mut first);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_detected() {
        let by_name = |name: &str| Form::of_file(Path::new(name));
        assert_eq!(by_name("a/calls.PARQUET"), Form::Parquet);
        assert_eq!(by_name("calls.arrow"), Form::Arrow);
        assert_eq!(by_name("calls.ndjson"), Form::Ndjson);
        assert_eq!(by_name("no such file"), Form::Ndjson);
        assert_eq!(Form::of_bytes(b"PAR1\x15"), Form::Parquet);
        assert_eq!(Form::of_bytes(b"ARROW1"), Form::Arrow);
        assert_eq!(Form::of_bytes(b"{\"id\""), Form::Ndjson);
        assert_eq!(Form::of_bytes(b""), Form::Ndjson);
    }
}
