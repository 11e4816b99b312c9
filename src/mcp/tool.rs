//! The tools: their parameters, descriptions and commands.

use super::argument::{Form, Parameter, parameter};
use crate::value::{Json, Text};

/// A tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    description: &'static str,
    /// Its command, with the arguments that every call has.
    pub(super) command: &'static [&'static str],
    pub(super) parameters: &'static [Parameter],
    /// The schema of its answers; `None` if they are text.
    pub(super) schema: Option<&'static str>,
}

const PATHS: Parameter =
    parameter("paths", Form::Paths, "", "Flow files or folders; default: the project");
const FLOW: Parameter = parameter("flow", Form::Word, "--flow", "Id or name");
const FIXTURES: Parameter = parameter("fixtures", Form::Paths, "--fixtures", "");
const VARIABLES: Parameter = parameter("variables", Form::Typed, "--var", "");
const AT: Parameter =
    parameter("at", Form::Word, "--at", "Clock, such as 2026-01-05T09:00:00Z");

/// Parameters of every tool: they select a part of the answer.
pub(super) const CURSOR: &str = "cursor";
pub(super) const MAX_TOKENS: &str = "max_tokens";

/// A parameter of `explore` that selects a part of its answer.
pub(super) const NODE: &str = "node";

/// All tools.
pub(super) const TOOLS: [Tool; 8] = [
    Tool {
        name: "outline",
        description: "Flow in one line per action: kind and, in quotes, id. Pass ids in \
                      `expand` to get settings.",
        command: &["graph", "--format=outline"],
        parameters: &[PATHS, FLOW, parameter("expand", Form::Words, "--expand", "Ids")],
        schema: None,
    },
    Tool {
        name: "check",
        description: "Find errors in flows without running them.",
        command: &["check", "--format=json"],
        parameters: &[PATHS, FIXTURES],
        schema: Some("flowsim.findings/1"),
    },
    Tool {
        name: "explain",
        description: "Explain a diagnostic code, and how to fix it.",
        command: &["explain"],
        parameters: &[parameter("code", Form::Word, "", "").required()],
        schema: None,
    },
    Tool {
        name: "run",
        description: "Play one call: outcome, prompts, variables, steps.",
        command: &["run", "--format=json"],
        parameters: &[
            PATHS,
            FLOW,
            parameter("node", Form::Word, "--node", "Id to start at"),
            parameter(
                "input",
                Form::Words,
                "--input",
                "Caller's answers in order: 1, 1234#, - (silence), say:yes, hangup",
            ),
            parameter(
                "context",
                Form::Plain,
                "--context",
                "Such as {\"from\": \"+1555\"}",
            ),
            VARIABLES,
            FIXTURES,
            AT,
        ],
        schema: Some("flowsim.trace/1"),
    },
    Tool {
        name: "test",
        description: "Run scenario files (*.test.yaml). The answer has tests that did not \
                      pass, and counts.",
        command: &["test", "--format=json"],
        parameters: &[
            parameter("paths", Form::Paths, "", "Files, folders or FILE:LINE"),
            parameter("pattern", Form::Word, "-k", "Part of the name or file"),
        ],
        schema: Some("flowsim.run/1"),
    },
    Tool {
        name: "explore",
        description: "Search all calls: findings, and actions and outputs that are not known \
                      to be reachable. With `node`: how to reach it.",
        command: &["explore", "--format=json", "--findings"],
        parameters: &[
            PATHS,
            FLOW,
            parameter(NODE, Form::Own, "", "Id"),
            FIXTURES,
            parameter("budget", Form::Number, "--budget", "Questions to answer"),
        ],
        schema: Some("flowsim.exploration/1"),
    },
    Tool {
        name: "diff",
        description: "What changed between two versions of flows.",
        command: &["diff", "--format=json"],
        parameters: &[
            parameter("old", Form::Path, "", "").required(),
            parameter("new", Form::Path, "", "").required(),
        ],
        schema: Some("flowsim.diff/1"),
    },
    Tool {
        name: "eval",
        description: "Evaluate an Architect expression: {type, value} or {error}.",
        command: &["eval"],
        parameters: &[
            parameter("expression", Form::Word, "", "").required(),
            parameter("variables", Form::Typed, "--var", "Such as {\"Flow.n\": 2}"),
            FIXTURES,
            AT,
        ],
        schema: Some(""),
    },
];

impl Tool {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.name == name)
    }

    /// Returns its entry in the list of tools.
    pub(super) fn to_json(&self) -> Json {
        let own = self.parameters.iter().map(|it| (it.name, it.schema()));
        let properties =
            own.chain([(CURSOR, typed("string")), (MAX_TOKENS, typed("integer"))]);
        let required = self.parameters.iter().filter(|it| it.is_required);
        let required: Vec<Json> = required.map(|it| it.name.into()).collect();
        let mut input =
            vec![("type", "object".into()), ("properties", object(properties))];
        if !required.is_empty() {
            input.push(("required", Json::array(required)));
        }
        let mut entries = vec![
            ("name", self.name.into()),
            ("description", self.description.into()),
            ("inputSchema", object(input)),
            (
                "annotations",
                object([("readOnlyHint", true.into()), ("openWorldHint", false.into())]),
            ),
        ];
        entries.extend(self.output().map(|schema| ("outputSchema", schema)));
        object(entries)
    }

    /// Returns the schema of its answers, which names their form only: `flowsim schema`
    /// prints the whole.
    fn output(&self) -> Option<Json> {
        let form = match self.schema? {
            "" => return Some(typed("object")),
            form => object([("schema", object([("const", form.into())]))]),
        };
        Some(object([("type", "object".into()), ("properties", form)]))
    }
}

pub(super) fn typed(name: &str) -> Json {
    object([("type", name.into())])
}

pub(super) fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    Json::object(entries.into_iter().map(|(key, value)| (Text::from(key), value)))
}
