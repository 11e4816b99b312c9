//! The HTML page and its contents, which must never be interpreted as markup.

use serde_json::Value as Json;

use super::events::{HOSTILE, report, results};

/// Returns the contents of the element with this id.
fn data(page: &str, id: &str) -> Json {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let (_, rest) = page.split_once(&start).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

#[test]
fn the_page_contains_every_test() {
    let page = report("html", &results(), 1);
    insta::assert_json_snapshot!("html_tests", data(&page, "tests-data"));
    insta::assert_json_snapshot!("html_calls", data(&page, "calls-data"));
    assert!(page.contains("<p>8 tests: 2 passed, 4 failed, 1 skipped, 1 not run</p>"));
}

#[test]
fn a_run_without_tests_also_has_a_page() {
    let page = report("html", &[], 0);
    assert!(page.contains("<p>no tests</p>"), "{page}");
}

/// No string of a test ends or starts an element, and none is lost.
#[test]
fn names_are_not_interpreted() {
    let name = format!("{HOSTILE}</script><script>alert(1)</script><!-- {{{{ 7 * 7 }}}}");
    let mut all = results();
    for result in &mut all {
        result.id.title = name.as_str().into();
        result.tags = vec![name.as_str().into()];
    }
    let page = report("html", &all, 0);
    // The policy contains the hashes of style and script; the data is JSON.
    assert_eq!(page.matches("<script").count(), 3);
    assert_eq!(page.matches("</script>").count(), 3);
    assert!(!page.contains("<!--"));
    let tests = data(&page, "tests-data");
    let shown = tests["tests"][0]["name"].as_str().unwrap();
    assert!(shown.ends_with("<script>alert(1)</script><!-- {{ 7 * 7 }}"), "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\n']), "{shown}");
}

/// The page does not contain the time of the machine.
#[test]
fn equal_results_produce_equal_bytes() {
    let mut slow = results();
    slow.iter_mut().for_each(|result| result.took *= 77);
    assert_eq!(report("html", &results(), 0), report("html", &slow, 0));
}
