//! Changed flows. The expected first difference and its cause were determined by hand,
//! from the flow and the call.

use std::fs;

use flowsim::analysis::comparison::{CauseKind, Comparison, DifferenceKind, Verdict};
use flowsim::report::comparison::render_text;

use super::stage::{Caller, Stage, root};

/// A change of a flow.
struct Mutation {
    /// A description of the change.
    what: &'static str,
    /// The organisation, and the file of the flow that is changed.
    of: (&'static str, &'static str),
    change: fn(&str) -> String,
    /// The call that is recorded before the change.
    call: Caller<'static>,
    told: Told,
}

/// The expected result.
enum Told {
    Different {
        /// The first difference: its kind, the name or id of the node, and the name of
        /// the value.
        first: (DifferenceKind, &'static str, &'static str),
        /// The cause: its kind, and the node.
        cause: (CauseKind, &'static str),
    },
    /// The recorded call ends before the changed flow has received all of its inputs.
    Unreplayable(&'static str),
}

const fn different(
    first: (DifferenceKind, &'static str, &'static str),
    cause: (CauseKind, &'static str),
) -> Told {
    Told::Different { first, cause }
}

const fn call(
    flow: &'static str,
    context: &'static [(&'static str, &'static str)],
    inputs: &'static [&'static str],
) -> Caller<'static> {
    Caller { flow, context, inputs, at: None }
}

/// Replaces the only occurrence of a part.
fn with(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "not one `{old}`");
    text.replace(old, new)
}

/// Replaces all occurrences of a part.
fn with_all(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "no `{old}`");
    text.replace(old, new)
}

/// Removes the part that starts with `from` and ends before `to`.
fn without(text: &str, from: &str, to: &str) -> String {
    let begin = text.find(from).unwrap();
    let end = begin + text[begin..].find(to).unwrap();
    format!("{}{}", &text[..begin], &text[end..])
}

const PRIVATE: &[(&str, &str)] = &[("to", "+15557770200"), ("from", "+15551234567")];
const ROUTER: &str = "Swift Parcels Router";
const PARCELS: (&str, &str) = ("swift-parcels", "router.yaml");
const DIGITS: (&str, &str) = ("swift-parcels", "ask-for-digits.yaml");
const OUTAGES: (&str, &str) = ("northlight-power", "outage-line.yaml");
const CLINIC: (&str, &str) = ("alder-clinic", "main-line.yaml");
const SHARED: (&str, &str) = ("shared-flow", "inbound_a.json");
const MODULE: (&str, &str) = ("shared-flow", "shared_module.json");
const ORDER: (&str, &str) = ("order-status", "order_status.json");

const fn clinic(inputs: &'static [&'static str]) -> Caller<'static> {
    let at = Some("2026-03-10T14:00:00Z");
    Caller { flow: "Alder Clinic Main Line", context: &[], inputs, at }
}

const DRAFTS: &[Mutation] = &[
    Mutation {
        what: "a condition",
        of: SHARED,
        change: |text| with(text, "== '1'", "== '2'"),
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::Path, "CheckResult", ""),
            (CauseKind::Condition, "CheckResult"),
        ),
    },
    Mutation {
        what: "the target of a condition",
        of: SHARED,
        change: |text| {
            with(text, "\"nextNode\": \"RouteToAgent\"", "\"nextNode\": \"PlayGoodbye\"")
        },
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::MissingStep, "RouteToAgent", ""),
            (CauseKind::Target, "CheckResult"),
        ),
    },
    Mutation {
        what: "a prompt",
        of: MODULE,
        change: |text| with(text, "Press 1 now.", "Please press 1."),
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::Prompt, "GatherInput", ""),
            (CauseKind::Action, "GatherInput"),
        ),
    },
    Mutation {
        what: "the value of a variable",
        of: MODULE,
        change: |text| with(text, "{GatherInput.digits}", "x"),
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::Variable, "SetResult", "shared_module_result"),
            (CauseKind::Action, "SetResult"),
        ),
    },
    Mutation {
        what: "a queue",
        of: SHARED,
        change: |text| with(text, "\"queueId\": \"support\"", "\"queueId\": \"sales\""),
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::Routing, "RouteToAgent", "queueName"),
            (CauseKind::Action, "RouteToAgent"),
        ),
    },
    Mutation {
        what: "how long a key is waited for",
        of: MODULE,
        change: |text| with(text, "\"timeoutSeconds\": 10", "\"timeoutSeconds\": 1"),
        call: call("Inbound_Flow_A", &[], &["1@2000"]),
        // The flow now treats the caller as silent, which leaves the module without a
        // result.
        told: different(
            (DifferenceKind::CallerInput, "GatherInput", "digits"),
            (CauseKind::Action, "GatherInput"),
        ),
    },
    Mutation {
        what: "where an error leads",
        of: ORDER,
        change: |text| {
            with(text, "\"nextNode\": \"TryArchive\"", "\"nextNode\": \"Apologise\"")
        },
        call: call("Order_Status", &[], &["100400"]),
        told: different(
            (DifferenceKind::MissingStep, "Ask the archive instead", ""),
            (CauseKind::Target, "Ask the shop"),
        ),
    },
    Mutation {
        what: "a removed node",
        of: MODULE,
        change: |text| {
            let text = with(
                text,
                "\"startNode\": \"SayHello\"",
                "\"startNode\": \"GatherInput\"",
            );
            without(&text, "\"SayHello\": {", "\"GatherInput\": {")
        },
        call: call("Inbound_Flow_A", &[], &["1"]),
        told: different(
            (DifferenceKind::MissingStep, "SayHello", ""),
            (CauseKind::MissingStep, "SayHello"),
        ),
    },
    Mutation {
        what: "an inserted node",
        of: ("contact-lookup", "member_line.json"),
        change: |text| {
            let news = r#""News": {"id": "News", "type": "Say", "name": "News of the day",
                "properties": {"sayText": "We are closed on Sunday.", "sayLanguage": "en-US"},
                "onComplete": {"nextNode": "FindMember"}, "onError": {"nextNode": "FindMember"}},
                "FindMember": {"#;
            let text =
                with_all(text, "\"nextNode\": \"FindMember\"", "\"nextNode\": \"News\"");
            with(&text, "\"FindMember\": {", news)
        },
        call: call("Member_Line", &[("from", "+15551234567")], &[]),
        told: different(
            (DifferenceKind::InsertedStep, "News of the day", ""),
            (CauseKind::InsertedStep, "News of the day"),
        ),
    },
    Mutation {
        what: "the order of two nodes",
        of: ("contact-lookup", "member_line.json"),
        change: |text| {
            let text =
                with(text, "\"startNode\": \"Greet\"", "\"startNode\": \"FindMember\"");
            let text = with_all(
                &text,
                "\"nextNode\": \"FindMember\"",
                "\"nextNode\": \"WhoIsIt\"",
            );
            let (greet, rest) = text.split_once("\"FindMember\": {").unwrap();
            let rest =
                rest.replacen("\"nextNode\": \"WhoIsIt\"", "\"nextNode\": \"Greet\"", 1);
            format!("{greet}\"FindMember\": {{{rest}")
        },
        call: call("Member_Line", &[("from", "+15551234567")], &[]),
        told: different(
            (DifferenceKind::MovedStep, "Greeting", ""),
            (CauseKind::MovedStep, "Greeting"),
        ),
    },
    Mutation {
        what: "the default way of a condition",
        of: ("retry-loop", "voicemail_pin.json"),
        change: |text| {
            with(
                text,
                "\"defaultNextNode\": \"TryAgain\"",
                "\"defaultNextNode\": \"LockedOut\"",
            )
        },
        call: call("Voicemail_Pin", &[], &["0000", "4711"]),
        told: different(
            (DifferenceKind::MissingStep, "TryAgain", ""),
            (CauseKind::Target, "Three tries?"),
        ),
    },
    Mutation {
        what: "what is added to a counter",
        of: ("retry-loop", "voicemail_pin.json"),
        change: |text| with(text, "\"value\": 1", "\"value\": 2"),
        call: call("Voicemail_Pin", &[], &["0000", "0000", "4711"]),
        told: different(
            (DifferenceKind::Variable, "Count the try", "tries"),
            (CauseKind::Action, "Count the try"),
        ),
    },
    Mutation {
        what: "the key of a menu",
        of: ("payment-journey", "main_line.json"),
        change: |text| with(text, "{Menu.digits} == '1'", "{Menu.digits} == '2'"),
        call: call("Main_Line", &[("from", "+15551239000")], &["1", "4242"]),
        told: different(
            (DifferenceKind::Path, "MenuChoice", ""),
            (CauseKind::Condition, "MenuChoice"),
        ),
    },
    Mutation {
        what: "the priority of a draft flow",
        of: ("payment-journey", "main_line.json"),
        change: |text| with(text, "\"priority\": 3", "\"priority\": 4"),
        call: call("Main_Line", &[("from", "+15551239000")], &["2"]),
        told: different(
            (DifferenceKind::Routing, "ToCare", "priority"),
            (CauseKind::Action, "ToCare"),
        ),
    },
];

const ARCHITECT: &[Mutation] = &[
    Mutation {
        what: "a missing handler of a failure",
        of: PARCELS,
        change: |text| {
            let end = "                          timeout:\n";
            without(
                text,
                "                          failure:\n                            actions:\n                              - playAudio:\n                                  name: There is no",
                end,
            )
        },
        call: call(ROUTER, PRIVATE, &["100600#", "1"]),
        told: different(
            (DifferenceKind::MissingStep, "There is no such parcel", ""),
            (CauseKind::Target, "Where is it?"),
        ),
    },
    Mutation {
        what: "another data action",
        of: PARCELS,
        change: |text| with(text, "Get Parcel:", "Get Parcel of Partner:"),
        call: call(ROUTER, PRIVATE, &["100400#", "1"]),
        told: Told::Unreplayable(
            "`Where is it?` of `Swift Parcels Router` requests the data action \
             `Get Parcel of Partner`",
        ),
    },
    Mutation {
        what: "another table",
        of: PARCELS,
        change: |text| with(text, "Parcel Lines:", "Parcel Numbers:"),
        call: call(ROUTER, PRIVATE, &["100400#", "1"]),
        told: Told::Unreplayable(
            "`What is it for?` of `Swift Parcels Router` requests the row of the data table \
             `Parcel Numbers`",
        ),
    },
    Mutation {
        what: "the case of a switch",
        of: PARCELS,
        change: |text| with(text, "lit: delivered", "lit: arrived"),
        call: call(ROUTER, PRIVATE, &["100200#", "1"]),
        told: different(
            (DifferenceKind::Input, "What about the parcel?", "Case 1"),
            (CauseKind::Condition, "What about the parcel?"),
        ),
    },
    Mutation {
        what: "what is added to a priority",
        of: PARCELS,
        change: |text| with(text, "Flow.Priority + 10", "Flow.Priority + 20"),
        call: call(ROUTER, PRIVATE, &["100400#", "1"]),
        told: different(
            (DifferenceKind::Variable, "Hurry", "Flow.Priority"),
            (CauseKind::Action, "Hurry"),
        ),
    },
    Mutation {
        what: "an input of a module",
        of: PARCELS,
        change: |text| with(text, "lit: 2\n", "lit: 3\n"),
        call: call(ROUTER, PRIVATE, &["100400#", "1"]),
        told: different(
            (DifferenceKind::Input, "Ask for the parcel number", "Common.Attempts"),
            (CauseKind::Action, "Ask for the parcel number"),
        ),
    },
    Mutation {
        what: "how often a loop runs",
        of: DIGITS,
        change: |text| with(text, "exp: Common.Attempts", "exp: Common.Attempts + 1"),
        call: call(ROUTER, PRIVATE, &["100600", "2", "100200#", "1"]),
        told: different(
            (DifferenceKind::Input, "Attempts", "loopCount"),
            (CauseKind::Action, "Attempts"),
        ),
    },
    Mutation {
        what: "the queue for errors",
        of: PARCELS,
        change: |text| with(text, "name: Parcels Overflow", "name: Parcels General"),
        call: call(ROUTER, &[("to", "+15557770203")], &[]),
        told: different(
            (DifferenceKind::Routing, "Error Handling", "queueName"),
            (CauseKind::Action, "Error Handling"),
        ),
    },
    Mutation {
        what: "the skill of a transfer",
        of: OUTAGES,
        change: |text| {
            with(text, "FindSkill(\"Outages\")", "FindSkill(\"High Voltage\")")
        },
        call: call("Northlight Outage Line", &[], &["1", "418"]),
        told: different(
            (DifferenceKind::Routing, "To the outage queue", "skills"),
            (CauseKind::Action, "To the outage queue"),
        ),
    },
    Mutation {
        what: "the priority of a transfer",
        of: OUTAGES,
        change: |text| with(text, "Flow.IsDangerous, 100, 0", "Flow.IsDangerous, 100, 7"),
        call: call("Northlight Outage Line", &[], &["1", "418"]),
        told: different(
            (DifferenceKind::Routing, "To the outage queue", "priority"),
            (CauseKind::Action, "To the outage queue"),
        ),
    },
    Mutation {
        what: "the time between two keys",
        of: OUTAGES,
        change: |text| with(text, "seconds: 2\n", "seconds: 1\n"),
        call: call("Northlight Outage Line", &[], &["1", "4@500,1@1500,8@100"]),
        told: different(
            (DifferenceKind::Input, "Which district?", "interDigitTimeout"),
            (CauseKind::Action, "Which district?"),
        ),
    },
    Mutation {
        what: "a condition whose other way asks for more",
        of: OUTAGES,
        change: |text| with(text, "Task.Key == \"9\"", "Task.Key == \"8\""),
        call: call("Northlight Outage Line", &[], &["9"]),
        told: Told::Unreplayable(
            "`Which district?` of `Northlight Outage Line` requests the input",
        ),
    },
    Mutation {
        what: "the default choice of a menu",
        of: CLINIC,
        change: |text| {
            with(
                text,
                "./choices/menuJumpToTask[Reception_36]",
                "./choices/menuTransferToAcd[Pharmacy_33]",
            )
        },
        call: clinic(&[]),
        told: different(
            (DifferenceKind::MissingStep, "Reception", ""),
            (CauseKind::Action, "Main Menu"),
        ),
    },
    Mutation {
        what: "the language of the platform",
        of: CLINIC,
        change: |text| {
            let text = with(
                text,
                "languageValue:\n                        lit: es-us",
                "languageValue:\n                        lit: en-us",
            );
            with(&text, "language: es-us", "language: en-us")
        },
        call: clinic(&["2", "3"]),
        told: different(
            (DifferenceKind::Input, "Speak Spanish", "language"),
            (CauseKind::Action, "Speak Spanish"),
        ),
    },
    Mutation {
        what: "another language skill",
        of: CLINIC,
        change: |text| {
            let (before, after) = ("(\"Spanish\")", "(\"German\")");
            text.replacen(
                &format!("FindLanguageSkill{before}"),
                &format!("FindLanguageSkill{after}"),
                1,
            )
        },
        call: clinic(&["2", "2"]),
        told: different(
            (DifferenceKind::Input, "Pharmacy", "languageSkill"),
            (CauseKind::Action, "Pharmacy"),
        ),
    },
    Mutation {
        what: "a choice that is no longer there",
        of: CLINIC,
        change: |text| {
            without(
                text,
                "          - menuTask:\n              name: Visiting hours",
                "          - menuRepeatMenu:",
            )
        },
        call: clinic(&["1", "3"]),
        told: Told::Unreplayable(
            "requests the key of the preceding choice `Tell the visiting hours`",
        ),
    },
];

/// Returns the name of a node, or else its id.
fn named(name: &Option<String>, id: &Option<String>) -> String {
    name.as_ref().or(id.as_ref()).cloned().unwrap_or_default()
}

/// Returns a description of an unexpected result.
fn wrong(mutation: &Mutation, comparison: &Comparison) -> Option<String> {
    let Mutation { what, told, .. } = mutation;
    let text = render_text(comparison, false);
    let cause = comparison.cause.as_ref();
    match told {
        Told::Unreplayable(lacks) => {
            let is_told = cause.is_some_and(|cause| cause.text.contains(lacks));
            let is_right = comparison.verdict == Verdict::Unreplayable && is_told;
            (!is_right).then(|| format!("{what}: expected unreplayable, {lacks}\n{text}"))
        }
        Told::Different { first, cause: expected } => {
            let differs = comparison.first_difference.as_ref();
            let differs = differs
                .map(|it| (it.kind, named(&it.node_name, &it.node_id), it.name.clone()));
            let causes = cause.map(|it| (it.kind, named(&it.node_name, &it.node_id)));
            let is_right = comparison.verdict == Verdict::Different
                && differs == Some((first.0, first.1.into(), first.2.into()))
                && causes == Some((expected.0, expected.1.into()));
            (!is_right).then(|| {
                format!(
                    "{what}: expected {first:?} because of {expected:?}\n\
                     found {differs:?} because of {causes:?}\n{text}"
                )
            })
        }
    }
}

fn assert_expected(mutations: &[Mutation]) {
    let mut problems = Vec::new();
    for mutation in mutations {
        let (organisation, file) = mutation.of;
        let recording = Stage::bundled(organisation).record(&mutation.call);
        let unchanged = Stage::bundled(organisation).compare(&recording);
        let told = render_text(&unchanged.comparison, false);
        let verdict = unchanged.comparison.verdict;
        assert_eq!(verdict, Verdict::Equal, "{} unchanged\n{told}", mutation.what);
        let changed = Stage::changed(organisation, file, mutation.change);
        let judgement = changed.compare(&recording);
        problems.extend(wrong(mutation, &judgement.comparison));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n======\n"));
}

#[test]
fn changes_of_draft_flows_are_found() {
    assert_expected(DRAFTS);
}

#[test]
fn changes_of_architect_flows_are_found() {
    assert_expected(ARCHITECT);
}

#[test]
fn a_change_of_an_export_is_found() {
    let path = root().join("tests/flows/readers/front_desk.json");
    let text = fs::read_to_string(path).unwrap();
    let caller = call("Front desk", &[], &[]);
    let recording = Stage::alone(&text).record(&caller);
    let unchanged = Stage::alone(&text).compare(&recording).comparison;
    assert_eq!(unchanged.verdict, Verdict::Equal);
    let changed = Stage::alone(&with_all(&text, "Hello, stranger", "Good day"));
    let mutation = Mutation {
        what: "a prompt of an export",
        of: ("", ""),
        change: str::to_owned,
        call: caller,
        told: different(
            (DifferenceKind::Prompt, "Greet", ""),
            (CauseKind::Action, "Greet"),
        ),
    };
    let problem = wrong(&mutation, &changed.compare(&recording).comparison);
    assert_eq!(problem, None, "{}", problem.clone().unwrap_or_default());
}

#[test]
fn there_are_at_least_twenty_changes() {
    assert!(DRAFTS.len() + ARCHITECT.len() >= 25);
}
