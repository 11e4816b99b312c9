//! The page of `flowsim test --html` in a real browser. It is loaded with addresses that
//! people share, and its contents are checked.

#![expect(clippy::unwrap_used, reason = "a page that cannot be read fails the test")]

use std::fs;
use std::path::Path;

#[cfg(unix)]
use crate::browser::{Loaded, browser, load};

const HOSTILE: &str = "</script><script>document.title='obeyed'</script><img src=x onerror=alert(1)> \"' {{1}}";

/// A folder with tests of every kind and the page of their run.
fn report() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let name = HOSTILE.replace('\'', "''");
    let suite = format!(
        "flows: ['{0}/shared-flow/flows']\nfixtures: ['{0}/shared-flow/fixtures.yaml']\n\
         defaults: {{flow: Inbound_Flow_A}}\ntests:\n\
         - {{name: gets through, tags: [smoke], input: [\"1\"], expect: {{status: completed}}}}\n\
         - {{name: goes astray, input: [\"1\"],\n    expect: {{routing: {{queueId: sales}}}}}}\n\
         - {{name: later, skip: not yet, expect: {{status: completed}}}}\n\
         - {{name: '{name}', tags: ['{name}'], input: [\"1\"], variables: {{note: '{name}'}}, expect: {{status: completed}}}}\n",
        fixtures.display()
    );
    fs::write(folder.path().join("a.test.yaml"), suite).unwrap();
    let menu = format!(
        "flows: ['{}/alder-clinic/flows']\nfixtures: ['{}/alder-clinic/fixtures.yaml']\ntests:\n\
         - {{name: books, at: 2026-03-10T14:00:00Z, input: [\"1\", \"1\", \"1\"], expect: {{status: completed}}}}\n",
        fixtures.display(),
        fixtures.display()
    );
    fs::write(folder.path().join("b.test.yaml"), menu).unwrap();
    for (jobs, html) in [("1", "out"), ("4", "again")] {
        assert_cmd::Command::cargo_bin("flowsim")
            .unwrap()
            .current_dir(folder.path())
            .args(["test", ".", "--html", html, "--jobs", jobs])
            .assert()
            .code(1);
    }
    folder
}

/// Returns the page without its embedded data.
#[cfg(unix)]
fn shown(loaded: &Loaded) -> &str {
    let (shown, _) = loaded.document.split_once("id=\"tests-data\"").unwrap();
    shown
}

/// Counts the tests in the list.
#[cfg(unix)]
fn rows(loaded: &Loaded) -> usize {
    let (_, list) = shown(loaded).split_once("id=\"list\"").unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    list.matches("<li><a ").count()
}

#[test]
fn the_page_does_not_depend_on_the_machine() {
    let folder = report();
    let page =
        |name: &str| fs::read(folder.path().join(name).join("index.html")).unwrap();
    assert!(page("out") == page("again"), "the number of threads changes the page");
    let files: Vec<_> = fs::read_dir(folder.path().join("out")).unwrap().collect();
    assert_eq!(files.len(), 1);
}

#[cfg(unix)]
#[test]
#[ignore = "needs Chromium"]
fn a_browser_shows_the_page() {
    let browser = browser();
    let folder = report();
    let page = folder.path().join("out/index.html");
    let load = |fragment: &str| {
        let loaded = load(&browser, &page, fragment);
        assert_eq!(loaded.console, [""; 0], "{fragment}");
        assert!(!loaded.document.contains("<title>obeyed"), "{fragment}");
        assert!(!shown(&loaded).contains("<img"), "{fragment}");
        loaded
    };

    // Initially the page shows all tests, and the first failure.
    let first = load("");
    assert_eq!(rows(&first), 5);
    assert!(shown(&first).contains("<h2>goes astray</h2>"));
    assert!(shown(&first).contains("<p class=\"meta\">a.test.yaml:7</p>"));
    assert!(shown(&first).contains("<span class=\"minus\">- \"sales\"</span>"));

    // Filters by outcome, tag, file and text, the last of them within prompts.
    assert_eq!(rows(&load("outcome=failed")), 1);
    assert_eq!(rows(&load("tag=smoke")), 1);
    assert_eq!(rows(&load("file=b.test.yaml")), 1);
    assert_eq!(rows(&load("q=harbour+travel")), 3);
    assert_eq!(rows(&load("q=nothing+has+this")), 0);

    // A test with its conversation and its trace.
    let test = load("test-a.test.yaml:5");
    let text = shown(&test);
    assert!(text.contains("<h2>gets through</h2>"), "{text}");
    assert!(text.contains("<div class=\"bubble\">Press 1 now.</div>"), "{text}");
    assert!(text.contains("<kbd>1</kbd>"), "{text}");
    assert!(text.contains("<p class=\"ink2\">caller pressed 1</p>"), "{text}");
    assert!(text.contains("<li class=\"middle way\">routed to Support (support)</li>"));

    // Markup in names is shown as text.
    let hostile = load("test-a.test.yaml:9");
    let name = "&lt;/script&gt;&lt;script&gt;document.title='obeyed'&lt;/script&gt;";
    assert!(shown(&hostile).contains(&format!("<h2>{name}")), "{}", shown(&hostile));

    // A flow with its coverage.
    let flow = load("flow-0");
    let (_, drawn) = shown(&flow).split_once("id=\"flow\"").unwrap();
    let (drawn, _) = drawn.split_once("</article>").unwrap();
    assert!(drawn.contains("<h2>Alder Clinic Main Line</h2>"), "{drawn}");
    for mark in ["box covered", "box partly", "box missed", "way covered", "way missed"] {
        assert!(drawn.contains(&format!("class=\"{mark}")), "{mark}");
    }
}
