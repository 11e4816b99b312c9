//! Flows.

use std::collections::BTreeSet;

use super::menus::Inlined;
use super::reader::{Reader, text_of};
use super::{expressions, kinds, sections, units};
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::Spanned;
use crate::flow::architect::ArchitectFlow;
use crate::source::{Kind, Node};
use crate::value::Text;

/// Whether a document is a flow in Architect's own JSON: an object with
/// `flowSequenceItemList`.
pub fn is_config(document: &Node<'_>) -> bool {
    document.get("flowSequenceItemList").is_some()
}

/// Returns the common modules that an export contains, each a complete flow.
pub fn embedded<'d, 's>(document: &'d Node<'s>) -> impl Iterator<Item = &'d Node<'s>> {
    let modules = document.get("commonModules").map_or(&[][..], Node::items);
    modules.iter().filter_map(|module| module.get("model")).filter(|it| is_config(it))
}

/// Reads a flow. Problems go to `diagnostics`, and everything readable is read. Returns
/// `None` only if [`is_config`] is false.
pub fn read(
    document: &Node<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ArchitectFlow> {
    if !is_config(document) {
        let message = format!("expected a flow, found {}", document.describe());
        let help = "a flow of Architect is an object with `flowSequenceItemList`";
        let diagnostic = Diagnostic::new(Code::NOT_A_FLOW, message);
        diagnostics.push(diagnostic.at(document.span).help(help));
        return None;
    }
    let items = document.get("flowSequenceItemList").map_or(&[][..], Node::items);
    let ids: BTreeSet<&str> =
        items.iter().filter_map(|unit| unit.get("id")?.as_str()).collect();
    let name = text_of(document, "name");
    let label = name.as_deref().unwrap_or("flow");
    let mut reader = Reader::new(label, ids, diagnostics);
    check_header(document, &mut reader);
    let inlined = Inlined::of(document, items);
    let name_span = document.get("name").map_or(document.span, |node| node.span);
    let flow = ArchitectFlow {
        id: text_of(document, "id"),
        name: Spanned { value: Text::from(label), span: name_span },
        flow_type: kinds::flow(&text_of(document, "type").unwrap_or_default()),
        version: text_of(document, "version"),
        description: text_of(document, "description"),
        division: text_of(document, "division"),
        default_language: text_of(document, "defaultLanguage"),
        languages: languages(document),
        start: document.get("initialSequence").and_then(|start| reader.unit(start)),
        variables: units::variables(document, &mut reader),
        units: units::read(items, &inlined, &mut reader),
        settings: sections::of_flow(document),
        span: document.span,
        is_embedded: false,
    };
    expressions::check(document, &mut reader);
    reader.finish();
    Some(flow)
}

fn languages(document: &Node<'_>) -> Vec<Text> {
    let languages = document.get("supportedLanguages").map_or(&[][..], Node::items);
    languages.iter().filter_map(Node::as_str).map(Text::from).collect()
}

/// Checks the keys that every flow must have.
fn check_header(document: &Node<'_>, reader: &mut Reader<'_, '_>) {
    for key in ["name", "type", "initialSequence"] {
        let found = document.get(key);
        if found.and_then(Node::as_str).is_some_and(|text| !text.is_empty()) {
            continue;
        }
        let what = found.map_or("nothing", Node::describe);
        let message = format!("a flow needs `{key}`, a string; found {what}");
        let span = found.map_or(document.span, |node| node.span);
        reader.invalid(span, message, "export the flow again");
    }
    if let Some(list) = document.get("flowSequenceItemList")
        && !matches!(list.kind, Kind::Array(_))
    {
        let found = list.describe();
        let message = format!("`flowSequenceItemList` must be a list, found {found}");
        reader.invalid(list.span, message, "it contains the tasks, menus and states");
    }
}
