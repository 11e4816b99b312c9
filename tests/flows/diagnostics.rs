//! The rendering of diagnostics: each format for the same diagnostics.

use std::fs;
use std::path::Path;

use flowsim::diagnostic::{
    Code, Diagnostic, Severity, Style, explain, handbook, render_github, render_json,
    render_sarif, render_text, sort, summary,
};
use flowsim::source::{FileId, Files, Span, read_json, read_toml, read_yaml};
use proptest::prelude::*;
use serde_json::Value;

const MAIN: &str = r#"{
  "name": "Main",
  "draft": {
    "startNode": "Ask",
    "nodes": {
      "Ask": {
        "id": "Aks",
	"type": "Gather",
        "properties": {"promptText": "Grüß Gott 😀", "maxDigts": 1},
        "onComplete": {"nextNode": "Chek"}
      }
    }
  }
}
"#;

const OTHER: &str = "name: Main\nstartNode: Hello\nnodes: {}\nlast: x";

/// Diagnostics of every form.
fn examples() -> (Vec<Diagnostic>, Files) {
    let mut files = Files::new();
    let main = files.add("flows/main menu.json", MAIN).id();
    let other = files.add("flows/other.yaml", OTHER).id();
    let missing = files.add("no/such.json", "").id();
    let mut diagnostics = with_labels(main, other);
    diagnostics.extend(at_odd_places(main, other, missing));
    (diagnostics, files)
}

/// With one label, with several, and in several files.
fn with_labels(main: FileId, other: FileId) -> Vec<Diagnostic> {
    let at = |needle| place(main, MAIN, needle);
    vec![
        Diagnostic::new(Code::DANGLING_REFERENCE, "no node is called `Chek`")
            .label(at("\"Chek\""), "this flow has no such node")
            .help("did you mean `Check`?")
            .flow("Main")
            .node("Ask"),
        Diagnostic::new(
            Code::NODE_ID_MISMATCH,
            "the node calls itself `Aks`, its key is `Ask`",
        )
        .label(at("\"Aks\""), "not the same")
        .label(at("\"Ask\": "), "other nodes refer to this")
        .help("make both the same\nor leave the `id` out")
        .node("Ask")
        .naming_node(),
        Diagnostic::new(Code::DUPLICATE_FLOW, "two flows are called `Main`")
            .label(place(other, OTHER, "Main"), "")
            .label(at("\"Main\""), "the first one"),
    ]
}

/// After wide characters and tabs, over several lines, at the end of a file, in a file
/// without text, and without a position.
fn at_odd_places(main: FileId, other: FileId, missing: FileId) -> Vec<Diagnostic> {
    let at = |needle| place(main, MAIN, needle);
    let several_lines = Span { end: at("\"Gather\"").end, ..at("{\n        \"id\"") };
    let end = Span::new(other, OTHER.len(), OTHER.len());
    vec![
        Diagnostic::new(Code::UNKNOWN_PROPERTY, "`Gather` has no property `maxDigts`")
            .at(at("\"maxDigts\"")),
        Diagnostic::new(Code::INVALID_PROPERTY, "over several lines").at(several_lines),
        Diagnostic::new(Code::YAML_SYNTAX, "expected a value, found the end").at(end),
        Diagnostic::new(Code::UNKNOWN_NODE_TYPE, "behind a tab").at(at("\"Gather\"")),
        Diagnostic::new(Code::FILE_UNREADABLE, "cannot read the file: no such file")
            .at(Span::new(missing, 0, 0))
            .help("check the path"),
        Diagnostic::new(Code::QUEUE_NOT_CHECKED, "the queue was accepted: 100%, really")
            .flow("Main"),
    ]
}

fn place(file: FileId, text: &str, needle: &str) -> Span {
    let start = text.find(needle).expect("the text has it");
    Span::new(file, start, start + needle.len())
}

#[test]
fn rendered_for_people() {
    let (diagnostics, files) = examples();
    insta::assert_snapshot!(render_text(&diagnostics, &files, Style::default()));
}

#[test]
fn for_programs() {
    let (diagnostics, files) = examples();
    let text = render_json(&diagnostics, &files);
    insta::assert_snapshot!(text);
    assert!(text.ends_with("}\n"));
    assert!(text.starts_with("{\n  \"schema\": \"flowsim.findings/1\",\n"));
}

#[test]
fn for_github() {
    let (diagnostics, files) = examples();
    insta::assert_snapshot!(render_github(&diagnostics, &files));
}

#[test]
fn for_code_scanning() {
    let (diagnostics, files) = examples();
    let text = render_sarif(&diagnostics[..3], &files);
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

/// The requirements of the SARIF 2.1.0 schema and specification for the parts that we
/// write.
#[test]
fn sarif_has_what_the_standard_requires() {
    let (diagnostics, files) = examples();
    let log: Value = serde_json::from_str(&render_sarif(&diagnostics, &files)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "flowsim");
    assert_eq!(driver["version"], env!("CARGO_PKG_VERSION"));
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        let code = Code::from_name(rule["id"].as_str().unwrap()).unwrap();
        assert_eq!(rule["shortDescription"]["text"], code.meaning());
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), diagnostics.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(
            ["error", "warning", "note"].contains(&result["level"].as_str().unwrap())
        );
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let related = result["relatedLocations"].as_array().cloned().unwrap_or_default();
        let locations = result["locations"].as_array().unwrap();
        assert!(locations.len() <= 1);
        for location in locations.iter().chain(&related) {
            check_location(location);
        }
    }
}

fn check_location(location: &Value) {
    let Some(physical) = location.get("physicalLocation") else {
        assert!(location["logicalLocations"][0]["name"].is_string());
        return;
    };
    let uri = physical["artifactLocation"]["uri"].as_str().expect("a uri");
    assert!(!uri.is_empty() && !uri.contains([' ', '\\']), "{uri}");
    let Some(region) = physical.get("region") else { return };
    let number = |key: &str| region[key].as_u64().expect("a number");
    let start = (number("startLine"), number("startColumn"));
    assert!(start.0 >= 1 && start.1 >= 1);
    assert!(start <= (number("endLine"), number("endColumn")));
}

#[test]
fn colours_do_not_change_the_text() {
    let (diagnostics, files) = examples();
    let plain = render_text(&diagnostics, &files, Style::default());
    let style = Style { color: true, ..Style::default() };
    let colored = render_text(&diagnostics, &files, style);
    assert!(colored.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}

#[test]
fn no_diagnostics_produce_no_output() {
    let files = Files::new();
    assert_eq!(render_text(&[], &files, Style::default()), "");
    assert_eq!(render_github(&[], &files), "");
    assert_eq!(
        render_json(&[], &files),
        "{\n  \"schema\": \"flowsim.findings/1\",\n  \"findings\": []\n}\n"
    );
    assert_eq!(summary(&[]), None);
}

#[test]
fn the_summary_counts_by_severity() {
    let of = |codes: &[Code]| {
        let diagnostics: Vec<_> =
            codes.iter().map(|code| Diagnostic::new(*code, "")).collect();
        summary(&diagnostics)
    };
    let (error, warning) = (Code::NO_FLOWS, Code::UNREACHABLE_NODE);
    assert_eq!(of(&[error, warning, error]).unwrap(), "2 errors, 1 warning");
    assert_eq!(of(&[warning, warning]).unwrap(), "2 warnings");
    assert_eq!(of(&[Code::QUEUE_NOT_CHECKED]).unwrap(), "1 note");
}

#[test]
fn sorting_is_by_file_then_position_then_code() {
    let make = |code, place: Option<(u32, usize)>, message: &str| {
        let diagnostic = Diagnostic::new(code, message);
        match place {
            Some((file, start)) => {
                diagnostic.at(Span::new(FileId(file), start, start + 1))
            }
            None => diagnostic,
        }
    };
    let (first, second) = (Code::DANGLING_REFERENCE, Code::UNREACHABLE_NODE);
    let mut diagnostics = vec![
        make(first, Some((1, 0)), "g"),
        make(first, Some((0, 9)), "e"),
        make(second, Some((0, 5)), "c"),
        make(second, Some((0, 5)), "d"),
        make(first, Some((0, 5)), "b"),
        make(second, Some((0, 9)), "f"),
        make(second, None, "a"),
    ];
    sort(&mut diagnostics);
    let order: String = diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(order, "abcdefg");
}

/// A flow may come from anyone. Quoting it must not move the cursor, ring the bell,
/// change the title of the terminal or reverse the text.
#[test]
fn hostile_strings_do_not_affect_the_terminal() {
    let hostile = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\r\u{8}\u{200b}";
    let mut files = Files::new();
    let text = format!("a: \"{hostile}\"\n");
    let file = files.add(format!("{hostile}.yaml"), &*text);
    let diagnostic = Diagnostic::new(Code::YAML_SYNTAX, format!("found `{hostile}`"))
        .label(Span::new(file.id(), 3, text.len() - 1), hostile)
        .help(hostile)
        .node(format!("{hostile}1"))
        .flow(format!("{hostile}2"));
    let diagnostics = [diagnostic];
    let shown = render_text(&diagnostics, &files, Style::default());
    insta::assert_snapshot!(shown);
    for output in [shown, render_github(&diagnostics, &files)] {
        assert!(!output.chars().any(|c| c.is_control() && c != '\n'), "{output:?}");
        assert!(!output.contains(['\u{202e}', '\u{200b}']));
    }
}

#[test]
fn properties_of_workflow_commands_are_escaped() {
    let mut files = Files::new();
    let file = files.add("a,b:c%d.json", "{}").id();
    let diagnostic = Diagnostic::new(Code::NOT_A_FLOW, "50% of a:b, c\nsecond::line")
        .at(Span::new(file, 0, 2));
    assert_eq!(
        render_github(&[diagnostic], &files),
        "::error file=a%2Cb%3Ac%25d.json,line=1,col=1,endLine=1,title=NOT_A_FLOW\
         ::50%25 of a:b, c%0Asecond::line\n"
    );
}

#[test]
fn a_long_line_is_cut_around_the_position() {
    let mut files = Files::new();
    let text = format!(
        "{{{} \"here\": 1, {}}}",
        "\"é\": 0, ".repeat(200),
        "\"z\": 0, ".repeat(200)
    );
    let file = files.add("long.json", &*text).id();
    let start = text.find("\"here\"").unwrap();
    let span = Span::new(file, start, start + 6);
    let far = Span::new(file, 1, 4);
    let diagnostic = Diagnostic::new(Code::JSON_SYNTAX, "wrong")
        .label(span, "this")
        .label(far, "because of this");
    insta::assert_snapshot!(render_text(&[diagnostic], &files, Style::default()));
}

/// In a file of one long line, programs get the names around the place.
#[test]
fn programs_get_the_names_around_a_place_in_a_long_line() {
    let mut files = Files::new();
    let pad = "x".repeat(3_000);
    let text = format!(
        r#"{{"name": "F", "pad": "{pad}", "units": [{{"name": "Main", "text": 5}}]}}"#
    );
    let file = files.add("long.json", &*text).id();
    let start = text.find("5}").unwrap();
    let wrong = Diagnostic::new(Code::JSON_SYNTAX, "wrong");
    let found = [wrong.at(Span::new(file, start, start + 1))];
    let json: Value = serde_json::from_str(&render_json(&found, &files)).unwrap();
    assert_eq!(json["findings"][0]["names"], serde_json::json!(["F", "Main"]));
    let sarif: Value = serde_json::from_str(&render_sarif(&found, &files)).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["logicalLocations"][0];
    assert_eq!(place["fullyQualifiedName"], "F/Main");
    let short =
        [Diagnostic::new(Code::JSON_SYNTAX, "wrong")
            .at(files.add("a.json", "{}").span())];
    assert!(!render_json(&short, &files).contains("names"));
}

/// Overlapping marks are drawn over each other, the shorter one last. They must not hide
/// the position that the diagnostic is about.
#[test]
fn the_primary_position_is_visible_below_other_marks() {
    let mut files = Files::new();
    let file = files.add("a.json", "[\n  first, second\n]\n");
    let place = |start, end| Span::new(file.id(), start, end);
    let diagnostic = Diagnostic::new(Code::JSON_SYNTAX, "wrong")
        .label(place(4, 17), "the whole")
        .label(place(4, 10), "its beginning")
        .label(place(9, 17), "its end");
    let text = render_text(&[diagnostic], &files, Style::default());
    insta::assert_snapshot!(text);
}

/// Generated flows are often one line. Neither the time nor the output may grow with the
/// product of its length and the number of diagnostics; this test would then take
/// minutes.
#[test]
fn a_thousand_diagnostics_in_ten_megabytes_of_one_line() {
    let (diagnostics, files) = generated();
    let text = render_text(&diagnostics, &files, Style { color: false, width: 120 });
    assert_eq!(text.matches("error[DANGLING_REFERENCE]").count(), 1_000);
    assert!(text.contains(":1:10489501\n"), "the columns are those of the whole line");
    assert!(text.len() < 1_000 * 1_000, "{} bytes", text.len());
    assert!(render_json(&diagnostics, &files).contains("\"column\": 10489501"));
    assert!(render_sarif(&diagnostics, &files).contains("\"startColumn\": 10489501"));
    assert!(render_github(&diagnostics, &files).contains("col=10489501"));
}

fn generated() -> (Vec<Diagnostic>, Files) {
    let mut files = Files::new();
    let item = "{\"é\": 7}, ";
    let text = item.repeat(10_500_000 / item.chars().count());
    let file = files.add("generated.json", text);
    let step = 1_050 * item.len();
    let one = |index: usize| {
        let start = index * step;
        Diagnostic::new(Code::DANGLING_REFERENCE, "no such node")
            .label(Span::new(file.id(), start, start + 8), "here")
    };
    ((0..1_000).map(one).collect(), files)
}

#[test]
fn a_message_with_many_or_huge_parts_stays_readable() {
    let mut files = Files::new();
    let file = files.add("a.json", "[1, 2, 3]\n".repeat(1_000));
    let mut diagnostic = Diagnostic::new(Code::JSON_SYNTAX, "x".repeat(1_000_000));
    for line in 0..1_000 {
        diagnostic =
            diagnostic.label(Span::new(file.id(), line * 10, line * 10 + 1), "again");
    }
    let text = render_text(&[diagnostic], &files, Style::default());
    assert!(text.contains("and 984 more places"));
    assert!(text.len() < 10_000, "{} bytes", text.len());
}

proptest! {
    /// For all documents and label positions, rendering does not panic, prints only printable
    /// characters, and shows the position that the file counts.
    #[test]
    fn any_label_in_any_text_can_be_shown(
        text in "([a-z\u{e9}\u{1f600}\u{301}\t \r\u{1b}]{0,12}(\n|\r\n)?){0,9}",
        places in prop::collection::vec((0_usize..150, 0_usize..150), 0..5),
        width in 0_usize..200,
    ) {
        let mut files = Files::new();
        let file = files.add("a.json", text);
        let mut diagnostic = Diagnostic::new(Code::JSON_SYNTAX, "wrong");
        for &(start, length) in &places {
            diagnostic = diagnostic.label(Span::new(file.id(), start, start + length), "here");
        }
        let diagnostics = [diagnostic];
        let shown = render_text(&diagnostics, &files, Style { color: false, width });
        prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
        if let (Some((start, _)), false) = (places.first(), file.text().is_empty()) {
            let position = file.position(u32::try_from(*start).unwrap());
            let place = format!("--> a.json:{}:{}\n", position.line, position.column);
            prop_assert!(shown.contains(&place), "{shown}\nshould have {place}");
            let number = position.line.to_string();
            let has_line = |row: &str| row.split_once('|').is_some_and(|(head, _)| head.trim() == number);
            prop_assert!(shown.lines().any(has_line), "{shown}");
            prop_assert!(shown.contains('^'), "{shown}");
        }
        render_sarif(&diagnostics, &files);
        render_github(&diagnostics, &files);
    }
}

#[test]
fn every_code_has_a_page_with_advice() {
    for code in Code::all() {
        let page = explain(code);
        let head = format!("{code} ({})\n\n{}\n", code.severity().name(), code.meaning());
        assert!(page.starts_with(&head), "{page}");
        let (_, advice) = page.split_once("What to do\n\n").unwrap();
        assert!(advice.split_whitespace().count() >= 15, "{code} needs more words");
        assert!(!page.contains("```"), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    }
}

#[test]
fn a_page_reads_well_at_the_terminal() {
    insta::assert_snapshot!(explain(Code::DANGLING_REFERENCE));
}

#[test]
fn examples_on_pages_can_be_read() {
    let mut examples = 0;
    for code in Code::all() {
        for block in code.advice().split("```").skip(1).step_by(2) {
            let (kind, text) = block.split_once('\n').unwrap();
            let file = Files::new().add("example", text);
            match kind {
                "json" => assert!(read_json(&file).is_ok(), "{code}: {text}"),
                "yaml" => assert!(read_yaml(&file).is_ok(), "{code}: {text}"),
                "toml" => assert!(read_toml(&file).is_ok(), "{code}: {text}"),
                kind => assert_eq!(kind, "text", "{code}"),
            }
            examples += 1;
        }
    }
    assert!(examples > 20);
}

#[test]
fn the_handbook_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    let stored = fs::read_to_string(path).unwrap_or_default();
    assert!(
        stored.replace("\r\n", "\n") == handbook().replace("\r\n", "\n"),
        "docs/diagnostics.md is not what the codes and their pages say; write it anew with\n\
         `cargo run -- explain --all > docs/diagnostics.md`"
    );
}

#[test]
fn severities_have_the_documented_names() {
    let names = [Severity::Error, Severity::Warning, Severity::Note].map(Severity::name);
    assert_eq!(names, ["error", "warning", "note"]);
}
