//! The table of action kinds and flow types. It contains all knowledge of a kind: its
//! names in each dialect and in execution documents, its outputs, its settings and the
//! operation that executes it. One file has one family. Readers, checks, drawings, the
//! compiler, execution documents, recordings and the comparison of flows read this table;
//! there is no other list of kinds.
//!
//! *Source: the classes of Genesys' Architect Scripting, whose names Archy's kinds follow,
//! their outputs, and published flows in both forms.*

mod bot;
mod data;
mod find;
mod flow_type;
mod logic;
mod menu;
mod message;
mod name;
mod operation;
mod publishing;
mod queue;
mod section;
mod setting;
mod spec;
mod speech;
mod survey;
mod task;
mod transfer;

pub use flow_type::FlowKind;
pub(crate) use flow_type::{
    IN_QUEUE_CALL, IN_QUEUE_EMAIL, IN_QUEUE_MESSAGE, SECURE_CALL, called_types,
    flow_type, flow_types, in_queue_type, is_flow_type, recognizes_input,
};
pub(crate) use name::{NameLookup, WRAPPERS, flow_name, unit_name};
pub use operation::{By, End, MenuTarget, TransferKind};
pub(crate) use operation::{
    LocalKind, LookupKind, Operation, QuestionKind, SideEffect, Support,
};
pub(crate) use publishing::{ERROR_HANDLINGS, MOST_CASES, range_of};
pub(crate) use section::{
    ACTION_FIELDS, CHOICE_FIELDS, FLOW_FIELDS, UNIT_FIELDS, VARIABLE_FIELDS,
    flow_setting, is_open, unit_setting,
};
pub(crate) use setting::{SettingForm, SettingSpec};
pub(crate) use spec::{ActionSpec, LOOP_BODY, SUCCESSES, capitalized};

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::value::Text;

/// The families.
const FAMILIES: [&[ActionSpec]; 11] = [
    bot::KINDS,
    data::KINDS,
    find::KINDS,
    logic::KINDS,
    menu::KINDS,
    message::KINDS,
    queue::KINDS,
    speech::KINDS,
    survey::KINDS,
    task::KINDS,
    transfer::KINDS,
];

/// All kinds of actions and choices, sorted by name.
static BY_NAME: LazyLock<Box<[&'static ActionSpec]>> = LazyLock::new(|| {
    let mut kinds: Vec<_> = FAMILIES.iter().flat_map(|family| family.iter()).collect();
    kinds.sort_unstable_by_key(|kind| kind.name);
    kinds.into()
});

/// All kinds of actions and choices, sorted by class.
static BY_CLASS: LazyLock<Box<[(String, &'static ActionSpec)]>> = LazyLock::new(|| {
    let mut kinds: Vec<_> = all().map(|kind| (kind.class_name(), kind)).collect();
    kinds.sort_by(|one, other| one.0.cmp(&other.0));
    kinds.into()
});

/// All kinds of actions and choices, sorted by event name.
static BY_EVENT: LazyLock<Box<[(String, &'static ActionSpec)]>> = LazyLock::new(|| {
    let mut kinds: Vec<_> = all().map(|kind| (kind.event_name(), kind)).collect();
    kinds.sort_by(|one, other| one.0.cmp(&other.0));
    kinds.into()
});

/// All kinds of actions and choices, in alphabetical order.
pub(crate) fn all() -> impl Iterator<Item = &'static ActionSpec> {
    BY_NAME.iter().copied()
}

/// The names of all kinds of actions, in alphabetical order.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    all().filter(|kind| !kind.is_choice).map(|kind| kind.name)
}

/// The names of all kinds of menu choices, in alphabetical order.
pub(crate) fn choices() -> impl Iterator<Item = &'static str> {
    all().filter(|kind| kind.is_choice).map(|kind| kind.name)
}

/// Returns the kind of action or choice with this name.
pub(crate) fn named(name: &str) -> Option<&'static ActionSpec> {
    static INDEX: LazyLock<FxHashMap<&str, &ActionSpec>> =
        LazyLock::new(|| all().map(|kind| (kind.name, kind)).collect());
    INDEX.get(name).copied()
}

/// Returns the kind of action, or of choice, with this class in Architect's JSON.
pub(crate) fn of_class(class: &str, is_choice: bool) -> Option<&'static ActionSpec> {
    let first = BY_CLASS.partition_point(|(known, _)| known.as_str() < class);
    let same = BY_CLASS[first..].iter().take_while(|(known, _)| known == class);
    same.map(|(_, kind)| *kind).find(|kind| kind.is_choice == is_choice)
}

/// Returns the kind whose events in execution documents have this name.
pub(crate) fn of_event(event: &str) -> Option<&'static ActionSpec> {
    let index = BY_EVENT.binary_search_by(|(known, _)| known.as_str().cmp(event)).ok()?;
    BY_EVENT.get(index).map(|(_, kind)| *kind)
}

/// Returns the operation of the kind with this name.
pub(crate) fn operation_of(name: &str) -> Option<Operation> {
    named(name).map(|kind| kind.operation)
}

/// Returns the name with a lower-case first letter: `FindSkill` becomes `findSkill`.
pub(crate) fn uncapitalized(name: &str) -> Text {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    let name: String = first.into_iter().chain(letters).collect();
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = all().map(|kind| kind.name).collect();
        names.dedup();
        assert_eq!(names.len(), all().count());
        let mut events: Vec<_> = all().map(ActionSpec::event_name).collect();
        events.sort_unstable();
        events.dedup();
        assert_eq!(events.len(), all().count(), "two kinds have the same event name");
    }

    #[test]
    fn each_kind_is_found_by_each_of_its_names() {
        for kind in all() {
            assert_eq!(named(kind.name).unwrap().name, kind.name);
            let class = kind.class_name();
            assert_eq!(of_class(&class, kind.is_choice).unwrap().name, kind.name);
            assert_eq!(of_event(&kind.event_name()).unwrap().name, kind.name);
        }
    }

    #[test]
    fn events_are_named_after_kinds() {
        for (kind, name) in [
            ("playAudio", "actionPlayAudio"),
            ("loopNext", "actionLoopNext"),
            ("transferToAcd", "actionTransferToAcd"),
            ("transferToNumber", "actionTransferExternal"),
            ("menuTransferToNumber", "menuTransferExternal"),
            ("menuTask", "menuTask"),
            ("menuSubMenu", "menuMenu"),
        ] {
            assert_eq!(named(kind).unwrap().event_name(), name);
        }
    }

    #[test]
    fn a_choice_does_what_an_action_does() {
        let support = |name| named(name).map(ActionSpec::support);
        assert_eq!(support("menuDisconnect"), Some(Support::Ends));
        assert_eq!(support("menuTransferToUser"), Some(Support::FixturesFirst));
        assert_eq!(named("menuTransferToAcd").unwrap().outputs, ["failure"]);
        assert_eq!(support("menuPlayAudio"), None, "there is no such choice");
        let action = |name| named(name).unwrap().action_name();
        assert_eq!(action("menuTransferToNumber"), "transferToNumber");
        assert_eq!(action("transferToNumber"), "transferToNumber");
        assert_eq!(action("menuTask"), "menuTask");
    }

    #[test]
    fn a_call_continues_after_actions_without_a_success_output() {
        let continues = |name| named(name).map(ActionSpec::continues_after);
        for name in ["playAudio", "callLexBot", "createCallback", "callBotFlow"] {
            assert_eq!(continues(name), Some(true), "{name}");
        }
        for name in ["disconnect", "transferToAcd", "callData", "findQueue"] {
            assert_eq!(continues(name), Some(false), "{name}");
        }
    }

    /// Returns the names of the kinds with this support, actions or choices.
    fn supported(is: impl Fn(&ActionSpec) -> bool, is_choice: bool) -> Vec<&'static str> {
        all()
            .filter(|kind| kind.is_choice == is_choice && is(kind))
            .map(|it| it.name)
            .collect()
    }

    /// A support in the page of behaviours, and the kinds that have it.
    type Row = (&'static str, fn(&ActionSpec) -> bool);

    fn is_noted(kind: &ActionSpec) -> bool {
        kind.operation == Operation::NOTED
    }

    fn executes(kind: &ActionSpec) -> bool {
        matches!(kind.support(), Support::Runs | Support::Ends) && !is_noted(kind)
    }

    /// The counts of kinds on the page of behaviours come from the table.
    #[test]
    fn the_page_of_behaviours_counts_the_kinds() {
        let rows: [Row; 5] = [
            ("executed", executes),
            ("executed, unless fixtures answer", |it| {
                it.support() == Support::FixturesFirst
            }),
            ("questions, answered by fixtures or the participant", |it| {
                it.support() == Support::Question
            }),
            ("recorded, without an effect on the flow", is_noted),
            ("answered by fixtures only", |it| it.support() == Support::External),
        ];
        let mut expected =
            String::from("| support | actions | menu choices |\n|---|---|---|\n");
        for (name, is) in rows {
            let [actions, choices] = [false, true].map(|it| supported(is, it).len());
            expected += &format!("| {name} | {actions} | {choices} |\n");
        }
        let total = [false, true].map(|it| supported(|_| true, it).len());
        expected += &format!("| all | {} | {} |\n", total[0], total[1]);
        let external = supported(|it| it.support() == Support::External, false);
        let external: Vec<String> = external.iter().map(|it| format!("`{it}`")).collect();
        expected += &format!("\nOnly fixtures answer {}.\n", external.join(", "));
        let page = include_str!("../../../docs/genesys.md");
        let (_, section) = page.split_once("\n## Kinds of actions\n").unwrap();
        assert!(section.contains(&expected), "docs/genesys.md lacks:\n{expected}");
    }
}
