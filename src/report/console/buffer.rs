//! Buffered output of the console.

use std::io::{self, Write};

/// Maximum number of buffered bytes.
const MOST: usize = 8 * 1024;

/// Output of the console. Lines that follow each other immediately are written in one
/// piece, which is much faster. The caller must flush when no output follows.
pub(super) struct Buffer<'e> {
    out: Box<dyn Write + 'e>,
    text: String,
    is_begun: bool,
}

impl<'e> Buffer<'e> {
    pub(super) fn new(out: Box<dyn Write + 'e>) -> Self {
        Self { out, text: String::new(), is_begun: false }
    }

    /// Writes or buffers the text. The first text is written at once, to show that the
    /// run has started.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        self.text += text;
        let is_first = !self.is_begun && !text.is_empty();
        if is_first || self.text.len() >= MOST { self.flush() } else { Ok(()) }
    }

    /// Writes the buffered text.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        self.is_begun = true;
        let text = std::mem::take(&mut self.text);
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Sizes of the written pieces.
    #[derive(Clone, Default)]
    struct Pieces(Arc<Mutex<Vec<usize>>>);

    impl Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_line_is_written_at_once_and_others_together() {
        let pieces = Pieces::default();
        let mut held = Buffer::new(Box::new(pieces.clone()));
        for text in ["", "one\n", "two\n", "three\n"] {
            held.write(text).unwrap();
        }
        assert_eq!(*pieces.0.lock().unwrap(), [4]);
        held.flush().unwrap();
        held.flush().unwrap();
        assert_eq!(*pieces.0.lock().unwrap(), [4, 10]);
        held.write(&"x".repeat(MOST)).unwrap();
        assert_eq!(*pieces.0.lock().unwrap(), [4, 10, MOST]);
    }
}
