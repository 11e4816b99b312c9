//! Data model of an execution document, and an iterator over its events.

use std::slice;

use super::event::Event;
use crate::value::{DateTime, Json, JsonObject, Text};

/// Record of one run of a flow.
///
/// A field is `None` if it is missing in the document. A key whose value does not have
/// the type of its field is kept in [`other`](Self::other), and so is `null`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExecutionDocument {
    /// GUID of the conversation.
    pub conversation_id: Option<Text>,
    /// Division of the flow: `{"id": …}`.
    pub division: Option<Json>,
    /// Start time of the flow, in UTC: `2026-08-10T14:50:33.547Z`.
    pub start: Option<Text>,
    /// End time of the flow.
    pub end: Option<Text>,
    /// GUID of this run.
    pub execution_id: Option<Text>,
    /// Logged kinds of data: `{"characteristics": {…}, "logLevel": "all"}`.
    pub execution_info: Option<Json>,
    /// GUID of the flow.
    pub flow_id: Option<Text>,
    /// Whether the flow ran in Architect's debug mode.
    pub flow_is_debug: Option<bool>,
    /// Name of the flow.
    pub flow_name: Option<Text>,
    /// Type of the flow: `inboundcall`. Streamed events have it in upper case.
    pub flow_type: Option<Text>,
    /// Version of the flow: `13.0`.
    pub flow_version: Option<Text>,
    /// Whether it is a secure flow.
    pub is_secure: Option<bool>,
    /// Whether the platform omitted events.
    pub is_truncated: Option<bool>,
    /// Events, in order of time.
    pub execution: Option<Vec<Event>>,
    /// Other keys of the flow, in their order.
    pub other: JsonObject,
    /// Keys next to `flow`, in their order.
    pub beside: JsonObject,
}

/// Kinds of data that the platform may log. *Source: `executionInfo.characteristics`.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characteristic {
    /// Prompts and participant input.
    Communications,
    /// Errors.
    EventError,
    /// Other events, such as a new pass of a loop.
    EventOther,
    /// Warnings.
    EventWarning,
    /// Inputs and outputs of actions.
    InputOutputs,
    /// Actions, menus and tasks.
    Items,
    /// Names in addition to ids.
    Names,
    /// Values that were assigned to variables.
    Variables,
}

impl Characteristic {
    /// All kinds, in the order of the platform.
    pub const ALL: [Self; 8] = [
        Self::Communications,
        Self::EventError,
        Self::EventOther,
        Self::EventWarning,
        Self::InputOutputs,
        Self::Items,
        Self::Names,
        Self::Variables,
    ];

    /// Returns the key in the document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Communications => "flowCommunications",
            Self::EventError => "flowEventError",
            Self::EventOther => "flowEventOther",
            Self::EventWarning => "flowEventWarning",
            Self::InputOutputs => "flowExecutionInputOutputs",
            Self::Items => "flowExecutionItems",
            Self::Names => "flowNames",
            Self::Variables => "flowVariables",
        }
    }
}

impl ExecutionDocument {
    /// Returns all events with their depth, which is 0 for the events of the flow itself.
    /// Nested events follow the event that contains them.
    pub fn events(&self) -> Events<'_> {
        Events { levels: vec![self.execution.as_deref().unwrap_or_default().iter()] }
    }

    /// Returns whether this kind of data was logged; `None` if the document does not say.
    pub fn logs(&self, characteristic: Characteristic) -> Option<bool> {
        let all = self.execution_info.as_ref()?.get("characteristics")?;
        match all.get(characteristic.name())? {
            Json::Boolean(is_on) => Some(*is_on),
            _ => None,
        }
    }

    /// Returns the id of the division.
    pub fn division_id(&self) -> Option<&str> {
        match self.division.as_ref()?.get("id")? {
            Json::String(id) => Some(id),
            _ => None,
        }
    }

    /// Returns the start time of the flow, if it is readable.
    pub fn started_at(&self) -> Option<DateTime> {
        self.start.as_deref().and_then(DateTime::parse)
    }

    /// Returns the end time of the flow, if it is readable.
    pub fn ended_at(&self) -> Option<DateTime> {
        self.end.as_deref().and_then(DateTime::parse)
    }
}

/// Depth-first iterator over all events of a document. See [`ExecutionDocument::events`].
#[derive(Debug, Clone)]
pub struct Events<'d> {
    /// Remaining events of each level; the last level is the deepest.
    levels: Vec<slice::Iter<'d, Event>>,
}

impl<'d> Iterator for Events<'d> {
    type Item = (usize, &'d Event);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(event) = self.levels.last_mut()?.next() else {
                self.levels.pop();
                continue;
            };
            let depth = self.levels.len() - 1;
            self.levels.push(event.nested().iter());
            return Some((depth, event));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_walked_depth_first() {
        let named = |name: &str| Event::new(name);
        let inner = named("b").nest([named("c"), named("d").nest([named("e")])]);
        let document = ExecutionDocument {
            execution: Some(vec![named("a").nest([]), inner, named("f")]),
            ..ExecutionDocument::default()
        };
        let walked: Vec<_> =
            document.events().map(|(depth, it)| (depth, &*it.name)).collect();
        assert_eq!(walked, [(0, "a"), (0, "b"), (1, "c"), (1, "d"), (2, "e"), (0, "f")]);
        assert_eq!(ExecutionDocument::default().events().count(), 0);
    }

    #[test]
    fn logged_kinds_are_returned() {
        let logged = [Characteristic::Names, Characteristic::Items];
        let document = ExecutionDocument::default().log(&logged);
        assert_eq!(document.logs(Characteristic::Names), Some(true));
        assert_eq!(document.logs(Characteristic::Variables), Some(false));
        assert_eq!(ExecutionDocument::default().logs(Characteristic::Names), None);
    }

    #[test]
    fn times_are_those_of_the_platform() {
        let document = ExecutionDocument {
            start: Some("2026-08-10T14:50:33.547Z".into()),
            end: Some("2026-08-10T14:50:53.670Z".into()),
            ..ExecutionDocument::default()
        };
        let (start, end) = (document.started_at().unwrap(), document.ended_at().unwrap());
        assert_eq!(end.milliseconds() - start.milliseconds(), 20_123);
    }
}
