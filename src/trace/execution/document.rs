//! The document: what it says of the whole run, and the walk over its events.

use std::slice;

use super::event::Event;
use crate::value::{DateTime, Json, JsonObject, Text};

/// What one run of a flow left behind.
///
/// What is `None` is not in the document. A key whose value has another shape than its field
/// is kept in [`other`](Self::other), and so is `null`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExecutionDocument {
    /// The conversation, a GUID.
    pub conversation_id: Option<Text>,
    /// The division of the flow: `{"id": …}`.
    pub division: Option<Json>,
    /// When the flow began, in UTC: `2026-08-10T14:50:33.547Z`.
    pub start: Option<Text>,
    /// When it ended.
    pub end: Option<Text>,
    /// This run, a GUID.
    pub execution_id: Option<Text>,
    /// What was logged: `{"characteristics": {…}, "logLevel": "all"}`.
    pub execution_info: Option<Json>,
    /// The flow, a GUID.
    pub flow_id: Option<Text>,
    /// Whether the flow ran in Architect's debug mode.
    pub flow_is_debug: Option<bool>,
    /// The name of the flow.
    pub flow_name: Option<Text>,
    /// The type of the flow in lower case: `inboundcall`.
    pub flow_type: Option<Text>,
    /// The version that ran: `13.0`.
    pub flow_version: Option<Text>,
    /// Whether it is a secure flow.
    pub is_secure: Option<bool>,
    /// Whether the platform left events out.
    pub is_truncated: Option<bool>,
    /// What happened, in order of time.
    pub execution: Option<Vec<Event>>,
    /// The other keys of the flow, in their order.
    pub other: JsonObject,
    /// The keys beside `flow`, in their order.
    pub beside: JsonObject,
}

/// What the platform may log of a run, or not. *Source: `executionInfo.characteristics`.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Characteristic {
    /// What was said and heard.
    Communications,
    /// Errors.
    EventError,
    /// Events that are neither, such as a new pass of a loop.
    EventOther,
    /// Warnings.
    EventWarning,
    /// Inputs and outputs of actions.
    InputOutputs,
    /// The actions, menus and tasks themselves.
    Items,
    /// Names beside ids.
    Names,
    /// Values that were assigned to variables.
    Variables,
}

impl Characteristic {
    /// All of them, as the platform orders them.
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

    /// Its key in the document.
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
    /// All events, the nested ones behind the one that they are nested in, each with how deep
    /// it is: 0 for the events of the flow itself.
    pub fn events(&self) -> Events<'_> {
        Events { levels: vec![self.execution.as_deref().unwrap_or_default().iter()] }
    }

    /// Whether something of the kind was logged; nothing if the document does not say.
    pub fn logs(&self, characteristic: Characteristic) -> Option<bool> {
        let all = self.execution_info.as_ref()?.get("characteristics")?;
        match all.get(characteristic.name())? {
            Json::Boolean(is_on) => Some(*is_on),
            _ => None,
        }
    }

    /// The division's id.
    pub fn division_id(&self) -> Option<&str> {
        match self.division.as_ref()?.get("id")? {
            Json::String(id) => Some(id),
            _ => None,
        }
    }

    /// When the flow began, if that can be read.
    pub fn started_at(&self) -> Option<DateTime> {
        self.start.as_deref().and_then(DateTime::parse)
    }

    /// When it ended, if that can be read.
    pub fn ended_at(&self) -> Option<DateTime> {
        self.end.as_deref().and_then(DateTime::parse)
    }
}

/// The walk over all events of a document, depth first. See [`ExecutionDocument::events`].
#[derive(Debug, Clone)]
pub struct Events<'d> {
    /// What is left on every level; the last one is the deepest.
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
    fn what_was_logged_is_told() {
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
