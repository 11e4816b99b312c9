//! Messages of the protocol: JSON after a header with its length.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// The longest message that is read, in bytes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The longest line of a header, in bytes.
const MOST_HEADER_BYTES: u64 = 4 * 1024;

/// Reads one message. Returns `None` at the end of the stream.
///
/// # Errors
/// The stream does not contain messages of the protocol, or cannot be read.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Value>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let count =
            input.by_ref().take(MOST_HEADER_BYTES).read_until(b'\n', &mut line)?;
        if count == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(invalid("a header without a colon"));
        };
        if name.eq_ignore_ascii_case("Content-Length") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let length = length.ok_or_else(|| invalid("a message without `Content-Length`"))?;
    if length > MOST_BYTES {
        return Err(invalid("a message of more than 16 MiB"));
    }
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    serde_json::from_slice(&body).map(Some).map_err(|_| invalid("a message without JSON"))
}

/// Writes one message.
pub(super) fn write(out: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    out.flush()
}

fn invalid(what: &str) -> io::Error {
    let text = format!("standard input has {what}; an editor starts this command");
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_are_read_as_they_are_written() {
        let messages = [json!({"seq": 1}), json!({"text": "ä\r\n\r\n"})];
        let mut bytes = Vec::new();
        for message in &messages {
            write(&mut bytes, message).unwrap();
        }
        let mut input = &bytes[..];
        for message in messages {
            assert_eq!(read(&mut input).unwrap(), Some(message));
        }
        assert_eq!(read(&mut input).unwrap(), None);
    }

    #[test]
    fn other_input_is_an_error_or_the_end() {
        for broken in [
            "hello\r\n\r\n",
            "Content-Length: x\r\n\r\n{}",
            "Content-Type: x\r\n\r\n{}",
            "Content-Length: 99999999999\r\n\r\n{}",
            "Content-Length: 2\r\n\r\n{x",
        ] {
            assert!(read(&mut broken.as_bytes()).is_err(), "{broken}");
        }
        for ended in ["", "Content-Length: 2\r\n\r\n{", "Content-Length: 2\r\n"] {
            assert!(read(&mut ended.as_bytes()).unwrap().is_none(), "{ended}");
        }
    }
}
