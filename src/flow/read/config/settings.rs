//! The settings of actions under Archy's names, in one table for all kinds. *Source:
//! flows that are published in both forms; for kinds that none of them contains, the
//! properties of the classes of Genesys' Architect Scripting.*

use super::composed;
use super::reader::Reader;
use super::values::{OF_THE_EDITOR, group, input, output};
use crate::flow::Spanned;
use crate::flow::architect::{Setting, Settings};
use crate::source::{Entry, Node};

/// The form of a property.
#[derive(Clone, Copy)]
enum ValueForm {
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
type Rule = (&'static str, &'static str, &'static str, ValueForm);

/// Marks a property with the same name in Archy.
const SAME: &str = "";

/// The rules for single kinds. A property without a rule keeps its name.
const RULES: &[Rule] = &[
    ("AskForBooleanAction", "askResult", SAME, ValueForm::Output),
    ("AskForNLUNextIntentAction", "currentIndex", SAME, ValueForm::Output),
    ("AskForSlotAction", "askResult", SAME, ValueForm::Output),
    ("ChangeStateAction", "stateReference", "targetStateRef", ValueForm::Unit),
    ("CollectInputAction", "prompts", "inputAudio", ValueForm::Input),
    ("CollectInputAction", "resultData", "inputData", ValueForm::Output),
    ("CollectInputAction", "verificationPrompts", "verificationAudio", ValueForm::Input),
    ("DataTableLookupAction", "lookupKeyValue", "lookupValue", ValueForm::Input),
    ("DecisionAction", "expression", "condition", ValueForm::Input),
    ("DigitalMenuAction", "resultData", SAME, ValueForm::Output),
    ("CallBotFlowAction", "exitReason", SAME, ValueForm::Output),
    ("CallBotFlowAction", "intent", SAME, ValueForm::Output),
    ("EvaluateScheduleGroupAction", "inServiceSchedules", SAME, ValueForm::Output),
    ("GetExternalContactAction", "externalResult", SAME, ValueForm::Output),
    ("SearchExternalContactsAction", "externalResults", SAME, ValueForm::Output),
    ("HoldMusicAction", "bargeInExpression", "bargeInEnabled", ValueForm::Input),
    ("LoopAction", "currentIndex", SAME, ValueForm::Output),
    ("LoopUntilAction", "currentIndex", SAME, ValueForm::Output),
    ("PlayAudioAction", "prompts", "audio", ValueForm::Input),
    ("PlayEstimatedWaitTimeAction", "prompts", "audio", ValueForm::Input),
];

/// The rules for all kinds.
const EVERYWHERE: &[(&str, &str, ValueForm)] = &[
    ("errorBindings", "failureOutputs", ValueForm::Outputs),
    ("inputs", "inputs", ValueForm::Inputs),
    ("menuReference", "targetMenuRef", ValueForm::Unit),
    ("outputs", "outputs", ValueForm::Outputs),
    ("stateReference", "targetStateRef", ValueForm::Unit),
    ("taskReference", "targetTaskRef", ValueForm::Unit),
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
            settings.entries.push((name.into(), value));
        }
    }
    settings
}

fn rule<'k>(class: &str, key: &'k str) -> (&'k str, ValueForm) {
    let own = RULES.iter().find(|rule| rule.0 == class && rule.1 == key);
    if let Some((_, _, name, how)) = own {
        return (if *name == SAME { key } else { name }, *how);
    }
    if class.starts_with("Find") && matches!(key, "result" | "findResult") {
        return ("findResult", ValueForm::Output);
    }
    let general = EVERYWHERE.iter().find(|rule| rule.0 == key);
    general.map_or((key, ValueForm::Input), |(_, name, how)| (name, *how))
}

/// Reads a value according to its rule. Returns `None` for names without values and for
/// empty references.
fn value(
    node: &Node<'_>,
    how: ValueForm,
    reader: &mut Reader<'_, '_>,
) -> Option<Spanned<Setting>> {
    match how {
        ValueForm::Input => Some(input(node)),
        ValueForm::Output => Some(output(node)),
        ValueForm::Inputs => bindings(node, input),
        ValueForm::Outputs => bindings(node, output),
        ValueForm::Unit => {
            let unit = reader.unit(node)?;
            Some(Spanned { value: Setting::Unit(unit), span: node.span })
        }
    }
}

/// Reads `[{name, value}]` as a group. Returns `None` if the list is empty.
pub(super) fn bindings(
    node: &Node<'_>,
    read: fn(&Node<'_>) -> Spanned<Setting>,
) -> Option<Spanned<Setting>> {
    let entries = node.items().iter().filter_map(|item| {
        Some((item.get("name")?.as_str()?.into(), read(item.get("value")?)))
    });
    let entries: Vec<_> = entries.collect();
    (!entries.is_empty()).then(|| group(node.span, entries))
}
