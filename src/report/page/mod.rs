//! HTML pages: one skeleton with a shared style, a shared script, and a policy that allows
//! nothing else.

pub(crate) mod palette;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

const SKELETON: &str = include_str!("skeleton.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("common.js");

/// First line of every page.
pub(crate) const BEGINNING: &str = "<!doctype html>";

/// A kind of page.
pub(crate) struct Page {
    /// Name of the command that writes it.
    pub(crate) name: &'static str,
    /// Templates by name. The first one is the page, and extends `skeleton.html`.
    pub(crate) templates: &'static [(&'static str, &'static str)],
    /// Style in addition to the shared one.
    pub(crate) style: &'static [&'static str],
    /// Script in addition to the shared one.
    pub(crate) script: &'static [&'static str],
    /// Whether the page may send requests to the server that serves it.
    pub(crate) is_live: bool,
}

/// Parts of the skeleton.
#[derive(Serialize)]
struct Frame {
    beginning: &'static str,
    name: &'static str,
    policy: String,
    referrer: &'static str,
    style: String,
    script: String,
}

impl Page {
    /// Returns the content security policy, which allows only the page's own style and
    /// script, and the HTML.
    pub(crate) fn render(&self, content: Value) -> Result<(String, String), Error> {
        let mut environment = Environment::new();
        environment.add_template("skeleton.html", SKELETON)?;
        for (name, template) in self.templates {
            environment.add_template(name, template)?;
        }
        let frame = self.frame();
        let policy = frame.policy.clone();
        let (name, _) = self.templates.first().copied().unwrap_or_default();
        let html = environment
            .get_template(name)?
            .render(context! { frame => Value::from(Serde(frame)), ..content })?;
        Ok((policy, html))
    }

    fn frame(&self) -> Frame {
        let colors = palette::declared_for_pages();
        let style = [&colors, STYLE, &self.style.concat()].concat();
        let script = [SCRIPT, &self.script.concat()].concat();
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
        let mut policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(&script)
        );
        let mut referrer = "no-referrer";
        if self.is_live {
            policy.push_str("; connect-src 'self'");
            referrer = "same-origin";
        }
        Frame { beginning: BEGINNING, name: self.name, policy, referrer, style, script }
    }
}

/// Serializes data as JSON that cannot close its HTML element.
pub(super) fn embedded<T: Serialize>(data: &T) -> Result<Value, Error> {
    let json = serde_json::to_string(data)
        .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
    Ok(Value::from_safe_string(json.replace('<', "\\u003c")))
}

/// Asserts that the policy's hashes cover the content between the tags, and that the page
/// loads nothing. Only a live page may send requests.
#[cfg(test)]
pub(crate) fn assert_is_closed(page: &Page) {
    let Frame { style, script, .. } = page.frame();
    let templates: String = page.templates.iter().map(|(_, text)| *text).collect();
    assert!(SKELETON.starts_with("{{ frame.beginning | safe }}\n"));
    assert!(SKELETON.contains("<style>{{ frame.style | safe }}</style>"));
    assert!(SKELETON.contains("<script>{{ frame.script | safe }}</script>"));
    assert!(page.is_live || !script.contains("fetch("));
    for text in [&style, &script] {
        assert!(!text.contains("</") && !text.contains("<!--"));
    }
    for text in [SKELETON, &templates, &style, &script] {
        for outside in ["http:", "https:", "url(\"", "@import", "innerHTML", " style=\""]
        {
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
        let embedded = embedded(&text).unwrap().to_string();
        assert!(!embedded.contains('<'), "{embedded}");
        assert_eq!(serde_json::from_str::<String>(&embedded).unwrap(), text);
    }
}
