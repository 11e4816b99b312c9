//! The values of settings, compiled.

use std::borrow::Cow;
use std::sync::Arc;

use super::names::Names;
use crate::diagnostic::Code;
use crate::expr::architect::{Expression, Read};
use crate::flow::ReferenceId;
use crate::flow::architect::Setting;
use crate::flow::literal::{conversion, name_of, unwrapped, value_of};
use crate::value::{Audio, Communication, Json, Kind, Text, Type, Value};

/// The source of a value.
#[derive(Debug, Clone)]
pub enum Source {
    /// A value known before the call.
    Constant(Value),
    /// A value computed during the call.
    Expression(Box<Expression>),
    /// The organisation's object with this kind and name.
    Named(Kind, Text),
    /// A collection of values.
    List(Kind, Vec<Source>),
    /// A value that depends on the language of the call.
    ByLanguage(Box<ByLanguage>),
    /// An invalid value. Evaluating it is a runtime error of the action, with this code
    /// and message.
    Broken(Box<(Code, Text)>),
}

/// Audio with alternate sequences.
#[derive(Debug, Clone)]
pub struct ByLanguage {
    /// The value in every language without a separate one.
    pub default: Source,
    /// The values in single languages, by IETF tag.
    pub alternates: Box<[(Text, Source)]>,
}

impl ByLanguage {
    /// Returns the value in a language, which is compared by its whole tag.
    pub fn in_language(&self, language: &str) -> &Source {
        let is_it = |tag: &str| tag.eq_ignore_ascii_case(language);
        let found = self.alternates.iter().find(|(tag, _)| is_it(tag));
        found.map_or(&self.default, |(_, source)| source)
    }
}

/// A value whose operands the trace shows.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The value.
    pub source: Source,
    /// The variables and properties that it reads, except those that an earlier value of
    /// the same action reads.
    pub operands: Box<[(ReferenceId, Read)]>,
}

impl Traced {
    /// Returns the value as text: the expression as written, or the constant.
    pub fn text(&self) -> Text {
        match &self.source {
            Source::Constant(value) if value.is_unset() => "NOT_SET".into(),
            Source::Constant(Value::String(text)) => in_quotes(text).into(),
            Source::Constant(value) => value.to_string().into(),
            Source::Expression(expression) => expression.text().clone(),
            Source::Named(_, name) => in_quotes(name).into(),
            Source::List(..) | Source::ByLanguage(_) | Source::Broken(_) => {
                Text::default()
            }
        }
    }
}

impl Source {
    /// Returns NOT_SET, or an empty collection, of a type.
    pub fn unset(holds: Type) -> Self {
        Self::Constant(Value::unset(holds))
    }

    /// Whether the value is known to be NOT_SET.
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Constant(value) if value.is_unset())
    }
}

/// Compiles a value for a place of this type; [`Type::ANY`] accepts every type.
pub(super) fn source(
    setting: Option<&Setting>,
    holds: Type,
    names: &mut Names<'_>,
) -> Source {
    match setting {
        None | Some(Setting::NoValue | Setting::None | Setting::Group(_)) => {
            Source::unset(holds)
        }
        Some(Setting::Literal(json)) => literal(json, holds, names),
        Some(Setting::Expression(text, _)) => expression(text, holds, names),
        Some(Setting::Variable(name) | Setting::Prompt(name)) => {
            expression(name, holds, names)
        }
        Some(Setting::Speech(text)) => Source::Constant(speech(text, holds)),
        Some(Setting::Audio(audio)) => {
            let alternates = audio.alternates.iter().map(|(language, audio)| {
                (language.clone(), source(Some(&audio.value), holds, names))
            });
            let alternates = alternates.collect();
            let default = source(Some(&audio.default.value), holds, names);
            Source::ByLanguage(Box::new(ByLanguage { default, alternates }))
        }
        Some(Setting::Unit(unit)) => Source::Constant(Value::String(unit.text.clone())),
        Some(Setting::List(items)) => {
            let one = Type::one(holds.kind);
            let items = items.iter().map(|item| source(Some(&item.value), one, names));
            Source::List(holds.kind, items.collect())
        }
    }
}

fn expression(text: &str, holds: Type, names: &mut Names<'_>) -> Source {
    let expected = (holds != Type::ANY).then_some(holds);
    match Expression::compile(text, names, expected) {
        Ok(expression) => match expression.constant() {
            Some(value) => Source::Constant(value.clone()),
            None => Source::Expression(Box::new(expression)),
        },
        Err(problems) => {
            let first = problems.into_iter().next();
            let problem = first.map_or_else(
                || (Code::EXPRESSION_SYNTAX, Text::from("the expression has no value")),
                |problem| (problem.code, Text::from(problem.message)),
            );
            Source::Broken(Box::new(problem))
        }
    }
}

/// Returns the value of text to speech: audio that a caller may interrupt. *Source:
/// exports, which contain it in this form.*
fn speech(text: &Text, holds: Type) -> Value {
    match holds.kind {
        Kind::String => Value::String(text.clone()),
        Kind::Communication => {
            let message = Communication::of(Value::String(text.clone()));
            Value::Communication(Arc::new(message))
        }
        _ => {
            let audio = Audio { barge_in: Some(true), ..Audio::speech(text.clone()) };
            Value::Audio(Arc::new(audio))
        }
    }
}

fn literal(json: &Json, holds: Type, names: &mut Names<'_>) -> Source {
    if let (Json::Array(items), true) = (json, holds.is_collection) {
        let one = Type::one(holds.kind);
        let items = items.iter().map(|item| literal(unwrapped(item), one, names));
        return Source::List(holds.kind, items.collect());
    }
    if let (Json::String(text), Some(function)) = (json, conversion(holds.kind)) {
        return expression(&format!("{function}({})", in_quotes(text)), holds, names);
    }
    if let Some(name) = name_of(json, holds.kind) {
        return match holds.kind {
            Kind::Prompt | Kind::Audio => expression(&prompt_of(name), holds, names),
            kind => Source::Named(kind, name.clone()),
        };
    }
    match value_of(json, holds) {
        Ok(value) => Source::Constant(value),
        Err(message) => Source::Broken(Box::new((Code::WRONG_TYPE, message.into()))),
    }
}

/// Returns the expression for a prompt. A name without a prefix is that of a user prompt.
fn prompt_of(name: &str) -> Cow<'_, str> {
    if name.contains('.') { name.into() } else { format!("Prompt.{name}").into() }
}

/// Returns a string as an expression.
fn in_quotes(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
