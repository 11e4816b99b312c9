//! Real calls of the bundled flows in which one thing after the other is changed: every
//! change is found where it was made.

use flowsim::analysis::comparison::{DifferenceKind, Rules, Verdict, compare};
use flowsim::trace::observation::{Aspect, Observation};
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

/// A change that is found at this step.
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

/// Whether a value differs from run to run, or is told twice: by id and name.
fn is_compared(name: &str) -> bool {
    let volatile = ["Call.ConversationId", "Interaction.Id", "Flow.StartDateTimeUtc"];
    let ids = ["Flow.Version", "queueId", "queueName", "dataTableId", "id", "name"];
    !volatile.contains(&name) && !ids.contains(&name)
}

#[test]
fn every_value_counts() {
    let mut count = 0;
    for call in calls() {
        for step in 0..call.steps.len() {
            for facet in 0..call.steps[step].facets.len() {
                let it = &call.steps[step].facets[facet];
                let is_told_twice = call.steps[step].place.is_some();
                if is_told_twice && !is_compared(&it.name) || it.value.is_none() {
                    continue;
                }
                count += 1;
                found(&call, Some(step + 1), |other| {
                    other.steps[step].facets[facet].value = Some("another".into());
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
            for facet in 0..it.facets.len() {
                let lost = &it.facets[facet];
                let is_needed =
                    matches!(lost.aspect, Aspect::Set | Aspect::Heard | Aspect::Caller);
                if is_needed && !matches!(lost.value, None | Some(Json::Null)) {
                    found(&call, Some(step + 1), |other| {
                        other.steps[step].facets.remove(facet);
                    });
                }
            }
        }
    }
}

#[test]
fn every_way_and_type_counts() {
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
                    other.steps[step].facets.clear();
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
            // Of several events of one kind in a row any may be the one.
            assert_eq!(missing[0].node_id.as_deref(), call.steps[step].id.as_deref());
        }
    }
}

#[test]
fn the_end_counts() {
    let call = shared(&[]).call(&["1"]);
    found(&call, None, |other| other.status = Some("error".into()));
    found(&call, None, |other| {
        other.variables.as_mut().unwrap()[0].1 = Some("another".into());
    });
    found(&call, None, |other| other.variables.as_mut().unwrap().clear());
}
