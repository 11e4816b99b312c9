//! Well-known binary formats, recognised by their first bytes.

/// The start of a file, the name of the format, and advice.
type Signature = (&'static [u8], &'static str, &'static str);

const TEXT: &str = "flows and fixtures are JSON or YAML; name such a file";
const OFFICE: &str = "save the sheet as CSV, or the document as text";
const UNPACK: &str = "unpack it, and name the files in it";
const IMPORT: &str = "name it where flowsim reads this format, such as a file of contacts; \
                      flows and fixtures are JSON or YAML text";

/// The formats. A longer start is before a shorter one with the same bytes.
const SIGNATURES: [Signature; 24] = [
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", TEXT),
    (b"\x1f\x8b", "a gzip file", "unpack it with `gunzip`, and name the file in it"),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"\xfd7zXZ\0", "an xz file", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd file", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"%PDF-", "a PDF document", TEXT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", OFFICE),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", TEXT),
    (b"GIF87a", "a GIF image", TEXT),
    (b"GIF89a", "a GIF image", TEXT),
    (b"\xff\xd8\xff", "a JPEG image", TEXT),
    (b"RIFF", "an audio or video file", TEXT),
    (b"OggS", "an audio or video file", TEXT),
    (b"ID3", "an MP3 file", TEXT),
    (b"SQLite format 3\0", "an SQLite database", IMPORT),
    (b"PAR1", "a Parquet file", IMPORT),
    (b"ARROW1", "an Arrow file", IMPORT),
    (b"\x7fELF", "a program", TEXT),
    (b"MZ\x90\0", "a program", TEXT),
    (b"\xca\xfe\xba\xbe", "a program", TEXT),
    (b"bplist00", "a binary property list", TEXT),
];

/// The first entries of the archives of Office: workbooks, documents and presentations.
const OFFICE_ENTRIES: [&[u8]; 5] =
    [b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/"];

/// Length of the head of an entry of a zip archive, before its name.
const ZIP_HEAD: usize = 30;

/// Returns the name of the binary format of a file, and advice. Returns `None` for text.
pub(super) fn binary_format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let (start, name, advice) =
        SIGNATURES.iter().find(|(start, ..)| bytes.starts_with(start))?;
    // A word is also the start of YAML, in a file without binary data.
    let is_word = start.iter().all(|byte| byte.is_ascii_graphic());
    if is_word && *start != b"%PDF-" && std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let entry = bytes.get(ZIP_HEAD..).unwrap_or_default();
    if *name == "a zip archive" && OFFICE_ENTRIES.iter().any(|it| entry.starts_with(it)) {
        return Some(("an Office document, such as an Excel workbook", OFFICE));
    }
    Some((name, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognised_by_their_first_bytes() {
        let name = |bytes: &[u8]| binary_format(bytes).map(|(name, _)| name);
        assert_eq!(name(b"PK\x03\x04\x14\0"), Some("a zip archive"));
        let head = [b"PK\x03\x04".as_slice(), &[0; 26]].concat();
        let workbook = [head.as_slice(), b"[Content_Types].xml"].concat();
        let workbook = name(&workbook).unwrap();
        assert!(workbook.contains("Excel"), "{workbook}");
        assert_eq!(name(b"%PDF-1.7\n"), Some("a PDF document"));
        assert_eq!(name(b"\x1f\x8b\x08"), Some("a gzip file"));
        for text in ["PAR1: x", "ID3: {}", "RIFF: y", "{}", "", "PK: 1"] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}
