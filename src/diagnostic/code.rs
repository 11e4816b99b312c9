//! The stable codes of all diagnostics and runtime errors, with their meanings.

use std::fmt;

use super::Severity;

/// The code of a diagnostic or of a runtime error. A released code keeps its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u8);

struct Entry {
    name: &'static str,
    severity: Severity,
    meaning: &'static str,
    advice: &'static str,
}

// The advice for each code is in `pages/`. The crate does not compile if a page is
// missing.
macro_rules! codes {
    ($($name:ident $severity:ident $meaning:literal)*) => {
        #[expect(non_camel_case_types, reason = "users see these spellings")]
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
    FILE_NOT_TEXT Error "The file is not UTF-8 or UTF-16 text."
    FILE_TOO_LARGE Error "The file exceeds a limit on its size, its nesting or the expansion of its aliases."
    FILE_EMPTY Error "The file is empty."
    JSON_SYNTAX Error "The file is not JSON."
    YAML_SYNTAX Error "The file is not YAML."
    TERRAFORM_SYNTAX Error "The file is not Terraform."

    NOT_A_FLOW Error "The document is not a flow in any known format."
    UNSET_PLACEHOLDER Warning "A placeholder such as `{{name}}` in Archy YAML has no value."
    NO_FLOWS Error "The folder or document contains no flow."
    DUPLICATE_FLOW Error "Two loaded flows have the same id, or the same name and no id."
    INVALID_FIXTURES Error "The fixtures document has a value of the wrong type or an unknown key."
    INVALID_PROJECT Error "The project file `flowsim.toml` has an unknown key, a wrong value, or a syntax error."
    INVALID_REQUEST Error "The simulation request has a value of the wrong type or an unknown key."
    INVALID_LAUNCH Error "The call to debug does not exist, or an attribute of the launch is wrong."
    INVALID_SCENARIO Error "The scenario file has a value of the wrong type, an unknown key, or an invalid setting."
    INVALID_EXECUTION Error "The document is not an execution document, or has a value of the wrong type."
    INVALID_RECORDING Error "The document is not a recording, or has a value of the wrong type or an unknown key."
    INVALID_COVERAGE Error "The document is not a coverage document, or has a value of the wrong type or an unknown key."
    INVALID_RUN Error "A line of a test report is not one of `flowsim.run/1`, or is of a newer flowsim."
    INVALID_SUMMARY Error "The document is not a summary of a batch, or its counts contradict each other."
    INVALID_DECISIONS Error "A line of a decision log is not a decision, trace or coverage record."
    COVERAGE_MISMATCH Error "Two coverage documents cover different versions of a flow."
    PLATFORM_UNREACHABLE Error "The service cannot be reached, the connection broke, or no answer came in time."
    PLATFORM_REFUSED Error "The service refused the request."
    PLATFORM_ANSWER Error "The service's answer is unusable: not JSON, cut off, too large, or a redirect."


    DANGLING_REFERENCE Error "A node, action or start refers to something that is missing from the flow."
    EXPRESSION_SYNTAX Error "A template, condition or expression cannot be parsed."
    EXPRESSION_MISMATCH Warning "The text of an expression differs in meaning from the tree that Architect stores with it."
    UNKNOWN_FUNCTION Error "An expression calls a function that flowsim does not know."
    UNKNOWN_VARIABLE Error "An expression uses an undeclared variable."
    UNKNOWN_MEMBER Error "The type has no such property, or its values have no items."
    WRONG_ARGUMENTS Error "A function or operator does not accept the given arguments."
    WRONG_TYPE Error "An expression or variable has the wrong type for its place."
    NODE_ID_MISMATCH Error "The `id` of a node differs from the node's key; the key wins."
    UNKNOWN_NODE_TYPE Error "flowsim does not know the type of the node."
    UNKNOWN_FLOW Error "A node or action calls a flow that is not loaded."
    FLOW_CALL_CYCLE Error "Flows call each other in a cycle; such a call ends at the depth limit."
    NESTED_COMMON_MODULE Error "A common module calls a common module, which Architect does not allow."
    DUPLICATE_CHOICE Error "Two choices of a menu have the same key."
    UNKNOWN_ACTION Error "flowsim does not know the kind of the action or choice."
    UNAVAILABLE_ACTION Error "The type of the flow does not have the action."
    UNAVAILABLE_VARIABLE Warning "The type of the flow does not have the built-in variable."
    MISSING_SETTING Error "The action lacks a setting that Architect requires."
    LIMIT_EXCEEDED Error "A value is outside of its range, or a switch has too many cases."
    UNKNOWN_VALUE Error "The setting has a value that Architect does not know."
    OPEN_PATH Warning "A path of a task or state ends without a closing action."
    UNKNOWN_INPUT Error "The called task or common module has no input of this name."
    UNKNOWN_OUTPUT Error "An action, task or common module does not have the output that is used."
    MISSING_ON_COMPLETE Error "The node has no next node; the flow ends there."
    MISSING_ON_ERROR Warning "The node has no error target; a failure there ends the flow in error."
    NO_DEFAULT_BRANCH Warning "The node has no default branch; if no condition is true, the flow ends there."
    UNREACHABLE_NODE Warning "No path leads from the start to the node, task, menu, state or action."
    NO_PATH_TO_END Warning "No path leads from the node to an end of the flow."
    LOOP_WITHOUT_INPUT Warning "A cycle of nodes never waits and can run until the action limit."
    DEAD_END Warning "From a menu or question, the call ends only if the caller hangs up."
    ENDLESS_CALL Warning "A call does not end if the caller does nothing more."
    UNHANDLED_ERROR Warning "An action fails in a call, and the flow does not handle the error."
    UNHANDLED_FAILURE Note "A data action continues after a failure in the same way as after a success."
    REPEATED_PROMPT Note "The caller hears the same prompt twice in a row."
    READ_BEFORE_SET Note "A call reads a variable without an initial value before an action sets it."
    SILENT_DISCONNECT Note "A call is disconnected without a prompt after the last input."
    PLACEHOLDER_VALUE Warning "A placeholder value, such as YOUR_QUEUE_ID_HERE, was never replaced."
    CONFLICTING_ERROR_TARGETS Warning "onError and onComplete.onError name different nodes; onError wins."
    VARIABLE_NEVER_SET Warning "A template uses a variable that no loaded flow sets and no call provides."
    REPEATED_KEY Warning "An object in a flow has a duplicate key; the last value counts."
    UNKNOWN_PROPERTY Warning "The node, action, unit or flow has no such property."
    INVALID_PROPERTY Error "A property is missing, or its value has the wrong type or is out of range."

    NO_INPUT Error "The caller pressed nothing before the timeout, or did not answer a bot."
    INTER_DIGIT_TIMEOUT Error "The caller pressed fewer keys than needed before the inter-digit timeout."
    NO_MATCH Error "The caller pressed a key that is not allowed here, or a bot did not understand the answers."
    CONTACT_NOT_FOUND Error "No external contact has the key that was looked up."
    CONTACTS_UNREADABLE Error "The file with the external contacts can no longer be read."
    LOOKUP_KEY_MISSING Error "The context field or variable with the lookup key is not set."
    DATA_ACTION_TIMEOUT Error "The data action did not answer in time."
    DATA_ACTION_FAILED Error "The data action answered with a failure."
    DATA_ACTION_NOT_MOCKED Error "The fixtures have no answer for the data action; data actions are never called over a network."
    DATA_TABLE_NOT_FOUND Error "The fixtures have no data table of this name."
    WEBHOOK_TIMEOUT Error "The webhook did not answer in time."
    WEBHOOK_FAILED Error "The webhook answered with a failure."
    WEBHOOK_NOT_MOCKED Error "The fixtures have no answer for the webhook; a run never sends anything over a network."
    QUEUE_NOT_FOUND Error "The fixtures list queues, but not this one."
    NOT_IN_FIXTURES Warning "The fixtures list objects of this kind, but not this one."
    SKILL_MISMATCH Error "No agent of the queue has all the required skills."
    ACTION_FAILED Error "An action without an output for failures failed."
    FLOW_NOT_FOUND Error "The called flow is not loaded."
    FLOW_NOT_PUBLISHED Error "The called flow is not published or not active."
    FLOW_AMBIGUOUS Error "flowId and flowName refer to different flows."
    FLOW_TIMEOUT Error "The called flow ran longer than the Flow node allows."
    FLOW_DEPTH_EXCEEDED Error "Flows are nested deeper than the limit."
    FLOW_ENDED_IN_ERROR Error "An End node with endType `error` was reached."
    ACTION_LIMIT_EXCEEDED Error "The conversation started more actions than the limit."
    PARTICIPANT_DATA_LIMIT Error "A bot set more participant data than one session may set."
    CALL_TOO_LARGE Error "The conversation produced more text and JSON than a call may hold."
    EXPRESSION_ERROR Error "A template, condition or conversion cannot be evaluated with the current values."
    NOT_SET_NOT_ALLOWED Error "A function or operator that needs a value received NOT_SET."
    CONVERSION_FAILED Error "A value cannot be converted to the requested type."
    DIVISION_BY_ZERO Error "A number was divided by zero."
    OUT_OF_RANGE Error "A number, date or index is out of range."
    RESULT_TOO_LARGE Error "A result exceeds the limits of its type, or a string is too long."
    CURRENCIES_DIFFER Error "A calculation mixes amounts of different currencies."
    SIMULATION_TIMEOUT Error "The whole call ran longer than its timeout."
    CALL_UNREPLAYABLE Error "The flow requested something that neither the recording of the call nor the fixtures contain."
    CALLER_HUNG_UP Error "The caller hung up while the flow was waiting for input, or while waiting in a queue."
    QUEUE_WAIT_EXCEEDED Error "No agent answered within 59 days, or 72 hours for messages and e-mails."

    VARIABLE_NOT_FOUND Warning "A template uses a variable or field without a value; it prints as an empty string."
    ACTION_NOT_SIMULATED Note "The action is not simulated and no fixture answers it: it succeeded and left its results NOT_SET."
    ACTION_NOT_SUPPORTED Error "The action is not simulated and no fixture answers it, which `--strict` forbids."
    SCHEDULE_NOT_CHECKED Note "No times in the fixtures: a schedule counts as active, an emergency group as inactive."
    QUEUE_NOT_CHECKED Note "The fixtures define no queues, so the queue was accepted unchecked."
    NO_AGENT_WITH_SKILLS Note "No agent of the queue has all the required skills, so the conversation waits there."
    IN_QUEUE_FLOW_NOT_LOADED Note "The in-queue flow of the queue is not loaded, so the call ends at the queue."
}

impl Code {
    /// The name, as printed.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The default severity of diagnostics with this code.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// Whether the code means that a document could not be loaded at all.
    pub fn is_about_loading(self) -> bool {
        self.0 <= Self::NO_FLOWS.0
    }

    /// The meaning, in one sentence.
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// Advice for solving the problem, in Markdown, with an example where one helps.
    pub fn advice(self) -> &'static str {
        self.entry().advice
    }

    /// All codes, in the order in which a run meets them: loading, checks, then the call.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ENTRIES.len()).filter_map(|index| u8::try_from(index).ok()).map(Self)
    }

    /// Finds the code with this name, ignoring case.
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
    fn codes_are_found_by_name() {
        assert!(Code::all().count() > 50);
        for code in Code::all() {
            assert_eq!(Code::from_name(&code.name().to_lowercase()), Some(code));
            assert!(code.meaning().ends_with('.'));
        }
        assert_eq!(Code::NO_INPUT.name(), "NO_INPUT");
        assert_eq!(Code::from_name("NOPE"), None);
    }
}
