//! Comparisons with recordings.

use std::fs;

use flowsim::{
    BatchOptions, CompareOptions, ErrorKind, ExploreOptions, Project, Verdict,
};

use super::{bundled, call, shared};

/// Writes a recording of the shared flow with this key.
fn recording(folder: &std::path::Path, key: &str) -> std::path::PathBuf {
    let trace = shared().run(&call().input(key)).unwrap();
    let text = format!(
        r#"{{"schema": "flowsim.recording/1", "kind": "simulation", "id": "call {key}",
            "request": {{"flowId": "Inbound_Flow_A", "inputs": {{"dtmf": ["{key}"]}}}},
            "response": {}}}"#,
        trace.to_simulation_json()
    );
    let path = folder.join(format!("{key}.recording.json"));
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_recording_of_the_same_flows_is_equal() {
    let folder = tempfile::tempdir().unwrap();
    let path = recording(folder.path(), "1");
    let comparison = shared().compare(&path).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Equal, "{}", comparison.to_text());
    assert_eq!((comparison.differences().count(), comparison.cause()), (0, None));
    assert_eq!(comparison.recording(), path);
    assert_eq!(Some(comparison.recorded_end()), comparison.local_end());
}

#[test]
fn a_difference_has_a_place_and_a_cause() {
    let folder = tempfile::tempdir().unwrap();
    let path = recording(folder.path(), "1");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("Press 1", "Press 9")).unwrap();
    let project = shared();
    let comparison = project.compare(&path).unwrap();
    assert_eq!(comparison.verdict(), Verdict::Different);
    let first = comparison.first_difference().unwrap();
    assert_eq!(first.node(), Some("GatherInput"));
    assert_eq!(first.step(), first.local_step());
    assert!(first.recorded().unwrap().as_str().unwrap().starts_with("Press 9"));
    assert!(first.local().unwrap().as_str().unwrap().starts_with("Press 1"));
    assert!(first.to_string().contains("`GatherInput`"), "{first}");
    assert!(comparison.to_json().contains("\"flowsim.comparison/1\""));
    assert!(comparison.to_text().starts_with("different: "));
    let options = CompareOptions::default().ignore(first.pointer());
    let ignored = project.compare_batch([&path], &options).unwrap();
    assert_ne!(
        ignored[0].first_difference().map(|it| it.pointer()),
        Some(first.pointer())
    );
}

#[test]
fn folders_are_compared_in_order() {
    let compare = bundled("compare");
    let project = Project::load([compare.join("flows")]).unwrap();
    let recordings = [compare.join("recordings")];
    let options = CompareOptions::default();
    let all = project.compare_batch(&recordings, &options).unwrap();
    let one = project.compare_batch(&recordings, &options.jobs(1)).unwrap();
    assert!(!all.is_empty());
    let paths: Vec<_> = all.iter().map(|it| it.recording()).collect();
    assert!(paths.is_sorted());
    let same =
        |(a, b): (&flowsim::Comparison, &flowsim::Comparison)| a.to_json() == b.to_json();
    assert!(all.iter().zip(&one).all(same));
}

#[test]
fn invalid_options_and_recordings_are_errors() {
    let project = shared();
    let none: [&str; 0] = [];
    for (options, message) in [
        (CompareOptions::default().ignore("status"), "must start with `/`"),
        (CompareOptions::default().number_tolerance("much"), "`number` takes a number"),
    ] {
        let error = project.compare_batch(none, &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains(message), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.recording.json");
    fs::write(&path, "{}").unwrap();
    let error = project.compare(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert!(!error.diagnostics().is_empty());
    assert!(project.compare(folder.path().join("none")).is_err());
}

#[test]
fn a_folder_without_recordings_is_an_error() {
    let project = Project::load(["fixtures/compare/flows"]).unwrap();
    let compared =
        project.compare_batch(["fixtures/compare/flows"], &CompareOptions::default());
    assert!(compared.unwrap_err().to_string().contains("no recordings found"));
}

#[test]
fn long_work_can_be_stopped() {
    let project = Project::load(["fixtures/compare/flows"]).unwrap();
    let options = CompareOptions::default().stop_when(|| true);
    let stopped = project.compare_batch(["fixtures/compare/recordings"], &options);
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::System);
    let options = ExploreOptions::default().stop_when(|| true);
    assert_eq!(project.explore(&options).unwrap_err().kind(), ErrorKind::System);
    // One part of the rows is handled.
    let rows = vec!["{}"; 100_000];
    let options = BatchOptions::default().jobs(1).stop_when(|| true);
    let output = project.calls(&options).unwrap().rows(&rows);
    assert!((1..1_000).contains(&output.rows().len()));
    let options = BatchOptions::default().jobs(100_000).stop_when(|| false);
    assert_eq!(project.calls(&options).unwrap().rows(&rows).rows().len(), rows.len());
}
