//! Exports of Architect, such as `.i3InboundFlow`: base64 of percent-encoded JSON.
//! *Source: all exports of the shared data have this form.*

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The maximum size of an export, in bytes. Percent-encoding and base64 make JSON about
/// half as long again, and in the worst case four times as long.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// Decodes an export to JSON. White space around and inside the base64 is ignored.
///
/// # Errors
/// The text is too long, not base64 or cut off, or its content is not UTF-8.
pub fn decode(text: &str) -> Result<String, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("the export is longer than {MAX_BYTES} bytes"));
    }
    let letters = letters(text.strip_prefix('\u{feff}').unwrap_or(text));
    if letters.is_empty() {
        return Err("the export is empty".into());
    }
    // Padding is optional, so that text that is cut off can be recognised by its length.
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&STANDARD, config).decode(&*letters);
    let encoded = decoded.map_err(|error| not_base64(&letters, &error))?;
    reject_incomplete_escape(&encoded)?;
    String::from_utf8(unescaped(&encoded)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("the content of the export is not UTF-8: invalid byte at {at}")
    })
}

/// Removes white space. Most exports have none, except at the end.
fn letters(text: &str) -> Cow<'_, [u8]> {
    let text = text.trim_ascii().as_bytes();
    // Without an early exit, so that many bytes are processed at a time.
    let has_space =
        text.iter().fold(false, |found, byte| found | byte.is_ascii_whitespace());
    match has_space {
        true => text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect(),
        false => Cow::Borrowed(text),
    }
}

/// Decodes percent escapes as `percent_encoding` does. It copies the bytes between two
/// escapes at once, which takes a fraction of the time.
fn unescaped(encoded: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let escape = |part: &[u8]| Some(digit(*part.first()?)? * 16 + digit(*part.get(1)?)?);
    let escapes = encoded.iter().filter(|byte| **byte == b'%').count();
    let mut out = Vec::with_capacity(encoded.len().saturating_sub(2 * escapes));
    let mut parts = encoded.split(|byte| *byte == b'%');
    out.extend_from_slice(parts.next().unwrap_or_default());
    for part in parts {
        let (byte, rest) = match escape(part) {
            Some(byte) => (byte, &part[2..]),
            None => (b'%', part),
        };
        out.push(byte);
        out.extend_from_slice(rest);
    }
    out
}

fn not_base64(letters: &[u8], error: &base64::DecodeError) -> String {
    match error {
        base64::DecodeError::InvalidByte(at, byte) => {
            let found = char::from(*byte).escape_default();
            format!("the export is not base64: found `{found}` at character {}", at + 1)
        }
        _ => {
            let count = letters.len();
            format!("the export is cut off: its base64 ends after {count} characters")
        }
    }
}

/// Rejects an incomplete escape at the end, which would pass as text.
fn reject_incomplete_escape(encoded: &[u8]) -> Result<(), String> {
    let end = &encoded[encoded.len().saturating_sub(2)..];
    if end.contains(&b'%') {
        return Err("the export is cut off: it ends within a percent escape".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_does_not_matter() {
        // The text is `{"name":"é"}`, percent-encoded.
        let text = BASE64_STANDARD.encode("%7B%22name%22%3A%22%C3%A9%22%7D");
        assert_eq!(decode(&text).unwrap(), "{\"name\":\"é\"}");
        let (front, back) = text.split_at(7);
        let spaced = format!("\u{feff} {front}\r\n{back}\n");
        assert_eq!(decode(&spaced).unwrap(), "{\"name\":\"é\"}");
        assert_eq!(decode(text.trim_end_matches('=')).unwrap(), "{\"name\":\"é\"}");
    }

    #[test]
    fn problems_are_reported() {
        let wrong = |text: &str| decode(text).unwrap_err();
        assert_eq!(wrong(" \n"), "the export is empty");
        assert_eq!(
            wrong("{\"a\": 1}"),
            "the export is not base64: found `{` at character 1"
        );
        assert!(wrong("JTdCJ").starts_with("the export is cut off: its base64 ends"));
        assert!(wrong(&BASE64_STANDARD.encode("%7B%2")).ends_with("a percent escape"));
        assert_eq!(
            wrong(&BASE64_STANDARD.encode("a%FFb")),
            "the content of the export is not UTF-8: invalid byte at 1"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*", letters in "[A-Za-z0-9+/=% \n]*") {
            let _ = decode(&text);
            let _ = decode(&letters);
        }

        #[test]
        fn escapes_are_decoded_as_by_the_library(text in "[%0-9a-fA-Fg]{0,24}") {
            let expected: Vec<u8> =
                percent_encoding::percent_decode(text.as_bytes()).collect();
            prop_assert_eq!(unescaped(text.as_bytes()), expected);
        }

        #[test]
        fn encoded_text_is_decoded(text in "[^%]+") {
            let everything = percent_encoding::NON_ALPHANUMERIC;
            let encoded = percent_encoding::utf8_percent_encode(&text, everything);
            let export = BASE64_STANDARD.encode(encoded.to_string());
            prop_assert_eq!(decode(&export), Ok(text));
        }
    }
}
