//! The dialogue with the person at the terminal.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::path::Path;

use super::command::{COMMANDS, Command, parse};
use super::lines;
use crate::cli::exit::Exit;
use crate::cli::interactive::read_line;
use crate::cli::output;
use crate::debugger::{
    Debugger, Filters, Output, Owner, Stop, Wish, describe, nodes_at_line, nodes_named,
    shown,
};
use crate::diagnostic::nearest;
use crate::diagnostic::visible::one_line;
use crate::flow::NodeId;
use crate::source::{FileId, Files, replace_file};
use crate::timeline::BranchId;

/// A debugger, its files, and the dialogue.
pub(super) struct Terminal<'f> {
    debugger: Debugger,
    files: &'f Files,
}

impl<'f> Terminal<'f> {
    pub(super) fn new(debugger: Debugger, files: &'f Files) -> Self {
        Self { debugger, files }
    }

    /// Reads commands until the person quits or the input ends.
    pub(super) fn run(mut self) -> io::Result<Exit> {
        let is_recorded = self.debugger.difference().is_some();
        let stop = self.debugger.start(!is_recorded);
        output::result(&self.stopped(&stop))?;
        let input = io::stdin();
        let is_person = input.is_terminal();
        let mut input = input.lock();
        loop {
            if is_person {
                output::aside("(flowsim) ");
            }
            let Some(line) = read_line(&mut input) else { break };
            if line.trim().is_empty() {
                continue;
            }
            match self.command(line.trim()) {
                Some(text) => output::result(&text)?,
                None => break,
            }
        }
        Ok(Exit::Success)
    }

    /// Executes a command and returns its output; `None` to quit.
    fn command(&mut self, line: &str) -> Option<String> {
        let Some(command) = parse(line) else {
            return Some(match self.debugger.input(line) {
                Some(_) => self.answer(line),
                None => error(&misused(line)),
            });
        };
        Some(match command {
            Command::Forward(motion, count) => self.moves(count, |it| it.forward(motion)),
            Command::Back(motion, count) => self.moves(count, |it| it.back(motion)),
            Command::Break(text) => self.add_break(&text),
            Command::Delete(text) => self.delete(&text),
            Command::Watch(name) => self.watch(&name),
            Command::Catch(words) => self.catch(&words),
            Command::Print(text) => match self.debugger.evaluate(0, &text) {
                Ok(value) => format!("{}: {}\n", shown(&value), value.type_of()),
                Err(problem) => error(&problem),
            },
            Command::Set(name, text) => match self.debugger.assign(0, &name, &text) {
                Ok(value) => format!("{} = {}\n", one_line(&name), shown(&value)),
                Err(problem) => error(&problem),
            },
            Command::Vars => self.vars(),
            Command::Where => self.levels(),
            Command::List => self.lines(),
            Command::Answer(text) => self.answer(&text),
            Command::Branches => self.branches(),
            Command::Branch(text) => self.branch(&text),
            Command::Restart => {
                self.debugger.restart();
                let stop = self.debugger.start(true);
                self.stopped(&stop)
            }
            Command::Save(path) => self.save(&path),
            Command::Help => help(),
            Command::Quit => return None,
        })
    }

    /// Repeats a motion, and shows where it stopped.
    fn moves(&mut self, count: u32, mut go: impl FnMut(&mut Debugger) -> Stop) -> String {
        let mut stop = go(&mut self.debugger);
        for _ in 1..count {
            if stop != Stop::Done {
                break;
            }
            stop = go(&mut self.debugger);
        }
        self.stopped(&stop)
    }

    /// Returns the output since the last stop, and the place of this one.
    fn stopped(&mut self, stop: &Stop) -> String {
        let mut out = String::new();
        for line in self.debugger.take_output() {
            let _ = match line {
                Output::Prompt(text) => writeln!(out, "  flow: {}", one_line(&text)),
                Output::Input(text) => writeln!(out, "  caller: {}", one_line(&text)),
                Output::Log(text) => writeln!(out, "  log: {}", one_line(&text)),
            };
        }
        let _ = writeln!(out, "{}", describe(&self.debugger, stop));
        if *stop == Stop::End {
            if self.debugger.has_scenario() {
                out.push_str("`save FILE` writes this call as a scenario\n");
            }
        } else {
            out.push_str(&self.lines());
        }
        out
    }

    /// Returns the lines of the current action.
    fn lines(&self) -> String {
        let node = self.debugger.levels().first().and_then(|level| level.node);
        let span = node.map(|node| self.debugger.program().symbols.node(node).span);
        let span = span.filter(|span| span.end > span.start);
        span.map_or_else(String::new, |span| lines::around(span, self.files))
    }

    fn answer(&mut self, text: &str) -> String {
        let Some(input) = self.debugger.input(text) else {
            let is_asked = matches!(
                self.debugger.timeline().session().question(),
                Some(crate::world::Question::Input(_))
            );
            return error(match is_asked {
                true => "expected keys, `silence`, `hang up`, or `say` and words",
                false => "the caller is not asked here",
            });
        };
        match self.debugger.answer(input) {
            Some(stop) => self.stopped(&stop),
            None => error("the caller is not asked here"),
        }
    }

    fn add_break(&mut self, text: &str) -> String {
        if text.is_empty() {
            return self.breaks();
        }
        let (place, condition) = match text.split_once(" if ") {
            Some((place, condition)) => (place.trim(), Some(condition.to_owned())),
            None => (text, None),
        };
        let nodes = self.nodes(place);
        let Some(first) = nodes.first().copied() else {
            let labels = &self.debugger.program().symbols.nodes;
            let near = nearest(place, labels.iter().map(|label| label.name.as_str()));
            let near = near.map(|near| format!("; did you mean `{near}`?"));
            return error(&format!(
                "no action is at `{place}`{}",
                near.unwrap_or_default()
            ));
        };
        let wish = Wish { condition, ..Wish::default() };
        match self.debugger.add_breakpoint(Owner::Names, nodes, &wish) {
            Ok(id) => format!("breakpoint {id}: {}\n", self.node(first)),
            Err(problem) => error(&problem),
        }
    }

    /// Returns the nodes at `LINE`, `FILE:LINE`, or with a name.
    fn nodes(&self, place: &str) -> Vec<NodeId> {
        let program = self.debugger.program();
        let (file, line) = place.rsplit_once(':').unwrap_or(("", place));
        let Ok(line) = line.trim().parse() else { return nodes_named(program, place) };
        let file = self.file(file.trim());
        let located = file.and_then(|it| nodes_at_line(program, self.files, it, line));
        located.map_or_else(Vec::new, |located| located.nodes)
    }

    /// Returns the file with this end of its path; without one, that of the next action.
    fn file(&self, path: &str) -> Option<FileId> {
        if path.is_empty() {
            let node = self.debugger.levels().first()?.node?;
            return Some(self.debugger.program().symbols.node(node).span.file);
        }
        let mut files = self.files.iter();
        files.find(|file| file.path().ends_with(path)).map(|file| file.id())
    }

    fn breaks(&self) -> String {
        let mut out = String::new();
        for breakpoint in self.debugger.breakpoints() {
            let node = breakpoint.nodes.first().map(|node| self.node(*node));
            let _ = writeln!(out, "{}: {}", breakpoint.id, node.unwrap_or_default());
        }
        if out.is_empty() { "no breakpoints\n".to_owned() } else { out }
    }

    /// Returns a node in words: its kind, name and line.
    fn node(&self, node: NodeId) -> String {
        let label = self.debugger.program().symbols.node(node);
        let line = self.files.position(label.span).line;
        format!("{} `{}`, line {line}", label.node_type, one_line(&label.name))
    }

    fn delete(&mut self, text: &str) -> String {
        let count = self.debugger.breakpoints().len();
        let id: Option<u32> = text.parse().ok();
        self.debugger.retain_breakpoints(|it| Some(it.id) != id);
        match self.debugger.breakpoints().len() < count {
            true => String::new(),
            false => error("there is no breakpoint with this number"),
        }
    }

    fn watch(&mut self, name: &str) -> String {
        if name.is_empty() {
            self.debugger.set_watched(Vec::new());
            return String::new();
        }
        let Some(id) = self.debugger.variable(0, name) else {
            return error(&format!("there is no variable `{}` here", one_line(name)));
        };
        let mut watched = self.debugger.watched().to_vec();
        watched.push(id);
        self.debugger.set_watched(watched);
        String::new()
    }

    fn catch(&mut self, words: &str) -> String {
        let mut filters = Filters::default();
        for word in words.split([' ', ',']).filter(|word| !word.is_empty()) {
            match word {
                "errors" => filters.errors = true,
                "unhandled" => filters.unhandled = true,
                "prompts" => filters.prompts = true,
                _ => return error("expected `errors`, `unhandled` or `prompts`"),
            }
        }
        self.debugger.set_filters(filters);
        String::new()
    }

    fn vars(&self) -> String {
        let mut out = String::new();
        for scope in self.debugger.scopes(0) {
            let variables = self.debugger.variables(0, scope.kind);
            if !variables.is_empty() {
                let _ = writeln!(out, "{}", scope.name);
            }
            for variable in variables {
                let name = one_line(&variable.name);
                let _ = writeln!(out, "  {name} = {}", shown(&variable.value));
            }
        }
        out
    }

    fn levels(&self) -> String {
        let mut out = String::new();
        for (index, level) in self.debugger.levels().iter().enumerate() {
            let place = level.node.map(|node| self.node(node)).unwrap_or_default();
            let unit = match level.unit.is_empty() {
                true => String::new(),
                false => format!(" in `{}`", one_line(&level.unit)),
            };
            let _ =
                writeln!(out, "{index}: {place}{unit} of `{}`", one_line(&level.flow));
        }
        out
    }

    fn branches(&self) -> String {
        let timeline = self.debugger.timeline();
        let mut out = String::new();
        for branch in timeline.branches() {
            let here = if branch.id == timeline.branch().id { "*" } else { " " };
            let from = branch.from.map(|(id, at)| format!(", from {} at {at}", id.0));
            let from = from.unwrap_or_default();
            let _ = writeln!(out, "{here} {}: {} moves{from}", branch.id.0, branch.end);
        }
        out
    }

    fn branch(&mut self, text: &str) -> String {
        let id = text.parse().ok().map(BranchId);
        if !id.is_some_and(|id| self.debugger.switch(id)) {
            return error("there is no branch with this number");
        }
        let stop = self.debugger.halted().unwrap_or(Stop::Done);
        self.stopped(&stop)
    }

    fn save(&self, path: &str) -> String {
        let parent = Path::new(path).parent().filter(|_| !path.is_empty());
        let folder =
            parent.map(|it| if it == Path::new("") { Path::new(".") } else { it });
        let Some(scenario) = self.debugger.scenario(folder) else {
            return error(
                "a recorded call is not saved; a test can replay the recording",
            );
        };
        if path.is_empty() {
            return scenario;
        }
        match replace_file(Path::new(path), &scenario) {
            Ok(()) => format!("wrote {}\n", one_line(path)),
            Err(problem) => error(&format!("cannot write {}: {problem}", one_line(path))),
        }
    }
}

fn error(text: &str) -> String {
    format!("error: {}\n", one_line(text))
}

/// Returns the problem of a line that is not a command.
fn misused(line: &str) -> String {
    let word = line.split(' ').next().unwrap_or_default();
    let is_it = |(name, short, _): &&(&str, &str, &str)| *name == word || *short == word;
    match COMMANDS.iter().find(is_it) {
        Some((name, _, meaning)) => {
            format!("`{name}` does not have this form: {meaning}")
        }
        None => {
            let near = nearest(word, COMMANDS.iter().map(|(name, ..)| *name));
            let near = near.map(|near| format!("did you mean `{near}`? "));
            let near = near.unwrap_or_default();
            format!("unknown command `{line}`; {near}`help` lists the commands")
        }
    }
}

fn help() -> String {
    let mut out = String::new();
    for (name, short, meaning) in COMMANDS {
        let _ = writeln!(out, "{name:10} {short}  {meaning}");
    }
    out.push_str("help       h  show this list\nquit       q  end\n");
    out.push_str(
        "While the caller is asked, an answer needs no command: `1`, `silence`.\n",
    );
    out
}
