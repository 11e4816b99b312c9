//! The log of requests: its output, and the form of its entries.

use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use super::http::request::ApiRequest;

/// Maximum number of bytes of a body that the log keeps.
pub(super) const MAX_LOGGED_BYTES: usize = 4 * 1024;

/// The output of the log.
pub(super) type LogOutput = Mutex<Box<dyn Write + Send>>;

/// Opens the output of the request log. Each line is written at once.
pub(super) fn open_log(path: &Path) -> Result<LogOutput, String> {
    if path == Path::new("-") {
        return Ok(Mutex::new(Box::new(std::io::LineWriter::new(std::io::stderr()))));
    }
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let opened =
        opened.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(Mutex::new(Box::new(std::io::LineWriter::new(opened))))
}

/// Shortens a string to the length that the log keeps.
pub(super) fn beginning(text: &str) -> &str {
    if text.len() <= MAX_LOGGED_BYTES {
        return text;
    }
    let end = (0..=MAX_LOGGED_BYTES).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Returns `true` if a request only observes. The status page sends such requests after
/// every change; logging them would displace all others.
pub(super) fn is_observation(asked: &ApiRequest) -> bool {
    let watched = [
        "/__flowsim/changes",
        "/__flowsim/status",
        "/__flowsim/faults",
        "/__flowsim/fixtures",
        "/__flowsim/flows",
        "/__flowsim/instances",
        "/__flowsim/requests",
        "/__flowsim/stubs",
        "/__flowsim/webhooks",
    ];
    let begins = |path: &&str| {
        let rest = asked.path.strip_prefix(*path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_page = asked.header("accept").is_some_and(|it| it.contains("text/html"))
        && asked.path == "/";
    let is_icon = asked.path == "/favicon.ico";
    asked.method == "GET" && (is_page || is_icon || watched.iter().any(begins))
}

/// Returns the path and query of a request for the log, without the query if it is
/// secret.
pub(super) fn uri(asked: &ApiRequest, is_secret: bool) -> String {
    if asked.query.is_empty() || is_secret {
        return asked.path.clone();
    }
    let pairs = asked.query.iter().map(|(name, value)| format!("{name}={value}"));
    format!("{}?{}", asked.path, pairs.collect::<Vec<_>>().join("&"))
}
