//! Which reports are wanted, as `--report` says it.

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

/// A report besides that of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportSpec {
    /// JUnit's XML.
    Junit(PathBuf),
    /// TAP 14.
    Tap(PathBuf),
    /// `flowsim.run/1`, one JSON object a line.
    Json(PathBuf),
    /// A page of Markdown.
    Markdown(PathBuf),
    /// A page for browsers, in this folder.
    Html(PathBuf),
    /// Annotations of GitHub Actions on standard output, and the summary of the step.
    Github,
}

/// How they are called.
const KINDS: [&str; 6] = ["junit", "tap", "json", "markdown", "html", "github"];

impl ReportSpec {
    /// Reads `junit=FILE`, `tap=FILE`, `json=FILE`, `markdown=FILE`, `html=DIR` or `github`.
    ///
    /// ```
    /// use flowsim::report::ReportSpec;
    /// assert_eq!(ReportSpec::parse("tap=a.tap"), Ok(ReportSpec::Tap("a.tap".into())));
    /// let problem = ReportSpec::parse("junti=a.xml").unwrap_err();
    /// assert_eq!(problem, "no report is called `junti`; did you mean `junit`?");
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what is expected.
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

    /// The reporter that makes it. `out` is standard output, which only annotations go to.
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

    /// Makes sure that it can be written, and removes the report of an earlier run. Reporters
    /// do so themselves when a run starts; this tells whoever does not want to start it.
    ///
    /// # Errors
    ///
    /// It cannot be written; the message names the file.
    pub fn begin(&self) -> io::Result<()> {
        self.path().map_or(Ok(()), |path| ReportFile::new(path).begin())
    }

    /// Whether it tells what happened in calls that went as expected.
    pub fn needs_traces(&self) -> bool {
        matches!(self, Self::Json(_) | Self::Html(_))
    }

    /// The file that it is written to.
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
        Some(meant) => format!("no report is called `{kind}`; did you mean `{meant}`?"),
        None => {
            format!("no report is called `{kind}`; there are {}", KINDS.join(", "))
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
    fn what_is_wrong_is_told() {
        for (text, problem) in [
            ("junit", "`junit` needs a file: `junit=FILE`"),
            ("tap=", "`tap` needs a file: `tap=FILE`"),
            ("html", "`html` needs a folder: `html=DIR`"),
            ("github=a", "`github` takes no file"),
            ("JUnit=a", "no report is called `JUnit`; did you mean `junit`?"),
            (
                "xml=a",
                "no report is called `xml`; there are junit, tap, json, markdown, html, github",
            ),
        ] {
            assert_eq!(ReportSpec::parse(text), Err(problem.into()), "{text}");
        }
    }
}
