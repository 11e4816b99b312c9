//! Types of the properties of rows, for forms with typed columns.

use super::call_field::CallField;
use super::verdict_field::VerdictField;

/// Type of a property of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// A string.
    Text,
    /// A whole number.
    Whole,
    /// True or false.
    Truth,
    /// A list of strings.
    Texts,
    /// An object with these strings.
    Record(&'static [&'static str]),
    /// A document of any form, as a string of JSON.
    Document,
}

impl CallField {
    /// Returns the type of the property.
    pub fn column(self) -> ColumnType {
        match self {
            Self::Status | Self::Flow | Self::QueueId | Self::QueueName => {
                ColumnType::Text
            }
            Self::Failure => ColumnType::Record(&["code", "message", "nodeId"]),
            Self::Transfer => ColumnType::Record(&["kind", "id", "name"]),
            Self::Skills | Self::Path | Self::NodeIds | Self::Prompts => {
                ColumnType::Texts
            }
            Self::Priority | Self::ElapsedMs | Self::Actions | Self::UnusedInputs => {
                ColumnType::Whole
            }
            Self::Variables | Self::Trace => ColumnType::Document,
        }
    }
}

impl VerdictField {
    /// Returns the type of the property.
    pub fn column(self) -> ColumnType {
        match self {
            Self::Verdict
            | Self::Flow
            | Self::FlowVersion
            | Self::RecordedEnd
            | Self::LocalEnd
            | Self::At
            | Self::Cause
            | Self::Call => ColumnType::Text,
            Self::IsElsewhere => ColumnType::Truth,
            Self::PathDivergesAt | Self::Differences => ColumnType::Whole,
            Self::Stale => ColumnType::Texts,
            Self::Comparison => ColumnType::Document,
        }
    }
}
