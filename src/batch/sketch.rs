//! Hash of a row's bytes, by which a repeated recording is found before it is parsed.

use std::hash::Hasher;

use twox_hash::XxHash64;

use crate::value::DateTime;

/// Hash of the bytes of a recording, without parts that cannot affect its verdict: the id,
/// the file of the source, and, if no flow can read them, the time and fields of the
/// context. Recordings with equal sketches have equal verdicts.
///
/// A part is left out only if it is a string of printable ASCII without escapes, so that a
/// row with another value there is well-formed too. A row in another form has another
/// sketch, or none, and is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sketch<'r> {
    /// The id of the recording.
    pub(super) id: &'r str,
    /// The hash of everything else.
    pub(super) hash: u128,
}

/// The parts of recordings that flows can read.
pub(super) trait Reads {
    /// Returns whether the time of the call is left out.
    fn ignores_time(&self) -> bool;

    /// Returns whether this field of the context, with this value, is left out.
    fn ignores_field(&self, name: &str, value: &str) -> bool;
}

impl<'r> Sketch<'r> {
    /// Reads a row; `None` if its form is not that of a recording with a plain id.
    pub(super) fn of(row: &'r [u8], reads: &impl Reads) -> Option<Self> {
        let hashers = [XxHash64::with_seed(0), XxHash64::with_seed(1)];
        let mut scan = Scan { bytes: row, at: 0, hashed: 0, left_out: 0, hashers };
        let mut id = None;
        scan.object(|scan, key| match key {
            // A second id would make it unclear which one counts.
            b"id" if id.is_some() => None,
            b"id" => {
                id = Some(scan.plain_string(|_| true)??);
                Some(())
            }
            b"recordedAt" if reads.ignores_time() => {
                scan.plain_string(|text| DateTime::parse(text).is_some()).map(drop)
            }
            b"source" => scan.object(|scan, key| match key {
                b"file" => scan.plain_string(|_| true).map(drop),
                _ => scan.value(),
            }),
            b"request" => scan.request(reads),
            // An escape may be another notation of a key above.
            _ if key.contains(&b'\\') => None,
            _ => scan.value(),
        })?;
        scan.blank();
        (scan.at == row.len()).then_some(())?;
        Some(Self { id: id?, hash: scan.finish() })
    }
}

/// A position in a row, up to which it is in JSON's form as far as that matters.
struct Scan<'r> {
    bytes: &'r [u8],
    at: usize,
    /// End of the bytes that are hashed.
    hashed: usize,
    /// Number of parts that were left out.
    left_out: u64,
    hashers: [XxHash64; 2],
}

impl<'r> Scan<'r> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space.
    fn blank(&mut self) {
        while self.peek().is_some_and(|it| it.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Skips a byte, and white space before it.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blank();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads an object. `entry` reads the value of each key.
    fn object(
        &mut self,
        mut entry: impl FnMut(&mut Self, &'r [u8]) -> Option<()>,
    ) -> Option<()> {
        self.blank();
        if self.peek()? != b'{' {
            return self.value();
        }
        self.at += 1;
        self.blank();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.blank();
            let key = self.string()?;
            self.expect(b':')?;
            self.blank();
            entry(self, key)?;
            self.blank();
            let next = self.peek()?;
            self.at += 1;
            match next {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn request(&mut self, reads: &impl Reads) -> Option<()> {
        self.object(|scan, key| match key {
            b"context" => scan.object(|scan, key| {
                match std::str::from_utf8(key) {
                    Ok(name) if !name.contains('\\') => {
                        scan.plain_string(|value| reads.ignores_field(name, value))?;
                    }
                    _ => scan.value()?,
                }
                Some(())
            }),
            _ => scan.value(),
        })
    }

    /// Reads a string with its quotes, and returns its contents with escapes.
    fn string(&mut self) -> Option<&'r [u8]> {
        (self.peek()? == b'"').then(|| self.at += 1)?;
        let start = self.at;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let contents = self.bytes.get(start..self.at);
        self.at += 1;
        contents
    }

    /// Reads a value. If it is a plain string that `is_left_out`, returns it and leaves it
    /// out of the hash.
    fn plain_string(
        &mut self,
        is_left_out: impl FnOnce(&str) -> bool,
    ) -> Option<Option<&'r str>> {
        let start = self.at;
        if self.peek()? != b'"' {
            self.value()?;
            return Some(None);
        }
        let is_plain = |it: &u8| matches!(it, b' '..=b'~') && *it != b'\\';
        let contents = self.string()?;
        if contents.iter().all(is_plain)
            && let Ok(text) = std::str::from_utf8(contents)
            && is_left_out(text)
        {
            self.leave_out(start);
            return Some(Some(text));
        }
        Some(None)
    }

    /// Skips a value. Its form is not checked: the bytes are part of the hash.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                _ if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' | b':' => return None,
                _ => self.scalar(),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Skips a number or a word.
    fn scalar(&mut self) {
        let is_end =
            |it: u8| matches!(it, b',' | b'}' | b']') || it.is_ascii_whitespace();
        while self.peek().is_some_and(|it| !is_end(it)) {
            self.at += 1;
        }
    }

    /// Hashes everything before `start`, and a mark in place of the bytes up to here.
    fn leave_out(&mut self, start: usize) {
        /// A byte that UTF-8 text does not contain.
        const MARK: &[u8] = &[0xff];
        let before = self.bytes.get(self.hashed..start).unwrap_or_default();
        for hasher in &mut self.hashers {
            hasher.write(before);
            hasher.write(MARK);
        }
        self.hashed = self.at;
        self.left_out += 1;
    }

    fn finish(self) -> u128 {
        let rest = self.bytes.get(self.hashed..).unwrap_or_default();
        let [high, low] = self.hashers.map(|mut hasher| {
            hasher.write(rest);
            hasher.write_u64(self.left_out);
            u128::from(hasher.finish())
        });
        high << 64 | low
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Flows that read the field `from`, and perhaps the time.
    struct Flows {
        reads_time: bool,
    }

    impl Reads for Flows {
        fn ignores_time(&self) -> bool {
            !self.reads_time
        }

        fn ignores_field(&self, name: &str, _: &str) -> bool {
            name != "from"
        }
    }

    fn hash(row: &str) -> Option<u128> {
        Sketch::of(row.as_bytes(), &Flows { reads_time: false }).map(|it| it.hash)
    }

    const ROW: &str = r#"{"schema":"s","id":"a","recordedAt":"2026-08-10T14:50:33Z","source":{"file":"b"},"request":{"context":{"from":"1","to":"2"}},"response":{"id":"c","x":[1,"]"]}}"#;

    #[test]
    fn parts_that_no_flow_reads_are_left_out() {
        let expected = hash(ROW);
        assert!(expected.is_some());
        let same = [
            ("\"id\":\"a\"", "\"id\":\"another\""),
            ("14:50:33Z", "15:00:00.5Z"),
            ("\"file\":\"b\"", "\"file\":\"\""),
            ("\"to\":\"2\"", "\"to\":\"+1 555\""),
        ];
        for (old, new) in same {
            assert!(ROW.contains(old), "{old}");
            assert_eq!(hash(&ROW.replace(old, new)), expected, "{new}");
        }
        let row = ROW.replace("\"a\"", "\"call 7\"");
        let sketch = Sketch::of(row.as_bytes(), &Flows { reads_time: true }).unwrap();
        assert_eq!(sketch.id, "call 7");
        assert_ne!(Some(sketch.hash), expected, "the time is read");
    }

    #[test]
    fn everything_else_is_part_of_the_hash() {
        let expected = hash(ROW);
        let different = [
            ("\"s\"", "\"t\""),
            ("2026-08-10T14:50:33Z", "yesterday"),
            ("\"to\":\"2\"", "\"to\":2"),
            ("\"to\":\"2\"", "\"too\":\"2\""),
            ("\"from\":\"1\"", "\"from\":\"2\""),
            ("\"to\":\"2\"", "\"to\":\"\u{e9}\""),
            ("\"to\":\"2\"", "\"t\\u006f\":\"2\""),
            ("\"c\"", "\"d\""),
            ("\"file\"", "\"files\""),
            (",\"recordedAt\":\"2026-08-10T14:50:33Z\"", ""),
        ];
        for (old, new) in different {
            assert!(ROW.contains(old), "{old}");
            let hash = hash(&ROW.replace(old, new));
            assert!(hash.is_some() && hash != expected, "{new}");
        }
    }

    #[test]
    fn other_rows_have_no_sketch() {
        let rows = [
            "",
            "[]",
            "{}",
            "{\"id\":7}",
            "{\"id\":\"a\"",
            "{\"id\":\"a\"}}",
            "{\"id\":\"a\",\"id\":\"b\"}",
            "{\"id\":\"a\",\"\\u0069d\":\"b\"}",
            "{\"id\":\"\u{e9}\"}",
            "{\"id\":\"\\n\"}",
            "{\"id\":\"a\" \"b\"}",
            "{\"id\":\"a\\",
            "{\"id\":\"a\",\"b\":,}",
        ];
        for row in rows {
            assert_eq!(hash(row), None, "{row}");
        }
    }

    proptest! {
        #[test]
        fn no_row_breaks_the_reader(row in "[\\[\\]{}\":,\\\\ a-c\u{e9}0-1]{0,40}") {
            let _ = hash(&row);
            let _ = hash(&format!("{{\"id\":\"a\",\"request\":{row}"));
        }
    }
}
