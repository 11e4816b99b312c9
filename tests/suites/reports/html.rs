//! The page: what it holds, and that it obeys nothing of it.

use serde_json::Value as Json;

use super::events::{HOSTILE, report, results};

/// What stands in the element of this id.
fn data(page: &str, id: &str) -> Json {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, rest) = page.split_once(&start).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

#[test]
fn the_page_holds_every_test() {
    let page = report("html", &results(), 1);
    insta::assert_json_snapshot!("html_tests", data(&page, "tests-data"));
    insta::assert_json_snapshot!("html_calls", data(&page, "calls-data"));
    assert!(page.contains("<p>8 tests: 2 passed, 4 failed, 1 skipped, 1 not run</p>"));
}

#[test]
fn a_run_without_tests_has_a_page_too() {
    let page = report("html", &[], 0);
    assert!(page.contains("<p>no tests</p>"), "{page}");
}

/// No text of a test ends an element or begins one, and none is lost.
#[test]
fn names_are_only_text() {
    let name = format!("{HOSTILE}</script><script>alert(1)</script><!-- {{{{ 7 * 7 }}}}");
    let mut all = results();
    for result in &mut all {
        result.id.title = name.as_str().into();
        result.tags = vec![name.as_str().into()];
    }
    let page = report("html", &all, 0);
    // Style and script have their hash in the policy; the data are JSON.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script>").count(), 3);
    assert!(!page.contains("<!--"));
    let tests = data(&page, "tests-data");
    let shown = tests["tests"][0]["name"].as_str().unwrap();
    assert!(shown.ends_with("<script>alert(1)</script><!-- {{ 7 * 7 }}"), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\n']), "{shown}");
}

/// The clock of the machine is nowhere in it.
#[test]
fn the_same_results_give_the_same_bytes() {
    let mut slow = results();
    slow.iter_mut().for_each(|result| result.took *= 77);
    assert_eq!(report("html", &results(), 0), report("html", &slow, 0));
}
