//! The Markdown report.

use super::events::{report, results};

#[test]
fn a_page_shows_failed_and_skipped_tests() {
    let text = report("markdown", &results(), 0);
    insta::assert_snapshot!(text);
    assert_eq!(text.matches("\n#### ").count(), 4);
    // Every second part is a code block, in which markup is text.
    let prose: String = text.split("\n```").step_by(2).collect();
    assert!(prose.contains("\\<b\\>"), "{prose}");
    for markup in [" <b>", " *x*", " `y`", "[z](u)", "@all"] {
        assert!(!prose.contains(markup), "{markup} in {prose}");
    }
}

#[test]
fn a_successful_run_needs_no_list() {
    let passed = &results()[..1];
    let text = report("markdown", passed, 0);
    assert_eq!(text, "## ✅ flowsim test\n\n1 test: 1 passed, in 1.234 s\n");
    let text = report("markdown", passed, 1);
    assert!(text.starts_with("## ❌ flowsim test\n\n2 tests: 1 passed, 1 not run,"));
}
