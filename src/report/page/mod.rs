//! Frame of HTML pages: shared style, shared script, and a policy that allows nothing
//! else.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("common.js");

/// Style, script and policy of a page.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    /// Content security policy: allows only the page's own style and script.
    pub(crate) policy: String,
    style: String,
    script: String,
}

impl Frame {
    /// Creates the frame of a page with this additional style and script.
    pub(crate) fn new(style: &str, script: &str) -> Self {
        let (style, script) = (format!("{STYLE}{style}"), format!("{SCRIPT}{script}"));
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(&script)
        );
        Self { policy, style, script }
    }

    /// Also allows requests to the page's own server.
    #[cfg(feature = "serve")]
    pub(crate) fn allow_own_server(mut self) -> Self {
        self.policy.push_str("; connect-src 'self'");
        self
    }
}

/// Serializes data as JSON that cannot close its HTML element.
pub(super) fn embedded<T: Serialize>(data: &T) -> Result<String, minijinja::Error> {
    let json = serde_json::to_string(data).map_err(|error| {
        let kind = minijinja::ErrorKind::BadSerialization;
        minijinja::Error::new(kind, error.to_string())
    })?;
    Ok(json.replace('<', "\\u003c"))
}

/// Asserts that the policy's hashes cover the content between the tags, and that the page
/// loads nothing.
#[cfg(test)]
pub(super) fn assert_is_closed(templates: &[&str], script: &str) {
    assert_is_inert(templates, script);
    assert!(!script.contains("fetch("));
}

/// Asserts the same for a page that may send requests to its own server.
#[cfg(test)]
pub(crate) fn assert_is_inert(templates: &[&str], script: &str) {
    let page = templates.concat();
    assert!(page.contains("<style>{{ frame.style | safe }}</style>"));
    assert!(page.contains("<script>{{ frame.script | safe }}</script>"));
    for text in [STYLE, SCRIPT, script] {
        assert!(!text.contains("</") && !text.contains("<!--"));
    }
    for text in [&*page, STYLE, SCRIPT, script] {
        for outside in ["http:", "https:", "url(\"", "@import", "innerHTML"] {
            let is_namespace = outside == "http:" && text.contains("www.w3.org");
            assert!(!text.contains(outside) || is_namespace, "{outside}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element_of_the_data() {
        let text = "</script><!-- <script>";
        let embedded = embedded(&text).unwrap();
        assert!(!embedded.contains('<'), "{embedded}");
        assert_eq!(serde_json::from_str::<String>(&embedded).unwrap(), text);
    }
}
