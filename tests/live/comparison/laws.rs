//! Properties of every comparison.

use flowsim::analysis::comparison::{Rules, Verdict, compare};
use flowsim::report::comparison::render_text;
use flowsim::trace::observation::{
    Attribute, AttributeKind, AttributeKinds, Observation, ObservedFlow, ObservedStep,
    Place, Source,
};
use flowsim::value::{Json, Text};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        (0..9_i64).prop_map(Json::from),
        "[a-c]{0,3}".prop_map(|text| Json::from(text.as_str())),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::array),
            prop::collection::vec(("[a-c]".prop_map(Text::from), inner), 0..3)
                .prop_map(Json::object),
        ]
    })
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let aspect = prop::sample::select(AttributeKind::ALL.to_vec());
    (aspect, "[x-z]", value()).prop_map(|(aspect, name, value)| Attribute {
        kind: aspect,
        name: name.into(),
        key: None,
        value: Some(value),
        place: Place::Member("/result"),
    })
}

fn step() -> impl Strategy<Value = ObservedStep> {
    let path = prop::option::of("(yes|no)");
    (0..6_u8, path, prop::collection::vec(attribute(), 0..5)).prop_map(
        |(id, path, mut attributes)| {
            attributes.sort_by_key(|attribute| attribute.kind);
            ObservedStep {
                id: Some(format!("n{id}").into()),
                name: Some(format!("Node {id}").into()),
                kind: if id % 2 == 0 { "Say".into() } else { "If".into() },
                is_action: true,
                depth: Some(0),
                path: path.map(Text::from),
                attributes,
                ..ObservedStep::default()
            }
        },
    )
}

fn observation() -> impl Strategy<Value = Observation> {
    let variables = prop::collection::btree_map("[u-z]", value(), 0..4);
    (prop::collection::vec(step(), 0..12), variables).prop_map(|(steps, variables)| {
        Observation {
            source: Source::Trace,
            flow: ObservedFlow::default(),
            start: None,
            elapsed_ms: Some(5),
            status: Some("completed".into()),
            exit_reason: None,
            error: None,
            knows_error: true,
            variables: Some(
                variables
                    .into_iter()
                    .map(|(name, value)| (name.into(), Some(value)))
                    .collect(),
            ),
            steps,
            known: AttributeKinds::all(),
            knows_ends: true,
            is_truncated: false,
            unlogged: Vec::new(),
        }
    })
}

proptest! {
    #[test]
    fn everything_is_equal_to_itself(call in observation()) {
        let found = compare(&call, &call, &Rules::default());
        prop_assert_eq!(found.verdict, Verdict::Equal);
        prop_assert_eq!(found.ignored, []);
        prop_assert_eq!(found.cause, None);
    }

    /// For all differences the verdict is the same from both sides, there is always a
    /// cause, and both output formats work.
    #[test]
    fn sides_can_be_exchanged(one in observation(), two in observation()) {
        let rules = Rules::default();
        let (there, back) = (compare(&one, &two, &rules), compare(&two, &one, &rules));
        prop_assert_eq!(there.verdict, back.verdict);
        prop_assert_eq!(there.verdict == Verdict::Different, there.cause.is_some());
        prop_assert_eq!(there.differences.first(), there.first_difference.as_ref());
        prop_assert_eq!(compare(&one, &two, &rules), there.clone());
        prop_assert!(!render_text(&there, true).is_empty());
        prop_assert!(Json::parse(&there.to_json()).is_ok());
        if let Some(cause) = &there.cause {
            prop_assert!(cause.text.ends_with('.'), "{}", cause.text);
            prop_assert!(!cause.chain.is_empty() || there.path_diverges_at.is_some());
        }
    }

    #[test]
    fn one_other_value_is_found(call in observation(), at in any::<prop::sample::Index>()) {
        let all: Vec<(usize, usize)> = call.steps.iter().enumerate()
            .flat_map(|(step, it)| (0..it.attributes.len()).map(move |attribute| (step, attribute)))
            .collect();
        prop_assume!(!all.is_empty());
        let (step, attribute) = *at.get(&all);
        let mut other = call.clone();
        other.steps[step].attributes[attribute].value = Some("another".into());
        let found = compare(&call, &other, &Rules::default());
        prop_assert_eq!(found.path_diverges_at, None);
        prop_assert!(!found.differences.is_empty());
        let it = &found.differences[0];
        prop_assert_eq!(it.step, Some(step + 1));
    }

    #[test]
    fn one_step_more_is_found(call in observation(), at in any::<prop::sample::Index>()) {
        let mut other = call.clone();
        let new = ObservedStep { id: Some("new".into()), is_action: true, ..ObservedStep::default() };
        let at = at.index(call.steps.len() + 1);
        other.steps.insert(at, new);
        let found = compare(&call, &other, &Rules::default());
        prop_assert_eq!(found.path_diverges_at, Some(at + 1));
        prop_assert_eq!(found.first_difference.unwrap().local_step, Some(at + 1));
    }
}
