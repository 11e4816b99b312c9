//! Archy YAML: the notation in which Genesys' own tool, Archy, exports and imports flows.

mod actions;
mod menus;
mod outputs;
mod placeholders;
mod reader;
mod references;
mod settings;
mod units;
mod variables;

pub(in crate::flow::read) use placeholders::next_placeholder;
pub use placeholders::substitute;

use self::reader::Reader;
use self::references::Places;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::flow::architect::{ArchitectFlow, UnitReference};
use crate::flow::kinds::{FLOW_FIELDS, flow_types, is_flow_type};
use crate::flow::model::Spanned;
use crate::source::{Entry, Kind, Node};
use crate::value::Text;

/// Whether a document is a flow in Archy YAML: an object whose only key is a flow type.
pub fn is_archy(document: &Node<'_>) -> bool {
    root_of(document).is_some()
}

/// Returns the only key with its value. If it occurs several times, which is reported where
/// documents are read, the last one counts.
fn root_of<'n, 's>(document: &'n Node<'s>) -> Option<&'n Entry<'s>> {
    let (root, others) = document.entries().split_last()?;
    let is_only = others.iter().all(|other| other.key == root.key);
    (is_only && is_flow_type(&root.key)).then_some(root)
}

/// Whether a line begins a flow in Archy YAML: a flow type that is not indented.
pub(super) fn is_beginning(line: &str) -> bool {
    line.trim_end().strip_suffix(':').is_some_and(is_flow_type)
}

/// Whether a name is probably a misspelt flow type.
pub(super) fn is_nearly_flow_type(name: &str) -> bool {
    nearest(name, flow_types()).is_some()
}

/// Reads a flow. Problems go to `diagnostics`, and everything readable is read. Returns
/// `None` if the document is not a flow in Archy YAML.
pub fn read(
    document: &Node<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ArchitectFlow> {
    let root = match root_of(document) {
        Some(root) if matches!(root.value.kind, Kind::Object(_)) => root,
        _ => {
            diagnostics.push(not_a_flow(document));
            return None;
        }
    };
    let name = root.value.get("name").and_then(Node::as_str).unwrap_or_default();
    let places = Places::of(&root.key, &root.value);
    let mut reader = Reader::new(name, places, diagnostics);
    let flow = read_flow(root, &mut reader);
    reader.finish();
    Some(flow)
}

fn not_a_flow(document: &Node<'_>) -> Diagnostic {
    let diagnostic = |message: String| Diagnostic::new(Code::NOT_A_FLOW, message);
    let known = flow_types().collect::<Vec<_>>().join(", ");
    match document.entries() {
        [root] if is_flow_type(&root.key) => {
            let found = root.value.describe();
            let message = format!("`{}` must contain a flow, found {found}", root.key);
            diagnostic(message).at(root.value.span).help("a flow has at least a `name`")
        }
        [root] => {
            let help = match nearest(&root.key, flow_types()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the flow types are {known}"),
            };
            let message = format!("unknown flow type `{}`", root.key);
            diagnostic(message).at(root.key_span).help(help)
        }
        entries => {
            let found = match entries.len() {
                0 => document.describe().to_owned(),
                count => format!("an object with {count} keys"),
            };
            let message = format!(
                "expected an object with a flow type as its only key, found {found}"
            );
            diagnostic(message)
                .at(document.span)
                .help(format!("the flow types are {known}"))
        }
    }
}

fn read_flow(root: &Entry<'_>, reader: &mut Reader<'_>) -> ArchitectFlow {
    let body = &root.value;
    let mut text = |name: &str| reader.text_of(body, name).map(|text| text.value);
    let description = text("description");
    let division = text("division");
    let name = name_of(root, reader);
    let variables = variables::read(body.get("variables"), "variables", reader);
    let units = units::read(body, reader);
    let languages = languages(body, reader);
    let default_language = default_language(body, &languages, reader);
    ArchitectFlow {
        id: None,
        name,
        flow_type: Text::from(&*root.key),
        version: None,
        description,
        division,
        default_language,
        languages,
        start: start_of(body, reader),
        variables,
        units,
        settings: settings::read(body, FLOW_FIELDS, reader),
        span: root.key_span,
        is_embedded: false,
    }
}

fn name_of(root: &Entry<'_>, reader: &mut Reader<'_>) -> Spanned<Text> {
    let name = reader.text_of(&root.value, "name");
    name.filter(|name| !name.value.is_empty()).unwrap_or_else(|| {
        let message = "a flow needs a `name`, a non-empty string".into();
        reader.invalid(root.key_span, message, "");
        Spanned { value: Text::new(), span: root.key_span }
    })
}

/// Returns the languages: the keys of `supportedLanguages`, or the items if it is a list.
fn languages(body: &Node<'_>, reader: &mut Reader<'_>) -> Vec<Text> {
    let Some(node) = body.get("supportedLanguages") else { return Vec::new() };
    if settings::is_wrapper(node) || node.is_null() {
        return Vec::new();
    }
    if !matches!(node.kind, Kind::Object(_) | Kind::Array(_)) {
        reader.wrong("supportedLanguages", "an object with one key per language", node);
    }
    let keys = |node: &Node<'_>| -> Vec<Text> {
        node.entries().iter().map(|entry| Text::from(&*entry.key)).collect()
    };
    let of_item = |item: &Node<'_>| match item.as_str() {
        Some(text) => vec![Text::from(text)],
        None => keys(item),
    };
    let mut languages = keys(node);
    languages.extend(node.items().iter().flat_map(of_item));
    languages
}

/// Returns the default language, which must be one of the languages if the flow lists
/// them.
fn default_language(
    body: &Node<'_>,
    languages: &[Text],
    reader: &mut Reader<'_>,
) -> Option<Text> {
    let default = reader.text_of(body, "defaultLanguage")?;
    let is_it = |known: &Text| known.eq_ignore_ascii_case(&default.value);
    if is_tag(&default.value) && !languages.is_empty() && !languages.iter().any(is_it) {
        let message = format!(
            "the default language `{}` is not among the supported languages",
            default.value
        );
        let help = match nearest(&default.value, languages.iter().map(Text::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to `supportedLanguages`, or choose another one".into(),
        };
        let diagnostic = Diagnostic::new(Code::UNKNOWN_VALUE, message).at(default.span);
        reader.report(diagnostic.help(help));
    }
    Some(default.value)
}

/// Whether a string can be the tag of a language. The name of a placeholder without a value
/// is not.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split(['-', '_']).map(str::len);
    parts.next().is_some_and(|language| language <= 3) && parts.all(|part| part <= 4)
}

/// Returns the unit named by `startUpRef`, or else the start-up task or state.
fn start_of(body: &Node<'_>, reader: &mut Reader<'_>) -> Option<UnitReference> {
    if let Some(written) = body.get("startUpRef") {
        let Some(text) = written.as_str() else {
            reader.wrong("startUpRef", "a reference", written);
            return None;
        };
        return Some(reader.reference(text, written.span));
    }
    ["startUpTaskActions", "startUpState"].iter().find_map(|property| {
        let span = body.get(property)?.span;
        let unit = reader.places.property(property);
        Some(UnitReference { text: Text::from(*property), unit, span })
    })
}

#[cfg(test)]
mod tests;
