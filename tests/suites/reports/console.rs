//! The console report for people.

use std::time::Duration;

use flowsim::report::{Console, ConsoleStyle, Listing};
use flowsim::runner::{CaseResult, Ended, Outcome, RunEvent, Tally};

use super::events::{case, options, results, send, send_one, with_properties};

fn shown(style: ConsoleStyle, times: bool, results: &[CaseResult]) -> String {
    let mut written = Vec::new();
    let mut console = Console::new(Box::new(&mut written), style, options(times));
    send(&mut console, results, 0);
    drop(console);
    String::from_utf8(written).unwrap()
}

fn style(listing: Listing) -> ConsoleStyle {
    ConsoleStyle { listing, color: false, slowest: 2 }
}

#[test]
fn failures_are_shown_in_full_and_listed_at_the_end() {
    insta::assert_snapshot!(shown(style(Listing::Failures), true, &results()));
}

#[test]
fn every_test_has_a_line() {
    insta::assert_snapshot!(shown(style(Listing::Each), false, &results()));
}

/// The output does not depend on how much was loaded before the first result.
#[test]
fn few_tests_have_a_line_each_and_many_have_none() {
    let results = results();
    for (most, listing) in [(7, Listing::Each), (6, Listing::Failures)] {
        let slowest = if listing == Listing::Each { 0 } else { 2 };
        let expected = ConsoleStyle { slowest, ..style(listing) };
        let expected = shown(expected, true, &results);
        let auto = style(Listing::Auto { most });
        assert_eq!(shown(auto, true, &results), expected, "{most}");
        for part in 1..results.len() {
            assert_eq!(in_parts(auto, &results, part), expected, "{most}, {part}");
        }
    }
}

/// Reports a suite that is loaded in parts, the first one with the given number of tests.
fn in_parts(style: ConsoleStyle, results: &[CaseResult], first: usize) -> String {
    let mut written = Vec::new();
    let mut console = Console::new(Box::new(&mut written), style, options(true));
    let mut tally = Tally::default();
    results.iter().for_each(|result| tally.add(&result.outcome));
    send_one(&mut console, &RunEvent::Started);
    let (some, others) = results.split_at(first);
    for (part, selected) in [(some, first), (others, results.len())] {
        let is_all = selected == results.len();
        let read = RunEvent::Read {
            diagnostics: &[],
            selected,
            found: selected,
            files: 1,
            is_last: is_all,
        };
        send_one(&mut console, &read);
        part.iter().for_each(|it| send_one(&mut console, &RunEvent::Finished(it)));
    }
    let took = Duration::from_millis(1_234);
    let ended = Ended { tally, found: tally.total() + 3, files: 2, took };
    send_one(&mut console, &RunEvent::Ended(ended));
    drop(console);
    String::from_utf8(written).unwrap()
}

#[test]
fn dots_are_not_interrupted() {
    let text = shown(style(Listing::Dots), false, &results());
    insta::assert_snapshot!(text);
    let passed = case("a.test.yaml", 1, "a", Outcome::Passed);
    for (count, lines) in [(80, 1), (81, 2), (160, 2), (1, 1)] {
        let many = vec![passed.clone(); count];
        let text = shown(style(Listing::Dots), false, &many);
        let dots = text.lines().take_while(|line| line.starts_with('.')).count();
        assert_eq!(dots, lines, "{count}\n{text}");
        assert!(text.contains(".\n\n"), "{count}\n{text}");
    }
}

#[test]
fn colours_only_emphasize() {
    let plain = shown(style(Listing::Each), true, &results());
    let color = ConsoleStyle { color: true, ..style(Listing::Each) };
    let colored = shown(color, true, &results());
    assert!(colored.contains("\u{1b}[31m    - sales\u{1b}[0m"), "{colored}");
    assert!(colored.contains("\u{1b}[32m✓\u{1b}[0m "), "{colored}");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}

#[test]
fn a_successful_run_is_one_line() {
    let results = [case("a.test.yaml", 1, "a", Outcome::Passed)];
    let text = shown(style(Listing::Failures), false, &results);
    assert_eq!(text, "1 test: 1 passed, in 2 files, 3 not selected\n");
    let text = shown(style(Listing::Failures), false, &[]);
    assert_eq!(text, "no tests, in 2 files, 3 not selected\n");
}

#[test]
fn progress_goes_to_another_stream_and_is_erased() {
    let (mut written, mut terminal) = (Vec::new(), Vec::new());
    let console =
        Console::new(Box::new(&mut written), style(Listing::Failures), options(true));
    let mut console = console.progress(Box::new(&mut terminal), 40);
    send(&mut console, &results(), 0);
    drop(console);
    let expected = shown(style(Listing::Failures), true, &results());
    assert_eq!(String::from_utf8(written).unwrap(), expected);
    let terminal = String::from_utf8(terminal).unwrap();
    assert!(terminal.contains("\r\u{1b}[K3 of 7, 1 failed  press 1 reaches sa"));
    assert!(terminal.ends_with("\r\u{1b}[K"), "{terminal:?}");
    assert!(!terminal.contains('\n'), "{terminal:?}");
}

#[test]
fn without_times_equal_results_produce_equal_bytes() {
    let (once, mut again) = (results(), results());
    again.iter_mut().for_each(|result| result.took *= 3);
    let all = |results| shown(style(Listing::Each), false, results);
    let mut once = all(&once);
    assert_eq!(once, all(&again));
    once.retain(|character| character.is_control() && character != '\n');
    assert_eq!(once, "");
}

/// Properties have lines at the end: all after a list of the tests, otherwise only broken
/// ones.
#[test]
fn properties_are_listed_at_the_end() {
    let text = shown(style(Listing::Each), false, &with_properties());
    let (_, lines) = text.split_once("\nfailed:\n").unwrap();
    insta::assert_snapshot!(lines);
    let text = shown(style(Listing::Failures), false, &with_properties());
    assert_eq!(text.matches("property: ").count(), 1, "{text}");
    assert!(text.contains("✗ suites/a.test.yaml  property: kept late\n"), "{text}");
}
