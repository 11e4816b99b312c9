//! Messages of the protocols of editors: JSON after a header with its length.
//!
//! *Source: the base protocol of the Language Server Protocol and of the Debug Adapter
//! Protocol.*

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// The longest message that is read, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// The longest line of a header, in bytes.
const MOST_HEADER_BYTES: u64 = 4 * 1024;

/// The next part of the stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// A message.
    Message(Value),
    /// A message that is not JSON. The next one can be read.
    NotJson,
    /// A message that has too many bytes. The next one can be read.
    TooLong,
    /// The end of the stream.
    End,
}

/// Reads one message.
///
/// # Errors
/// The stream does not contain messages of the protocol, or cannot be read.
pub fn read(input: &mut impl BufRead) -> io::Result<Received> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let count =
            input.by_ref().take(MOST_HEADER_BYTES).read_until(b'\n', &mut line)?;
        if count == 0 {
            return Ok(Received::End);
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
    let mut rest = input.take(length);
    if length > MOST_BYTES {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(Received::TooLong);
    }
    let mut body = Vec::new();
    rest.read_to_end(&mut body)?;
    if rest.limit() > 0 {
        return Ok(Received::End);
    }
    let message = serde_json::from_slice(&body);
    Ok(message.map_or(Received::NotJson, Received::Message))
}

/// Writes one message.
///
/// # Errors
/// The stream cannot be written.
pub fn write(out: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    out.flush()
}

impl Received {
    /// Returns what is wrong with a message that cannot be read.
    pub fn problem(&self) -> Option<&'static str> {
        match self {
            Self::NotJson => Some("a message that is not JSON"),
            Self::TooLong => Some("a message of more than 64 MiB"),
            Self::Message(_) | Self::End => None,
        }
    }
}

/// Returns the error of input that is not of the protocol.
pub fn invalid(what: &str) -> io::Error {
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
            assert_eq!(read(&mut input).unwrap(), Received::Message(message));
        }
        assert_eq!(read(&mut input).unwrap(), Received::End);
    }

    #[test]
    fn other_input_is_an_error_or_the_end() {
        for broken in
            ["hello\r\n\r\n", "Content-Length: x\r\n\r\n{}", "Content-Type: x\r\n\r\n{}"]
        {
            assert!(read(&mut broken.as_bytes()).is_err(), "{broken}");
        }
        for ended in ["", "Content-Length: 2\r\n\r\n{", "Content-Length: 2\r\n"] {
            assert_eq!(read(&mut ended.as_bytes()).unwrap(), Received::End, "{ended}");
        }
    }

    #[test]
    fn the_message_after_a_broken_one_is_read() {
        let deep = "[".repeat(10_000);
        let deep = format!("Content-Length: {}\r\n\r\n{deep}", deep.len());
        let next = "Content-Length: 2\r\n\r\n{}";
        for broken in ["Content-Length: 2\r\n\r\n{x", deep.as_str()] {
            let all = format!("{broken}{next}");
            let mut input = all.as_bytes();
            assert_eq!(read(&mut input).unwrap(), Received::NotJson, "{broken}");
            assert_eq!(read(&mut input).unwrap(), Received::Message(json!({})));
        }
        // A length without bytes needs no memory.
        let long = "Content-Length: 18446744073709551615\r\n\r\n{}";
        assert_eq!(read(&mut long.as_bytes()).unwrap(), Received::TooLong);
    }
}
