//! Ctrl-C during `flowsim explore`. *Source: docs/exploration.md.*

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a program that does not run fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::console_options::wait_for_handler;

/// The number of tasks. Each one asks the caller and a data action.
const TASKS: usize = 250;

/// The flow up to its tasks.
const HEAD: &str = "inboundCall:
  name: Large
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[T0]
  variables:
    - integerVariable: {name: Flow.Count, initialValue: {lit: 0}}
    - stringVariable: {name: Flow.Entry, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.State, initialValue: {noValue: true}}
  tasks:
";

/// A task that leads to two others.
const TASK: &str = "  - task:
      name: TINDEX
      refId: TINDEX
      actions:
      - collectInput:
          name: Ask INDEX
          inputData: {var: Flow.Entry}
          digits: {exact: 3}
      - callData:
          name: Data INDEX
          category: {Shop: {dataAction: {Get INDEX: {inputs: {number: {exp: Flow.Entry}}, successOutputs: {state: {var: Flow.State}}}}}}
          outputs:
            success:
              actions:
              - updateData:
                  name: Count INDEX
                  statements:
                  - integer: {variable: Flow.Count, value: {exp: Flow.Count + 1}}
      - decision:
          name: Is INDEX
          condition: {exp: 'Flow.State == \"sINDEX\" or (Flow.Entry == \"1DIGITS\" and Flow.Count > INDEX)'}
          outputs:
            'yes':
              actions:
              - jumpToTask: {name: Other INDEX, targetTaskRef: '/inboundCall/tasks/task[TOTHER]'}
            'no':
              actions:
              - jumpToTask: {name: Next INDEX, targetTaskRef: '/inboundCall/tasks/task[TNEXT]'}
";

/// A call flow whose calls never end, with as many states as the budget has questions.
fn large_flow() -> String {
    let task = |index: usize| {
        let (next, other) = ((index + 1) % TASKS, (index * 7 + 3) % TASKS);
        let text = TASK.replace("INDEX", &index.to_string());
        let text = text.replace("DIGITS", &format!("{:02}", index % 100));
        text.replace("NEXT", &next.to_string()).replace("OTHER", &other.to_string())
    };
    (0..TASKS).map(task).fold(HEAD.to_owned(), |text, task| text + &task)
}

fn explore(folder: &Path) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("flowsim"));
    command.current_dir(folder).args(["explore", "large.yaml", "--format", "json"]);
    command.args(["--jobs", "1", "--budget", "100000000"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Presses Ctrl-C some time after the exploration began. Returns the time until it ended.
#[expect(clippy::disallowed_methods, reason = "the test limits this time")]
fn interrupted(folder: &Path, after: Duration) -> (Output, Duration) {
    let child = explore(folder);
    wait_for_handler(child.id());
    thread::sleep(after);
    let began = Instant::now();
    let number = child.id().to_string();
    let signal = Command::new("kill").args(["-INT", &number]).status();
    assert!(signal.unwrap().success());
    (child.wait_with_output().unwrap(), began.elapsed())
}

#[test]
fn an_interrupted_exploration_ends_soon_with_its_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.yaml"), large_flow()).unwrap();
    // During the preparation, and during the search.
    for after in [200, 6_000].map(Duration::from_millis) {
        let (output, took) = interrupted(folder.path(), after);
        let problems = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{problems}");
        assert!(problems.contains("stopping; press Ctrl-C again"), "{problems}");
        // About a second on an idle machine.
        assert!(took < Duration::from_secs(4), "{took:?}");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["complete"], false);
        assert_eq!(json["nodes"].as_array().unwrap().len(), TASKS * 7);
        assert_eq!(json["counts"]["unreachable"], 0);
    }
}
