//! A node has the same id everywhere.

use std::path::{Path, PathBuf};

use flowsim::flow::FlowId;
use flowsim::flow::read::load;
use flowsim::flow::write::model;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::value::Json;

use super::support::call_flow;
use crate::shared::shared;

/// The names of the steps that handle events.
const EVENTS: [&str; 3] = ["Error Handling", "Recognition Failure", "Agent Escalation"];

/// Returns the ids and kinds of all nodes of the model, and of all steps that the author
/// wrote.
fn ids(folder: &Path) -> (usize, [Vec<String>; 2]) {
    let loaded = load(&[folder.to_owned()], &[], &mut Files::new());
    let flows = &loaded.architect;
    let program = Program::compile_all(&[], flows);
    let (mut of_model, mut of_program) = (Vec::new(), Vec::new());
    for (index, flow) in flows.iter().enumerate() {
        let model = model(flow);
        let nodes = model.get("draft").and_then(|draft| draft.get("nodes"));
        let Some(Json::Object(nodes)) = nodes else { panic!("a model has nodes") };
        for (id, node) in nodes.iter() {
            let kind = node.get("type").expect("a node has a type");
            of_model.push(format!("{index} {id} {kind}"));
        }
        let of_flow = program.symbols.nodes.iter();
        let of_flow = of_flow.filter(|node| node.flow == FlowId::new(index)).skip(1);
        let written = of_flow.filter(|node| {
            let is_handling = EVENTS.iter().any(|event| node.name.starts_with(event));
            node.node_type != "nextRound" && !is_handling
        });
        of_program
            .extend(written.map(|it| format!("{index} {} \"{}\"", it.id, it.node_type)));
    }
    (flows.len(), [of_model, of_program])
}

#[test]
fn the_model_shows_the_ids_of_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["fixtures/architect", "fixtures/parcel-line/flows"];
    for folder in folders.map(|folder| root.join(folder)) {
        assert_same_ids(&folder);
    }
}

#[test]
#[ignore = "needs ../shared/data"]
fn the_model_shows_the_ids_of_runs_of_real_flows() {
    assert_same_ids(&shared("flows"));
}

fn assert_same_ids(folder: &Path) {
    let (flows, [of_model, of_program]) = ids(folder);
    assert!(flows > 0, "{}", folder.display());
    assert_eq!(of_model, of_program, "{}", folder.display());
}

#[test]
fn loops_menus_and_repeated_names_have_ids() {
    let actions = "- loop:
    name: Again
    loopCount: {lit: 2}
    outputs: {loop: {actions: [{playAudio: {name: Main}}, {playAudio: {name: Again}}]}}
- playAudio: {name: 'Again, next round'}";
    let menu = "  menus:
    - menu:
        name: Main
        refId: Menu_2
        choices:
          - menuTask: {name: Task, task: {actions: [{playAudio: {name: Main}}]}}
          - menuDisconnect: {name: Bye}
";
    let folder = tempfile::tempdir().expect("a folder");
    let flow = call_flow(&[], actions) + menu;
    std::fs::write(folder.path().join("flow.yaml"), flow).expect("the flow is written");
    let (_, [of_model, of_program]) = ids(&PathBuf::from(folder.path()));
    assert_eq!(of_model, of_program);
    insta::assert_snapshot!(of_model.join("\n"), @r#"
    0 Main "task"
    0 Again "loop"
    0 Main 2 "playAudio"
    0 Again 2 "playAudio"
    0 Again, next round 2 "playAudio"
    0 Main 3 "menu"
    0 Main 4 "playAudio"
    0 Bye "menuDisconnect"
    "#);
}
