//! The places of scenario files and fixtures that have names, by their keys.

use super::schema::ITEM;
use crate::value::Kind;
use crate::world::section_of;

/// The thing that a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lsp) enum Named {
    /// A flow.
    Flow,
    /// A task, menu, action or node.
    Action,
    /// A kind of action.
    Kind,
    /// An output of an action. The key with the name of the action is next to it, or
    /// encloses it.
    Output,
    /// A variable of a flow.
    Variable,
    /// An object in this section of fixtures.
    Object(&'static str),
    /// A data action, a webhook, or an action that is not simulated.
    Request,
    /// The code of an error.
    Error,
    /// A file or folder.
    File,
}

/// Sections of fixtures whose entries have names.
const SECTIONS: [&str; 17] = [
    "actions",
    "dataActions",
    "dataTables",
    "emergencyGroups",
    "groups",
    "ivrRoutes",
    "languageSkills",
    "prompts",
    "queues",
    "scheduleGroups",
    "schedules",
    "scripts",
    "skills",
    "systemPrompts",
    "users",
    "webhooks",
    "wrapupCodes",
];

/// Keys below which names are the author's own.
const VALUES: [&str; 8] = [
    "variables",
    "variable",
    "participantData",
    "with",
    "context",
    "set",
    "outputs",
    "output",
];

/// Returns the thing that a value of a scenario file names.
pub(super) fn of_value(path: &[String]) -> Option<Named> {
    if let Some(fixtures) = inline(path) {
        return of_fixture(fixtures);
    }
    let keys: Vec<&str> =
        path.iter().map(String::as_str).filter(|it| *it != ITEM).collect();
    let (last, above) = keys.split_last()?;
    if above.iter().any(|key| VALUES.contains(key)) {
        return None;
    }
    match (above.last().copied().unwrap_or_default(), *last) {
        ("", "flows" | "fixtures") | (_, "recording") => Some(Named::File),
        (_, "flow") => Some(Named::Flow),
        (_, "node" | "path" | "action") | ("path", _) => Some(Named::Action),
        ("properties", "never" | "eventually" | "when" | "after" | "before") => {
            Some(Named::Action)
        }
        (_, "kind") => Some(Named::Kind),
        (_, "output") => Some(Named::Output),
        (_, "queueName" | "queueId" | "routed") => object(Kind::Queue),
        (_, "skills") => object(Kind::Skill),
        (_, "agent") => object(Kind::User),
        (_, "calls") | ("calls", "name") => Some(Named::Request),
        (_, "error") => Some(Named::Error),
        _ => None,
    }
}

/// Returns the thing that a key of a scenario file names.
pub(super) fn of_key(path: &[String]) -> Option<Named> {
    if let Some(fixtures) = inline(path) {
        return of_fixture_key(fixtures);
    }
    let is_variable = matches!(path.last()?.as_str(), "variables" | "variable");
    is_variable.then_some(Named::Variable)
}

/// Returns the thing that a value of fixtures names.
pub(super) fn of_fixture(path: &[String]) -> Option<Named> {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    match keys[..] {
        [section, ITEM] | [section, _, "name"] => section_named(section),
        ["actions", .., "path"] => Some(Named::Output),
        [.., "openFlow" | "closedFlow" | "holidayFlow" | "emergencyFlow"]
        | [.., "emergencyFlow", "name"]
        | [.., "inQueueFlow" | "emailInQueueFlow" | "messageInQueueFlow"]
        | ["organization", "defaultInQueueFlow"] => Some(Named::Flow),
        ["ivrRoutes", _, "scheduleGroup"] => object(Kind::ScheduleGroup),
        [
            "scheduleGroups",
            _,
            "openSchedules" | "closedSchedules" | "holidaySchedules",
        ]
        | [
            "scheduleGroups",
            _,
            "openSchedules" | "closedSchedules" | "holidaySchedules",
            ITEM,
        ] => object(Kind::Schedule),
        ["users", _, "skills"] | ["users", _, "skills", ITEM] => object(Kind::Skill),
        ["queues", _, "agents", ITEM, "skills"]
        | ["queues", _, "agents", ITEM, "skills", ITEM] => object(Kind::Skill),
        _ => None,
    }
}

/// Returns the thing that a key of fixtures names.
pub(super) fn of_fixture_key(path: &[String]) -> Option<Named> {
    match path {
        [section] => section_named(section),
        _ => None,
    }
}

/// Returns the section of an entry of fixtures.
fn section_named(section: &str) -> Option<Named> {
    SECTIONS.into_iter().find(|known| *known == section).map(Named::Object)
}

fn object(kind: Kind) -> Option<Named> {
    section_of(kind).map(Named::Object)
}

/// Returns the place in the fixtures of a test.
fn inline(path: &[String]) -> Option<&[String]> {
    match path {
        [first, item, key, rest @ ..] if first == "tests" && item == ITEM => {
            (key == "fixtures").then_some(rest)
        }
        [first, key, rest @ ..] if first == "defaults" => {
            (key == "fixtures").then_some(rest)
        }
        _ => None,
    }
}

/// Whether entries of fixtures are in this section.
pub(super) fn is_section(key: &str) -> bool {
    SECTIONS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(path: &str) -> Vec<String> {
        path.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn names_are_known_by_their_keys() {
        let value = |path: &str| of_value(&steps(path));
        assert_eq!(value("flows []"), Some(Named::File));
        assert_eq!(value("defaults flow"), Some(Named::Flow));
        assert_eq!(value("tests [] expect path []"), Some(Named::Action));
        assert_eq!(value("tests [] expect path contains []"), Some(Named::Action));
        assert_eq!(value("tests [] expect variables flow"), None);
        assert_eq!(value("properties [] after"), Some(Named::Action));
        assert_eq!(value("properties [] after output"), Some(Named::Output));
        let queues = Some(Named::Object("queues"));
        assert_eq!(value("tests [] expect routing queueName"), queues);
        assert_eq!(value("tests [] fixtures queues []"), queues);
        assert_eq!(value("tests [] script [] calls [] name"), Some(Named::Request));
        assert_eq!(of_key(&steps("tests [] variables")), Some(Named::Variable));
        assert_eq!(of_key(&steps("tests [] fixtures queues")), queues);
    }

    #[test]
    fn names_in_fixtures_are_objects_of_their_sections() {
        let value = |path: &str| of_fixture(&steps(path));
        assert_eq!(value("queues []"), Some(Named::Object("queues")));
        assert_eq!(value("dataActions [] name"), Some(Named::Object("dataActions")));
        assert_eq!(value("actions Find path"), Some(Named::Output));
        assert_eq!(value("actions Find [] path"), Some(Named::Output));
        assert_eq!(value("ivrRoutes [] openFlow"), Some(Named::Flow));
        assert_eq!(value("queues Support inQueueFlow"), Some(Named::Flow));
        assert_eq!(value("contacts [] name"), None);
        assert_eq!(of_fixture_key(&steps("prompts")), Some(Named::Object("prompts")));
        assert_eq!(of_fixture_key(&steps("prompts Hello")), None);
    }
}
