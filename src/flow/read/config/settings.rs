//! The settings of actions under Archy's names, in one table for all kinds. *Source:
//! flows that are published in both forms; for kinds that none of them contains, the
//! properties of the classes of Genesys' Architect Scripting.*

use super::composed;
use super::reader::Reader;
use super::values::{OF_THE_EDITOR, group, input, output};
use crate::flow::Written;
use crate::flow::architect::{Setting, Settings};
use crate::source::{Entry, Node};
use crate::value::Text;

/// The form of a property.
#[derive(Clone, Copy)]
enum How {
    /// A value.
    Input,
    /// The variable that receives a result.
    Output,
    /// Names with values: `[{name, value}]`.
    Inputs,
    /// Names with the variables that receive results.
    Outputs,
    /// The id of a unit.
    Unit,
}

/// The `__type`, the property, Archy's name for it, and its form.
type Rule = (&'static str, &'static str, &'static str, How);

/// Marks a property with the same name in Archy.
const SAME: &str = "";

/// The rules for single kinds. A property without a rule keeps its name.
const RULES: &[Rule] = &[
    ("AskForBooleanAction", "askResult", SAME, How::Output),
    ("AskForSlotAction", "askResult", SAME, How::Output),
    ("ChangeStateAction", "stateReference", "targetStateRef", How::Unit),
    ("CollectInputAction", "prompts", "inputAudio", How::Input),
    ("CollectInputAction", "resultData", "inputData", How::Output),
    ("CollectInputAction", "verificationPrompts", "verificationAudio", How::Input),
    ("DataTableLookupAction", "lookupKeyValue", "lookupValue", How::Input),
    ("DecisionAction", "expression", "condition", How::Input),
    ("DigitalMenuAction", "resultData", SAME, How::Output),
    ("CallBotFlowAction", "exitReason", SAME, How::Output),
    ("CallBotFlowAction", "intent", SAME, How::Output),
    ("EvaluateScheduleGroupAction", "inServiceSchedules", SAME, How::Output),
    ("GetExternalContactAction", "externalResult", SAME, How::Output),
    ("SearchExternalContactsAction", "externalResults", SAME, How::Output),
    ("HoldMusicAction", "bargeInExpression", "bargeInEnabled", How::Input),
    ("LoopAction", "currentIndex", SAME, How::Output),
    ("PlayAudioAction", "prompts", "audio", How::Input),
    ("PlayEstimatedWaitTimeAction", "prompts", "audio", How::Input),
];

/// The rules for all kinds.
const EVERYWHERE: &[(&str, &str, How)] = &[
    ("errorBindings", "failureOutputs", How::Outputs),
    ("inputs", "inputs", How::Inputs),
    ("menuReference", "targetMenuRef", How::Unit),
    ("outputs", "outputs", How::Outputs),
    ("stateReference", "targetStateRef", How::Unit),
    ("taskReference", "targetTaskRef", How::Unit),
];

/// Keys that are not settings: the identity of the action, and the references to other
/// actions.
const OF_THE_TREE: &[&str] = &["id", "name", "__type", "nextAction", "paths", "path"];

/// Reads the settings of an action with a `__type`.
pub(super) fn read(
    action: &Node<'_>,
    class: &str,
    reader: &mut Reader<'_, '_>,
) -> Settings {
    let composed = composed::of(class);
    let mut settings = Settings::default();
    if let Some((_, compose)) = composed {
        settings.entries = compose(action);
    }
    let is_used = |entry: &Entry<'_>| {
        let key = &*entry.key;
        let is_composed = composed.is_some_and(|(used, _)| used.contains(&key));
        is_composed || OF_THE_TREE.contains(&key) || OF_THE_EDITOR.contains(&key)
    };
    for entry in action.entries().iter().filter(|entry| !is_used(entry)) {
        let (name, how) = rule(class, &entry.key);
        if let Some(value) = value(&entry.value, how, reader) {
            settings.entries.push((Text::from(name), value));
        }
    }
    settings
}

fn rule<'k>(class: &str, key: &'k str) -> (&'k str, How) {
    let own = RULES.iter().find(|rule| rule.0 == class && rule.1 == key);
    if let Some((_, _, name, how)) = own {
        return (if *name == SAME { key } else { name }, *how);
    }
    if class.starts_with("Find") && matches!(key, "result" | "findResult") {
        return ("findResult", How::Output);
    }
    let general = EVERYWHERE.iter().find(|rule| rule.0 == key);
    general.map_or((key, How::Input), |(_, name, how)| (name, *how))
}

/// Reads a value according to its rule. Returns `None` for names without values and for
/// empty references.
fn value(
    node: &Node<'_>,
    how: How,
    reader: &mut Reader<'_, '_>,
) -> Option<Written<Setting>> {
    match how {
        How::Input => Some(input(node)),
        How::Output => Some(output(node)),
        How::Inputs => bindings(node, input),
        How::Outputs => bindings(node, output),
        How::Unit => {
            let unit = reader.unit(node)?;
            Some(Written { value: Setting::Unit(unit), span: node.span })
        }
    }
}

/// Reads `[{name, value}]` as a group. Returns `None` if the list is empty.
pub(super) fn bindings(
    node: &Node<'_>,
    read: fn(&Node<'_>) -> Written<Setting>,
) -> Option<Written<Setting>> {
    let entries = node.items().iter().filter_map(|item| {
        Some((Text::from(item.get("name")?.as_str()?), read(item.get("value")?)))
    });
    let entries: Vec<_> = entries.collect();
    (!entries.is_empty()).then(|| group(node.span, entries))
}
