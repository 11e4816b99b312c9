//! A run whose events are built by hand.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flowsim::diagnostic::{Code, Diagnostic};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::report::{Options, ReportSpec, Reporter};
use flowsim::runner::{
    CaseId, CaseResult, Ended, Library, LoadedSuite, Outcome, RunEvent, Tally,
};
use flowsim::source::{FileId, Files, Span, read_document};
use flowsim::suite::{Mismatch, Shown};
use flowsim::world::{FixtureHost, Fixtures};

/// A string with characters that are special in XML, TAP, Markdown, workflow commands or
/// terminals.
pub(crate) const HOSTILE: &str = "a\u{1b}[31mred\u{7} <b>&\"'</b> ]]> # SKIP not \\ | *x* `y` \
     [z](u) @all ::error::%0A\nok 9 - \u{202e}\u{fffe} größe 日本";

/// The scenario files of the tests. Only their number of lines matters.
pub(crate) fn files() -> Files {
    let mut files = Files::new();
    for path in ["suites/a.test.yaml", "suites/b & <c>.test.yaml"] {
        files.add(path, "        \n".repeat(30));
    }
    files
}

/// The fifth column of a line in one of them.
fn at(file: u32, line: usize) -> Span {
    let start = (line - 1) * 9 + 4;
    Span::new(FileId(file), start, start + 1)
}

pub(crate) fn case(file: &str, line: u32, name: &str, outcome: Outcome) -> CaseResult {
    CaseResult {
        id: CaseId {
            file: Path::new(file).into(),
            name: name.into(),
            title: name.into(),
            row: None,
            span: at(0, 1),
            line,
        },
        tags: Vec::new(),
        outcome,
        program: None,
        trace: None,
        snapshot: None,
        properties: Vec::new(),
        took: Duration::from_micros(u64::from(line) * 1_500),
        is_file_result: false,
        flags: "".into(),
        reported: None,
    }
}

/// A test with a call and its trace.
fn called() -> CaseResult {
    let text = r#"{
      "id": "short", "name": "Short", "type": "inbound",
      "draft": {
        "startNode": "End",
        "nodes": {"End": {"id": "End", "type": "End", "properties": {"endType": "normal"}}}
      }
    }"#;
    let mut files = Files::new();
    let file = files.add("short.json", text);
    let flows = read::read(&read_document(&file).unwrap(), &mut Vec::new());
    let program = Arc::new(Program::compile(&flows));
    let call = Call::new(program.flow("Short").unwrap());
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(&program), &call);
    let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &[]));
    let mut result = case("suites/a.test.yaml", 4, "a call that ends", Outcome::Passed);
    (result.program, result.trace) = (Some(program), Some(trace));
    result
}

fn mismatches() -> Outcome {
    let lines =
        |lines: &[&str]| Shown::Lines(lines.iter().map(|&it| it.into()).collect());
    Outcome::Failed(vec![
        Mismatch {
            span: at(0, 12),
            subject: "path".into(),
            message: "the third node is another one".into(),
            expected: lines(&["Ask", "Check", "Sales"]),
            found: lines(&["Ask", "Check", "Support"]),
            step: Some(2),
            cause: vec!["condition 1: {digit} == '2'".into(), "digit = \"1\"".into()],
            comparison: None,
        },
        Mismatch {
            span: at(0, 14),
            subject: "routing.queueId".into(),
            message: "expected `sales`, found nothing".into(),
            expected: Shown::Text("sales".into()),
            found: Shown::Nothing,
            step: None,
            cause: Vec::new(),
            comparison: None,
        },
    ])
}

/// One test with each outcome, and two with a name that must not be interpreted.
pub(crate) fn results() -> Vec<CaseResult> {
    let (a, b) = ("suites/a.test.yaml", "suites/b & <c>.test.yaml");
    let hostile = Outcome::Failed(vec![Mismatch {
        span: at(1, 5),
        subject: "prompts".into(),
        message: HOSTILE.into(),
        expected: Shown::Text(HOSTILE.into()),
        found: Shown::Nothing,
        step: None,
        cause: Vec::new(),
        comparison: None,
    }]);
    let broken = Diagnostic::new(Code::UNKNOWN_FLOW, "no flow is called `Mian`");
    let broken = broken.help("did you mean `Main`?").flow("Mian");
    let mut row = case(a, 9, "press 1 reaches sales", mismatches());
    (row.id.row, row.id.title) = (Some(1), "press 1 reaches sales (row 1)".into());
    let mut same = case(a, 9, "press 1 reaches sales", Outcome::Passed);
    (same.id.row, same.id.title) = (Some(2), "press 1 reaches sales (row 2)".into());
    let reason = "the queue is # not there\nyet";
    vec![
        called(),
        row,
        same,
        case(a, 20, "skipped for now", Outcome::Skipped(reason.into())),
        case(b, 3, HOSTILE, hostile),
        case(b, 7, "the flow is gone", Outcome::Broken(vec![broken])),
        case(b, 12, "too much", Outcome::Panicked("index out of\nbounds".into())),
    ]
}

/// A substitute for the suite's explanation of a failure.
pub(crate) fn explain(result: &CaseResult, files: &Files) -> String {
    let mut text = String::new();
    match &result.outcome {
        Outcome::Failed(mismatches) => {
            for (number, mismatch) in mismatches.iter().enumerate() {
                let gap = if number == 0 { "" } else { "\n" };
                let Mismatch { subject, message, cause, .. } = mismatch;
                let _ = writeln!(text, "{gap}{subject}: {message}");
                let path = files.get(mismatch.span.file).path().display();
                let line = files.position(mismatch.span).line;
                let _ = writeln!(text, "  at {path}:{line}");
                for (sign, shown) in [('-', &mismatch.expected), ('+', &mismatch.found)] {
                    match shown {
                        Shown::Nothing => {}
                        Shown::Text(line) => {
                            let _ = writeln!(text, "    {sign} {line}");
                        }
                        Shown::Lines(lines) => {
                            for line in lines {
                                let _ = writeln!(text, "    {sign} {line}");
                            }
                        }
                    }
                }
                for line in cause {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        Outcome::Broken(diagnostics) => {
            for diagnostic in diagnostics {
                let Diagnostic { code, message, .. } = diagnostic;
                let _ = writeln!(text, "error[{}]: {message}", code.name());
            }
        }
        other => panic!("nothing is to be explained of {}", other.name()),
    }
    text
}

pub(crate) fn options(times: bool) -> Options {
    Options { explain, times, step_summary: None }
}

/// Sends an event of a run without scenario files.
pub(crate) fn send_one(reporter: &mut dyn Reporter, event: &RunEvent<'_>) {
    let (library, files) = (Library::default(), files());
    reporter.event(event, LoadedSuite { library: &library, files: &files }).unwrap();
}

/// Sends the events of a run with these results to a reporter.
pub(crate) fn send(reporter: &mut dyn Reporter, results: &[CaseResult], not_run: usize) {
    let mut tally = Tally { not_run, ..Tally::default() };
    results.iter().for_each(|result| tally.add(&result.outcome));
    let selected = tally.total();
    let took = Duration::from_millis(1_234);
    send_one(reporter, &RunEvent::Started);
    let read = RunEvent::Read {
        diagnostics: &[],
        selected,
        found: selected,
        files: 1,
        is_last: true,
    };
    send_one(reporter, &read);
    for result in results {
        send_one(reporter, &RunEvent::Finished(result));
    }
    let ended = Ended { tally, found: selected + 3, files: 2, took };
    send_one(reporter, &RunEvent::Ended(ended));
}

/// Returns the report file for these results.
pub(crate) fn report(kind: &str, results: &[CaseResult], not_run: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    write(kind, &path, results, not_run);
    let path = if kind == "html" { path.join("index.html") } else { path };
    fs::read_to_string(path).unwrap()
}

pub(crate) fn write(kind: &str, path: &Path, results: &[CaseResult], not_run: usize) {
    let spec = ReportSpec::parse(&format!("{kind}={}", path.display())).unwrap();
    let mut reporter = spec.reporter(&options(true), Box::new(std::io::sink()));
    send(&mut *reporter, results, not_run);
}

/// A test whose call breaks a property.
fn broken(line: u32) -> CaseResult {
    let mismatch = Mismatch {
        span: Span::new(FileId(0), 0, 1),
        subject: "properties.kept late".into(),
        message: "it is broken".into(),
        expected: Shown::Nothing,
        found: Shown::Nothing,
        step: None,
        cause: Vec::new(),
        comparison: None,
    };
    case("suites/a.test.yaml", line, "breaks it", Outcome::Failed(vec![mismatch]))
}

/// Results of tests in two files with two properties each. One is kept, one is broken by two
/// calls, and those of the second file are not checked.
pub(crate) fn with_properties() -> Vec<CaseResult> {
    let mut results = vec![
        case("suites/a.test.yaml", 3, "keeps all", Outcome::Passed),
        broken(5),
        broken(9),
        case(
            "suites/b & <c>.test.yaml",
            3,
            "is skipped",
            Outcome::Skipped("later".into()),
        ),
    ];
    for result in &mut results {
        result.properties = vec!["kept <always>".into(), "kept late".into()];
    }
    results
}
