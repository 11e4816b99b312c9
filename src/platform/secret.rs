//! What nobody but the service may see.

use std::fmt;

/// What stands for a secret where it would be shown.
const HIDDEN: &str = "[secret]";

/// A text that is never shown: not in errors, not in debug output, not in files.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A text that is secret from here on.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one header that it belongs into.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Replaces the secret in a text of somebody else, who may have quoted it.
    pub(super) fn hide_in(&self, text: &mut String) {
        if !self.0.is_empty() && text.contains(&self.0) {
            *text = text.replace(&self.0, HIDDEN);
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(HIDDEN)
    }
}

/// An OAuth client of the organisation, of the grant type *client credentials*.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The id of the client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new("hunter2");
        let credentials = Credentials { client_id: "me".into(), client_secret: secret };
        assert!(!format!("{credentials:#?}").contains("hunter2"));
        let mut text = "Bearer hunter2, hunter2".to_owned();
        credentials.client_secret.hide_in(&mut text);
        assert_eq!(text, "Bearer [secret], [secret]");
    }

    #[test]
    fn an_empty_secret_hides_nothing() {
        let mut text = "abc".to_owned();
        Secret::new("").hide_in(&mut text);
        assert_eq!(text, "abc");
    }
}
