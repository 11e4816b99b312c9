//! The values that Architect's actions are given and give.

use std::borrow::Cow;

macro_rules! fields {
    ($($field:ident $way:ident $name:literal $meaning:literal)*) => {
        /// Which of the values that one of Architect's actions is given or gives. *Source: the
        /// names of execution documents, and those of Archy for what these do not have.*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $meaning] $field,)*
            /// The case of this number of a switch, from 1.
            Case(u16),
        }

        impl Field {
            /// Whether the action gives the value.
            pub fn is_output(self) -> bool {
                match self {
                    $(Self::$field => fields!(@ $way),)*
                    Self::Case(_) => false,
                }
            }

            /// As it is written, in traces and in Architect's execution documents.
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
    Value given "value" "`value` of a switch that compares."
    LoopCount given "loopCount" "How often a loop runs."
    CurrentIndex gives "currentIndex" "The round of a loop, from 0."
    DataAction given "dataAction" "The data action that is called, by its name."
    SuccessOutputs gives "successOutputs" "Results of a data action."
    FailureOutputs gives "failureOutputs" "What an action tells that failed."
    DataTableId given "dataTableId" "The id of the data table, if it is known."
    DataTableName given "dataTableName" "The data table, by its name."
    LookupValue given "lookupValue" "The key of a data table's row."
    FoundOutputs gives "foundOutputs" "The columns of a data table's row."
    FindName given "findName" "The name by which an object is looked for."
    FindId given "findId" "The id by which an object is looked for."
    FindIds given "findIds" "The ids of users who are looked for."
    FindResult gives "findResult" "What was found."
    ExternalId given "externalId" "The id of an external contact."
    ExternalResult gives "externalResult" "The external contact."
    SearchTerm given "searchTerm" "What external contacts are searched for."
    ExternalResults gives "externalResults" "The external contacts."
    Schedule given "schedule" "The schedule that is evaluated."
    ScheduleTimeZone given "scheduleTimeZone" "The time zone in which it is."
    ScheduleGroup given "scheduleGroup" "The schedule group that is evaluated."
    EmergencyGroup given "emergencyGroup" "The emergency group that is evaluated."
    EvaluationDateTime given "evaluationDateTime" "When, if it is not now."
    InServiceSchedules gives "inServiceSchedules" "The schedules that are active."
    Duration given "duration" "The length of a pause."
    Inputs given "inputs" "Inputs of a task, a module or an action that is not simulated."
    Outputs gives "outputs" "Outputs of the same."
    Attributes given "attributes" "Attributes that are set."
    AttributesGot gives "attributes" "Attributes that are got."
    AcceptJustPound given "acceptJustPound" "Whether `#` alone is an entry."
    AcceptJustStar given "acceptJustStar" "Whether `*` alone is an entry."
    IncludeTerminatingDtmf given "includeTerminatingDtmfInResultData" "Whether the key that ends an entry belongs to it."
    InterDigitTimeout given "interDigitTimeout" "How long an action waits for the next key."
    NoEntryTimeout given "noEntryTimeout" "How long an action waits for the first key."
    Min given "min" "How many digits are needed."
    Max given "max" "How many digits are taken."
    TerminatingDtmf given "terminatingDtmf" "The key that ends an entry."
    VerificationType given "verificationType" "How the caller confirms an entry."
    InputData gives "inputData" "The digits."
    Extension gives "extension" "The extension that was dialled."
    User gives "user" "The user whose extension it is."
    Reason gives "reason" "Why an entry came to nothing; in a menu, that of one round."
    DroppedKeys gives "droppedKeys" "Keys that were typed ahead and do not count."
}
