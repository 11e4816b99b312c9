//! Declarations of variables: `{stringVariable: {name: Flow.x, initialValue: …}}`.

use indexmap::IndexMap;

use super::reader::Reader;
use super::settings::setting;
use crate::diagnostic::{Code, Diagnostic, is_typo_of, nearest};
use crate::flow::architect::Variable;
use crate::flow::kinds::VARIABLE_FIELDS;
use crate::flow::model::Spanned;
use crate::flow::type_name::{spelt, type_names};
use crate::source::{Entry, Node, Span};
use crate::value::{Kind, Text, Type};

/// Reads a list of variables. A variable without a name is reported and left out.
pub(super) fn read(
    node: Option<&Node<'_>>,
    property: &str,
    reader: &mut Reader<'_>,
) -> Vec<Variable> {
    let mut variables = Vec::new();
    for item in reader.list(node, property) {
        let [entry] = item.entries() else {
            let message = format!(
                "an item of `{property}` must be an object with one key, the kind of variable"
            );
            let help = "write it as `- stringVariable: {name: Flow.x}`";
            reader.invalid(item.span, message, help);
            continue;
        };
        variables.extend(variable(entry, reader));
    }
    report_duplicates(&variables, reader);
    variables
}

/// Reports variables with the same name. Case is insignificant.
fn report_duplicates(variables: &[Variable], reader: &mut Reader<'_>) {
    let mut known: IndexMap<Text, Span> = IndexMap::new();
    for variable in variables {
        let name = &variable.name;
        let first = known.insert(name.value.to_lowercase(), name.span);
        let Some(first) = first else { continue };
        let message = format!("the variable `{}` is declared twice", name.value);
        let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message).at(name.span);
        let diagnostic = diagnostic.label(first, "first declaration");
        reader.report(diagnostic.help("remove one of the declarations"));
    }
}

fn variable(entry: &Entry<'_>, reader: &mut Reader<'_>) -> Option<Variable> {
    let holds = type_of(&entry.key).unwrap_or_else(|| {
        unknown_kind(entry, reader);
        // The variable is declared nevertheless, so that its uses are not reported too.
        Type::ANY
    });
    let body = &entry.value;
    let name = reader.text_of(body, "name").filter(|name| !name.value.is_empty());
    let Some(name) = name else {
        let message = format!("a `{}` needs a `name`, such as `Flow.x`", entry.key);
        reader.invalid(entry.key_span, message, "");
        return None;
    };
    report_scope(&name, reader);
    reader.known_keys(body, &format!("`{}`", entry.key), VARIABLE_FIELDS);
    let initial = body.get("initialValue").map(|value| setting(value, reader));
    let is_input = reader.flag(body, "isInput");
    let is_output = reader.flag(body, "isOutput");
    Some(Variable {
        key: None,
        name: Spanned { ..name },
        value_type: holds,
        initial,
        is_input,
        is_output,
    })
}

/// The scopes of variables that authors declare.
const SCOPES: [&str; 5] = ["Flow", "Task", "State", "Common", "Slot"];

/// Reports a misspelt scope. Other scopes may be those of a newer Architect.
fn report_scope(name: &Spanned<Text>, reader: &mut Reader<'_>) {
    let scope = name.value.split_once('.').map_or("", |(scope, _)| scope);
    if SCOPES.iter().any(|known| known.eq_ignore_ascii_case(scope)) {
        return;
    }
    if let Some(near) = nearest(scope, SCOPES).filter(|near| is_typo_of(scope, near)) {
        let message = format!("unknown scope of the variable `{}`", name.value);
        reader.invalid(name.span, message, &format!("did you mean `{near}`?"));
    }
}

fn unknown_kind(entry: &Entry<'_>, reader: &mut Reader<'_>) {
    if !reader.wants_more() {
        return;
    }
    let names: Vec<String> = type_names().map(|name| format!("{name}Variable")).collect();
    let help = match nearest(&entry.key, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "kinds are `stringVariable`, `integerVariable`, `booleanVariable`, \
                 `stringCollectionVariable` and so on, one for each type"
            .into(),
    };
    let message = format!("unknown kind of variable `{}`", entry.key);
    reader.invalid(entry.key_span, message, &help);
}

/// Returns the type of a kind of variable: `stringCollectionVariable`,
/// `stringCollection`.
pub(super) fn type_of(kind: &str) -> Option<Type> {
    let name = kind.strip_suffix("Variable").unwrap_or(kind);
    let (name, is_collection) = match name.strip_suffix("Collection") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let kind = types().find(|kind| spelt(*kind) == name)?;
    Some(Type { kind, is_collection })
}

/// The types that a variable can have.
fn types() -> impl Iterator<Item = Kind> {
    let is_none =
        |kind: &Kind| matches!(kind, Kind::Any | Kind::NotSet | Kind::PromptOrAudio);
    Kind::ALL.iter().copied().filter(move |kind| !is_none(kind))
}
