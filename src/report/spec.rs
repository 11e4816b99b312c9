//! Reports requested with `--report`.

use std::io::{self, Write};
use std::path::PathBuf;

use super::github::Github;
use super::html::Html;
use super::json::JsonLines;
use super::junit::Junit;
use super::markdown::Markdown;
use super::output::ReportFile;
use super::tap::Tap;
use super::{Options, Reporter};
use crate::diagnostic::nearest;

/// A report in addition to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportSpec {
    /// JUnit XML.
    Junit(PathBuf),
    /// TAP 14.
    Tap(PathBuf),
    /// `flowsim.run/1`, one JSON object per line.
    Json(PathBuf),
    /// Markdown page.
    Markdown(PathBuf),
    /// HTML page in this folder.
    Html(PathBuf),
    /// GitHub Actions annotations on standard output, and the step summary.
    Github,
}

/// Names of the report kinds.
const KINDS: [&str; 6] = ["junit", "tap", "json", "markdown", "html", "github"];

impl ReportSpec {
    /// Parses `junit=FILE`, `tap=FILE`, `json=FILE`, `markdown=FILE`, `html=DIR` or `github`.
    ///
    /// ```
    /// use flowsim::report::ReportSpec;
    /// assert_eq!(ReportSpec::parse("tap=a.tap"), Ok(ReportSpec::Tap("a.tap".into())));
    /// let problem = ReportSpec::parse("junti=a.xml").unwrap_err();
    /// assert_eq!(problem, "unknown report `junti`; did you mean `junit`?");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a message with the problem and the expected form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (kind, path) = match text.split_once('=') {
            Some((kind, path)) => (kind, Some(path)),
            None => (text, None),
        };
        let make = match kind {
            "junit" => Self::Junit,
            "tap" => Self::Tap,
            "json" => Self::Json,
            "markdown" => Self::Markdown,
            "html" => Self::Html,
            "github" => {
                return match path {
                    None => Ok(Self::Github),
                    Some(_) => Err("`github` takes no file".into()),
                };
            }
            _ => return Err(unknown(kind)),
        };
        match path {
            Some(path) if !path.is_empty() => Ok(make(path.into())),
            _ if kind == "html" => Err("`html` needs a folder: `html=DIR`".into()),
            _ => Err(format!("`{kind}` needs a file: `{kind}=FILE`")),
        }
    }

    /// Creates the reporter. `out` is standard output, used only for annotations.
    pub fn reporter<'e>(
        self,
        options: &Options,
        out: Box<dyn Write + 'e>,
    ) -> Box<dyn Reporter + 'e> {
        let options = options.clone();
        match self {
            Self::Junit(path) => Box::new(Junit::new(path, options)),
            Self::Tap(path) => Box::new(Tap::new(path, options)),
            Self::Json(path) => Box::new(JsonLines::new(path, options)),
            Self::Markdown(path) => Box::new(Markdown::new(path, options)),
            Self::Html(folder) => Box::new(Html::new(&folder, options)),
            Self::Github => Box::new(Github::new(out, options)),
        }
    }

    /// Checks that the report can be written, and deletes the report of an earlier run.
    /// Reporters also do this when a run starts; call this to check before starting the
    /// run.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file if it cannot be written.
    pub fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| ReportFile::new(path).begin())
    }

    /// Returns whether the report includes the calls of passed tests.
    pub fn needs_traces(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Html(_))
    }

    /// Returns the file that the report is written to.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Junit(path) | Self::Tap(path) => Some(path.clone()),
            Self::Json(path) | Self::Markdown(path) => Some(path.clone()),
            Self::Html(folder) => Some(folder.join(super::html::FILE)),
            Self::Github => None,
        }
    }
}

fn unknown(kind: &str) -> String {
    match nearest(kind, KINDS) {
        Some(meant) => format!("unknown report `{kind}`; did you mean `{meant}`?"),
        None => {
            format!("unknown report `{kind}`; expected one of {}", KINDS.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_named_with_their_files() {
        let parse = |text| ReportSpec::parse(text).unwrap();
        assert_eq!(parse("junit=a=b.xml"), ReportSpec::Junit("a=b.xml".into()));
        assert_eq!(parse("json=run.jsonl"), ReportSpec::Json("run.jsonl".into()));
        assert_eq!(parse("markdown=a.md"), ReportSpec::Markdown("a.md".into()));
        assert_eq!(parse("html=out"), ReportSpec::Html("out".into()));
        assert_eq!(parse("github"), ReportSpec::Github);
    }

    #[test]
    fn errors_are_reported() {
        for (text, problem) in [
            ("junit", "`junit` needs a file: `junit=FILE`"),
            ("tap=", "`tap` needs a file: `tap=FILE`"),
            ("html", "`html` needs a folder: `html=DIR`"),
            ("github=a", "`github` takes no file"),
            ("JUnit=a", "unknown report `JUnit`; did you mean `junit`?"),
            (
                "xml=a",
                "unknown report `xml`; expected one of junit, tap, json, markdown, html, github",
            ),
        ] {
            assert_eq!(ReportSpec::parse(text), Err(problem.into()), "{text}");
        }
    }
}
