//! JUnit XML, checked against the schemas of CI systems.

use std::env;
use std::fs;
use std::process::Command;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::events::{report, results, with_properties, write};

/// An element: its permitted parents, and its attributes. The common part of two editions
/// of the schema of Jenkins' xunit-plugin, of 2014 and of today.
const ALLOWED: &[(&str, &[&str], &[&str])] = &[
    ("testsuites", &[""], &["name", "time", "tests", "failures", "errors"]),
    (
        "testsuite",
        &["testsuites"],
        &["name", "tests", "failures", "errors", "skipped", "time", "file"],
    ),
    ("properties", &["testsuite"], &[]),
    ("property", &["properties"], &["name", "value"]),
    ("testcase", &["testsuite"], &["name", "time", "classname"]),
    ("failure", &["testcase"], &["type", "message"]),
    ("error", &["testcase"], &["type", "message"]),
    ("skipped", &["testcase"], &["type", "message"]),
];

fn name(element: &BytesStart<'_>) -> String {
    String::from_utf8(element.name().as_ref().to_vec()).unwrap()
}

fn attributes(element: &BytesStart<'_>) -> Vec<(String, String)> {
    let attributes = element.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
        let value = String::from_utf8(attribute.value.to_vec()).unwrap();
        (key, value)
    });
    attributes.collect()
}

fn check(element: &BytesStart<'_>, parent: &str) {
    let name = name(element);
    let allowed = ALLOWED.iter().find(|it| it.0 == name);
    let (_, parents, keys) = allowed.unwrap_or_else(|| panic!("<{name}>"));
    assert!(parents.contains(&parent), "<{name}> in <{parent}>");
    for (key, value) in attributes(element) {
        assert!(keys.contains(&&*key), "`{key}` of <{name}>");
        let is_number = ["tests", "failures", "errors", "skipped"].contains(&&*key);
        assert!(!is_number || value.parse::<u32>().is_ok(), "{key}={value}");
        let is_time =
            key != "time" || value.bytes().all(|it| b"0123456789.".contains(&it));
        assert!(is_time, "{key}={value}");
    }
}

/// Parses the XML, checks every element against the table, and counts.
fn counted(text: &str) -> Vec<(String, u32)> {
    let is_xml = |c: char| matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_xml), "a character that XML forbids");
    let mut reader = Reader::from_str(text);
    let (mut open, mut counts) = (vec![String::new()], Vec::<(String, u32)>::new());
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(element) | Event::Empty(element) = &event {
            check(element, open.last().unwrap());
            let name = name(element);
            match counts.iter_mut().find(|it| it.0 == name) {
                Some(count) => count.1 += 1,
                None => counts.push((name, 1)),
            }
        }
        match event {
            Event::Start(element) => open.push(name(&element)),
            Event::End(_) => drop(open.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, [""]);
    counts
}

fn count(counts: &[(String, u32)], name: &str) -> u32 {
    counts.iter().find(|it| it.0 == name).map_or(0, |it| it.1)
}

#[test]
fn every_test_is_a_case() {
    let text = report("junit", &results(), 0);
    let version = concat!("value=\"", env!("CARGO_PKG_VERSION"), "\"");
    insta::assert_snapshot!(text.replace(version, "value=\"VERSION\""));
    let counts = counted(&text);
    let expected =
        [("testsuite", 2), ("testcase", 7), ("failure", 2), ("error", 2), ("skipped", 1)];
    for (name, expected) in expected {
        assert_eq!(count(&counts, name), expected, "{name}");
    }
    assert!(text.contains(r#"<testsuites name="flowsim test" tests="7" failures="2""#));
}

#[test]
fn a_table_has_cases_of_different_names() {
    let text = report("junit", &results(), 0);
    for row in [1, 2] {
        let name = format!("<testcase name=\"press 1 reaches sales (row {row})\"");
        assert_eq!(text.matches(&name).count(), 1, "{text}");
    }
}

#[test]
fn a_stopped_run_is_not_a_success() {
    let text = report("junit", &results()[..1], 4);
    let counts = counted(&text);
    assert_eq!((count(&counts, "testcase"), count(&counts, "error")), (2, 1));
    assert!(text.contains("the run stopped: 4 tests not run"), "{text}");
}

/// A property fails with the first call that breaks it, passes if a whole call keeps it, and
/// is skipped otherwise.
#[test]
fn every_property_of_a_file_is_a_case() {
    let results = with_properties();
    let text = report("junit", &results, 0);
    let counts = counted(&text);
    let expected = [("testcase", 8), ("failure", 3), ("skipped", 3)];
    for (name, expected) in expected {
        assert_eq!(count(&counts, name), expected, "{name} {text}");
    }
    let case = "<testcase name=\"property: kept &lt;always&gt;\" \
                classname=\"suites/a.test.yaml\"";
    assert!(text.contains(case), "{text}");
    let (_, case) = text.split_once("\"property: kept late\"").unwrap();
    let (case, _) = case.split_once("</testcase>").unwrap();
    assert!(case.contains("message=\"it is broken\""), "{case}");
    assert!(case.contains("suites/a.test.yaml:5 breaks it"), "{case}");
}

#[test]
fn an_empty_selection_also_has_a_report() {
    assert_eq!(count(&counted(&report("junit", &[], 0)), "testsuites"), 1);
}

/// The schema is not ours. Set `FLOWSIM_JUNIT_XSD` to `junit-10.xsd` of Jenkins'
/// xunit-plugin.
#[test]
fn the_schema_of_jenkins_agrees() {
    let Some(schema) = env::var_os("FLOWSIM_JUNIT_XSD") else {
        eprintln!("skipped: FLOWSIM_JUNIT_XSD names no schema");
        return;
    };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: no xmllint");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("junit.xml");
    for (results, not_run) in [(results(), 3), (Vec::new(), 0)] {
        write("junit", &path, &results, not_run);
        let mut command = Command::new("xmllint");
        let command = command.arg("--noout").arg("--schema").arg(&schema).arg(&path);
        let output = command.output().unwrap();
        let problems = String::from_utf8_lossy(&output.stderr).into_owned();
        let text = fs::read_to_string(&path).unwrap();
        assert!(output.status.success(), "{problems}\n{text}");
    }
}
