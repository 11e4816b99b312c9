//! With any inputs on a bundled flow, a recorded and replayed call is equal.

use flowsim::analysis::comparison::Verdict;
use flowsim::report::comparison::render_text;
use flowsim::trace::{EventKind, Field, Trace};
use flowsim::value::Value;
use proptest::prelude::*;
use proptest::sample::select;

use super::stage::{Caller, Stage};
use crate::recordings::calls::{ARCHITECT, DRAFTS};

/// The flows in which calls start, with the contexts of their calls.
type Entries = Vec<(&'static str, &'static str, &'static [(&'static str, &'static str)])>;

fn entries() -> Entries {
    let mut entries = Entries::new();
    for (organisation, calls) in ARCHITECT.iter().chain(DRAFTS) {
        for (flow, context, _) in *calls {
            let entry = (*organisation, *flow, *context);
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    entries
}

/// An input of a caller: keys at once or with delays, silence, or hanging up.
fn input() -> impl Strategy<Value = String> {
    let known =
        ["1", "2", "3", "9", "0", "-", "417", "100200#", "4711", "4242", "hangup"];
    prop_oneof![
        4 => select(known.to_vec()).prop_map(str::to_owned),
        2 => "[0-9*#]{1,6}",
        2 => ("[0-9*#]", 0..9000_u32).prop_map(|(key, ms)| format!("{key}@{ms}")),
        1 => prop::collection::vec(("[0-9]", 0..2500_u32), 1..7).prop_map(|keys| {
            let keys = keys.iter().map(|(key, ms)| format!("{key}@{ms}"));
            keys.collect::<Vec<_>>().join(",")
        }),
    ]
}

/// Returns `true` if a menu was repeated because of keys that match none of its choices.
fn has_keys_of_no_choice(trace: &Trace) -> bool {
    trace.events.iter().any(|event| match &event.kind {
        EventKind::Entry(entry) => {
            let is_so = |why: &Value| matches!(why, Value::String(why) if why.starts_with("no match"));
            entry.of == Field::Reason && is_so(&entry.value)
        }
        _ => false,
    })
}

proptest! {
    #[test]
    fn a_replayed_call_is_equal(
        (organisation, flow, context) in select(entries()),
        inputs in prop::collection::vec(input(), 0..6),
        at in prop_oneof![
            Just(None), Just(Some("2026-03-10T14:00:00Z")), Just(Some("2026-03-10T03:00:00Z"))
        ],
    ) {
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let stage = Stage::bundled(organisation);
        let is_architect = ARCHITECT.iter().any(|(name, _)| *name == organisation);
        // A simulation does not contain the start time of its call.
        let at = at.filter(|_| is_architect);
        let caller = Caller { flow, context, inputs: &inputs, at };
        let (recording, trace) = stage.record_with_trace(&caller);
        let comparison = stage.compare(&recording).comparison;
        let told = render_text(&comparison, false);
        // Documents omit keys that match no choice of a menu. A recording of such a call
        // lacks inputs of the flow, and the replayed call may end differently.
        let lacks_keys = told.contains("the recording has no further keys");
        let lost = has_keys_of_no_choice(&trace)
            || (lacks_keys && comparison.verdict == Verdict::Unreplayable);
        if is_architect && lost {
            return Ok(());
        }
        prop_assert_eq!(comparison.verdict, Verdict::Equal, "{}\n{}", told, recording.response);
    }
}
