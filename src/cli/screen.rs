//! Standard output that a person may read.

use std::io::{self, IsTerminal, Write};

/// The first byte of the two of a C1 control in UTF-8; it begins other characters too.
const LEAD: u8 = 0xc2;

/// Standard output. If it is a terminal, it gets DEL and the C1 controls as `\u009b`:
/// terminals interpret them, and JSON may contain them. As JSON, the text is the same.
pub(super) struct Screen<W> {
    out: W,
    is_terminal: bool,
    /// Whether a lead byte waits for its second one.
    has_lead: bool,
}

impl Screen<io::Stdout> {
    pub(super) fn standard() -> Self {
        let out = io::stdout();
        let is_terminal = out.is_terminal();
        Self { out, is_terminal, has_lead: false }
    }
}

impl<W: Write> Screen<W> {
    fn escaped(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut escaped = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            let is_second = std::mem::take(&mut self.has_lead);
            match byte {
                0x80..=0x9f if is_second => {
                    escaped.extend(format!("\\u{byte:04x}").bytes());
                    continue;
                }
                _ if is_second => escaped.push(LEAD),
                _ => {}
            }
            match byte {
                LEAD => self.has_lead = true,
                0x7f => escaped.extend(b"\\u007f"),
                _ => escaped.push(byte),
            }
        }
        escaped
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        let escaped = self.escaped(bytes);
        self.out.write_all(&escaped)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_get_no_controls_that_json_permits() {
        for (is_terminal, expected) in [
            (true, "\u{1b}[1m\"\\u007f\\u009b2J\\u0080é£\u{a0}\""),
            (false, "\u{1b}[1m\"\u{7f}\u{9b}2J\u{80}é£\u{a0}\""),
        ] {
            let mut screen = Screen { out: Vec::new(), is_terminal, has_lead: false };
            for byte in "\u{1b}[1m\"\u{7f}\u{9b}2J\u{80}é£\u{a0}\"".bytes() {
                screen.write_all(&[byte]).unwrap();
            }
            assert_eq!(String::from_utf8(screen.out).unwrap(), expected);
        }
    }
}
