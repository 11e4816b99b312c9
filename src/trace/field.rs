//! Input and output values of Architect's actions.

use std::borrow::Cow;

macro_rules! fields {
    ($($field:ident $way:ident $name:literal $meaning:literal)*) => {
        /// Input and output values of Architect's actions. *Source: the names of
        /// execution documents, and those of Archy for values that the documents lack.*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $meaning] $field,)*
            /// Case of a switch, by its number from 1.
            Case(u16),
        }

        impl Field {
            /// Returns whether the value is an output.
            pub fn is_output(self) -> bool {
                match self {
                    $(Self::$field => fields!(@ $way),)*
                    Self::Case(_) => false,
                }
            }

            /// Returns the name used in traces and in Architect's execution documents.
            pub fn name(self) -> Cow<'static, str> {
                match self {
                    $(Self::$field => $name.into(),)*
                    Self::Case(number) => format!("Case {number}").into(),
                }
            }
        }
    };
    (@ given) => { false };
    (@ gives) => { true };
}

fields! {
    Condition given "condition" "`condition` of a decision."
    Value given "value" "The value that a switch compares with its cases."
    LoopCount given "loopCount" "Maximum number of rounds of a loop."
    MaxLoopCount given "maxLoopCount" "Maximum number of rounds of a Loop Until action."
    CurrentIndex gives "currentIndex" "Number of the current round of a loop, counted from 0."
    DataAction given "dataAction" "Name of the called data action."
    SuccessOutputs gives "successOutputs" "Results of a data action."
    FailureOutputs gives "failureOutputs" "Outputs of an action that failed."
    DataTableId given "dataTableId" "Id of the data table, if known."
    DataTableName given "dataTableName" "Name of the data table."
    LookupValue given "lookupValue" "The key of a data table's row."
    FoundOutputs gives "foundOutputs" "The columns of a data table's row."
    FindName given "findName" "Name of the object to find."
    FindId given "findId" "Id of the object to find."
    FindIds given "findIds" "Ids of the users to find."
    FindResult gives "findResult" "Object that was found."
    ExternalId given "externalId" "The id of an external contact."
    ExternalResult gives "externalResult" "The external contact."
    SearchTerm given "searchTerm" "Search term for external contacts."
    ExternalResults gives "externalResults" "The external contacts."
    Schedule given "schedule" "The schedule that is evaluated."
    ScheduleTimeZone given "scheduleTimeZone" "The time zone of the schedule."
    ScheduleGroup given "scheduleGroup" "The schedule group that is evaluated."
    EmergencyGroup given "emergencyGroup" "The emergency group that is evaluated."
    EvaluationDateTime given "evaluationDateTime" "Evaluation time, if not the current time."
    InServiceSchedules gives "inServiceSchedules" "The schedules that are active."
    Duration given "duration" "The length of a pause."
    Inputs given "inputs" "Inputs of a task, a module or an unsimulated action."
    Outputs gives "outputs" "Outputs of a task, a module or an unsimulated action."
    Attributes given "attributes" "Attributes that are set."
    AttributesGot gives "attributes" "Attributes that are read."
    AcceptJustPound given "acceptJustPound" "Whether `#` alone is an entry."
    AcceptJustStar given "acceptJustStar" "Whether `*` alone is an entry."
    IncludeTerminatingDtmf given "includeTerminatingDtmfInResultData" "Whether the key that ends an entry is part of the entry."
    InterDigitTimeout given "interDigitTimeout" "Timeout for the next key."
    NoEntryTimeout given "noEntryTimeout" "Timeout for the first key."
    Min given "min" "Minimum number of digits."
    Max given "max" "Maximum number of digits."
    TerminatingDtmf given "terminatingDtmf" "The key that ends an entry."
    VerificationType given "verificationType" "Confirmation of an entry by the caller."
    InputData gives "inputData" "Collected digits."
    Extension gives "extension" "Dialled extension."
    User gives "user" "The user whose extension it is."
    Reason gives "reason" "Reason why an entry was not accepted; in a menu, in one round."
    DroppedKeys gives "droppedKeys" "Keys that were typed ahead and dropped."
}
