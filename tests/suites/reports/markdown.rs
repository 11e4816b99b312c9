//! A page of Markdown.

use super::events::{report, results};

#[test]
fn a_page_tells_what_failed_and_what_was_skipped() {
    let text = report("markdown", &results(), 0);
    insta::assert_snapshot!(text);
    assert_eq!(text.matches("\n#### ").count(), 4);
    // Every other part is a block of code, where markup is text.
    let prose: String = text.split("\n```").step_by(2).collect();
    assert!(prose.contains("\\<b\\>"), "{prose}");
    for markup in [" <b>", " *x*", " `y`", "[z](u)", "@all"] {
        assert!(!prose.contains(markup), "{markup} in {prose}");
    }
}

#[test]
fn all_is_well_needs_no_list() {
    let passed = &results()[..1];
    let text = report("markdown", passed, 0);
    assert_eq!(text, "## ✅ flowsim test\n\n1 test: 1 passed, in 1.234 s\n");
    let text = report("markdown", passed, 1);
    assert!(text.starts_with("## ❌ flowsim test\n\n2 tests: 1 passed, 1 not run,"));
}
