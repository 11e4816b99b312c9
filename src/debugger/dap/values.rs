//! Stack, scopes, variables, expressions, and answers of the caller.

use std::io::Write;

use serde_json::{Value as Document, json};

use super::points::resolved;
use super::server::{Reply, Server};
use crate::debugger::{Debugger, ScopeKind, children, offers, shown};
use crate::trace::{EventKind, Failure};
use crate::value::Value;
use crate::world::{Answer, Question};

/// The largest number of variables in a response.
const MOST_VARIABLES: usize = 10_000;

/// The object of a variables reference.
#[derive(Debug, Clone)]
enum Handle {
    Scope(usize, ScopeKind),
    Value(Value),
}

/// The objects of variables references, which are valid until the call moves.
#[derive(Debug, Default)]
pub(super) struct Handles(Vec<Handle>);

impl Handles {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn add(&mut self, handle: Handle) -> usize {
        self.0.push(handle);
        self.0.len()
    }

    fn get(&self, reference: Option<i64>) -> Option<&Handle> {
        let index = usize::try_from(reference?).ok()?.checked_sub(1)?;
        self.0.get(index)
    }

    /// Returns the level of a scope.
    pub(super) fn level(&self, reference: Option<i64>) -> Option<usize> {
        match self.get(reference)? {
            Handle::Scope(level, _) => Some(*level),
            Handle::Value(_) => None,
        }
    }

    /// Returns the reference of a value; 0 if it has no parts.
    fn of(&mut self, value: &Value) -> usize {
        match children(value).is_empty() {
            true => 0,
            false => self.add(Handle::Value(value.clone())),
        }
    }
}

/// The level of the frame in the arguments; the innermost by default.
pub(super) fn level_of(arguments: &Document) -> usize {
    let frame = arguments["frameId"].as_u64().and_then(|id| usize::try_from(id).ok());
    frame.unwrap_or(1).saturating_sub(1)
}

impl<W: Write> Server<W> {
    pub(super) fn stack_trace(&mut self, arguments: &Document) -> Reply {
        let (first_line, first_column) = self.first;
        let debugger = self.debugger.as_ref().ok_or("no call is debugged")?;
        let levels = debugger.levels();
        let mut frames = Vec::new();
        for (index, level) in levels.iter().enumerate() {
            let place = match level.unit.is_empty() {
                true => level.flow.clone(),
                false => format!("{} · {}", level.flow, level.unit),
            };
            let mut frame = json!({
                "id": index + 1,
                "name": format!("{} · {place}", level.action),
                "line": 0,
                "column": 0,
            });
            let label = level.node.map(|node| debugger.program().symbols.node(node));
            if let Some(label) = label.filter(|it| it.span.end > it.span.start) {
                let position = self.files.position(label.span);
                let path = self.files.get(label.span.file).path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                frame["line"] = ((position.line + first_line).saturating_sub(1)).into();
                frame["column"] =
                    ((position.column + first_column).saturating_sub(1)).into();
                let path = resolved(path);
                frame["source"] = json!({"name": name, "path": path.to_string_lossy()});
            }
            frames.push(frame);
        }
        let total = frames.len();
        let frames = part(frames, &arguments["startFrame"], &arguments["levels"]);
        Ok(json!({"stackFrames": frames, "totalFrames": total}))
    }

    pub(super) fn scopes(&mut self, arguments: &Document) -> Reply {
        let level = level_of(arguments);
        let scopes = self.debugger_mut()?.scopes(level);
        let handles = &mut self.handles;
        let scopes = scopes.into_iter().map(|scope| {
            let is_local = matches!(scope.kind, ScopeKind::Task | ScopeKind::Flow);
            json!({
                "name": scope.name,
                "presentationHint": is_local.then_some("locals"),
                "variablesReference": handles.add(Handle::Scope(level, scope.kind)),
                "expensive": scope.kind == ScopeKind::Organisation,
            })
        });
        Ok(json!({"scopes": scopes.collect::<Vec<_>>()}))
    }

    pub(super) fn variables(&mut self, arguments: &Document) -> Reply {
        let handle = self.handles.get(arguments["variablesReference"].as_i64()).cloned();
        let debugger = self.debugger.as_ref().ok_or("no call is debugged")?;
        let (variables, is_settable) = match handle {
            Some(Handle::Scope(level, kind)) => {
                let is_settable =
                    matches!(kind, ScopeKind::Task | ScopeKind::Flow | ScopeKind::Caller);
                (debugger.variables(level, kind), is_settable)
            }
            Some(Handle::Value(value)) => (children(&value), false),
            None => return Err("this reference is not valid any more".into()),
        };
        let handles = &mut self.handles;
        let shown = variables.into_iter().take(MOST_VARIABLES).map(|variable| {
            let mut document = json!({
                "name": variable.name,
                "value": shown(&variable.value),
                "type": variable.value.type_of().to_string(),
                "variablesReference": handles.of(&variable.value),
            });
            if is_settable {
                document["evaluateName"] = variable.name.into();
            } else {
                document["presentationHint"] = json!({"attributes": ["readOnly"]});
            }
            document
        });
        let all = shown.collect();
        let shown = part(all, &arguments["start"], &arguments["count"]);
        Ok(json!({"variables": shown}))
    }

    pub(super) fn set_variable(&mut self, arguments: &Document) -> Reply {
        let level = self.handles.level(arguments["variablesReference"].as_i64());
        let level = level.ok_or("only variables can be set, not their parts")?;
        self.assign(level, &arguments["name"], &arguments["value"])
    }

    pub(super) fn set_expression(&mut self, arguments: &Document) -> Reply {
        self.assign(level_of(arguments), &arguments["expression"], &arguments["value"])
    }

    fn assign(&mut self, level: usize, name: &Document, value: &Document) -> Reply {
        let text = |it: &Document| it.as_str().unwrap_or_default().trim().to_owned();
        let value = self.debugger_mut()?.assign(level, &text(name), &text(value))?;
        Ok(json!({
            "value": shown(&value),
            "type": value.type_of().to_string(),
            "variablesReference": self.handles.of(&value),
        }))
    }

    pub(super) fn evaluate(&mut self, text: &str, arguments: &Document) -> Reply {
        let level = level_of(arguments);
        let value = self.debugger_mut()?.evaluate(level, text)?;
        Ok(json!({
            "result": shown(&value),
            "type": value.type_of().to_string(),
            "variablesReference": self.handles.of(&value),
        }))
    }

    pub(super) fn caller_is_asked(&self) -> bool {
        let session = self.debugger.as_ref().map(|it| it.timeline().session());
        let question = session.and_then(|session| session.question());
        matches!(question, Some(Question::Input(_)))
    }

    /// Completes the console: answers of the caller, then variables.
    pub(super) fn completions(&mut self, arguments: &Document) -> Reply {
        let (_, first_column) = self.first;
        let text = arguments["text"].as_str().unwrap_or_default();
        let column = arguments["column"].as_u64().and_then(|it| usize::try_from(it).ok());
        let column = column.unwrap_or_default().saturating_sub(first_column as usize);
        let before: String = text.chars().take(column).collect();
        let is_name = |it: &char| it.is_alphanumeric() || matches!(it, '.' | '_');
        let length = before.chars().rev().take_while(is_name).count();
        let start = before.chars().count() - length;
        let word: String = before.chars().skip(start).collect::<String>().to_lowercase();
        let mut targets = Vec::new();
        let debugger = self.debugger_mut()?;
        if let Some(Question::Input(question)) = debugger.timeline().session().question()
        {
            let typed = before.trim_start().to_lowercase();
            let fits = |text: &str| text.to_lowercase().starts_with(&typed);
            let all = offers(&question).into_iter().filter(|offer| fits(&offer.text));
            targets.extend(all.map(|offer| {
                json!({
                    "label": format!("{} ({})", offer.text, offer.meaning),
                    "text": offer.text,
                    "type": "value",
                    "start": first_column,
                    "length": before.chars().count(),
                })
            }));
        }
        for kind in [ScopeKind::Task, ScopeKind::Flow, ScopeKind::Caller] {
            for variable in debugger.variables(level_of(arguments), kind) {
                if variable.name.to_lowercase().starts_with(&word) {
                    targets.push(json!({
                        "label": variable.name,
                        "type": "variable",
                        "start": start + first_column as usize,
                        "length": length,
                    }));
                }
            }
        }
        Ok(json!({"targets": targets}))
    }

    /// The answers that the question offers, for the buttons of an editor.
    pub(super) fn answers(&mut self) -> Reply {
        let debugger = self.debugger_mut()?;
        let Some(Question::Input(question)) = debugger.timeline().session().question()
        else {
            return Ok(json!({"question": null, "answers": []}));
        };
        let known = match debugger.timeline().known_answer() {
            Some(Answer::Input(input)) => Some(input.to_string()),
            _ => None,
        };
        let answers = offers(&question).into_iter();
        let answers = answers.map(|it| json!({"answer": it.text, "meaning": it.meaning}));
        Ok(json!({
            "question": question.node,
            "answers": answers.collect::<Vec<_>>(),
            "known": known,
        }))
    }

    pub(super) fn branches(&mut self) -> Reply {
        let timeline = self.debugger_mut()?.timeline();
        let branches = timeline.branches().into_iter().map(|branch| {
            json!({
                "branch": branch.id.0,
                "isCurrent": branch.id == timeline.branch().id,
                "moves": branch.end,
                "from": branch.from.map(|(id, _)| id.0),
                "at": branch.from.map(|(_, position)| position),
            })
        });
        Ok(json!({"branches": branches.collect::<Vec<_>>()}))
    }

    pub(super) fn exception_info(&mut self) -> Reply {
        let debugger = self.debugger_mut()?;
        let unhandled = debugger.timeline().session().failure();
        let mode = if unhandled.is_some() { "unhandled" } else { "always" };
        let failure = unhandled.or_else(|| last_failure(debugger));
        if let Some(failure) = failure {
            return Ok(json!({
                "exceptionId": failure.code.name(),
                "description": failure.message.as_str(),
                "breakMode": mode,
            }));
        }
        let difference = debugger.difference().map(|it| it.text.clone());
        Ok(json!({
            "exceptionId": "difference",
            "description": difference.unwrap_or_default(),
            "breakMode": "always",
        }))
    }
}

fn last_failure(debugger: &Debugger) -> Option<&Failure> {
    let mut events = debugger.timeline().session().events().iter().rev();
    events.find_map(|event| match &event.kind {
        EventKind::Failed(failure) => Some(&**failure),
        _ => None,
    })
}

/// Returns the part of a list that a request wants.
fn part(list: Vec<Document>, start: &Document, count: &Document) -> Vec<Document> {
    let number = |it: &Document| it.as_u64().and_then(|it| usize::try_from(it).ok());
    let count = number(count).filter(|count| *count > 0).unwrap_or(usize::MAX);
    list.into_iter().skip(number(start).unwrap_or_default()).take(count).collect()
}
