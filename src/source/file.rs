//! Loaded files, kept for as long as messages may quote them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;

use super::read::{Problem, ProblemKind};
use super::signature::binary_format;
use super::span::{FileId, Position, Span};

/// The maximum size of a file, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The distance in bytes between the places for which the number of characters is cached.
const BLOCK_BYTES: usize = 128;

/// A loaded file.
#[derive(Debug)]
pub struct File {
    id: FileId,
    path: PathBuf,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
    block_starts: OnceLock<Vec<u32>>,
    is_ascii: OnceLock<bool>,
}

impl File {
    /// The id that spans use for this file.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path as given by the user, or a name in angle brackets such as `<request>`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The content, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The span of the whole file.
    pub fn span(&self) -> Span {
        Span::new(self.id, 0, self.text.len())
    }

    /// Converts a byte offset to line and column. An offset inside a character counts as
    /// its start.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start as usize <= offset).max(1);
        let start = starts[line - 1] as usize;
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        Position { line: count(line), column: count(column) }
    }

    /// Returns the line with this number (from 1), without its line break. Returns an
    /// empty span at the end of the file if the file has fewer lines.
    pub fn line(&self, number: u32) -> Span {
        let starts = self.line_starts();
        let index = (number as usize).saturating_sub(1);
        let start = starts.get(index).map_or(self.text.len(), |&start| start as usize);
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let line = &self.text[start..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Span::new(self.id, start, start + line.len())
    }

    /// Converts a line (from 1) and a column (in characters, from 0) to a byte offset.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let starts = self.line_starts();
        let Some(&start) = starts.get(line.saturating_sub(1)) else {
            return self.text.len();
        };
        // Most files, or at least most lines, are ASCII and short: their columns are
        // bytes.
        let is_ascii = *self.is_ascii.get_or_init(|| self.text.is_ascii());
        if is_ascii {
            return (start as usize + column).min(self.text.len());
        }
        let near = column.min(BLOCK_BYTES) + start as usize;
        let before = self.text.as_bytes().get(start as usize..near);
        if column <= BLOCK_BYTES && before.is_some_and(<[u8]>::is_ascii) {
            return near;
        }
        let wanted = self.characters_before(start as usize) + column;
        let blocks = self.block_starts();
        let block = blocks.partition_point(|&before| before as usize <= wanted) - 1;
        let from = (block * BLOCK_BYTES).min(self.text.len());
        let rest = self.text.as_bytes()[from..].iter().enumerate();
        let mut beginnings = rest.filter(|(_, byte)| begins_character(**byte));
        let found = beginnings.nth(wanted - blocks[block] as usize);
        found.map_or(self.text.len(), |(at, _)| from + at)
    }

    /// Counts the characters that begin before a byte offset. A generated flow may be one
    /// line of many megabytes, so counting from the start of the line each time is too
    /// slow.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK_BYTES;
        let rest = &self.text.as_bytes()[block * BLOCK_BYTES..offset];
        self.block_starts()[block] as usize + characters(rest)
    }

    /// The number of characters that begin before each block of the text.
    fn block_starts(&self) -> &[u32] {
        self.block_starts.get_or_init(|| {
            let blocks = self.text.as_bytes().chunks(BLOCK_BYTES);
            let ends = blocks.scan(0, |before, block| {
                *before += characters(block);
                Some(count(*before))
            });
            std::iter::once(0).chain(ends).collect()
        })
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(breaks.map(|at| count(at + 1))).collect()
        })
    }
}

fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| begins_character(**byte)).count()
}

/// Whether the byte begins a character: every UTF-8 byte except the continuation bytes
/// `10xxxxxx`.
fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// All loaded files; a [`FileId`] is an index into it.
#[derive(Debug, Default, Clone)]
pub struct Files {
    files: Vec<Arc<File>>,
}

impl Files {
    /// Creates an empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file from memory, under a name.
    pub fn add(
        &mut self,
        path: impl Into<PathBuf>,
        text: impl Into<String>,
    ) -> Arc<File> {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let id = FileId(count(self.files.len()));
        let (line_starts, block_starts, is_ascii) = Default::default();
        let path = path.into();
        let file = Arc::new(File { id, path, text, line_starts, block_starts, is_ascii });
        self.files.push(Arc::clone(&file));
        file
    }

    /// Frees the text of a file that no message quotes any more. Its id stays taken.
    pub fn release(&mut self, id: FileId) {
        let Some(file) = self.files.get_mut(id.0 as usize) else { return };
        let (line_starts, block_starts, is_ascii) = Default::default();
        let (path, text) = (file.path.clone(), String::new());
        *file = Arc::new(File { id, path, text, line_starts, block_starts, is_ascii });
    }

    /// Reads a file from disk.
    ///
    /// # Errors
    /// Fails if the file cannot be read, is larger than [`MAX_FILE_BYTES`], or is not
    /// UTF-8 text.
    pub fn load(&mut self, path: &Path) -> Result<Arc<File>, Problem> {
        let outcome = read_text(path);
        // The file is added even if reading failed, so that the problem has a place.
        let (text, failure) = match outcome {
            Ok(text) => (text, None),
            Err((kind, message, hint)) => (String::new(), Some((kind, message, hint))),
        };
        let file = self.add(path, text);
        match failure {
            None => Ok(file),
            Some((kind, message, hint)) => {
                Err(Problem { kind, span: file.span(), message, hint, other: None })
            }
        }
    }

    /// Returns the file with an id from this collection.
    ///
    /// # Panics
    /// Panics if the id comes from another collection.
    pub fn get(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// Whether there is a file with this id.
    pub fn has(&self, id: FileId) -> bool {
        (id.0 as usize) < self.files.len()
    }

    /// All files, in the order of loading.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<File>> {
        self.files.iter()
    }

    /// The position at which a span starts.
    pub fn position(&self, span: Span) -> Position {
        self.get(span.file).position(span.start)
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        let text = self.get(span.file).text();
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

type Failure = (ProblemKind, String, Option<String>);

fn read_text(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| {
        let hint = (error.kind() == std::io::ErrorKind::NotFound)
            .then(|| "check the path; it is relative to the current folder".into());
        (ProblemKind::Unreadable, format!("cannot read the file: {error}"), hint)
    };
    let file = super::open(path).map_err(unreadable)?;
    // The reported size avoids reading in small pieces; it may be wrong.
    let size = file.metadata().map_or(0, |data| data.len()).min(MAX_FILE_BYTES);
    let mut bytes = Vec::new();
    let _ = usize::try_from(size).map(|size| bytes.try_reserve(size + 1));
    // One byte more than allowed distinguishes a file that is too large from one that
    // just fits, even if the size is unknown beforehand (a pipe, a device).
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = format!("the file is larger than {MAX_FILE_BYTES} bytes");
        return Err((ProblemKind::TooLarge, message, None));
    }
    if let Some((format, advice)) = binary_format(&bytes) {
        let message = format!("the file is {format}, not text");
        return Err((ProblemKind::NotText, message, Some(advice.into())));
    }
    if let Some(text) = utf16(&bytes) {
        return text;
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("the file is not UTF-8 text: byte {at} cannot be read");
        let hint =
            "save the file as UTF-8; flows and fixtures are JSON or YAML text".into();
        (ProblemKind::NotText, message, Some(hint))
    })
}

/// Decodes a file that begins with the byte order mark of UTF-16. PowerShell and some
/// editors of Windows write such files. `None` if it does not begin in this way.
fn utf16(bytes: &[u8]) -> Option<Result<String, Failure>> {
    let (is_little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => return None,
    };
    let units = rest.chunks(2).map(|pair| match (pair, is_little) {
        ([low, high], true) | ([high, low], false) => u16::from_be_bytes([*high, *low]),
        // A file of an odd length ends in half a character, which no text contains.
        _ => 0xd800,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    Some(text.map_err(|_| {
        let message = "the file begins like UTF-16 text, but is not".to_owned();
        let hint = "save the file as UTF-8".to_owned();
        (ProblemKind::NotText, message, Some(hint))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_recognised_by_its_mark() {
        let text = "a: größe 日本 😀\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut little = vec![0xff, 0xfe];
        little.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        let mut big = vec![0xfe, 0xff];
        big.extend(units.iter().flat_map(|unit| unit.to_be_bytes()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let load = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Files::new().load(&path).map(|file| file.text().to_owned())
        };
        assert_eq!(load(&little).unwrap(), text);
        assert_eq!(load(&big).unwrap(), text);
        // Half a character, and half a surrogate pair.
        assert!(load(&little[..little.len() - 1]).is_err());
        assert!(load(&[0xff, 0xfe, 0x00, 0xd8]).is_err());
        assert_eq!(load(&[0xff, 0xfe]).unwrap(), "");
    }

    #[test]
    fn positions_count_characters_and_lines_from_one() {
        let mut files = Files::new();
        let file = files.add("a", "ab\nçd€f\n");
        let at = |needle: &str| {
            let offset = file.text().find(needle).unwrap();
            let position = file.position(u32::try_from(offset).unwrap());
            (position.line, position.column)
        };
        assert_eq!(
            [at("a"), at("b"), at("d"), at("f")],
            [(1, 1), (1, 2), (2, 2), (2, 4)]
        );
        assert_eq!(file.position(999), Position { line: 3, column: 1 });
        assert_eq!(file.offset(2, 2), file.text().find('€').unwrap());
    }

    #[test]
    fn an_offset_inside_a_character_counts_as_its_start() {
        let file = Files::new().add("a", "a€b");
        let columns = [0, 1, 2, 3, 4, 5, 6].map(|offset| file.position(offset).column);
        assert_eq!(columns, [1, 2, 2, 2, 3, 4, 4]);
    }

    #[test]
    fn columns_far_into_a_line_are_exact() {
        let text = format!("first\n{}\nlast", "aé€😀\t".repeat(2_000));
        let file = Files::new().add("a", &*text);
        let line = file.line(2);
        let line_text = &text[line.start as usize..line.end as usize];
        for (column, (at, _)) in line_text.char_indices().enumerate() {
            let offset = line.start as usize + at;
            let position = Position { line: 2, column: count(column + 1) };
            assert_eq!(file.position(count(offset)), position);
            assert_eq!(file.offset(2, column), offset);
        }
        assert_eq!(file.offset(3, 4), text.len());
        assert_eq!(file.offset(9, 0), text.len());
    }

    #[test]
    fn lines_come_without_their_breaks() {
        let mut files = Files::new();
        let file = files.add("a", "ab\r\n\nc\rd\n");
        let lines = [0, 1, 2, 3, 4, 5].map(|number| files.text(file.line(number)));
        assert_eq!(lines, ["ab", "ab", "", "c\rd", "", ""]);
        assert_eq!(file.line(9).start, 9);
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        let file = Files::new().add("a", "\u{feff}{}");
        assert_eq!(file.text(), "{}");
    }

    #[test]
    fn a_missing_file_is_a_problem_with_a_place() {
        let mut files = Files::new();
        let problem = files.load(Path::new("no/such/file")).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Unreadable);
        assert_eq!(files.get(problem.span.file).path(), Path::new("no/such/file"));
    }
}
