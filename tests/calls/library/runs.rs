//! Calls that run to their end.

use std::time::Duration;

use flowsim::{Call, ErrorKind, Project, Status, Value};

use super::{END, bundled, call, draft, shared};

#[test]
fn a_trace_has_everything_that_happened() {
    let trace = shared().run(&call().inputs(["1", "2"])).unwrap();
    assert_eq!((trace.status(), trace.error_code()), (Status::Completed, None));
    assert_eq!(trace.flow(), "Inbound_Flow_A");
    let path = trace.path();
    assert_eq!((path.len(), path[0], path[8]), (9, "CallShared", "EndFlow"));
    assert_eq!(trace.prompts().len(), 3);
    assert_eq!(trace.variable("shared_module_result").unwrap(), "1");
    assert_eq!(trace.variables().len(), 1);
    let routing = trace.routing().unwrap();
    let queue = (routing.queue_id(), routing.queue_name());
    assert_eq!(queue, (Some("support"), Some("Support")));
    assert!(trace.transfer().is_none());
    assert_eq!((trace.elapsed(), trace.unused_inputs()), (Duration::ZERO, 1));
    let gather = trace.steps().nth(2).unwrap();
    assert_eq!((gather.id(), gather.node_type()), ("GatherInput", "Gather"));
    assert_eq!((gather.flow(), gather.depth()), ("Shared_Module_Language_Select", 1));
    assert_eq!((gather.output(), gather.error()), (Some("next"), None));
    assert_eq!(gather.prompts().len(), 1);
    let check = trace.steps().nth(5).unwrap();
    assert!(check.output().unwrap().contains("=="), "{:?}", check.output());
    assert!(trace.to_text().contains("completed"));
    assert!(trace.to_json().starts_with(r#"{"schema":"flowsim.trace/1""#));
    assert!(trace.to_simulation_json().starts_with(r#"{"status":"completed""#));
    assert_eq!(trace.to_execution_json(), None);
}

#[test]
fn a_call_continues_in_the_queue_or_stops_there() {
    let folder = bundled("northlight-power");
    let builder = Project::builder().flows(folder.join("flows"));
    let project = builder.fixtures(folder.join("fixtures.yaml")).load().unwrap();
    let call = Call::default().inputs(["9", "3"]).context("answerAfterMs", 40_000);
    let trace = project.run(&call).unwrap();
    let routing = trace.routing().unwrap();
    assert_eq!(routing.answered_after(), Some(Duration::from_secs(40)));
    assert_eq!(routing.agent(), Some("Ola"));
    let trace = project.run(&call.stop_at_queue(true)).unwrap();
    let routing = trace.routing().unwrap();
    assert_eq!((routing.answered_after(), routing.agent()), (None, None));
    assert_eq!(trace.path().last(), Some(&"To the outage queue"));
}

#[test]
fn a_trace_outlives_its_project() {
    let trace = shared().run(&call().input("2")).unwrap();
    assert!(trace.to_text().contains("Inbound_Flow_A"));
}

#[test]
fn a_failed_call_is_a_trace() {
    let action = r#"{"id": "Ask", "type": "DataAction",
        "properties": {"actionName": "Lookup"}, "onComplete": {"nextNode": "End"}}"#;
    let project = draft(&format!("{action}, {END}")).load().unwrap();
    let trace = project.run(&Call::default()).unwrap();
    assert_eq!(trace.status(), Status::Error);
    assert_eq!(trace.error_code(), Some("DATA_ACTION_NOT_MOCKED"));
    let (code, message) = trace.steps().next().unwrap().error().unwrap();
    assert_eq!((Some(code), Some(message)), (trace.error_code(), trace.error_message()));
}

#[test]
fn every_problem_of_a_call_is_reported() {
    let broken = call()
        .node("CheckResul")
        .context("answerAfterMs", "soon")
        .input("x")
        .at("tomorrow")
        .max_actions(u32::MAX)
        .max_depth(u16::MAX);
    let error = shared().run(&broken).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.diagnostics().len(), 6, "{error}");
    assert!(error.to_string().contains("did you mean `CheckResult`?"));
    let error = shared().run(&Call::new("Inbound_Flow_C")).unwrap_err();
    assert!(error.to_string().contains("did you mean `Inbound_Flow_"));
}

#[test]
fn calls_of_a_batch_are_in_order_and_equal_single_calls() {
    let project = shared();
    let mut calls: Vec<Call> =
        (0..50).map(|n| call().input((n % 3).to_string())).collect();
    calls.push(Call::new("nothing"));
    let traces = project.run_batch(&calls);
    assert!(traces[50].is_err());
    for (call, trace) in calls.iter().zip(&traces).take(50) {
        assert_eq!(&project.run(call).unwrap(), trace.as_ref().unwrap());
    }
}

#[test]
fn limits_and_times_of_a_call_apply() {
    let gather = r#"{"id": "Ask", "type": "Gather",
        "properties": {"promptText": "Well?", "maxDigits": 1, "timeoutSeconds": 30},
        "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}}"#;
    let project = draft(&format!("{gather}, {END}")).load().unwrap();
    let trace = project.run(&Call::default()).unwrap();
    assert_eq!(trace.elapsed(), Duration::from_secs(30));
    assert_eq!(trace.steps().next().unwrap().end(), Duration::from_secs(30));
    let call = Call::default().timeout(Duration::from_secs(5));
    let trace = project.run(&call).unwrap();
    assert_eq!(
        (trace.status(), trace.elapsed()),
        (Status::Timeout, Duration::from_secs(5))
    );
    let trace = project.run(&Call::default().max_actions(1)).unwrap();
    assert_eq!(trace.status(), Status::Error);
}

#[test]
fn values_are_json() {
    let value = Value::from_json(r#"{"a": [1, 2.50, null, "x", true]}"#).unwrap();
    let items = value.get("a").unwrap().as_list().unwrap();
    assert_eq!((items[0].as_integer(), items[1].as_f64()), (Some(1), Some(2.5)));
    assert!(items[2].is_null() && items[3] == "x" && items[4] == true);
    assert_eq!(Value::from_json(&value.to_string()).unwrap(), value);
    let made = Value::object([("a", vec![1, 2].into()), ("b", None::<&str>.into())]);
    assert_eq!(made.to_string(), r#"{"a":[1,2],"b":null}"#);
    assert_eq!(made.as_object().unwrap()[1].0, "b");
    let error = Value::from_json("{").unwrap_err();
    assert!(error.to_string().starts_with("not JSON: "), "{error}");
}

#[test]
fn a_call_is_checked_without_making_it() {
    let project = shared();
    let messages = |call: &Call| {
        let found = project.check_call(call);
        found.iter().map(|it| it.message().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(messages(&call().context("from", "+1")), Vec::<String>::new());
    let misspelt = call().context("form", "+1").context("tier", "gold");
    assert_eq!(messages(&misspelt), ["unknown context field `form`"]);
    assert!(project.run(&misspelt).is_ok(), "it is only a warning");
    assert_eq!(messages(&Call::new("Nowhere")).len(), 1);
}
