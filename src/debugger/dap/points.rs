//! Breakpoints of all kinds. They are kept as the editor sends them, so that a restart
//! with changed flows finds their actions again.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::server::{Reply, Server};
use crate::debugger::{Filters, Owner, Wish, nodes_at_line, nodes_named};
use crate::diagnostic::Diagnostic;
use crate::flow::VariableId;
use crate::source::FileId;

/// Breakpoints as the editor sends them.
#[derive(Debug, Default)]
pub(super) struct Points {
    /// Arguments of the last request for each file.
    of_files: Vec<(PathBuf, Value)>,
    of_names: Value,
    /// Diagnostics of the launch, which are shown after its response.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<W: Write> Server<W> {
    pub(super) fn set_breakpoints(&mut self, arguments: &Value) -> Reply {
        let path = arguments["source"]["path"].as_str().unwrap_or_default();
        let path = resolved(Path::new(path));
        self.points.of_files.retain(|(known, _)| *known != path);
        self.points.of_files.push((path.clone(), arguments["breakpoints"].clone()));
        self.set_points_of(&path, &arguments["breakpoints"])
    }

    fn set_points_of(&mut self, path: &Path, wanted: &Value) -> Reply {
        let owner = Owner::File(path.to_owned());
        let file = self.file(path);
        let debugger = self.debugger_mut()?;
        debugger.retain_breakpoints(|it| it.owner != owner);
        let mut set = Vec::new();
        for point in wanted.as_array().into_iter().flatten() {
            set.push(self.set_point(&owner, file, point));
        }
        Ok(json!({"breakpoints": set}))
    }

    /// Sets one breakpoint on a line. A line between two actions has the first of them.
    fn set_point(&mut self, owner: &Owner, file: Option<FileId>, point: &Value) -> Value {
        let line = self.line_from(&point["line"]);
        let refused = |message: &str| json!({"verified": false, "message": message});
        let (Some(file), Some(debugger)) = (file, self.debugger.as_mut()) else {
            return refused("the call does not use this file");
        };
        let located = nodes_at_line(debugger.program(), &self.files, file, line);
        let Some(located) = located else { return refused("the file has no action") };
        let added = debugger.add_breakpoint(owner.clone(), located.nodes, &wish(point));
        match added {
            Ok(id) => {
                json!({"id": id, "verified": true, "line": self.line_to(located.line)})
            }
            Err(message) => refused(&message),
        }
    }

    pub(super) fn set_function_breakpoints(&mut self, arguments: &Value) -> Reply {
        self.points.of_names = arguments["breakpoints"].clone();
        let debugger = self.debugger_mut()?;
        debugger.retain_breakpoints(|it| it.owner != Owner::Names);
        let mut set = Vec::new();
        for point in arguments["breakpoints"].as_array().into_iter().flatten() {
            let name = point["name"].as_str().unwrap_or_default();
            let nodes = nodes_named(debugger.program(), name);
            let added = match nodes.is_empty() {
                true => Err(format!("no action is called `{name}`")),
                false => debugger.add_breakpoint(Owner::Names, nodes, &wish(point)),
            };
            set.push(match added {
                Ok(id) => json!({"id": id, "verified": true}),
                Err(message) => json!({"verified": false, "message": message}),
            });
        }
        Ok(json!({"breakpoints": set}))
    }

    pub(super) fn set_exception_breakpoints(&mut self, arguments: &Value) -> Reply {
        let filters = arguments["filters"].as_array().into_iter().flatten();
        let names: Vec<&str> = filters.filter_map(Value::as_str).collect();
        let has = |name: &str| names.contains(&name);
        self.debugger_mut()?.set_filters(Filters {
            errors: has("errors"),
            unhandled: has("unhandled"),
            prompts: has("prompts"),
        });
        Ok(json!({}))
    }

    pub(super) fn data_breakpoint_info(&mut self, arguments: &Value) -> Reply {
        let name = arguments["name"].as_str().unwrap_or_default();
        let level = self.handles.level(arguments["variablesReference"].as_i64());
        let level = level.unwrap_or_else(|| super::values::level_of(arguments));
        let found = self.debugger_mut()?.variable(level, name);
        Ok(match found {
            Some(id) => json!({
                "dataId": id.0.to_string(),
                "description": name,
                "accessTypes": ["write"],
            }),
            None => {
                json!({"dataId": null, "description": "only variables can be watched"})
            }
        })
    }

    pub(super) fn set_data_breakpoints(&mut self, arguments: &Value) -> Reply {
        let debugger = self.debugger_mut()?;
        let known = debugger.program().symbols.variables.len();
        let (mut watched, mut set) = (Vec::new(), Vec::new());
        for point in arguments["breakpoints"].as_array().into_iter().flatten() {
            let id = point["dataId"].as_str().and_then(|id| id.parse::<u32>().ok());
            let id = id.filter(|id| (*id as usize) < known);
            watched.extend(id.map(VariableId));
            set.push(json!({"verified": id.is_some()}));
        }
        debugger.set_watched(watched);
        Ok(json!({"breakpoints": set}))
    }

    pub(super) fn breakpoint_locations(&mut self, arguments: &Value) -> Reply {
        let path = arguments["source"]["path"].as_str().unwrap_or_default();
        let file = self.file(&resolved(Path::new(path)));
        let first = self.line_from(&arguments["line"]);
        let last = match arguments["endLine"].is_null() {
            true => first,
            false => self.line_from(&arguments["endLine"]),
        };
        let debugger = self.debugger_mut()?;
        let mut lines = Vec::new();
        if let Some(file) = file {
            let program = std::sync::Arc::clone(debugger.program());
            for label in program.symbols.nodes.iter().filter(|it| it.span.file == file) {
                let line = self.files.position(label.span).line;
                if (first..=last).contains(&line) && !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        lines.sort_unstable();
        let lines = lines.into_iter().map(|line| json!({"line": self.line_to(line)}));
        Ok(json!({"breakpoints": lines.collect::<Vec<_>>()}))
    }

    /// Sets all breakpoints again, after the call was loaded again.
    pub(super) fn apply_points(&mut self) {
        for (path, wanted) in self.points.of_files.clone() {
            let _ = self.set_points_of(&path, &wanted);
        }
        let names = json!({"breakpoints": self.points.of_names.clone()});
        let _ = self.set_function_breakpoints(&names);
    }

    /// Returns the loaded file with this path.
    fn file(&self, path: &Path) -> Option<FileId> {
        let mut files = self.files.iter();
        files.find(|file| resolved(file.path()) == path).map(|file| file.id())
    }

    /// Converts a line of the editor.
    fn line_from(&self, line: &Value) -> u32 {
        let line = line.as_u64().and_then(|line| u32::try_from(line).ok());
        line.unwrap_or_default().saturating_add(1 - self.first.0)
    }

    /// Converts a line to that of the editor.
    pub(super) fn line_to(&self, line: u32) -> u32 {
        (line + self.first.0).saturating_sub(1)
    }
}

/// The condition, the rule and the message of a breakpoint.
fn wish(point: &Value) -> Wish {
    let text = |key: &str| point[key].as_str().map(str::to_owned);
    Wish {
        condition: text("condition"),
        hits: text("hitCondition"),
        log: text("logMessage"),
    }
}

/// Returns the full path of a file, to compare it with those of the editor.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    crate::source::plain(&path).to_owned()
}
