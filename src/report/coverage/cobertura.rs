//! Coverage in the format of Cobertura, which GitLab, Azure Pipelines and Jenkins read.
//!
//! Types of flows are packages, flows are classes, and lines of nodes are lines of code.
//! Paths out of nodes and choices of menus are branches. There is no time, so that equal
//! results give equal bytes. *Source: `coverage-04.dtd` of Cobertura.*

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::merged;
use crate::analysis::coverage::{FlowReport, Kind, Report, Share, sum};
use crate::diagnostic::visible::one_line;
use crate::report::Reporter;
use crate::report::output::ReportFile;
use crate::report::spec::{Format, Target};
use crate::report::words::{common_folder, path_of};
use crate::runner::{Covered, LoadedSuite, RunEvent};

/// Cobertura XML.
pub(in crate::report) const FORMAT: Format = Format {
    name: "cobertura",
    target: Target::File,
    beginnings: &["<?xml "],
    needs_traces: true,
    reporter: |to, _| Box::new(Cobertura { file: to.file, covered: Covered::default() }),
};

/// Document type of the format.
const DOCUMENT_TYPE: &str =
    "coverage SYSTEM \"https://cobertura.sourceforge.net/xml/coverage-04.dtd\"";

/// Counts the calls of a run.
struct Cobertura {
    file: ReportFile,
    covered: Covered,
}

impl Reporter for Cobertura {
    fn event(&mut self, event: &RunEvent<'_>, scene: LoadedSuite<'_>) -> io::Result<()> {
        match *event {
            RunEvent::Started => self.file.begin(),
            RunEvent::Read { .. } | RunEvent::Waiting => Ok(()),
            RunEvent::Finished(result) => {
                self.covered.add(result);
                Ok(())
            }
            RunEvent::Ended(_) => {
                let counts = std::mem::take(&mut self.covered).into_all(scene.library);
                // `--coverage` reports versions that cannot be merged.
                let (report, _) = merged(&counts, scene.files);
                self.file.write(&render_cobertura(&report)?)
            }
        }
    }
}

/// A counted line of a flow.
#[derive(Default)]
struct Line {
    hits: u64,
    /// Whether each path from this line was taken.
    branches: Vec<bool>,
}

/// A flow with its lines.
struct Class<'r> {
    flow: &'r FlowReport,
    lines: BTreeMap<u32, Line>,
}

/// Covered shares of lines and branches.
#[derive(Clone, Copy, Default)]
struct Shares {
    lines: Share,
    branches: Share,
}

/// Renders the report as Cobertura XML. Paths of files are relative to the folders that it
/// names as sources.
///
/// # Errors
///
/// Returns an error if the document cannot be written into memory.
pub fn render_cobertura(report: &Report) -> io::Result<String> {
    let flows = || report.flows.iter().filter(|flow| !flow.file.is_empty());
    let mut packages: BTreeMap<&str, Vec<Class<'_>>> = BTreeMap::new();
    for flow in flows() {
        packages.entry(&flow.flow_type).or_default().push(Class::of(flow));
    }
    let sources = Sources::of(flows().map(|flow| Path::new(flow.file.as_str())));
    let shares = shares_of(packages.values().flatten());
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::DocType(BytesText::from_escaped(DOCUMENT_TYPE)))?;
    let root = writer.create_element("coverage").with_attributes(shares.rates());
    let root = root.with_attributes(shares.counts()).with_attributes([
        ("version", Cow::from(crate::build::VERSION)),
        ("timestamp", "0".into()),
    ]);
    root.write_inner_content(|writer| {
        sources.write(writer)?;
        writer.create_element("packages").write_inner_content(|writer| {
            let mut packages = packages.iter();
            packages.try_for_each(|(name, it)| package(name, it, &sources, writer))
        })?;
        Ok(())
    })?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(text + "\n")
}

type Xml = Writer<Vec<u8>>;

/// An attribute of an element.
type Attribute<'a> = (&'static str, Cow<'a, str>);

fn package(
    name: &str,
    classes: &[Class<'_>],
    sources: &Sources,
    writer: &mut Xml,
) -> io::Result<()> {
    let element = writer
        .create_element("package")
        .with_attributes([("name", Cow::from(one_line(name)))])
        .with_attributes(shares_of(classes).rates());
    element.write_inner_content(|writer| {
        writer.create_element("classes").write_inner_content(|writer| {
            classes.iter().try_for_each(|class| class.write(sources, writer))
        })?;
        Ok(())
    })?;
    Ok(())
}

impl<'r> Class<'r> {
    fn of(flow: &'r FlowReport) -> Self {
        let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
        for node in flow.nodes.iter().filter(|node| node.kind.is_some()) {
            let line = lines.entry(node.line).or_default();
            line.hits = sum(line.hits, node.count);
            // Both lead to a next step.
            let is_branch = |kind| matches!(kind, Kind::Paths | Kind::Choices);
            let branches = node.parts.iter().filter(|part| is_branch(part.kind));
            line.branches.extend(branches.map(|part| part.count > 0));
        }
        Self { flow, lines }
    }

    fn write(&self, sources: &Sources, writer: &mut Xml) -> io::Result<()> {
        let element = writer
            .create_element("class")
            .with_attributes([
                ("name", Cow::from(one_line(&self.flow.name))),
                ("filename", one_line(&sources.relative(&self.flow.file)).into()),
            ])
            .with_attributes(shares_of([self]).rates());
        element.write_inner_content(|writer| {
            writer.create_element("methods").write_empty()?;
            writer.create_element("lines").write_inner_content(|writer| {
                let mut lines = self.lines.iter();
                lines.try_for_each(|(number, line)| line.write(*number, writer))
            })?;
            Ok(())
        })?;
        Ok(())
    }
}

impl Line {
    /// Returns the covered share of the paths from this line.
    fn branches(&self) -> Share {
        let covered = self.branches.iter().filter(|is_taken| **is_taken).count();
        Share { covered, total: self.branches.len() }
    }

    fn write(&self, number: u32, writer: &mut Xml) -> io::Result<()> {
        let element = writer.create_element("line").with_attributes([
            ("number", Cow::from(number.to_string())),
            ("hits", self.hits.to_string().into()),
        ]);
        if self.branches.is_empty() {
            element.with_attribute(("branch", "false")).write_empty()?;
            return Ok(());
        }
        let share = self.branches();
        let (percent, Share { covered, total }) = (share.percent(), share);
        let element = element.with_attributes([
            ("branch", Cow::from("true")),
            ("condition-coverage", format!("{percent}% ({covered}/{total})").into()),
        ]);
        element.write_inner_content(|writer| {
            writer.create_element("conditions").write_inner_content(|writer| {
                self.branches.iter().zip(0_u32..).try_for_each(|(is_taken, number)| {
                    let coverage = if *is_taken { "100%" } else { "0%" };
                    let condition = writer.create_element("condition").with_attributes([
                        ("number", Cow::from(number.to_string())),
                        ("type", "jump".into()),
                        ("coverage", coverage.into()),
                    ]);
                    condition.write_empty().map(drop)
                })
            })?;
            Ok(())
        })?;
        Ok(())
    }
}

/// Returns the covered shares of classes.
fn shares_of<'c, 'r: 'c>(classes: impl IntoIterator<Item = &'c Class<'r>>) -> Shares {
    let mut shares = Shares::default();
    for line in classes.into_iter().flat_map(|class| class.lines.values()) {
        let branches = line.branches();
        shares.lines.covered += usize::from(line.hits > 0);
        shares.lines.total += 1;
        shares.branches.covered += branches.covered;
        shares.branches.total += branches.total;
    }
    shares
}

impl Shares {
    /// Returns the attributes that the run, packages and classes have. Complexity is not
    /// measured.
    fn rates(self) -> [Attribute<'static>; 3] {
        [
            ("line-rate", rate(self.lines).into()),
            ("branch-rate", rate(self.branches).into()),
            ("complexity", "0".into()),
        ]
    }

    /// Returns the attributes that only the run has.
    fn counts(self) -> [Attribute<'static>; 4] {
        [
            ("lines-covered", self.lines.covered),
            ("lines-valid", self.lines.total),
            ("branches-covered", self.branches.covered),
            ("branches-valid", self.branches.total),
        ]
        .map(|(name, count)| (name, count.to_string().into()))
    }
}

/// Formats a share as a number from 0 to 1, rounded down, so that 1 means all.
fn rate(share: Share) -> String {
    match (share.covered * 10_000).checked_div(share.total) {
        None | Some(10_000) => "1".into(),
        Some(0) => "0".into(),
        Some(part) => format!("0.{part:04}"),
    }
}

/// Folders that contain the files.
struct Sources {
    /// Whether files are in the folder of the run.
    has_relative: bool,
    /// Common folder of the files with an absolute path.
    absolute: Option<PathBuf>,
}

impl Sources {
    fn of<'p>(files: impl Iterator<Item = &'p Path>) -> Self {
        let (absolute, relative): (Vec<PathBuf>, Vec<PathBuf>) =
            files.map(Path::to_owned).partition(|path| path.is_absolute());
        Self {
            has_relative: !relative.is_empty() || absolute.is_empty(),
            absolute: (!absolute.is_empty()).then(|| common_folder(&absolute)),
        }
    }

    /// Returns the path of a file in its source.
    fn relative(&self, file: &str) -> String {
        let inside =
            self.absolute.as_ref().map(|folder| Path::new(file).strip_prefix(folder));
        path_of(inside.and_then(Result::ok).unwrap_or(Path::new(file)))
    }

    fn write(&self, writer: &mut Xml) -> io::Result<()> {
        let absolute = self.absolute.as_ref().map(|folder| one_line(&path_of(folder)));
        let relative = self.has_relative.then(|| ".".to_owned());
        writer.create_element("sources").write_inner_content(|writer| {
            relative.into_iter().chain(absolute).try_for_each(|source| {
                let element = writer.create_element("source");
                element.write_text_content(BytesText::new(&source)).map(drop)
            })
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_complete_coverage_has_the_rate_1() {
        let rate = |covered, total| rate(Share { covered, total });
        assert_eq!([rate(0, 0), rate(3, 3), rate(0, 3)], ["1", "1", "0"]);
        assert_eq!([rate(2, 3), rate(1, 20)], ["0.6666", "0.0500"]);
        assert_eq!(rate(99_999, 100_000), "0.9999");
    }

    #[test]
    fn absolute_paths_have_their_own_source() {
        let files = ["/a/b/x.yaml", "/a/c/y.yaml", "flows/z.yaml"].map(Path::new);
        let sources = Sources::of(files.into_iter());
        assert_eq!(sources.absolute.as_deref(), Some(Path::new("/a")));
        assert_eq!(sources.relative("/a/c/y.yaml"), "c/y.yaml");
        assert_eq!(sources.relative("flows/z.yaml"), "flows/z.yaml");
        assert!(sources.has_relative);
    }
}
