//! Builders for documents and events.

use std::sync::Arc;

use super::audio::{Playback, object};
use super::document::{Characteristic, ExecutionDocument};
use super::event::{Event, Parameter, Variable};
use crate::value::{Json, JsonObject, Text};

impl ExecutionDocument {
    /// Marks these kinds of data as logged and all others as not logged, on log level
    /// `all`.
    #[must_use]
    pub fn log(mut self, logged: &[Characteristic]) -> Self {
        let all = Characteristic::ALL.map(|it| (it.name(), logged.contains(&it).into()));
        let level = ("logLevel", "all".into());
        self.execution_info = Some(object([("characteristics", object(all)), level]));
        self
    }

    /// Sets the division of the flow.
    #[must_use]
    pub fn in_division(mut self, id: &str) -> Self {
        self.division = Some(object([("id", id.into())]));
        self
    }
}

impl Event {
    /// Creates an event with only a name.
    pub fn new(name: impl Into<Text>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Creates the event of an action.
    pub fn action(
        name: impl Into<Text>,
        action_id: impl Into<Text>,
        action_name: impl Into<Text>,
    ) -> Self {
        Self {
            action_id: Some(action_id.into()),
            action_name: Some(action_name.into()),
            ..Self::new(name)
        }
    }

    /// Creates the event of a started task.
    pub fn task(
        name: impl Into<Text>,
        task_id: impl Into<Text>,
        task_name: impl Into<Text>,
    ) -> Self {
        Self {
            task_id: Some(task_id.into()),
            task_name: Some(task_name.into()),
            ..Self::new(name)
        }
    }

    /// Sets the action's tracking number.
    #[must_use]
    pub fn track(self, number: i64) -> Self {
        Self { tracking_id: Some(number), ..self }
    }

    /// Sets the start time, in UTC.
    #[must_use]
    pub fn begin(self, date_time: impl Into<Text>) -> Self {
        Self { date_time: Some(date_time.into()), ..self }
    }

    /// Sets the id of this run of the action or task.
    #[must_use]
    pub fn run(self, execution_id: impl Into<Text>) -> Self {
        Self { execution_id: Some(execution_id.into()), ..self }
    }

    /// Sets the output path taken.
    #[must_use]
    pub fn leave(self, output_path_id: impl Into<Text>) -> Self {
        Self { output_path_id: Some(output_path_id.into()), ..self }
    }

    /// Sets the output path taken, with its name.
    #[must_use]
    pub fn leave_by(self, id: impl Into<Text>, name: impl Into<Text>) -> Self {
        Self { output_path_name: Some(name.into()), ..self.leave(id) }
    }

    /// Sets the initial variables.
    #[must_use]
    pub fn declare(self, variables: impl IntoIterator<Item = Variable>) -> Self {
        Self { variables: Some(variables.into_iter().collect()), ..self }
    }

    /// Sets the variables that received outputs.
    #[must_use]
    pub fn output(self, variables: impl IntoIterator<Item = Variable>) -> Self {
        Self { output_variables: Some(variables.into_iter().collect()), ..self }
    }

    /// Sets the assignments.
    #[must_use]
    pub fn assign(self, statements: impl IntoIterator<Item = Variable>) -> Self {
        Self { statements: Some(statements.into_iter().collect()), ..self }
    }

    /// Adds an entry to the input data.
    #[must_use]
    pub fn with_input(mut self, key: &str, value: Json) -> Self {
        add(&mut self.input_data, key, value);
        self
    }

    /// Adds an entry to the output data.
    #[must_use]
    pub fn with_output(mut self, key: &str, value: Json) -> Self {
        add(&mut self.output_data, key, value);
        self
    }

    /// Adds a list of named inputs under its key: `attributes`, `inputs`, `taskInputs`,
    /// `cases`.
    #[must_use]
    pub fn with_inputs(
        self,
        key: &str,
        inputs: impl IntoIterator<Item = Parameter>,
    ) -> Self {
        let inputs = inputs.into_iter().map(|it| it.into_json("inputId", "inputName"));
        self.with_input(key, Json::array(inputs))
    }

    /// Adds a list of named outputs under its key: `attributes`, `outputs`,
    /// `foundOutputs`.
    #[must_use]
    pub fn with_outputs(
        self,
        key: &str,
        outputs: impl IntoIterator<Item = Parameter>,
    ) -> Self {
        let outputs =
            outputs.into_iter().map(|it| it.into_json("outputId", "outputName"));
        self.with_output(key, Json::array(outputs))
    }

    /// Sets the nested events.
    #[must_use]
    pub fn nest(self, execution: impl IntoIterator<Item = Event>) -> Self {
        Self { execution: Some(execution.into_iter().collect()), ..self }
    }

    /// Adds any other key, such as `flowExitReason`.
    #[must_use]
    pub fn with(mut self, key: &str, value: Json) -> Self {
        self.other.insert(key.into(), value);
        self
    }
}

impl Variable {
    /// Creates a variable with its value.
    pub fn new(id: impl Into<Text>, name: impl Into<Text>, value: Json) -> Self {
        Self {
            id: Some(id.into()),
            name: Some(name.into()),
            value: Some(value),
            other: JsonObject::default(),
        }
    }
}

impl Parameter {
    /// Creates a named value without an id.
    pub fn new(name: impl Into<Text>, value: Json) -> Self {
        Self { id: None, name: name.into(), value }
    }

    /// Creates a named value with an id.
    pub fn with_id(id: impl Into<Text>, name: impl Into<Text>, value: Json) -> Self {
        Self { id: Some(id.into()), name: name.into(), value }
    }

    fn into_json(self, id_key: &str, name_key: &str) -> Json {
        let id = self.id.map(|id| (id_key, Json::String(id)));
        let others = [(name_key, Json::String(self.name)), ("value", self.value)];
        object(id.into_iter().chain(others))
    }
}

/// Adds an entry to an object; anything else is replaced by an object.
fn add(data: &mut Option<Json>, key: &str, value: Json) {
    let mut entries = match data.take() {
        Some(Json::Object(entries)) => Arc::unwrap_or_clone(entries),
        _ => JsonObject::default(),
    };
    entries.insert(key.into(), value);
    *data = Some(Json::Object(Arc::new(entries)));
}

impl Event {
    /// Creates a turn: a playback, whose answer may be added with [`Self::press`].
    pub fn turn(purpose: &str, played: &Playback) -> Self {
        Self::new("turn")
            .with("purpose", purpose.into())
            .with("queuedAudioFlushed", true.into())
            .with("toParticipant", played.to_json())
            .with("tools", Json::array([]))
    }

    /// Adds the keys that the participant pressed in a turn, and the time.
    #[must_use]
    pub fn press(self, keys: &str, date_time: &str) -> Self {
        let dtmf = object([("value", keys.into()), ("valueIsRedacted", false.into())]);
        let audio = object([("alternates", Json::array([])), ("dtmf", dtmf)]);
        let answer = object([("audio", audio), ("dateTime", date_time.into())]);
        self.with("fromParticipant", answer)
    }

    /// Adds the playback of an action or of the start of a flow.
    #[must_use]
    pub fn play(self, played: &Playback) -> Self {
        let audio = object([
            ("queuedAudioFlushed", false.into()),
            ("toParticipant", played.to_json()),
            ("tools", Json::array([])),
        ]);
        self.with("audio", audio)
    }
}
