//! The public API: loading, calls, sessions, suites and comparisons.

#![expect(clippy::unwrap_used, reason = "a missing result fails the test")]

mod comparison;
mod loading;
mod runs;
mod sessions;
mod suites;

use flowsim::{
    Call, Case, Comparison, Error, Project, ProjectBuilder, Session, Suite, Trace,
};

/// The flows and fixtures of the shared flow.
fn shared() -> Project {
    let folder = bundled("shared-flow");
    let builder = Project::builder().flows(folder.join("flows"));
    builder.fixtures(folder.join("fixtures.yaml")).load().unwrap()
}

/// A call of the shared flow.
fn call() -> Call {
    Call::new("Inbound_Flow_A")
}

/// A draft flow in memory with these nodes; the first one is the start.
fn draft(nodes: &str) -> ProjectBuilder {
    let start = nodes.split('"').nth(3).unwrap();
    let text =
        format!(r#"{{"name": "Trial", "startNode": "{start}", "nodes": [{nodes}]}}"#);
    Project::builder().flow_text("trial.json", text)
}

const END: &str = r#"{"id": "End", "type": "End", "properties": {"endType": "normal"}}"#;

fn bundled(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Programs share loaded flows between threads, and move calls to other threads.
#[test]
fn everything_can_be_sent_and_nearly_everything_shared() {
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_sent<T: Send + 'static>() {}
    is_shared::<(Project, Call, Trace)>();
    is_shared::<(Suite, Case, Comparison, Error)>();
    is_sent::<Session>();
}
