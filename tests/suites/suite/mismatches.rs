//! Every expectation, failing once on purpose with a snapshot of the explanation, and
//! holding once without output.

use flowsim::suite::{
    CallExpectation, Case, Expectation, Forbidden, PathMatcher, Range, RoutingMatcher,
    TextMatcher, ValueMatcher,
};
use flowsim::trace::Status;

use super::scene::{
    Scene, case, equals, fixtures, has, json, nodes, text_list, with_variable, written,
};

const A: &str = "Inbound_Flow_A";
const PATH_1: &str = "CallShared SayHello GatherInput SetResult EndFlow CheckResult \
    RouteToAgent PlayGoodbye EndFlow";

fn like(text: &str, min: f64) -> TextMatcher {
    TextMatcher::Similar { text: text.into(), min }
}

fn matches(expression: &str) -> TextMatcher {
    TextMatcher::Matches(regex::Regex::new(expression).unwrap())
}

fn at_most(max: i64) -> Range {
    Range { min: None, max: Some(max) }
}

fn numbers(min: Option<i64>, max: Option<i64>) -> ValueMatcher {
    ValueMatcher::Number(Range { min: min.map(Into::into), max: max.map(Into::into) })
}

fn exactly(count: i64) -> Range {
    Range { min: Some(count), max: Some(count) }
}

fn variable(name: &str, matcher: ValueMatcher) -> Expectation {
    Expectation::Variable(name.into(), matcher)
}

fn to_queue(matcher: TextMatcher) -> Expectation {
    let queue_id = Some(written(Some(matcher)));
    Expectation::Routing(Some(Box::new(RoutingMatcher {
        queue_id,
        ..RoutingMatcher::default()
    })))
}

fn prompts(matchers: Vec<TextMatcher>) -> Expectation {
    Expectation::Prompts(matchers.into_iter().map(written).collect())
}

fn calls(name: &str, with: &[(&str, &str)], times: Option<Range>) -> Expectation {
    let with = with.iter().map(|(name, value)| ((*name).into(), json(value)));
    Expectation::Calls(CallExpectation { name: name.into(), with: with.collect(), times })
}

fn shared(input: &str, expected: Vec<Expectation>) -> String {
    Scene::new("shared-flow").explain(case(A, &[input]), expected)
}

fn order(input: &str) -> Case {
    case("Order_Status", &[input])
}

fn orders(input: &str, expected: Vec<Expectation>) -> String {
    Scene::new("order-status").explain(order(input), expected)
}

#[test]
fn expectations_that_hold_are_not_reported() {
    let told = shared(
        "1",
        vec![
            Expectation::Status(Status::Completed),
            Expectation::Path(PathMatcher::Exact(nodes(PATH_1))),
            Expectation::Path(PathMatcher::Contains(nodes("SayHello RouteToAgent"))),
            Expectation::Path(PathMatcher::Excludes(nodes("HandleError"))),
            Expectation::Path(PathMatcher::Ends(nodes("PlayGoodbye EndFlow"))),
            variable("shared_module_result", json("\"1\"")),
            variable("shared_module_result", ValueMatcher::IsSet(true)),
            to_queue(equals("support")),
            prompts(vec![has("welcome to Harbour"), matches("^Press 1"), has("Thank")]),
            prompts(vec![like("Thanks for calling Harbour Travel", 0.8)]),
            Expectation::ElapsedMs(at_most(15_000)),
            Expectation::Actions(exactly(9)),
            Expectation::Forbidden(Forbidden::NoDiagnostics),
            Expectation::Forbidden(Forbidden::NoUnusedInputs),
            Expectation::Forbidden(Forbidden::NoUnusedFixtures),
            calls("Get Order", &[], Some(exactly(0))),
        ],
    );
    assert_eq!(told, "");
    let sent = [("order", "\"100200\"")];
    let told = orders("100200#", vec![calls("Get Order", &sent, Some(exactly(1)))]);
    assert_eq!(told, "");
}

#[test]
fn status() {
    insta::assert_snapshot!(shared("1", vec![Expectation::Status(Status::Error)]));
}

#[test]
fn status_of_a_call_that_failed() {
    let mut case = case(A, &["1"]);
    case.start.timeout_ms = Some(5_000);
    case.inputs.clear();
    let expected = vec![Expectation::Status(Status::Completed)];
    insta::assert_snapshot!(Scene::new("shared-flow").explain(case, expected));
}

#[test]
fn error() {
    insta::assert_snapshot!(shared("1", vec![Expectation::Error("NO_INPUT".into())]));
}

#[test]
fn path_exactly() {
    let path = PathMatcher::Exact(nodes(PATH_1));
    insta::assert_snapshot!(shared("2", vec![Expectation::Path(path)]));
}

#[test]
fn path_with_a_failure() {
    let path = PathMatcher::Exact(nodes("AskOrder GetOrder WhatState TellShipped"));
    insta::assert_snapshot!(orders("999#", vec![Expectation::Path(path)]));
}

#[test]
fn path_by_names_that_continues() {
    let names = ["Ask for the order", "Ask the shop", "WhatStat"];
    let path = PathMatcher::Exact(names.map(|it| written(it.into())).to_vec());
    insta::assert_snapshot!(orders("100200#", vec![Expectation::Path(path)]));
}

#[test]
fn path_contains() {
    let path = PathMatcher::Contains(nodes("SayHello RouteToAgent EndFlow"));
    insta::assert_snapshot!(shared("2", vec![Expectation::Path(path)]));
}

#[test]
fn path_excludes() {
    let path = PathMatcher::Excludes(nodes("HandleError RouteToAgent"));
    insta::assert_snapshot!(shared("1", vec![Expectation::Path(path)]));
}

#[test]
fn path_excludes_a_missing_node() {
    let path = PathMatcher::Excludes(nodes("RouteToAgnet"));
    insta::assert_snapshot!(shared("1", vec![Expectation::Path(path)]));
}

#[test]
fn path_ends() {
    let path = PathMatcher::Ends(nodes("RouteToAgent PlayGoodbye EndFlow"));
    insta::assert_snapshot!(shared("2", vec![Expectation::Path(path)]));
}

#[test]
fn variable_equals() {
    let expected = variable("shared_module_result", json("\"1\""));
    insta::assert_snapshot!(shared("2", vec![expected]));
}

#[test]
fn variable_of_another_type() {
    let expected = variable("shared_module_result", json("1"));
    insta::assert_snapshot!(shared("1", vec![expected]));
}

#[test]
fn variable_with_a_string_a_range_and_members() {
    let members = vec![("a".into(), json("1"))];
    let name = "shared_module_result";
    insta::assert_snapshot!(shared(
        "2",
        vec![
            variable(name, ValueMatcher::Text(matches("^1$"))),
            variable(name, numbers(None, Some(3))),
            variable(name, ValueMatcher::Members(members)),
            variable(name, ValueMatcher::IsSet(false)),
        ]
    ));
}

#[test]
fn variable_that_is_unknown() {
    let expected = variable("shared_modul_result", ValueMatcher::IsSet(true));
    insta::assert_snapshot!(shared("1", vec![expected]));
}

/// The variable is not set, but only because its name is misspelt.
#[test]
fn variable_that_is_not_set_as_it_is_unknown() {
    let expected = variable("shared_modul_result", ValueMatcher::IsSet(false));
    insta::assert_snapshot!(shared("1", vec![expected]));
}

#[test]
fn variable_that_is_an_output_of_a_node() {
    let expected = variable("GetOrder.state", json("\"shipped\""));
    insta::assert_snapshot!(orders("100200#", vec![expected]));
}

#[test]
fn variable_set_by_the_call() {
    let case = with_variable(case(A, &["-"]), "shared_module_result", "7");
    let expected = vec![variable("shared_module_result", json("[\"7\"]"))];
    insta::assert_snapshot!(Scene::new("shared-flow").explain(case, expected));
}

#[test]
fn routing_to_another_queue() {
    insta::assert_snapshot!(shared("1", vec![to_queue(equals("sales"))]));
}

#[test]
fn routing_that_is_missing() {
    insta::assert_snapshot!(shared("2", vec![to_queue(has("support"))]));
}

#[test]
fn routing_that_is_unexpected() {
    insta::assert_snapshot!(shared("1", vec![Expectation::Routing(None)]));
}

#[test]
fn routing_with_skills_and_priority() {
    let skills = RoutingMatcher {
        skills: Some(written(text_list("english"))),
        ..Default::default()
    };
    let priority =
        RoutingMatcher { priority: Some(written(Some(9))), ..Default::default() };
    let name = RoutingMatcher { queue_name: Some(written(None)), ..Default::default() };
    let expected = [skills, priority, name];
    let expected = expected.map(|it| Expectation::Routing(Some(Box::new(it))));
    insta::assert_snapshot!(orders("1#", expected.into()));
}

/// Each key of `routing` is a separate expectation.
#[test]
fn routing_in_every_respect_to_another_queue() {
    let wanted = RoutingMatcher {
        queue_id: Some(written(Some(equals("nowhere")))),
        skills: Some(written(text_list("english"))),
        priority: Some(written(Some(9))),
        ..Default::default()
    };
    let told = orders("1#", vec![Expectation::Routing(Some(Box::new(wanted)))]);
    let heads = told.lines().filter(|line| line.starts_with("routing."));
    let keys: Vec<_> = heads.filter_map(|line| line.split(':').next()).collect();
    assert_eq!(keys, ["routing.queueId", "routing.skills", "routing.priority"], "{told}");
}

#[test]
fn prompts_in_order() {
    let expected = vec![has("Press 1 now"), equals("Thanks for calling Harbour Travel.")];
    insta::assert_snapshot!(shared("1", vec![prompts(expected)]));
}

/// Prompts that were found are not missing, and the path to them is not a cause.
#[test]
fn prompts_that_were_found_are_not_missing() {
    let thanks = || matches("^Thank");
    let between = vec![has("welcome"), equals("Hello."), thanks(), equals("Bye.")];
    let earlier = vec![thanks(), equals("Press 1 now.")];
    insta::assert_snapshot!(shared(
        "1",
        vec![
            prompts(vec![has("Welcome"), thanks()]),
            prompts(between),
            prompts(earlier),
            prompts(vec![has("welcome"), equals("All agents are busy.")]),
        ]
    ));
}

#[test]
fn prompts_of_every_kind() {
    insta::assert_snapshot!(shared(
        "1",
        vec![
            prompts(vec![has("Goodbye")]),
            prompts(vec![matches("^Thanks")]),
            prompts(vec![like("Press 2 now!", 0.99)]),
        ]
    ));
}

#[test]
fn elapsed_and_actions() {
    insta::assert_snapshot!(shared(
        "-",
        vec![
            Expectation::ElapsedMs(at_most(500)),
            Expectation::Actions(Range { min: Some(100), max: None }),
        ]
    ));
}

/// The action that exceeds the limit is counted, as in the trace.
#[test]
fn actions_beyond_the_maximum() {
    let mut case = order("100200#");
    case.start.max_actions = Some(3);
    let expected = |count| vec![Expectation::Actions(exactly(count))];
    let scene = Scene::new("order-status");
    assert_eq!(scene.explain(case.clone(), expected(4)), "");
    insta::assert_snapshot!(scene.explain(case, expected(3)));
}

#[test]
fn elapsed_exactly_at_least_and_between() {
    let between = Range { min: Some(1), max: Some(9_999) };
    let at_least = Range { min: Some(60_000), max: None };
    insta::assert_snapshot!(orders(
        "100400#",
        vec![
            Expectation::ElapsedMs(exactly(5)),
            Expectation::ElapsedMs(at_least),
            Expectation::Actions(between),
            Expectation::Actions(exactly(1)),
            Expectation::Actions(at_most(2)),
        ]
    ));
}

#[test]
fn path_that_is_longer_or_shorter() {
    let longer = PathMatcher::Exact(nodes(&format!("{PATH_1} EndFlow")));
    let shorter = PathMatcher::Exact(nodes("CallShared SayHello"));
    let ends = PathMatcher::Ends(nodes(&format!("CheckResult {PATH_1}")));
    let expected = [longer, shorter, ends].map(Expectation::Path);
    insta::assert_snapshot!(shared("1", expected.into()));
}

#[test]
fn variable_with_other_strings_numbers_and_members() {
    let scene = Scene::of("chain.json", include_str!("chain.json"));
    let own = "dataActions: {Get Tier: {output: {tier: gold, points: 7}}}";
    let case = fixtures(case("Chain", &["4"]), own);
    let expected = vec![
        variable("tier", ValueMatcher::Text(has("silver"))),
        variable("tier", ValueMatcher::Text(like("golden", 0.9))),
        variable("tier", numbers(Some(1), Some(9))),
        variable("tier", json("{\"name\": \"gold\"}")),
        variable("tier", json("null")),
        variable("tiers", ValueMatcher::IsSet(true)),
    ];
    insta::assert_snapshot!(scene.explain(case, expected));
}

#[test]
fn routing_by_every_string_and_without_priority() {
    let named = |queue_name: TextMatcher| RoutingMatcher {
        queue_name: Some(written(Some(queue_name))),
        ..RoutingMatcher::default()
    };
    let to_no_id = RoutingMatcher { queue_id: Some(written(None)), ..Default::default() };
    let no_skills =
        RoutingMatcher { skills: Some(written(vec![])), ..Default::default() };
    let no_priority =
        RoutingMatcher { priority: Some(written(None)), ..Default::default() };
    let matchers = [
        named(equals("Order")),
        named(has("Sales")),
        named(matches("^Sales")),
        named(like("Orders!", 0.95)),
        to_no_id,
        no_skills,
        no_priority,
    ];
    let expected = matchers.map(|it| Expectation::Routing(Some(Box::new(it))));
    insta::assert_snapshot!(orders("1#", expected.into()));
}

#[test]
fn routing_to_any_queue() {
    let anywhere = Expectation::Routing(Some(Box::default()));
    insta::assert_snapshot!(shared("2", vec![anywhere]));
}

#[test]
fn routing_with_required_skills() {
    let scene = Scene::new("northlight-power");
    let skills = |skills: &[&str]| RoutingMatcher {
        skills: Some(written(skills.iter().map(|it| (*it).into()).collect())),
        ..RoutingMatcher::default()
    };
    let fits = skills(&["High Voltage"]);
    let expected = [fits, skills(&["Outages", "High Voltage"]), skills(&[])];
    let expected = expected.map(|it| Expectation::Routing(Some(Box::new(it))));
    let case = case("Northlight Outage Line", &["9"]);
    insta::assert_snapshot!(scene.explain(case, expected.into()));
}

#[test]
fn prompts_exactly_and_in_another_order() {
    insta::assert_snapshot!(shared(
        "1",
        vec![
            prompts(vec![equals("Press 1.")]),
            prompts(vec![has("Thank you"), has("welcome")]),
        ]
    ));
}

#[test]
fn error_with_another_code() {
    let mut case = case(A, &[]);
    case.start.timeout_ms = Some(5_000);
    let expected = vec![Expectation::Error("NO_INPUT".into())];
    insta::assert_snapshot!(Scene::new("shared-flow").explain(case, expected));
}

#[test]
fn calls_that_are_missing() {
    insta::assert_snapshot!(orders("100200#", vec![calls("Get Orders", &[], None)]));
}

#[test]
fn calls_with_other_inputs() {
    let sent = [("caller", "null"), ("order", "\"1\"")];
    insta::assert_snapshot!(orders("100200#", vec![calls("Get Order", &sent, None)]));
}

#[test]
fn calls_too_often() {
    insta::assert_snapshot!(orders(
        "100200#",
        vec![
            calls("Get Order", &[], Some(exactly(0))),
            calls("Get Order", &[], Some(Range { min: Some(2), max: None })),
            calls("Get Order", &[("order", "\"100200\"")], Some(exactly(3))),
            calls("Get Order", &[], Some(Range { min: Some(2), max: Some(4) })),
        ]
    ));
}

#[test]
fn flags() {
    let own = "dataActions:\n  Get Order:\n    - {when: {order: '1'}, output: {}}\n    \
        - {output: {state: packing}}\n    - {output: {state: lost}}\n  Other: {output: {}}\n\
        webhooks: {'https://a.example': {status: 200}}\n";
    let case = fixtures(case("Order_Status", &["555#", "7", "hangup"]), own);
    let flags = [
        Forbidden::NoUnusedFixtures,
        Forbidden::NoUnusedInputs,
        Forbidden::NoDiagnostics,
    ];
    let expected = flags.map(Expectation::Forbidden).into();
    insta::assert_snapshot!(Scene::new("order-status").explain(case, expected));
}

#[test]
fn the_cause_names_the_data_action() {
    let path = PathMatcher::Exact(nodes("AskOrder GetOrder WhatState TellPacking"));
    insta::assert_snapshot!(orders("100200#", vec![Expectation::Path(path)]));
}

#[test]
fn the_cause_is_traced_back_to_the_origin_of_a_value() {
    let scene = Scene::of("chain.json", include_str!("chain.json"));
    let own = "dataActions: {Get Tier: {output: {tier: gold, points: 7}}}";
    let case = fixtures(case("Chain", &["4"]), own);
    let path = PathMatcher::Contains(nodes("Plain"));
    insta::assert_snapshot!(scene.explain(case, vec![Expectation::Path(path)]));
}

#[test]
fn the_cause_in_an_architect_flow() {
    let scene = Scene::of("counter.yaml", include_str!("counter.yaml"));
    let path = PathMatcher::Contains(nodes("Few"));
    let case = case("Counter", &[]);
    let expected = vec![Expectation::Path(path), variable("Flow.Count", json("2"))];
    insta::assert_snapshot!(scene.explain(case, expected));
}

#[test]
fn a_condition_that_is_not_set_is_named_as_the_cause() {
    let flow = "inboundCall:
  name: Line
  startUpRef: /inboundCall/tasks/task[Main]
  variables:
    - booleanVariable: {name: Flow.unset}
  tasks:
    - task:
        name: Main
        refId: Main
        actions:
          - decision: {name: Sure, condition: {exp: Flow.unset}}
";
    let scene = Scene::of("line.yaml", flow);
    let never = Expectation::Path(PathMatcher::Contains(nodes("Never")));
    let explained = scene.explain(case("Line", &[]), vec![never]);
    let cause = "`Sure` (decision) took `no`, because `Flow.unset` is not set";
    assert!(explained.contains(cause), "{explained}");
}

#[test]
fn built_in_architect_variables_are_known_at_the_end() {
    let scene = Scene::of("counter.yaml", include_str!("counter.yaml"));
    let mut case = case("Counter", &[]);
    case.start.context.push(("from".into(), "tel:+15551234567".into()));
    let ani = |text: &str| variable("call.ani", ValueMatcher::Text(has(text)));
    assert_eq!(scene.explain(case.clone(), vec![ani("+1555")]), "");
    insta::assert_snapshot!(scene.explain(case, vec![ani("+1666")]));
}

#[test]
fn unsimulated_actions_are_calls_too() {
    let scene = Scene::of("counter.yaml", include_str!("counter.yaml"));
    let fits = [("text", "\"Few or many?\"")];
    let fits = calls("Ask the bot", &fits, Some(exactly(1)));
    let differs = calls("callBotFlow", &[("text", "\"?\"")], None);
    let told = scene.explain(case("Counter", &[]), vec![fits, differs]);
    insta::assert_snapshot!(told);
}

#[test]
fn data_actions_and_queues_of_an_architect_flow() {
    let scene = Scene::of("shop.yaml", include_str!("shop.yaml"));
    let gold =
        "dataActions: {Get Tier: {output: {tier: gold}}}\nqueues: [{name: Lounge}]";
    let case = fixtures(case("Shop", &[]), gold);
    let asked = |caller| calls("Get Tier", &[("caller", caller)], Some(exactly(1)));
    let expected =
        vec![asked("\"someone\""), asked("\"me\""), Expectation::Routing(None)];
    insta::assert_snapshot!(scene.explain(case, expected));
}

#[test]
fn a_call_that_was_transferred_and_not_routed() {
    let scene = Scene::of("shop.yaml", include_str!("shop.yaml"));
    let silver =
        "dataActions: {Get Tier: {output: {tier: silver}}}\nqueues: [{name: Lounge}]";
    let case = fixtures(case("Shop", &[]), silver);
    let lounge = RoutingMatcher {
        queue_name: Some(written(Some(equals("Lounge")))),
        ..RoutingMatcher::default()
    };
    let expected = vec![Expectation::Routing(Some(Box::new(lounge)))];
    insta::assert_snapshot!(scene.explain(case, expected));
}

/// The call is transferred to a number if the tier is silver, else it is routed.
#[test]
fn transfers_are_expected_by_name_or_excluded() {
    let scene = Scene::of("shop.yaml", include_str!("shop.yaml"));
    let tier = |tier: &str| {
        let tier = format!(
            "dataActions: {{Get Tier: {{output: {{tier: {tier}}}}}}}\nqueues: [{{name: Lounge}}]"
        );
        fixtures(case("Shop", &[]), &tier)
    };
    let transfer = |wanted: Option<TextMatcher>| vec![Expectation::Transfer(wanted)];
    assert_eq!(scene.explain(tier("silver"), transfer(Some(matches("[0-9]")))), "");
    assert_eq!(scene.explain(tier("gold"), transfer(None)), "");
    let wrong = [
        (tier("silver"), transfer(Some(equals("Lounge")))),
        (tier("silver"), transfer(None)),
        (tier("gold"), transfer(Some(equals("+4930123456")))),
    ];
    let wrong = wrong.map(|(case, expected)| scene.explain(case, expected));
    insta::assert_snapshot!(wrong.join("\n"));
}

#[test]
fn variables_of_other_flows_and_tasks_of_the_call() {
    let scene = Scene::new("northlight-power");
    let call = || case("Northlight Outage Line", &["9"]);
    let holds = [
        variable("Flow.Round", json("7")),
        variable("flow.wasoffered", json("true")),
        variable("Task.Key", json("null")),
        variable("Flow.CallbackNumber", json("null")),
        variable("Flow.IsDangerous", json("true")),
    ];
    assert_eq!(scene.explain(call(), holds.into()), "");
    let differs = [
        variable("Flow.Round", json("3")),
        variable("Flow.CallbackNumber", json("\"1\"")),
        variable("Flow.Rond", json("1")),
    ];
    insta::assert_snapshot!(scene.explain(call(), differs.into()));
    let mut call = call();
    call.start.stops_at_queue = true;
    let missing = vec![variable("Flow.Round", json("null"))];
    insta::assert_snapshot!(scene.explain(call, missing));
}

#[test]
fn a_transfer_to_a_queue_is_expected_as_routing() {
    let scene = Scene::of("shop.yaml", include_str!("shop.yaml"));
    let gold =
        "dataActions: {Get Tier: {output: {tier: gold}}}\nqueues: [{name: Lounge}]";
    let case = fixtures(case("Shop", &[]), gold);
    let expected = vec![Expectation::Transfer(Some(equals("Lounge")))];
    let explained = scene.explain(case, expected);
    let hint = "routed to the queue \"Lounge\" at step ";
    assert!(explained.contains(hint), "{explained}");
    assert!(explained.contains(": expect `routing` instead"), "{explained}");
}
