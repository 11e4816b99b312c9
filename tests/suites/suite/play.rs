//! The start conditions of a case, and its unused parts.

use flowsim::flow::Spanned;
use flowsim::source::{FileId, Span};
use flowsim::suite::{Case, Start};
use flowsim::trace::Status;
use flowsim::value::Value;

use super::scene::{Scene, case, with_variable, written};

fn problems(scene: &Scene, case: &Case) -> Vec<String> {
    let problems = scene.prepare(case).err().unwrap_or_default();
    let told = problems.into_iter().map(|problem| {
        assert_eq!(problem.code.name(), "INVALID_SCENARIO");
        assert_eq!(problem.labels.len(), 1);
        format!("{} / {}", problem.message, problem.help.unwrap_or_default())
    });
    told.collect()
}

#[test]
fn an_unknown_flow_is_reported_at_its_position() {
    let scene = Scene::new("shared-flow");
    let mut case = case("Inbound_Flow_C", &[]);
    let span = Span::new(FileId(0), 5, 9);
    case.start.flow = Some(Spanned { value: "Inbound_Flow_C".into(), span });
    let problems = scene.prepare(&case).unwrap_err();
    assert_eq!(problems[0].labels[0].span, span);
    assert_eq!(problems[0].message, "there is no flow called `Inbound_Flow_C`");
    assert!(problems[0].help.as_deref().unwrap().starts_with("did you mean `Inbound_"));
}

#[test]
fn a_flow_must_be_named_if_several_can_start() {
    let scene = Scene::new("shared-flow");
    let unnamed = Case { start: Start::default(), ..case("", &[]) };
    assert_eq!(
        problems(&scene, &unnamed),
        ["no flow given to start; there are 2: Inbound_Flow_A, Inbound_Flow_B \
          / choose one with `flow`"]
    );
    let alone = Scene::new("order-status");
    assert_eq!(problems(&alone, &unnamed), [""; 0]);
}

#[test]
fn an_unknown_node_is_reported() {
    let mut case = case("Inbound_Flow_A", &[]);
    case.start.node = Some(written("CheckResul".into()));
    assert_eq!(
        problems(&Scene::new("shared-flow"), &case),
        ["the flow `Inbound_Flow_A` has no node called `CheckResul` \
          / did you mean `CheckResult`?"]
    );
}

#[test]
fn variables_of_architect_must_exist_and_fit() {
    let scene = Scene::of("counter.yaml", include_str!("counter.yaml"));
    let case = with_variable(case("Counter", &[]), "Flow.Cuont", 1);
    let case = with_variable(case, "Flow.Count", "many");
    let told = problems(&scene, &case);
    assert_eq!(
        told[0],
        "`Counter` has no variable called `Flow.Cuont` / did you mean `Flow.Count`?"
    );
    assert!(told[1].starts_with("`Flow.Count` has the type Integer: "), "{told:?}");
    assert_eq!(told.len(), 2);
}

#[test]
fn unused_parts_are_reported() {
    let scene = Scene::new("shared-flow");
    let played = scene.play(&case("Inbound_Flow_A", &["1", "2", "hangup"]));
    let left: Vec<String> =
        played.unused_inputs.iter().map(ToString::to_string).collect();
    assert_eq!(left, ["2", "hangup"]);
    assert_eq!(played.trace.status, Status::Completed);
    let silent = scene.play(&case("Inbound_Flow_A", &[]));
    assert!(silent.unused_inputs.is_empty());
    assert_eq!(silent.trace.elapsed_ms, 10_000);
}

#[test]
fn a_case_sets_its_start_node_and_time() {
    let scene = Scene::new("shared-flow");
    let case = case("Inbound_Flow_A", &[]);
    let mut case = with_variable(case, "shared_module_result", "1");
    case.start.node = Some(written("CheckResult".into()));
    case.start.max_actions = Some(2);
    let trace = scene.play(&case).trace;
    assert_eq!(trace.steps.len(), 2);
    assert_eq!(trace.failure.unwrap().code.name(), "ACTION_LIMIT_EXCEEDED");
    let symbols = &scene.program.symbols;
    let value = trace
        .variables
        .iter()
        .find(|(id, _)| symbols.variable(*id) == "shared_module_result");
    assert_eq!(value.unwrap().1, Value::from("1"));
}
