//! The stable names of everything that flowsim may say, with what each means.

use std::fmt;

use super::Severity;

/// The name of a diagnostic or of a run's error. Once released it keeps its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u8);

struct Entry {
    name: &'static str,
    severity: Severity,
    meaning: &'static str,
    advice: &'static str,
}

// Each code has its page in `pages/`; without it the crate does not compile.
macro_rules! codes {
    ($($name:ident $severity:ident $meaning:literal)*) => {
        #[expect(non_camel_case_types, reason = "they are spelt as users see them")]
        #[derive(Clone, Copy)]
        enum Index { $($name),* }

        const ENTRIES: &[Entry] = &[$(Entry {
            name: stringify!($name),
            severity: Severity::$severity,
            meaning: $meaning,
            advice: include_str!(concat!("pages/", stringify!($name), ".md")),
        }),*];

        impl Code {
            $(#[doc = $meaning] pub const $name: Self = Self(Index::$name as u8);)*
        }
    };
}

codes! {
    FILE_UNREADABLE Error "The file or folder does not exist or cannot be read."
    FILE_NOT_TEXT Error "The file is not UTF-8 text."
    FILE_TOO_LARGE Error "The file, its nesting, or what its aliases expand to is beyond the limits."
    FILE_EMPTY Error "The file is empty."
    JSON_SYNTAX Error "The file is not JSON."
    YAML_SYNTAX Error "The file is not YAML."

    NOT_A_FLOW Error "The document is none of the forms that a flow can have."
    UNSET_PLACEHOLDER Error "A placeholder such as `{{name}}` in Archy YAML has no value."
    NO_FLOWS Error "The folder or document holds no flow."
    DUPLICATE_FLOW Error "Two loaded flows have the same id, or the same name and no id."
    INVALID_FIXTURES Error "The fixtures document has a value of the wrong type or an unknown key."
    INVALID_REQUEST Error "The simulation request has a value of the wrong type or an unknown key."
    INVALID_SCENARIO Error "The scenario file has a value of the wrong type, an unknown key, or something that it cannot mean."
    INVALID_EXECUTION Error "The execution document is none, or has a value of the wrong type."
    INVALID_RECORDING Error "The recording is none, or has a value of the wrong type or an unknown key."
    INVALID_COVERAGE Error "The coverage document is none, or has a value of the wrong type or an unknown key."
    INVALID_DECISIONS Error "A line of a decision log is no decision, trace or coverage."
    COVERAGE_MISMATCH Error "Two coverage documents counted different versions of a flow."
    PLATFORM_UNREACHABLE Error "There is no connection to the service, it broke, or no answer came in time."
    PLATFORM_REFUSED Error "The service answered that it will not do what it was asked for."
    PLATFORM_ANSWER Error "The answer of the service is not what was agreed upon: no JSON, cut off, too large, or a redirect."


    DANGLING_REFERENCE Error "A node, action or start refers to something that the flow does not have."
    EXPRESSION_SYNTAX Error "A template, condition or expression cannot be parsed."
    EXPRESSION_MISMATCH Warning "The text of an expression means something else than the tree that Architect keeps beside it."
    UNKNOWN_FUNCTION Error "An expression calls a function that Architect does not have."
    UNKNOWN_VARIABLE Error "An expression names a variable that nothing declares."
    UNKNOWN_MEMBER Error "The type has no such property, or values of it have no items."
    WRONG_ARGUMENTS Error "A function or operator cannot take what it is given."
    WRONG_TYPE Error "An expression or variable is of another type than its place needs."
    NODE_ID_MISMATCH Error "A node's own id differs from the key that it stands under; the key wins."
    UNKNOWN_NODE_TYPE Error "The node's type is none that flowsim knows."
    UNKNOWN_FLOW Error "A node or action calls a flow that is not loaded."
    FLOW_CALL_CYCLE Error "Flows call each other in a circle; such a call ends at the depth limit."
    NESTED_COMMON_MODULE Error "A common module calls a common module, which Architect does not allow."
    DUPLICATE_CHOICE Error "Two choices of a menu have the same key."
    UNKNOWN_ACTION Error "The kind of an action or choice is none that flowsim knows."
    UNKNOWN_INPUT Error "The task or common module that is called has no input of this name."
    UNKNOWN_OUTPUT Error "A task or common module has no output of the name that an action uses."
    MISSING_ON_COMPLETE Error "The node has no next node; the flow ends there."
    MISSING_ON_ERROR Warning "The node has no error target; a failure there ends the flow in error."
    NO_DEFAULT_BRANCH Warning "No default branch: where no condition is true, the flow ends there."
    UNREACHABLE_NODE Warning "No path leads from the start to the node, task, menu, state or action."
    NO_PATH_TO_END Warning "From the node no path leads to an end of the flow."
    LOOP_WITHOUT_INPUT Warning "A circle of nodes that waits for nothing and can run until the action limit."
    PLACEHOLDER_VALUE Warning "A value that was meant to be replaced, such as YOUR_QUEUE_ID_HERE."
    CONFLICTING_ERROR_TARGETS Warning "onError and onComplete.onError name different nodes; onError wins."
    VARIABLE_NEVER_SET Warning "A template names a variable that no loaded flow sets and no call brings."
    REPEATED_KEY Warning "An object of a flow has a key twice; the last one counts."
    UNKNOWN_PROPERTY Warning "The node type has no such property."
    INVALID_PROPERTY Error "A property is missing, or its value has the wrong type or is out of range."

    NO_INPUT Error "The caller pressed nothing before the timeout."
    INTER_DIGIT_TIMEOUT Error "The caller pressed fewer keys than needed before the inter-digit timeout."
    NO_MATCH Error "The caller pressed a key that is not allowed here."
    CONTACT_NOT_FOUND Error "No external contact has the key that was looked up."
    CONTACTS_UNREADABLE Error "The file that holds the external contacts cannot be read any more."
    LOOKUP_KEY_MISSING Error "The context field or variable that holds the lookup key is not set."
    DATA_ACTION_TIMEOUT Error "The data action did not answer in time."
    DATA_ACTION_FAILED Error "The data action answered with a failure."
    DATA_ACTION_NOT_MOCKED Error "The fixtures have no answer for the data action; data actions are never called over a network."
    DATA_TABLE_NOT_FOUND Error "The fixtures have no data table of this name."
    WEBHOOK_TIMEOUT Error "The webhook did not answer in time."
    WEBHOOK_FAILED Error "The webhook answered with a failure."
    WEBHOOK_NOT_MOCKED Error "The fixtures have no answer for the webhook; a run never sends anything over a network."
    QUEUE_NOT_FOUND Error "The fixtures know queues, but not this one."
    NOT_IN_FIXTURES Warning "The fixtures know things of this kind, but not this one."
    SKILL_MISMATCH Error "No agent of the queue has all the required skills."
    ACTION_FAILED Error "An action failed that has no output for failures."
    FLOW_NOT_FOUND Error "The called flow is not loaded."
    FLOW_NOT_PUBLISHED Error "The called flow is not published or not active."
    FLOW_AMBIGUOUS Error "flowId and flowName point to different flows."
    FLOW_TIMEOUT Error "The called flow ran longer than the Flow node allows."
    FLOW_DEPTH_EXCEEDED Error "Flows are nested deeper than the limit."
    FLOW_ENDED_IN_ERROR Error "An End node with endType `error` was reached."
    ACTION_LIMIT_EXCEEDED Error "The conversation started more actions than the limit."
    CALL_TOO_LARGE Error "The conversation made more text and JSON than a call may hold."
    EXPRESSION_ERROR Error "A template, condition or conversion cannot be evaluated with the values at hand."
    NOT_SET_NOT_ALLOWED Error "A function or operator was given NOT_SET where it needs a value."
    CONVERSION_FAILED Error "A value cannot be made into the type that was asked for."
    DIVISION_BY_ZERO Error "A number was divided by zero."
    OUT_OF_RANGE Error "A number, date or item is beyond what is allowed there."
    RESULT_TOO_LARGE Error "A result is beyond the limits of its type, or too long a text."
    CURRENCIES_DIFFER Error "Amounts of different currencies were computed together."
    SIMULATION_TIMEOUT Error "The whole call ran longer than its timeout."
    CALL_UNREPLAYABLE Error "The flow asked for something that neither the recording of the call nor the fixtures have."
    CALLER_HUNG_UP Error "The caller hung up while the flow was waiting for input."

    VARIABLE_NOT_FOUND Warning "A template names a variable or field that has no value; it prints as empty text."
    ACTION_NOT_SIMULATED Note "Not simulated, and nobody had an answer: the action succeeded and left its results NOT_SET."
    ACTION_NOT_SUPPORTED Error "Not simulated, and nobody had an answer for the action, which `--strict` forbids."
    SCHEDULE_NOT_CHECKED Note "Nothing says when it is active: schedules were taken for active, emergencies for inactive."
    QUEUE_NOT_CHECKED Note "The fixtures know no queues, so the queue was accepted unchecked."
}

impl Code {
    /// The name, as printed.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// How much a diagnostic of this code matters unless it says otherwise.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Whether it says that a document could not be loaded at all.
    pub fn is_about_loading(self) -> bool {
        self.0 <= Self::NO_FLOWS.0
    }

    /// One sentence on what it means.
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// What to do about it, with an example where one helps: Markdown.
    pub fn advice(self) -> &'static str {
        self.entry().advice
    }

    /// All codes, in the order in which a call meets them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ENTRIES.len()).filter_map(|index| u8::try_from(index).ok()).map(Self)
    }

    /// The code of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|code| code.name().eq_ignore_ascii_case(name))
    }

    fn entry(self) -> &'static Entry {
        &ENTRIES[usize::from(self.0)]
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_codes() {
        assert!(Code::all().count() > 50);
        for code in Code::all() {
            assert_eq!(Code::from_name(&code.name().to_lowercase()), Some(code));
            assert!(code.meaning().ends_with('.'));
        }
        assert_eq!(Code::NO_INPUT.name(), "NO_INPUT");
        assert_eq!(Code::from_name("NOPE"), None);
    }
}
