//! Exports of Architect, such as `.i3InboundFlow`: base64 of percent-encoded JSON.
//! *Source: all exports of the shared data have this form.*

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode;

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
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let letters: Vec<u8> = text.bytes().filter(|byte| !is_space(byte)).collect();
    if letters.is_empty() {
        return Err("the export is empty".into());
    }
    // Padding is optional, so that text that is cut off can be recognised by its length.
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&STANDARD, config).decode(&letters);
    let encoded = decoded.map_err(|error| not_base64(&letters, &error))?;
    reject_incomplete_escape(&encoded)?;
    let json = percent_decode(&encoded).decode_utf8();
    let json = json.map_err(|error| {
        let at = error.valid_up_to();
        format!("the content of the export is not UTF-8: invalid byte at {at}")
    })?;
    Ok(json.into_owned())
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
        fn encoded_text_is_decoded(text in "[^%]+") {
            let everything = percent_encoding::NON_ALPHANUMERIC;
            let encoded = percent_encoding::utf8_percent_encode(&text, everything);
            let export = BASE64_STANDARD.encode(encoded.to_string());
            prop_assert_eq!(decode(&export), Ok(text));
        }
    }
}
