//! Codes of logins, which clients exchange for tokens.
//!
//! *Source: RFC 6749 section 4.1, and RFC 7636 (PKCE).*

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use crate::value::derived_id;

/// Maximum number of codes; the oldest are dropped first.
const MAX_CODES: usize = 1_000;

/// Codes that have not been exchanged. They are not stored.
#[derive(Debug, Default)]
pub(super) struct Codes {
    codes: IndexMap<String, Code>,
    given: u64,
}

/// A login that waits for the exchange of its code.
#[derive(Debug)]
pub(super) struct Code {
    /// The id of the client.
    pub(super) client: String,
    /// The page that got the code.
    pub(super) redirect_uri: String,
    /// The hash of the verifier that the exchange must have.
    pub(super) challenge: Option<String>,
    /// The scopes of the token.
    pub(super) scopes: Vec<String>,
    /// The server's clock at the end of the code, in milliseconds since 1970.
    pub(super) expires_at: i64,
}

/// The exchange of a code.
pub(super) struct Exchange<'e> {
    /// The code.
    pub(super) code: &'e str,
    /// The id of the client.
    pub(super) client: &'e str,
    /// The page that got the code.
    pub(super) redirect_uri: &'e str,
    /// The verifier of PKCE.
    pub(super) verifier: Option<&'e str>,
    /// Whether the client gave its secret.
    pub(super) has_secret: bool,
}

impl Codes {
    /// Keeps a login, and returns its code.
    pub(super) fn give(&mut self, code: Code) -> String {
        self.given += 1;
        let id = derived_id(&format!("Code:{}", self.given)).to_string();
        self.codes.insert(id.clone(), code);
        if self.codes.len() > MAX_CODES {
            self.codes.shift_remove_index(0);
        }
        id
    }

    /// Uses a code up, and returns the scopes of its token.
    ///
    /// # Errors
    /// The reason why the code is not valid for this exchange.
    pub(super) fn exchange(
        &mut self,
        given: &Exchange<'_>,
        now: i64,
    ) -> Result<Vec<String>, &'static str> {
        // A code is valid once, also if its exchange fails.
        let code = self.codes.shift_remove(given.code);
        let code = code.ok_or("the code is unknown, or was used before")?;
        match () {
            () if code.expires_at <= now => Err("the code has expired"),
            () if code.client != given.client => {
                Err("the code belongs to another client")
            }
            () if code.redirect_uri != given.redirect_uri => {
                Err("`redirect_uri` is not that of the login")
            }
            () => match (&code.challenge, given.verifier) {
                (Some(challenge), Some(verifier)) if hashed(verifier) == *challenge => {
                    Ok(code.scopes)
                }
                (Some(_), Some(_)) => Err("`code_verifier` does not fit the challenge"),
                (Some(_), None) => Err("`code_verifier` is missing"),
                (None, _) if given.has_secret => Ok(code.scopes),
                (None, _) => Err("a login without PKCE needs the secret of the client"),
            },
        }
    }
}

/// Returns the challenge of a verifier.
fn hashed(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 7636, appendix B.
    #[test]
    fn challenges_are_hashes_of_verifiers() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(hashed(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    fn exchange<'e>(
        code: &'e str,
        verifier: Option<&'e str>,
        has_secret: bool,
    ) -> Exchange<'e> {
        let (client, redirect_uri) = ("app", "http://localhost/");
        Exchange { code, client, redirect_uri, verifier, has_secret }
    }

    #[test]
    fn codes_are_valid_once_and_for_a_time() {
        let mut codes = Codes::default();
        let code = |challenge: Option<&str>| Code {
            client: "app".into(),
            redirect_uri: "http://localhost/".into(),
            challenge: challenge.map(hashed),
            scopes: vec!["flows:read".into()],
            expires_at: 100,
        };
        let first = codes.give(code(Some("secret")));
        let scopes = codes.exchange(&exchange(&first, Some("secret"), false), 99);
        assert_eq!(scopes.as_deref(), Ok(&["flows:read".to_owned()][..]));
        assert!(codes.exchange(&exchange(&first, Some("secret"), false), 99).is_err());
        let cases = [
            (Some("secret"), Some("other"), true, 99),
            (Some("secret"), None, true, 99),
            (Some("secret"), Some("secret"), false, 100),
            (None, None, false, 99),
        ];
        for (challenge, verifier, has_secret, now) in cases {
            let id = codes.give(code(challenge));
            let exchanged = codes.exchange(&exchange(&id, verifier, has_secret), now);
            assert!(exchanged.is_err(), "{challenge:?} {verifier:?} {now}");
        }
        let id = codes.give(code(None));
        assert!(codes.exchange(&exchange(&id, None, true), 99).is_ok());
        let other = Exchange { client: "other", ..exchange("", None, true) };
        let id = codes.give(code(None));
        assert!(codes.exchange(&Exchange { code: &id, ..other }, 99).is_err());
    }
}
