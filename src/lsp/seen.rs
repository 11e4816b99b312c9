//! Values of variables in runs, and the results that expressions had with them.

use std::collections::BTreeMap;

use super::results::{Node, items, text};
use crate::analysis::values::shown;
use crate::engine::DEFAULT_START;
use crate::expr::architect::{
    Declarations, Directory, Environment, Expression, Form, Scope, Tree,
    UnknownOrganization, Varying, parse_with,
};
use crate::value::{DateTime, Json, Text, Value};

/// The largest number of values of a variable that are shown.
const MOST_VALUES: usize = 8;

/// The name of a flow, that of the task, and that of a variable in lower case.
type Key = (String, Option<String>, String);

/// Values of variables by their names in lower case.
type State = BTreeMap<Text, Json>;

/// The values of variables in some runs.
#[derive(Debug, Default)]
pub(super) struct Seen {
    variables: BTreeMap<Key, Values>,
    /// The values of all variables before actions.
    states: BTreeMap<Node, Vec<State>>,
}

/// The values of a variable.
#[derive(Debug, Default)]
struct Values {
    values: Vec<String>,
    has_more: bool,
    calls: i64,
}

impl Seen {
    /// Adds the values of a run, `flowsim.values/1`.
    pub(super) fn add(&mut self, document: &Json) {
        for variable in items(document, "variables") {
            let names = (text(variable, "flow"), text(variable, "name"));
            let (Some(flow), Some(name)) = names else { continue };
            let task = text(variable, "task").map(str::to_owned);
            let key = (flow.to_owned(), task, name.to_lowercase());
            let seen = self.variables.entry(key).or_default();
            for value in items(variable, "values") {
                if let Json::String(value) = value
                    && !seen.values.iter().any(|it| it == value.as_str())
                {
                    seen.values.push(value.to_string());
                }
            }
            seen.has_more |= variable.get("hasMore") == Some(&Json::Boolean(true));
            if let Some(Json::Integer(calls)) = variable.get("calls") {
                seen.calls = seen.calls.saturating_add(*calls);
            }
        }
        let states: Vec<State> = items(document, "states").iter().map(state).collect();
        for action in items(document, "actions") {
            let names = (text(action, "flow"), text(action, "id"));
            let (Some(flow), Some(id)) = names else { continue };
            let known = self.states.entry((flow.to_owned(), id.to_owned())).or_default();
            for index in items(action, "states") {
                let Json::Integer(index) = index else { continue };
                let state = usize::try_from(*index).ok().and_then(|it| states.get(it));
                known.extend(state.filter(|it| !known.contains(it)).cloned());
            }
        }
    }

    /// Returns the values that a variable had, in words. Names are in lower case.
    pub(super) fn values(
        &self,
        flow: &str,
        task: Option<&str>,
        name: &str,
    ) -> Option<String> {
        let key = (flow.to_owned(), task.map(str::to_owned), name.to_owned());
        let seen = self.variables.get(&key)?;
        let count = seen.values.len().min(MOST_VALUES);
        let more = if seen.has_more || count < seen.values.len() { ", …" } else { "" };
        let values = seen.values[..count].join("`, `");
        let calls = match seen.calls {
            0 | 1 => "1 call".to_owned(),
            count => format!("{count} calls"),
        };
        Some(format!("`{values}`{more} ({calls})"))
    }

    /// Returns the part of an expression at a byte, and its results at an action, in words.
    /// `None` if no call reached the action, or if the part needs more than the values of
    /// variables.
    pub(super) fn results<'t>(
        &self,
        node: &Node,
        expression: &'t str,
        at: usize,
        names: &Declarations,
    ) -> Option<(&'t str, String)> {
        let states = self.states.get(node)?;
        let place = parse_with(expression, |parsed| innermost(&parsed.ok()?, at));
        let (start, end) = place?;
        let part = expression.get(start..end)?;
        let mut names = names.clone();
        let compiled = Expression::compile(part, &mut names, None).ok()?;
        let varies = [Varying::Clock, Varying::Random];
        if compiled.reads_organisation()
            || varies.iter().any(|it| compiled.varies_with(*it))
        {
            return None;
        }
        let mut results: Vec<String> = Vec::new();
        for state in states {
            let Some(given) = Given::of(&compiled, &names, state) else { continue };
            let result = match compiled.evaluate(&given) {
                Ok(value) => format!("= `{}`", shown(&value)),
                Err(failure) => format!("fails: {}", failure.message()),
            };
            if !results.contains(&result) {
                results.push(result);
            }
        }
        (!results.is_empty()).then(|| (part, results.join(", ")))
    }
}

/// Reads a state.
fn state(json: &Json) -> State {
    let Json::Object(members) = json else { return State::new() };
    members.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect()
}

/// The place of the innermost operator or call around a byte. Recurses as deep as the
/// expression is nested; the parser limits this depth.
fn innermost(tree: &Tree<'_>, at: usize) -> Option<(usize, usize)> {
    let (start, end) = (tree.place.0 as usize, tree.place.1 as usize);
    if !(start..=end).contains(&at) {
        return None;
    }
    let inside = |parts: &[Tree<'_>]| parts.iter().find_map(|it| innermost(it, at));
    let found = match &tree.form {
        Form::Call { arguments, .. } => inside(arguments),
        Form::Property(part, _) | Form::Unary(_, part) => innermost(part, at),
        Form::Item(base, index) => innermost(base, at).or_else(|| innermost(index, at)),
        Form::Binary { sides, .. } => inside(&sides[..]),
        Form::Choice(parts) => inside(&parts[..]),
        _ => return None,
    };
    found.or(Some((start, end)))
}

/// The variables of an expression. Nothing else is known.
struct Given {
    values: BTreeMap<u32, Value>,
}

impl Given {
    /// Returns the values of the variables that an expression reads; `None` if the state
    /// lacks one.
    fn of(expression: &Expression, names: &Declarations, state: &State) -> Option<Self> {
        let value = |slot: u32| {
            let (name, holds) = names.iter().nth(slot as usize)?;
            let value = Value::decode(state.get(&name.to_lowercase())?, holds).ok()?;
            Some((slot, value))
        };
        let values = expression.variables().into_iter().map(value);
        Some(Self { values: values.collect::<Option<_>>()? })
    }
}

impl Scope for Given {
    fn variable(&self, slot: u32) -> &Value {
        self.values.get(&slot).unwrap_or(&Value::NOT_SET)
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

/// Expressions that read the organisation, the clock or random numbers are not evaluated.
impl Environment for Given {
    fn directory(&self) -> &dyn Directory {
        &UnknownOrganization
    }

    fn now(&self) -> DateTime {
        DEFAULT_START
    }

    fn random(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    const RUN: &str = r#"{"schema": "flowsim.values/1", "calls": 2, "variables": [
        {"flow": "A", "task": null, "name": "Flow.n", "values": ["1", "2"],
         "hasMore": false, "calls": 2}],
        "states": [{"Flow.n": 1, "Flow.s": "x"}, {"Flow.n": 2}],
        "actions": [{"flow": "A", "id": "Say", "states": [0, 1, 7]}]}"#;

    fn seen() -> Seen {
        let mut seen = Seen::default();
        seen.add(&Json::parse(RUN).unwrap());
        seen
    }

    fn result(expression: &str, at: &str) -> Option<(String, String)> {
        let mut names = Declarations::new();
        names.declare("Flow.n", Type::parse("Integer").unwrap());
        names.declare("Flow.s", Type::parse("String").unwrap());
        let node = ("A".to_owned(), "Say".to_owned());
        let at = expression.find(at).unwrap();
        let found = seen().results(&node, expression, at, &names);
        found.map(|(part, results)| (part.to_owned(), results))
    }

    #[test]
    fn the_part_at_the_cursor_has_a_result_for_each_state() {
        let found =
            |part: &str, results: &str| Some((part.to_owned(), results.to_owned()));
        let expression = "Upper(Flow.s) + \"!\" + ToString(Flow.n * 2 + 1)";
        assert_eq!(result(expression, "pper"), found("Upper(Flow.s)", "= `\"X\"`"));
        assert_eq!(result(expression, "* 2"), found("Flow.n * 2", "= `2`, = `4`"));
        assert_eq!(
            result(expression, "String("),
            found("ToString(Flow.n * 2 + 1)", "= `\"3\"`, = `\"5\"`")
        );
        assert_eq!(
            result("10 / (Flow.n - 1)", "/").unwrap().1.matches("fails").count(),
            1
        );
        assert_eq!(result("Flow.n", "n"), None, "its values are those of the variable");
        assert_eq!(result("GetCurrentDateTimeUtc()", "Get"), None);
        assert_eq!(result("Flow.n +", "+"), None, "broken");
    }

    #[test]
    fn values_of_several_runs_are_merged() {
        let mut seen = seen();
        let other = RUN.replace(r#"["1", "2"]"#, r#"["2", "3"]"#);
        seen.add(&Json::parse(&other).unwrap());
        assert_eq!(seen.values("A", None, "flow.n").unwrap(), "`1`, `2`, `3` (4 calls)");
        assert_eq!(seen.values("A", Some("T"), "flow.n"), None);
        assert_eq!(seen.states[&("A".to_owned(), "Say".to_owned())].len(), 2);
    }
}
