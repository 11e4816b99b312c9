//! Flows, a world and a call in a line each, and what came of it as plain text.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::Legend;
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{Fact, JsonWriter, PathTaken, TextStyle, Trace, render_text};
use flowsim::value::Value;
use flowsim::world::{ActionAnswer, Answer, FixtureHost, Fixtures, Host, Question};

/// Flows, the first of which is called, and what they meet.
pub(crate) struct Stage<'s> {
    pub(crate) flows: Vec<String>,
    pub(crate) fixtures: &'s str,
    pub(crate) context: &'s [(&'s str, &'s str)],
    /// What actions of a kind come to.
    pub(crate) actions: Vec<(&'s str, ActionAnswer)>,
    pub(crate) is_strict: bool,
    pub(crate) timeout_ms: Option<i64>,
}

/// A call that is over.
pub(crate) struct Run {
    pub(crate) trace: Trace,
    pub(crate) legend: Legend,
}

struct World<'w> {
    fixtures: FixtureHost<'w>,
    actions: &'w [(&'w str, ActionAnswer)],
}

impl Host for World<'_> {
    fn answer(&mut self, question: &Question<'_>) -> Answer {
        if let Question::Action { kind, .. } = question
            && let Some((_, answer)) = self.actions.iter().find(|(of, _)| of == kind)
        {
            return Answer::Action(answer.clone());
        }
        self.fixtures.answer(question)
    }
}

/// A call flow with one task, whose actions stand here.
pub(crate) fn call_flow(actions: &str) -> String {
    format!(
        "inboundCall:
  name: Main
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Start]
  variables:
    - stringVariable: {{name: Flow.type, initialValue: {{noValue: true}}}}
    - stringVariable: {{name: Flow.message, initialValue: {{noValue: true}}}}
    - queueVariable: {{name: Flow.queue, initialValue: {{noValue: true}}}}
  tasks:
    - task:
        name: Start
        refId: Start
        actions:
{}",
        indented(actions, 10)
    )
}

/// A text, every line of it further to the right.
pub(crate) fn indented(text: &str, width: usize) -> String {
    let lines = text.lines().map(|line| format!("{:width$}{line}\n", ""));
    lines.collect()
}

pub(crate) fn stage(flow: impl Into<String>) -> Stage<'static> {
    Stage {
        flows: vec![flow.into()],
        fixtures: "",
        context: &[],
        actions: Vec::new(),
        is_strict: false,
        timeout_ms: None,
    }
}

impl<'s> Stage<'s> {
    pub(crate) fn and(mut self, flow: impl Into<String>) -> Self {
        self.flows.push(flow.into());
        self
    }

    pub(crate) fn world(mut self, fixtures: &'s str) -> Self {
        self.fixtures = fixtures;
        self
    }

    pub(crate) fn context(mut self, context: &'s [(&'s str, &'s str)]) -> Self {
        self.context = context;
        self
    }

    pub(crate) fn action(mut self, kind: &'s str, answer: ActionAnswer) -> Self {
        self.actions.push((kind, answer));
        self
    }

    pub(crate) fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    pub(crate) fn timeout(mut self, milliseconds: i64) -> Self {
        self.timeout_ms = Some(milliseconds);
        self
    }

    pub(crate) fn run(&self) -> Run {
        let folder = tempfile::tempdir().unwrap();
        for (index, flow) in self.flows.iter().enumerate() {
            fs::write(folder.path().join(format!("{index}.yaml")), flow).unwrap();
        }
        let loaded = load(&[folder.path().to_owned()], &[], &mut Files::new());
        assert_eq!(loaded.diagnostics, [], "the flows can be read");
        let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
        let fixtures = if self.fixtures.is_empty() {
            Fixtures::default()
        } else {
            let file = Files::new().add("world.yaml", self.fixtures);
            let document = read_yaml(&file).unwrap();
            let (fixtures, problems) = Fixtures::read(&document, Path::new(""));
            assert_eq!(problems, [], "the fixtures can be read");
            fixtures
        };
        let name = &program.legend.flows[0].name;
        let call = Call::new(program.flow(name).unwrap());
        let mut call =
            call.in_organisation(Arc::new(fixtures.clone())).strict(self.is_strict);
        call = call.limits(Limits { timeout_ms: self.timeout_ms, ..Limits::default() });
        for (name, value) in self.context {
            call = call.context(&program, name, Value::from(*value));
        }
        let mut session = Session::start(Arc::clone(&program), &call);
        let fixtures = FixtureHost::new(&fixtures, &[]);
        let mut world = World { fixtures, actions: &self.actions };
        let trace = play(&mut session, &call, &mut world);
        Run { trace, legend: program.legend.clone() }
    }
}

impl Run {
    /// What the caller heard.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.trace.prompts(&self.legend).map(|text| text.as_str()).collect()
    }

    /// The ids of the executed nodes.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.trace.path(&self.legend).map(|id| id.as_str()).collect()
    }

    /// How the call ended, with the code of its failure.
    pub(crate) fn end(&self) -> String {
        let status = self.trace.status.name();
        let failure = self.trace.failure.as_ref();
        failure.map_or(status.into(), |failure| format!("{status} {}", failure.code))
    }

    /// A variable at the end, as it prints.
    pub(crate) fn variable(&self, name: &str) -> String {
        let value = self.trace.variable(&self.legend, name);
        value.map_or("NOT_SET".into(), Value::to_string)
    }

    /// The output that the node of an id took last.
    pub(crate) fn output(&self, id: &str) -> Option<&str> {
        let steps = self.trace.steps.iter().rev();
        let mut of_node = steps.filter(|step| self.legend.node(step.node).id == id);
        let step = of_node.next()?;
        let PathTaken::Output(index) = step.path else { return None };
        let outputs = &self.legend.node(step.node).outputs;
        outputs.get(usize::from(index)).map(|name| name.as_str())
    }

    /// The codes that were noted.
    pub(crate) fn notes(&self) -> Vec<&'static str> {
        let facts = self.trace.events.iter().map(|event| &event.fact);
        let codes = facts.filter_map(|fact| match fact {
            Fact::Noted(code) => Some(code.name()),
            _ => None,
        });
        codes.collect()
    }

    /// After how many milliseconds an agent answered.
    pub(crate) fn connected(&self) -> Option<i64> {
        self.trace.events.iter().find_map(|event| match event.fact {
            Fact::Connected(waited) => Some(waited),
            _ => None,
        })
    }

    /// Where the conversation was routed: queue, id, skills, priority.
    pub(crate) fn routing(&self) -> Option<String> {
        let routing = self.trace.routing()?;
        let text = |phrase: &Option<flowsim::trace::Phrase>| {
            phrase.as_ref().map_or("-".into(), |it| it.text(&self.legend).to_string())
        };
        let skills = routing.skills.join("+");
        let priority = routing.priority;
        let (name, id) = (text(&routing.queue_name), text(&routing.queue_id));
        Some(format!("{name} {id} [{skills}] {priority:?}"))
    }

    /// To whom the conversation was handed on: kind, name, id.
    pub(crate) fn transfer(&self) -> Option<String> {
        let transfer = self.trace.transfer()?;
        let id = transfer.id.as_deref().unwrap_or("-");
        Some(format!("{} {} {id}", transfer.kind.name(), transfer.name))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let mut out = String::new();
        JsonWriter::new(&self.legend).write(&self.trace, &mut out);
        serde_json::from_str(&out).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        render_text(&self.trace, &self.legend, TextStyle { color: false, width: None })
    }
}
