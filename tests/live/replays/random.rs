//! Whatever a caller does on a bundled flow: a call that is recorded and made again is equal.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flowsim::analysis::comparison::{Verdict, render_text};
use flowsim::trace::{Fact, Field, Trace};
use flowsim::value::Value;
use proptest::prelude::*;
use proptest::sample::select;

use super::stage::{Caller, Stage};
use crate::recordings::calls::{ARCHITECT, DRAFTS};

/// The flows in which calls begin, with the contexts of their calls.
type Entries = Vec<(&'static str, &'static str, &'static [(&'static str, &'static str)])>;

static STAGES: LazyLock<BTreeMap<&str, Stage>> = LazyLock::new(|| {
    let organisations = ARCHITECT.iter().chain(DRAFTS).map(|(name, _)| *name);
    organisations.map(|name| (name, Stage::bundled(name))).collect()
});

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

/// What a caller does when a flow listens: keys at once or at their times, nothing, the end.
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

/// Whether a menu asked once more because of keys that none of its choices has.
fn has_keys_of_no_choice(trace: &Trace) -> bool {
    trace.events.iter().any(|event| match &event.fact {
        Fact::Entry(entry) => {
            let is_so = |why: &Value| matches!(why, Value::String(why) if why.starts_with("no match"));
            entry.of == Field::Reason && is_so(&entry.value)
        }
        _ => false,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_recorded_call_made_again_is_equal(
        (organisation, flow, context) in select(entries()),
        inputs in prop::collection::vec(input(), 0..6),
        at in prop_oneof![
            Just(None), Just(Some("2026-03-10T14:00:00Z")), Just(Some("2026-03-10T03:00:00Z"))
        ],
    ) {
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let stage = &STAGES[organisation];
        let is_architect = ARCHITECT.iter().any(|(name, _)| *name == organisation);
        // A simulation does not say when its call began.
        let at = at.filter(|_| is_architect);
        let caller = Caller { flow, context, inputs: &inputs, at };
        let (recording, trace) = stage.record_with_trace(&caller);
        let comparison = stage.compare(&recording).comparison;
        let told = render_text(&comparison, false);
        // Documents do not tell of keys that no choice of a menu has: a recording of such a
        // call knows less than the flow asks, and the call made again may end otherwise.
        let lacks_keys = told.contains("the recording has no further keys");
        let lost = has_keys_of_no_choice(&trace)
            || (lacks_keys && comparison.verdict == Verdict::Unreplayable);
        if is_architect && lost {
            return Ok(());
        }
        prop_assert_eq!(comparison.verdict, Verdict::Equal, "{}\n{}", told, recording.response);
    }
}
