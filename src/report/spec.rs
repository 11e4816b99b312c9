//! Formats of reports, and reports requested with `--report`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::coverage::cobertura;
use super::output::ReportFile;
use super::{Options, Reporter};
use super::{github, html, json, junit, markdown, tap};
use crate::diagnostic::nearest;

/// All formats.
const FORMATS: [&Format; 7] = [
    &junit::FORMAT,
    &tap::FORMAT,
    &json::FORMAT,
    &markdown::FORMAT,
    &html::FORMAT,
    &cobertura::FORMAT,
    &github::FORMAT,
];

/// Path of standard output.
const OUTPUT: &str = "/dev/stdout";

/// A format of reports in addition to the console.
#[derive(Debug)]
pub(super) struct Format {
    /// Name, as in `--report NAME=FILE`.
    pub(super) name: &'static str,
    /// Place of the report.
    pub(super) target: Target,
    /// Possible first characters of its files.
    pub(super) beginnings: &'static [&'static str],
    /// Whether the report includes the calls of passed tests.
    pub(super) needs_traces: bool,
    /// Creates the reporter.
    pub(super) reporter: for<'e> fn(Destination<'e>, Options) -> Box<dyn Reporter + 'e>,
}

/// Place of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A file that the user names.
    File,
    /// A file with this name in a folder that the user names.
    Folder(&'static str),
    /// Standard output.
    Output,
}

/// Destination of one report.
pub(super) struct Destination<'e> {
    /// File of the report; it has no path if the target is standard output.
    pub(super) file: ReportFile,
    /// Standard output.
    pub(super) out: Box<dyn Write + 'e>,
}

/// A report in addition to the console.
#[derive(Debug, Clone)]
pub struct ReportSpec {
    format: &'static Format,
    /// File, unless the report goes to standard output.
    path: Option<PathBuf>,
}

impl ReportSpec {
    /// Parses `junit=FILE`, `html=DIR`, `github`, and so on.
    ///
    /// ```
    /// use flowsim::report::ReportSpec;
    /// let spec = ReportSpec::parse("tap=a.tap").unwrap();
    /// assert_eq!(spec.path(), Some("a.tap".as_ref()));
    /// let problem = ReportSpec::parse("junti=a.xml").unwrap_err();
    /// assert_eq!(problem, "unknown report `junti`; did you mean `junit`?");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a message with the problem and the expected form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (text, None),
        };
        let format = FORMATS.into_iter().find(|format| format.name == name);
        let format = format.ok_or_else(|| unknown(name))?;
        let path = path.filter(|path| !path.is_empty());
        match (format.target, path) {
            (Target::Output, None) => Ok(Self { format, path: None }),
            (Target::Output, Some(_)) => Err(format!("`{name}` takes no file")),
            (_, Some(path)) => Ok(Self::at(format, path.as_ref())),
            (Target::File, None) => Err(format!("`{name}` needs a file: `{name}=FILE`")),
            (Target::Folder(_), None) => {
                Err(format!("`{name}` needs a folder: `{name}=DIR`"))
            }
        }
    }

    /// Creates an HTML report in a folder.
    pub fn html(folder: &Path) -> Self {
        Self::at(&html::FORMAT, folder)
    }

    fn at(format: &'static Format, path: &Path) -> Self {
        let path = match format.target {
            Target::File if path == Path::new("-") => PathBuf::from(OUTPUT),
            Target::Folder(file) => path.join(file),
            Target::File | Target::Output => path.to_owned(),
        };
        Self { format, path: Some(path) }
    }

    /// Returns the help of `--report`.
    pub fn help() -> String {
        let forms: Vec<String> = FORMATS.iter().map(|format| format.form()).collect();
        let forms = forms.join(", ");
        format!("Write a report in addition to the console: {forms}; repeatable")
    }

    /// Returns whether a file that starts like this is a report.
    pub fn is_beginning(start: &str) -> bool {
        FORMATS.iter().any(|format| format.is_beginning(start))
    }

    /// Creates the reporter. `out` is standard output, used only for annotations.
    pub fn reporter<'e>(
        self,
        options: &Options,
        out: Box<dyn Write + 'e>,
    ) -> Box<dyn Reporter + 'e> {
        let file = ReportFile::new(self.path.unwrap_or_default(), self.format);
        (self.format.reporter)(Destination { file, out }, options.clone())
    }

    /// Checks that the report can be written, and deletes the report of an earlier run.
    /// Reporters also do this when a run starts; call this to check before starting the
    /// run.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file if it cannot be written.
    pub fn begin(&self) -> io::Result<()> {
        match &self.path {
            Some(path) => ReportFile::new(path.clone(), self.format).begin(),
            None => Ok(()),
        }
    }

    /// Returns whether the report is written to standard output, with nothing else.
    pub fn is_output(&self) -> bool {
        let names = [OUTPUT, "/dev/fd/1", "/proc/self/fd/1"];
        self.path
            .as_deref()
            .is_some_and(|path| names.iter().any(|it| path == Path::new(it)))
    }

    /// Returns the name of the format.
    pub fn name(&self) -> &'static str {
        self.format.name
    }

    /// Returns whether the report is made only of the calls, not of the results.
    pub fn needs_calls(&self) -> bool {
        self.format.name == cobertura::FORMAT.name
    }

    /// Returns whether the report includes the calls of passed tests.
    pub fn needs_traces(&self) -> bool {
        self.format.needs_traces
    }

    /// Returns the file that the report is written to.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl Format {
    /// Returns the form of the argument.
    fn form(&self) -> String {
        match self.target {
            Target::File => format!("{}=FILE", self.name),
            Target::Folder(_) => format!("{}=DIR", self.name),
            Target::Output => self.name.to_owned(),
        }
    }

    /// Returns whether a file of this format can start like this.
    pub(super) fn is_beginning(&self, start: &str) -> bool {
        self.beginnings.iter().any(|beginning| start.starts_with(beginning))
    }
}

fn unknown(name: &str) -> String {
    let names = FORMATS.map(|format| format.name);
    match nearest(name, names) {
        Some(meant) => format!("unknown report `{name}`; did you mean `{meant}`?"),
        None => {
            format!("unknown report `{name}`; expected one of {}", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_named_with_their_files() {
        let path = |text| ReportSpec::parse(text).unwrap().path;
        assert_eq!(path("junit=a=b.xml"), Some("a=b.xml".into()));
        assert_eq!(path("json=run.jsonl"), Some("run.jsonl".into()));
        assert_eq!(path("html=out"), Some("out/index.html".into()));
        assert_eq!(path("github"), None);
    }

    #[test]
    fn errors_are_reported() {
        for (text, problem) in [
            ("junit", "`junit` needs a file: `junit=FILE`"),
            ("tap=", "`tap` needs a file: `tap=FILE`"),
            ("html", "`html` needs a folder: `html=DIR`"),
            ("github=a", "`github` takes no file"),
            ("JUnit=a", "unknown report `JUnit`; did you mean `junit`?"),
        ] {
            assert_eq!(ReportSpec::parse(text).unwrap_err(), problem, "{text}");
        }
        let all = ReportSpec::parse("xml=a").unwrap_err();
        let expected = "unknown report `xml`; expected one of junit, tap, json, markdown";
        assert!(all.starts_with(expected), "{all}");
    }

    #[test]
    fn files_of_other_programs_are_not_reports() {
        for start in ["", "# Notes", "{\"schema\": 1}", "TAP", "<html>"] {
            assert!(!ReportSpec::is_beginning(start), "{start}");
        }
    }
}
