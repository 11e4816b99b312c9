//! Secrets, such as credentials. They are removed, not replaced.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::plain;

/// Text in place of a secret.
pub(super) const REMOVED: &str = "REDACTED";

/// Names of values that always contain a secret; compared as plain strings.
const NAMES: [&str; 17] = [
    "authorization",
    "proxyauthorization",
    "cookie",
    "cookies",
    "setcookie",
    "token",
    "secret",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "apikey",
    "xapikey",
    "privatekey",
    "credentials",
    "sessionid",
    "jwt",
];

/// Endings of names of secrets.
const ENDINGS: [&str; 6] =
    ["token", "secret", "password", "apikey", "privatekey", "authorization"];

/// Minimum length of a run of letters and digits that looks like a token.
const LONG: usize = 32;

/// Secrets in strings: after a word that announces them, by their own format, or as a
/// long run of upper and lower case letters and digits.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        // An address with a user and a password.
        r"(?P<url>://)[^\s/@:]+:[^\s/@]+@",
        r#"(?P<cookie>(?i:\b(?:set-)?cookie["']?\s*[:=]\s*["']?))[^"\r\n]+"#,
        r"(?P<scheme>(?i:\b(?:bearer|basic)\s+))[A-Za-z0-9._~+/=-]{6,}",
        concat!(
            r#"(?P<name>(?i:["']?\b(?:[a-z_.-]*(?:token|secret|password|passwd|api[_-]?key)"#,
            r#"|authorization|pwd|sessionid|x-amz-signature"#,
            r#"|x-amz-credential|key-pair-id|signature|sig)["']?\s*[:=]\s*["']?))"#,
            r#"(?i:(?:bearer|basic)\s+)?[^\s"'&,;{}\[\]]+"#
        ),
        r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?",
        r"\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"\bxox[abprs]-[A-Za-z0-9-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"(?P<run>[A-Za-z0-9_+/=-]{32,})",
    ];
    Regex::new(&forms.join("|")).ok()
});

/// Returns whether a value with this name is a secret.
pub(super) fn is_name(name: &str) -> bool {
    let name = plain(name);
    NAMES.contains(&&*name) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Removes the secrets in a string.
pub(super) fn remove(text: &str) -> String {
    let Some(secrets) = &*SECRETS else { return text.to_owned() };
    let replaced = secrets.replace_all(text, |found: &Captures<'_>| {
        let all = found.get(0).map_or("", |it| it.as_str());
        if let Some(run) = found.name("run") {
            let is_token = looks_like_token(run.as_str());
            return if is_token { REMOVED.to_owned() } else { all.to_owned() };
        }
        if found.name("url").is_some() {
            return format!("://{REMOVED}@");
        }
        let before = ["scheme", "name", "cookie"].iter().find_map(|it| found.name(it));
        format!("{}{REMOVED}", before.map_or("", |it| it.as_str()))
    });
    replaced.into_owned()
}

/// Returns whether a run of characters looks random: long, with upper and lower case
/// letters and digits. Ids of the platform have no capital letters.
fn looks_like_token(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.bytes().any(|byte| is(&byte));
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let is_path = run.matches('/').count() > 2;
    run.len() >= LONG
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && digits >= 3
        && !is_path
}
