//! Flows and a world in YAML, a call in a line, and what came of it as plain text.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use flowsim::diagnostic::Diagnostic;
use flowsim::engine::{Call, Limits, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_yaml};
use flowsim::trace::{
    Fact, Field, JsonWriter, PathTaken, Phrase, TextStyle, Trace, conversation,
    render_text,
};
use flowsim::value::{Json, Value};
use flowsim::world::{FixtureHost, Fixtures, Host, Input};

/// Flows, the first of which is called, and what they meet.
pub(crate) struct Stage {
    flows: Vec<String>,
    world: String,
    context: Vec<(String, Value)>,
    inputs: Vec<Input>,
    limits: Limits,
    is_strict: bool,
}

/// A call that is over.
pub(crate) struct Run {
    pub(crate) program: Arc<Program>,
    pub(crate) trace: Trace,
}

/// Calls a flow.
pub(crate) fn run(flow: &str, world: &str, inputs: &[&str]) -> Run {
    stage(flow).world(world).inputs(inputs).run()
}

/// A flow that is to be called.
pub(crate) fn stage(flow: impl Into<String>) -> Stage {
    Stage {
        flows: vec![flow.into()],
        world: String::new(),
        context: Vec::new(),
        inputs: Vec::new(),
        limits: Limits::default(),
        is_strict: false,
    }
}

/// Compiles a flow, which has nothing wrong in it.
pub(crate) fn compile(flow: &str) -> Arc<Program> {
    stage(flow).compile()
}

/// Fixtures, and what is wrong with them.
pub(crate) fn fixtures(yaml: &str) -> (Fixtures, Vec<Diagnostic>) {
    if yaml.is_empty() {
        return (Fixtures::default(), Vec::new());
    }
    let file = Files::new().add("fixtures.yaml", yaml);
    Fixtures::read(&read_yaml(&file).unwrap(), Path::new(""))
}

/// A call flow with one task. Of `variables` each is a type and a name, and maybe settings:
/// `string x`, `integer n, initialValue: {lit: 1}`.
pub(crate) fn call_flow(variables: &[&str], actions: &str) -> String {
    let variables = variables.iter().map(|variable| {
        let (kind, name) = variable.split_once(' ').unwrap();
        format!("    - {kind}Variable: {{name: Flow.{name}}}\n")
    });
    format!(
        "inboundCall:
  name: F
  defaultLanguage: en-us
  startUpRef: /inboundCall/tasks/task[Main_1]
  variables:
{}  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
{}",
        variables.collect::<String>(),
        indented(actions, 10)
    )
}

/// A text, every line of it further to the right.
pub(crate) fn indented(text: &str, width: usize) -> String {
    text.lines().map(|line| format!("{:width$}{line}\n", "")).collect()
}

impl Stage {
    /// Another flow beside the first.
    pub(crate) fn and(mut self, flow: impl Into<String>) -> Self {
        self.flows.push(flow.into());
        self
    }

    /// Fixtures in YAML; several texts add up.
    pub(crate) fn world(mut self, yaml: &str) -> Self {
        self.world += yaml;
        self.world += if yaml.is_empty() { "" } else { "\n" };
        self
    }

    /// What is known of the call.
    pub(crate) fn context<V: Into<Value> + Clone>(mut self, known: &[(&str, V)]) -> Self {
        let known =
            known.iter().map(|(name, value)| ((*name).into(), value.clone().into()));
        self.context.extend(known);
        self
    }

    /// What the caller does.
    pub(crate) fn inputs(mut self, inputs: &[&str]) -> Self {
        self.inputs = inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
        self
    }

    pub(crate) fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    pub(crate) fn run(&self) -> Run {
        let fixtures = self.fixtures();
        self.answered_by(&mut FixtureHost::new(&fixtures, &self.inputs))
    }

    /// Calls the first flow; this host answers.
    pub(crate) fn answered_by(&self, host: &mut impl Host) -> Run {
        let program = self.compile();
        let flow = program.flow(&program.legend.flows[0].id).unwrap();
        let mut call = Call::new(flow)
            .in_organisation(Arc::new(self.fixtures()))
            .strict(self.is_strict)
            .limits(self.limits);
        for (name, value) in &self.context {
            call = call.context(&program, name, value.clone());
        }
        let mut session = Session::start(Arc::clone(&program), &call);
        let trace = play(&mut session, &call, host);
        Run { program, trace }
    }

    fn fixtures(&self) -> Fixtures {
        let (fixtures, problems) = fixtures(&self.world);
        assert_eq!(problems, [], "{}", self.world);
        fixtures
    }

    fn compile(&self) -> Arc<Program> {
        let folder = tempfile::tempdir().unwrap();
        for (index, flow) in self.flows.iter().enumerate() {
            fs::write(folder.path().join(format!("{index}.yaml")), flow).unwrap();
        }
        let loaded = load(&[folder.path().to_owned()], &[], &mut Files::new());
        assert_eq!(loaded.diagnostics, [], "{:?}", self.flows);
        Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
    }
}

impl Run {
    /// What the caller heard or read.
    pub(crate) fn said(&self) -> Vec<&str> {
        self.trace.prompts(&self.program.legend).map(|text| &**text).collect()
    }

    /// The ids of the executed nodes.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.trace.path(&self.program.legend).map(|id| &**id).collect()
    }

    /// How the call ended, with the code of its failure.
    pub(crate) fn end(&self) -> String {
        let status = self.trace.status.name();
        let failure = self.trace.failure.as_ref();
        failure.map_or(status.into(), |failure| format!("{status} {}", failure.code))
    }

    /// What a variable holds at the end; of a task's own, what it was set to last. JSON.
    pub(crate) fn variable(&self, name: &str) -> String {
        let legend = &self.program.legend;
        let last = || {
            self.facts().rev().find_map(|fact| match fact {
                Fact::Assigned(id, value) if legend.variable(*id) == name => Some(value),
                _ => None,
            })
        };
        let value = self.trace.variable(legend, name).or_else(last);
        value.map_or(Json::Null, Value::to_json).to_string()
    }

    /// The way that the node of an id took first: an output, `next`, `error` or `none`.
    pub(crate) fn output(&self, id: &str) -> &str {
        let legend = &self.program.legend;
        let step = self.trace.steps.iter().find(|step| legend.node(step.node).id == id);
        let step = step.expect("the node ran");
        match step.path {
            PathTaken::Output(index) => {
                &legend.node(step.node).outputs[usize::from(index)]
            }
            PathTaken::Next => "next",
            PathTaken::Error => "error",
            _ => "none",
        }
    }

    /// The codes of everything that was noted or failed.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let codes = self.facts().filter_map(|fact| match fact {
            Fact::Noted(code) => Some(code.name()),
            Fact::Failed(failure) => Some(failure.code.name()),
            _ => None,
        });
        codes.collect()
    }

    /// What actions were given and gave under this field: `value`, `name = value`.
    pub(crate) fn values(&self, field: Field) -> Vec<String> {
        let values = self.facts().filter_map(|fact| match fact {
            Fact::Input(of, value) | Fact::Output(of, value) if *of == field => {
                Some(plain(value))
            }
            Fact::Entry(entry) if entry.of == field => {
                Some(format!("{} = {}", entry.name, plain(&entry.value)))
            }
            _ => None,
        });
        values.collect()
    }

    /// The named values of actions: `> inputs name = value`, `< outputs name = value`.
    pub(crate) fn entries(&self) -> Vec<String> {
        let entries = self.facts().filter_map(|fact| match fact {
            Fact::Entry(entry) => {
                let way = if entry.of.is_output() { "<" } else { ">" };
                let (of, name) = (entry.of.name(), &entry.name);
                Some(format!("{way} {of} {name} = {}", entry.value))
            }
            _ => None,
        });
        entries.collect()
    }

    /// After how many milliseconds an agent answered.
    pub(crate) fn connected(&self) -> Option<i64> {
        self.facts().find_map(|fact| match fact {
            Fact::Connected(waited) => Some(*waited),
            _ => None,
        })
    }

    /// Where the conversation was routed: queue, id, skills, priority.
    pub(crate) fn routing(&self) -> Option<String> {
        let routing = self.trace.routing()?;
        let text = |phrase: &Option<Phrase>| {
            let phrase = phrase.as_ref();
            phrase.map_or("-".into(), |it| it.text(&self.program.legend).to_string())
        };
        let (name, id) = (text(&routing.queue_name), text(&routing.queue_id));
        let skills = routing.skills.join("+");
        Some(format!("{name} {id} [{skills}] {:?}", routing.priority))
    }

    /// To whom the conversation was handed on: kind, name, id.
    pub(crate) fn transfer(&self) -> Option<String> {
        let transfer = self.trace.transfer()?;
        let id = transfer.id.as_deref().unwrap_or("-");
        Some(format!("{} {} {id}", transfer.kind.name(), transfer.name))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let mut out = String::new();
        JsonWriter::new(&self.program.legend).write(&self.trace, &mut out);
        serde_json::from_str(&out).unwrap()
    }

    /// What the caller heard and did, a line each.
    pub(crate) fn conversation(&self) -> String {
        let turns = conversation(&self.trace, &self.program.legend, 40);
        let lines = turns.iter().map(|turn| {
            let time = turn.time_ms.map_or_else(|| "-".into(), |time| time.to_string());
            format!("{time:>6} {:?}: {}\n", turn.kind, turn.text)
        });
        lines.collect()
    }

    pub(crate) fn text(&self) -> String {
        render_text(&self.trace, &self.program.legend, TextStyle::default())
    }

    fn facts(&self) -> impl DoubleEndedIterator<Item = &Fact> {
        self.trace.events.iter().map(|event| &event.fact)
    }
}

/// A text as it is, anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_json().to_string(),
    }
}
