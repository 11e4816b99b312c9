//! Cobertura XML, read as CI systems read it.

#![expect(clippy::unwrap_used, reason = "a report that is not there fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use flowsim::analysis::coverage::{Kind, Report, read};
use flowsim::source::{Files, read_json};
use quick_xml::events::{BytesStart, Event};

/// Required attributes of the elements in `coverage-04.dtd`.
const REQUIRED: [(&str, &[&str]); 6] = [
    (
        "coverage",
        &[
            "line-rate",
            "branch-rate",
            "lines-covered",
            "lines-valid",
            "branches-covered",
            "branches-valid",
            "complexity",
            "version",
            "timestamp",
        ],
    ),
    ("package", &["name", "line-rate", "branch-rate", "complexity"]),
    ("class", &["name", "filename", "line-rate", "branch-rate", "complexity"]),
    ("line", &["number", "hits"]),
    ("condition", &["number", "type", "coverage"]),
    ("source", &[]),
];

/// Names of the children of elements in `coverage-04.dtd`, in order.
const CHILDREN: [(&str, &[&str]); 11] = [
    ("coverage", &["sources", "packages"]),
    ("sources", &["source"]),
    ("packages", &["package"]),
    ("package", &["classes"]),
    ("classes", &["class"]),
    ("class", &["methods", "lines"]),
    ("methods", &["method"]),
    ("lines", &["line"]),
    ("line", &["conditions"]),
    ("conditions", &["condition"]),
    ("condition", &[]),
];

/// An element of the document.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = String::from_utf8(attribute.key.as_ref().into()).unwrap();
            let value = quick_xml::escape::unescape(
                std::str::from_utf8(&attribute.value).unwrap(),
            );
            (name, value.unwrap().into_owned())
        });
        let name = String::from_utf8(start.name().as_ref().into()).unwrap();
        Self { name, attributes: attributes.collect(), ..Self::default() }
    }

    fn number(&self, attribute: &str) -> f64 {
        self.attributes[attribute].parse().unwrap()
    }

    fn child(&self, name: &str) -> &Element {
        self.children.iter().find(|it| it.name == name).unwrap()
    }

    /// Checks attributes and children against the document type.
    fn check(&self) {
        let of = |table: &'static [(&str, &'static [&str])]| {
            table.iter().find(|(name, _)| *name == self.name).map(|(_, it)| *it)
        };
        for required in of(&REQUIRED).unwrap_or_default() {
            assert!(self.attributes.contains_key(*required), "{required}: {self:?}");
        }
        let mut allowed = of(&CHILDREN).unwrap_or_default().iter();
        let mut current = allowed.next();
        for child in &self.children {
            while current.is_some_and(|name| *name != child.name) {
                current = allowed.next();
            }
            assert!(current.is_some(), "{} in {}", child.name, self.name);
            child.check();
        }
        let share = |part: &str, all: &str| match self.number(all) {
            0.0 => 1.0,
            all => self.number(part) / all,
        };
        if self.name == "coverage" {
            let lines = share("lines-covered", "lines-valid");
            let branches = share("branches-covered", "branches-valid");
            assert!((self.number("line-rate") - lines).abs() < 0.0001, "{self:?}");
            assert!((self.number("branch-rate") - branches).abs() < 0.0001, "{self:?}");
        }
    }
}

/// Reads the document and checks it against the document type.
fn parsed(xml: &str) -> Element {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().trim_text(true);
    let mut open = vec![Element::default()];
    let mut has_type = false;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(Element::of(&start)),
            Event::Empty(start) => {
                open.last_mut().unwrap().children.push(Element::of(&start));
            }
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(closed);
            }
            Event::Text(text) => {
                open.last_mut().unwrap().text += &text.decode().unwrap();
            }
            Event::DocType(_) => has_type = true,
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(has_type);
    let root = open.pop().unwrap().children.pop().unwrap();
    root.check();
    root
}

/// Runs the tests of a folder. Returns the report, and the coverage that flowsim counts.
fn covered(folder: &Path, arguments: &[&str]) -> (Element, Report) {
    let out = tempfile::tempdir().unwrap();
    let (xml, json) = (out.path().join("coverage.xml"), out.path().join("coverage.json"));
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(folder)
        .arg("test")
        .args(arguments)
        .arg("--report")
        .arg(format!("cobertura={}", xml.display()))
        .arg("--coverage-out")
        .arg(&json)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let file = Files::new().add("run.json", fs::read_to_string(json).unwrap());
    let report = read(&read_json(&file).unwrap()).0;
    (parsed(&fs::read_to_string(xml).unwrap()), report)
}

/// Returns the classes of the document.
fn classes(root: &Element) -> impl Iterator<Item = &Element> {
    let packages = root.child("packages").children.iter();
    packages.flat_map(|package| &package.child("classes").children)
}

#[test]
fn cobertura_counts_what_flowsim_counts() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (root, report) = covered(project, &["fixtures"]);
    let shares = [Kind::Paths, Kind::Choices].map(|kind| report.share(kind));
    let branches: usize = shares.iter().map(|share| share.total).sum();
    let taken: usize = shares.iter().map(|share| share.covered).sum();
    assert_eq!(root.attributes["branches-valid"], branches.to_string());
    assert_eq!(root.attributes["branches-covered"], taken.to_string());
    assert_eq!(root.child("sources").children[0].text, ".");
    assert_eq!(classes(&root).count(), report.flows.len());
    let (mut lines, mut hit) = (0, 0);
    for class in classes(&root) {
        let file = &class.attributes["filename"];
        assert!(project.join(file).is_file(), "{file}");
        let is_it = |flow: &&flowsim::analysis::coverage::FlowReport| {
            *flow.name == *class.attributes["name"] && *flow.file == **file
        };
        let flow = report.flows.iter().find(is_it).unwrap();
        let mut expected: BTreeMap<u32, u64> = BTreeMap::new();
        for node in flow.nodes.iter().filter(|node| node.kind.is_some()) {
            *expected.entry(node.line).or_default() += node.count;
        }
        let found = class.child("lines").children.iter().map(|line| {
            let hits = line.attributes["hits"].parse().unwrap();
            (line.attributes["number"].parse().unwrap(), hits)
        });
        let found: BTreeMap<u32, u64> = found.collect();
        assert_eq!(found, expected, "{}", flow.name);
        lines += found.len();
        hit += found.values().filter(|hits| **hits > 0).count();
    }
    assert!(lines > 100 && hit > 0);
    assert_eq!(root.attributes["lines-valid"], lines.to_string());
    assert_eq!(root.attributes["lines-covered"], hit.to_string());
    let packages = root.child("packages").children.iter();
    let names: Vec<&str> = packages.map(|it| it.attributes["name"].as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"inbound"), "{names:?}");
}

const FLOW: &str = r#"{"id": "f", "name": "A & B \"<c>\" \u001b", "type": "in<bound>",
  "draft": {"startNode": "ask", "nodes": {
    "ask": {"id": "ask", "name": "Ask", "type": "Gather",
      "properties": {"maxDigits": 1, "prompt": "Press 1."},
      "onComplete": {"nextNode": "end"}, "onError": {"nextNode": "end"}},
    "end": {"id": "end", "name": "End", "type": "End"}}}}"#;

/// The flow is named by an absolute path, and its name has characters with a meaning in
/// XML.
#[test]
fn names_are_escaped_and_absolute_paths_have_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("flow.json"), FLOW).unwrap();
    let suite = format!(
        "flows: ['{}']\ntests:\n- {{name: a, flow: f, input: [\"1\"], expect: {{status: completed}}}}\n",
        root.join("flow.json").display()
    );
    fs::write(root.join("a.test.yaml"), suite).unwrap();
    let (document, _) = covered(&root, &["a.test.yaml"]);
    let source = &document.child("sources").children[0].text;
    assert_eq!(Path::new(source), root);
    let class = classes(&document).next().unwrap();
    assert_eq!(class.attributes["name"], "A & B \"<c>\" ␛");
    assert_eq!(class.attributes["filename"], "flow.json");
    assert_eq!(document.child("packages").children[0].attributes["name"], "in<bound>");
    let line = &class.child("lines").children[0];
    assert_eq!(line.attributes["condition-coverage"], "50% (1/2)");
    let conditions = line.child("conditions").children.iter();
    let coverage: Vec<&str> =
        conditions.map(|it| it.attributes["coverage"].as_str()).collect();
    assert_eq!(coverage, ["100%", "0%"]);
}
