//! Compression of answers, for clients that accept it. *Source: RFC 9110, sections 8.4 and
//! 12.5.3.*

use std::io::Write;

use axum::http::{HeaderMap, HeaderValue, header};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::request::ApiRequest;

/// Minimum size of a body that is compressed, in bytes. A smaller one fits into a packet.
const MIN_BYTES: usize = 1_024;

/// Returns whether a client accepts answers that are compressed with gzip.
pub(super) fn accepts_gzip(asked: &ApiRequest) -> bool {
    let accepted = asked.header("accept-encoding").unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start();
        let weight = weight.strip_prefix('=').map(|it| it.trim().parse::<f32>());
        let is_refused = matches!(weight, Some(Ok(weight)) if weight <= 0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// Compresses a body, and sets the headers that say so. A small body stays as it is.
pub(super) fn compressed(body: String, headers: &mut HeaderMap) -> Vec<u8> {
    let bytes = body.into_bytes();
    if bytes.len() < MIN_BYTES || headers.contains_key(header::CONTENT_ENCODING) {
        return bytes;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(&bytes);
    let Ok(packed) = written.and_then(|()| encoder.finish()) else { return bytes };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    // The tag is that of the content, not of its bytes.
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let weak = tag.filter(|tag| tag.starts_with('"')).map(|tag| format!("W/{tag}"));
    if let Some(Ok(weak)) = weak.map(|weak| HeaderValue::from_str(&weak)) {
        headers.insert(header::ETAG, weak);
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_name_the_codings_that_they_accept() {
        for (accepted, expected) in [
            ("gzip", true),
            ("deflate, gzip;q=0.5, br", true),
            ("GZIP ; q = 1", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("", false),
        ] {
            let accepted_codings = HeaderValue::from_static(accepted);
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted_codings)]);
            let asked = ApiRequest { headers, ..ApiRequest::default() };
            assert_eq!(accepts_gzip(&asked), expected, "{accepted}");
        }
    }
}
