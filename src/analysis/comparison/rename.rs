//! Steps that are the same except for their id: the ids of draft nodes are their names, and
//! so are those of actions in Archy YAML.

use super::align::Row;
use crate::trace::observation::{Attribute, ObservedStep};

/// Joins the steps of a gap between common steps whose kind and content are equal, in
/// order: the first with the first.
pub(super) fn renamed(
    rows: Vec<Row>,
    recorded: &[ObservedStep],
    local: &[ObservedStep],
) -> Vec<Row> {
    let is_common = |row: &Row| row.recorded.is_some() && row.local.is_some();
    let mut joined = Vec::with_capacity(rows.len());
    for gap in rows.split_inclusive(is_common) {
        let (gap, end) = match gap.split_last() {
            Some((last, rest)) if is_common(last) => (rest, Some(*last)),
            _ => (gap, None),
        };
        // After a branch that differs, the steps are those of another path.
        match is_parted(joined.last(), recorded, local) {
            true => joined.extend(gap),
            false => join(gap, recorded, local, &mut joined),
        }
        joined.extend(end);
    }
    joined
}

/// Returns whether a common step took different paths.
fn is_parted(
    before: Option<&Row>,
    recorded: &[ObservedStep],
    local: &[ObservedStep],
) -> bool {
    let path = |side: &[ObservedStep], at: Option<usize>| {
        at.and_then(|at| side.get(at)).and_then(|step| step.path.clone())
    };
    let Some(before) = before else { return false };
    let (one, two) = (path(recorded, before.recorded), path(local, before.local));
    one.is_some() && two.is_some() && one != two
}

/// Adds the rows of a gap, in which no row has both steps.
fn join(
    gap: &[Row],
    recorded: &[ObservedStep],
    local: &[ObservedStep],
    joined: &mut Vec<Row>,
) {
    let gone: Vec<usize> = gap.iter().filter_map(|row| row.recorded).collect();
    let come: Vec<usize> = gap.iter().filter_map(|row| row.local).collect();
    // A renamed node leaves the number of steps as it is.
    let pairs = || gone.iter().zip(&come);
    let is_rename = gone.len() == come.len()
        && !gone.is_empty()
        && pairs().all(|(one, two)| {
            let steps = (recorded.get(*one), local.get(*two));
            matches!(steps, (Some(one), Some(two)) if is_same(one, two))
        });
    match is_rename {
        true => joined.extend(pairs().map(|(one, two)| Row {
            recorded: Some(*one),
            local: Some(*two),
            is_moved: false,
            is_renamed: true,
        })),
        false => joined.extend(gap),
    }
}

/// Returns whether a step may have another id on the other side: the ids of actions in
/// exports, which come with a tracking number, stay when an action is renamed.
fn is_renamable(step: &ObservedStep) -> bool {
    step.is_action && step.id.is_some()
}

/// Returns whether two steps with different ids do the same: they have the same kind, the
/// same path as far as both have one, and the same values of each name that both have. A
/// step without common values is another one, unless it has the same name.
fn is_same(one: &ObservedStep, two: &ObservedStep) -> bool {
    let has_name = |step: &ObservedStep| step.name.is_some() && step.name != step.id;
    let is_named_alike = has_name(one) && one.name == two.name;
    let is_path_equal = one.path.is_none() || two.path.is_none() || one.path == two.path;
    let keeps_id = one.tracking_id.is_some() && two.tracking_id.is_some();
    let is_alike = !keeps_id && is_renamable(one) && is_renamable(two);
    if !is_alike || !one.kind.eq_ignore_ascii_case(&two.kind) || !is_path_equal {
        return false;
    }
    let twin = |it: &Attribute| {
        two.attributes.iter().find(|other| other.kind == it.kind && other.name == it.name)
    };
    let mut common = one.attributes.iter().filter_map(|it| Some((it, twin(it)?)));
    let mut has_common = false;
    let is_equal = common.all(|(one, two)| {
        has_common = true;
        one.value == two.value
    });
    is_equal && (has_common || is_named_alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::comparison::align::align;
    use crate::trace::observation::{AttributeKind, Place};

    fn say(id: &str, text: &str) -> ObservedStep {
        let text = Attribute {
            kind: AttributeKind::Prompt,
            name: "".into(),
            key: None,
            value: Some(text.into()),
            place: Place::Key("/result/text"),
        };
        ObservedStep {
            id: Some(id.into()),
            kind: "Say".into(),
            is_action: true,
            attributes: vec![text],
            ..ObservedStep::default()
        }
    }

    #[test]
    fn a_step_with_the_same_content_is_renamed() {
        let recorded = [say("a", "one"), say("b", "two"), say("c", "three")];
        let local = [say("a", "one"), say("x", "two"), say("c", "three")];
        let rows = align(&recorded, &local);
        assert_eq!(rows.len(), 3);
        assert!(rows[1].is_renamed && !rows[0].is_renamed && !rows[2].is_renamed);
    }

    #[test]
    fn steps_after_different_paths_are_other_steps() {
        let (mut one, mut two) = (say("a", "one"), say("a", "one"));
        one.path = Some("condition 1".into());
        two.path = Some("default".into());
        let recorded = [one, say("b", "two")];
        let local = [two, say("x", "two")];
        assert_eq!(align(&recorded, &local).len(), 3);
    }

    #[test]
    fn only_equal_content_and_an_equal_number_of_steps_are_a_rename() {
        let recorded = [say("a", "one"), say("b", "two")];
        let other = [say("a", "one"), say("x", "2")];
        assert_eq!(align(&recorded, &other).len(), 3);
        let more = [say("a", "one"), say("x", "two"), say("y", "two")];
        assert_eq!(align(&recorded, &more).len(), 4);
    }
}
