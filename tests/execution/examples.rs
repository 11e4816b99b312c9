//! The flows under `fixtures/`.

use std::path::PathBuf;
use std::sync::Arc;

use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::world::Fixtures;
use serde_json::Value;

use crate::support::*;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The flows and fixtures of a folder, which have nothing wrong in them.
fn example(name: &str) -> Stage {
    let mut files = Files::new();
    let loaded = read::load(&[folder(name).join("flows")], &mut files);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let (fixtures, problems) =
        Fixtures::load(&[folder(name).join("fixtures.yaml")], &mut files);
    assert!(problems.is_empty(), "{problems:?}");
    let program = Arc::new(Program::compile(&loaded.flows));
    Stage { program, fixtures, findings: Vec::new() }
}

#[test]
fn shared_flow_with_key_1_is_routed() {
    let stage = example("shared-flow");
    for main in ["Inbound_Flow_A", "Inbound_Flow_B"] {
        let played = stage.call_to(main).press(&["1"]);
        assert_eq!(
            played.path(),
            "CallShared SayHello GatherInput SetResult EndFlow CheckResult RouteToAgent PlayGoodbye EndFlow"
        );
        assert_eq!(played.variable("shared_module_result"), "\"1\"");
        assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 0));
        assert!(played.routing().is_object());
    }
}

#[test]
fn shared_flow_with_key_2_is_not_routed() {
    let stage = example("shared-flow");
    let played = stage.call_to("Inbound_Flow_A").press(&["2"]);
    assert_eq!(
        played.path(),
        "CallShared SayHello GatherInput SetResult EndFlow CheckResult PlayGoodbye EndFlow"
    );
    assert_eq!(
        (played.variable("shared_module_result").as_str(), played.routing()),
        ("\"2\"", &Value::Null)
    );
    assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 0));
}

#[test]
fn shared_flow_with_silence_leaves_through_exit_and_takes_the_default() {
    let stage = example("shared-flow");
    let played = stage.call_to("Inbound_Flow_A").run();
    assert_eq!(
        played.path(),
        "CallShared SayHello GatherInput Exit CheckResult PlayGoodbye EndFlow"
    );
    assert_eq!((played.end().as_str(), played.elapsed()), ("completed", 10_000));
    assert_eq!(
        (
            played.variable("shared_module_result").as_str(),
            played.error_of("GatherInput")
        ),
        ("unset", "NO_INPUT")
    );
}
