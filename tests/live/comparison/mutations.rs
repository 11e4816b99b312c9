//! Real calls of the bundled flows with one change at a time. Every change is found at
//! its position.

use flowsim::analysis::comparison::{DifferenceKind, Rules, Verdict, compare};
use flowsim::trace::observation::{AttributeKind, Observation};
use flowsim::value::Json;

use super::stage::{clinic, shared};

fn calls() -> Vec<Observation> {
    let simulation = shared(&[]).simulation(&["1"]);
    vec![
        shared(&[]).call(&["1"]),
        shared(&[]).call(&[]),
        Observation::of_simulation(&simulation).unwrap(),
        clinic(&[]).call(&["1", "1", "1"]),
        clinic(&[]).document(&["1", "1", "1"]),
        clinic(&[]).document(&["1"]),
    ]
}

/// Asserts that a change is found at this step.
#[track_caller]
fn found(call: &Observation, step: Option<usize>, change: impl FnOnce(&mut Observation)) {
    let mut other = call.clone();
    change(&mut other);
    let comparison = compare(call, &other, &Rules::default());
    assert_eq!(comparison.verdict, Verdict::Different);
    assert_eq!(comparison.first_difference.unwrap().step, step);
    let back = compare(&other, call, &Rules::default());
    assert_eq!(back.verdict, Verdict::Different);
}

/// Returns `false` for values that differ between runs or are recorded twice, by id and
/// name.
fn is_compared(name: &str) -> bool {
    let volatile = ["Call.ConversationId", "Interaction.Id", "Flow.StartDateTimeUtc"];
    let ids = ["Flow.Version", "queueId", "queueName", "dataTableId", "id", "name"];
    !volatile.contains(&name) && !ids.contains(&name)
}

#[test]
fn every_value_is_compared() {
    let mut count = 0;
    for call in calls() {
        for step in 0..call.steps.len() {
            for attribute in 0..call.steps[step].attributes.len() {
                let it = &call.steps[step].attributes[attribute];
                let is_told_twice =
                    call.steps[step].place.is_some() || it.kind == AttributeKind::Routing;
                if is_told_twice && !is_compared(&it.name) || it.value.is_none() {
                    continue;
                }
                count += 1;
                found(&call, Some(step + 1), |other| {
                    other.steps[step].attributes[attribute].value =
                        Some("another".into());
                });
            }
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn every_assignment_prompt_and_key_must_be_there() {
    for call in calls() {
        for (step, it) in call.steps.iter().enumerate() {
            for attribute in 0..it.attributes.len() {
                let lost = &it.attributes[attribute];
                let is_needed = matches!(
                    lost.kind,
                    AttributeKind::Set | AttributeKind::Prompt | AttributeKind::Caller
                );
                if is_needed && !matches!(lost.value, None | Some(Json::Null)) {
                    found(&call, Some(step + 1), |other| {
                        other.steps[step].attributes.remove(attribute);
                    });
                }
            }
        }
    }
}

#[test]
fn every_output_and_type_is_compared() {
    for call in calls() {
        for step in 0..call.steps.len() {
            if call.steps[step].path.is_some() {
                found(&call, Some(step + 1), |other| {
                    other.steps[step].path = Some("another".into());
                    other.steps[step].path_name = None;
                });
            }
            found(&call, Some(step + 1), |other| {
                if other.steps[step].is_action {
                    other.steps[step].kind = "another".into();
                } else {
                    other.steps[step].attributes.clear();
                    other.steps[step].id = Some("another".into());
                    other.steps[step].kind = "another".into();
                }
            });
        }
    }
}

#[test]
fn every_step_must_be_there() {
    for call in calls() {
        for step in 0..call.steps.len() {
            let mut other = call.clone();
            other.steps.remove(step);
            let comparison = compare(&call, &other, &Rules::default());
            let missing: Vec<_> = comparison
                .differences
                .iter()
                .filter(|it| it.kind == DifferenceKind::MissingStep)
                .collect();
            assert_eq!(missing.len(), 1);
            // Among consecutive events of one kind, any may be the missing one.
            assert_eq!(missing[0].node_id.as_deref(), call.steps[step].id.as_deref());
        }
    }
}

#[test]
fn the_end_is_compared() {
    let call = shared(&[]).call(&["1"]);
    found(&call, None, |other| other.status = Some("error".into()));
    found(&call, None, |other| {
        other.variables.as_mut().unwrap()[0].1 = Some("another".into());
    });
    found(&call, None, |other| other.variables.as_mut().unwrap().clear());
}
