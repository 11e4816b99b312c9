//! `flowsim.run/1`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::events::{HOSTILE, report, results};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_run_is_one_object_a_line() {
    let text = report("json", &results(), 2);
    insta::assert_snapshot!(text);
    for line in text.lines() {
        assert!(line.starts_with(r#"{"schema":"flowsim.run/1","event":""#), "{line}");
    }
    let lines = lines(&text);
    let outcomes: Vec<_> = lines.iter().filter_map(|it| it["outcome"].as_str()).collect();
    let expected =
        ["passed", "failed", "passed", "skipped", "failed", "broken", "panicked"];
    assert_eq!(outcomes, expected);
    assert_eq!(lines[5]["name"], HOSTILE);
    assert_eq!(lines[1]["call"]["status"], "completed");
    assert_eq!(lines[8]["notRun"], 2);
}

#[test]
fn partitions_put_together_are_the_run() {
    let results = results();
    let (one, other) = results.split_at(3);
    let whole = lines(&report("json", &results, 0));
    let merged = report("json", one, 0) + &report("json", other, 0);
    let merged = lines(&merged);
    let of = |lines: &[Value], event| -> Vec<Value> {
        lines.iter().filter(|line| line["event"] == event).cloned().collect()
    };
    assert_eq!(of(&merged, "finished"), of(&whole, "finished"));
    for key in ["passed", "failed", "skipped", "notRun"] {
        let sum = |lines| -> u64 {
            of(lines, "ended").iter().filter_map(|line| line[key].as_u64()).sum()
        };
        assert_eq!(sum(&merged), sum(&whole), "{key}");
    }
}

#[test]
fn every_key_is_in_the_manual() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reports.md");
    let manual = fs::read_to_string(path).unwrap();
    let mut keys = Vec::new();
    for line in lines(&report("json", &results(), 0)) {
        collect("", &line, &mut keys);
    }
    assert!(keys.contains(&"mismatches[].subject".to_owned()), "{keys:?}");
    for key in keys {
        assert!(
            manual.contains(&format!("| `{key}` |")),
            "docs/reports.md lacks `{key}`"
        );
    }
}

fn collect(prefix: &str, value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = format!("{prefix}{key}");
                collect(&format!("{path}."), value, keys);
                keys.push(path);
            }
        }
        Value::Array(items) => {
            let prefix = format!("{}[].", prefix.trim_end_matches('.'));
            items.iter().for_each(|item| collect(&prefix, item, keys));
        }
        _ => {}
    }
}
