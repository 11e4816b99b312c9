//! Calls of the JSON of an exploration.

use std::path::Path;
use std::sync::Arc;

use super::launch::{Launch, Origin, Problems, Target, problem};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Files, read_json};
use crate::timeline::Scripted;
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Input;

/// Schema of the document.
const SCHEMA: &str = "flowsim.exploration/1";

/// A call that reaches an action.
pub(super) struct Witness {
    inputs: Vec<Input>,
    call: Json,
}

/// Reads the call that reaches an action, given by its name or id; without it, the first
/// call of the document.
pub(super) fn read(
    file: &Path,
    goal: Option<&str>,
    files: &mut Files,
) -> Result<Witness, Problems> {
    let file = files.load(file).map_err(|it| vec![Diagnostic::from(it)])?;
    let read = Json::parse(file.text()).ok();
    let document = read.filter(|document| text(document, "schema") == Some(SCHEMA));
    let Some(document) = document else {
        let message = format!("expected the JSON of an exploration, `{SCHEMA}`");
        let advice = "write it with `flowsim explore --format json`";
        return Err(vec![problem(message).at(file.span()).help(advice)]);
    };
    let lists = ["nodes", "outputs", "findings", "paths"];
    let lists = lists.iter().filter_map(|name| document.get(name));
    let mut entries = lists.flat_map(items).filter(|entry| is_named(entry, goal));
    entries.find_map(Witness::of).ok_or_else(|| {
        let message = match goal {
            Some(goal) => format!("no call of the exploration reaches `{goal}`"),
            None => "the exploration has no call".to_owned(),
        };
        vec![problem(message).at(file.span())]
    })
}

fn items(list: &Json) -> &[Json] {
    match list {
        Json::Array(items) => items,
        _ => &[],
    }
}

fn text<'j>(object: &'j Json, key: &str) -> Option<&'j str> {
    match object.get(key) {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

fn is_named(entry: &Json, goal: Option<&str>) -> bool {
    let Some(goal) = goal else { return true };
    let names = ["nodeName", "nodeId", "node", "code"];
    let mut names = names.iter().filter_map(|key| text(entry, key));
    names.any(|name| name.eq_ignore_ascii_case(goal))
}

impl Witness {
    /// Returns the call of an entry; `None` if it has none.
    fn of(entry: &Json) -> Option<Self> {
        let Some(Json::Array(inputs)) = entry.get("input") else { return None };
        let inputs = inputs.iter().map(|input| match input {
            Json::String(input) => Input::parse(input).ok(),
            _ => None,
        });
        let call = entry.get("call").filter(|call| matches!(call, Json::Object(_)))?;
        Some(Self { inputs: inputs.collect::<Option<_>>()?, call: call.clone() })
    }

    /// Returns the launch of the call.
    pub(super) fn launch(&self, base: &Launch) -> Launch {
        let text = |key: &str| text(&self.call, key).map(str::to_owned);
        let mut context = base.context.clone();
        context.extend(pairs(self.call.get("context")));
        let mut variables = base.variables.clone();
        variables.extend(pairs(self.call.get("variables")));
        Launch {
            start: text("flow").or_else(|| base.start.clone()),
            context,
            variables,
            at: text("at").and_then(|at| DateTime::parse(&at)).or(base.at),
            inputs: self.inputs.clone(),
            origin: Origin::Flow,
            ..base.clone()
        }
    }

    /// Merges the answers of the call over the fixtures of the target.
    pub(super) fn over(&self, target: Target) -> Result<Target, Problems> {
        let Some(own) = self.call.get("fixtures") else { return Ok(target) };
        let mut files = Files::new();
        let file = files.add("<exploration>", own.to_string());
        let node = read_json(&file).map_err(|it| vec![Diagnostic::from(it)])?;
        let (fixtures, mut diagnostics) = target.fixtures.merged(&node, Path::new(""));
        diagnostics.retain(|it| it.code == Code::INVALID_FIXTURES);
        if !diagnostics.is_empty() {
            // Their places are in a file that the user does not have.
            diagnostics.iter_mut().for_each(|it| it.labels.clear());
            return Err(diagnostics);
        }
        let fixtures = Arc::new(fixtures);
        Ok(Target {
            call: target.call.in_organisation(Arc::clone(&fixtures)),
            respondent: Scripted::new(Arc::clone(&fixtures), self.inputs.clone()),
            fixtures,
            ..target
        })
    }
}

fn pairs(object: Option<&Json>) -> Vec<(Text, Value)> {
    let Some(Json::Object(entries)) = object else { return Vec::new() };
    entries.iter().map(|(name, json)| (name.clone(), Value::from(json.clone()))).collect()
}
