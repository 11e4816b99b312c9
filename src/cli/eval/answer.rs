//! Printed results of expressions.

use crate::cli::exit::Exit;
use crate::cli::output;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::architect::{Failure, Problem};
use crate::source::{Files, Span};
use crate::value::{Json, Kind, Text, Type, Value};

/// Result of one expression.
#[derive(Debug)]
pub(super) enum Answer {
    /// Value and type.
    Value(Type, Value),
    /// Expression as Architect writes it back.
    Canonical(String),
    /// Evaluation failed for the given values.
    Failed(Mistake),
    /// Invalid expression with at least one mistake.
    Refused(Vec<Mistake>),
}

/// One mistake in an expression.
#[derive(Debug)]
pub(super) struct Mistake {
    problem: Problem,
    /// Column, counted in characters from 1.
    column: usize,
}

impl Answer {
    /// Builds the answer for a value; audio is rendered in the given language.
    pub(super) fn of_value(holds: Type, value: Value, language: &str) -> Self {
        // The value's type is more precise if the expression's type is `Any`.
        let holds = if holds.kind == Kind::Any { value.type_of() } else { holds };
        match value {
            Value::Audio(audio) => {
                Self::Value(holds, Value::string(audio.render(language)))
            }
            value => Self::Value(holds, value),
        }
    }

    pub(super) fn of_failure(text: &str, failure: &Failure) -> Self {
        let problem = Problem {
            code: failure.code(),
            message: failure.message().to_owned(),
            place: failure.place().unwrap_or_default(),
            help: None,
        };
        Self::Failed(Mistake::new(text, problem))
    }

    pub(super) fn of_problems(text: &str, problems: Vec<Problem>) -> Self {
        let mistakes = problems.into_iter().map(|problem| Mistake::new(text, problem));
        Self::Refused(mistakes.collect())
    }

    /// Builds the answer for a line that is invalid UTF-8 from `place` on.
    pub(super) fn of_bytes(bytes: &[u8], place: usize) -> Self {
        let at = u32::try_from(place).unwrap_or(u32::MAX);
        let problem = Problem {
            code: Code::EXPRESSION_SYNTAX,
            message: "the line is not valid UTF-8".to_owned(),
            place: (at, at),
            help: None,
        };
        let before = String::from_utf8_lossy(bytes.get(..place).unwrap_or_default());
        Self::Refused(vec![Mistake::new(&before, problem)])
    }

    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Value(..) | Self::Canonical(_) => Exit::Success,
            Self::Failed(_) => Exit::Failure,
            Self::Refused(_) => Exit::Input,
        }
    }

    /// Returns one line of JSON.
    pub(super) fn to_json(&self) -> Json {
        let text = |text: &str| Json::from(text);
        let entry = |name: &'static str, value: Json| (Text::from(name), value);
        match self {
            Self::Value(holds, value) => Json::object([
                entry("type", text(&holds.to_string())),
                entry("value", value.to_json()),
            ]),
            Self::Canonical(canonical) => {
                Json::object([entry("canonical", text(canonical))])
            }
            Self::Failed(mistake) => Json::object([entry("error", mistake.to_json())]),
            Self::Refused(mistakes) => match mistakes.first() {
                Some(first) => Json::object([entry("error", first.to_json())]),
                None => Json::object([]),
            },
        }
    }

    /// Shows the mistakes on standard error.
    pub(super) fn show(&self, text: &str) {
        let mistakes = match self {
            Self::Failed(mistake) => std::slice::from_ref(mistake),
            Self::Refused(mistakes) => mistakes.as_slice(),
            Self::Value(..) | Self::Canonical(_) => return,
        };
        let mut files = Files::new();
        let file = files.add("<expression>", text);
        let diagnostics: Vec<Diagnostic> = mistakes
            .iter()
            .map(|mistake| {
                let (start, end) = mistake.problem.place;
                let span = Span::new(file.id(), start as usize, end as usize);
                let problem = &mistake.problem;
                let diagnostic =
                    Diagnostic::new(problem.code, &*problem.message).at(span);
                Diagnostic {
                    help: problem.help.clone().or_else(|| advice(problem)),
                    ..diagnostic
                }
            })
            .collect();
        output::diagnostics(&diagnostics, &files);
    }
}

/// Returns command-line advice for a problem.
fn advice(problem: &Problem) -> Option<String> {
    let is_unknown = problem.code == Code::UNKNOWN_VARIABLE;
    is_unknown.then(|| "set it with `--var NAME=VALUE`".to_owned())
}

impl Mistake {
    fn new(text: &str, problem: Problem) -> Self {
        let start = (problem.place.0 as usize).min(text.len());
        let before =
            text.as_bytes()[..start].iter().filter(|byte| (**byte as i8) >= -0x40);
        Self { column: before.count() + 1, problem }
    }

    fn to_json(&self) -> Json {
        let column = i64::try_from(self.column).unwrap_or(i64::MAX);
        Json::object([
            ("code".into(), Json::from(self.problem.code.name())),
            ("message".into(), Json::from(self.problem.message.as_str())),
            ("column".into(), Json::Integer(column)),
        ])
    }
}
