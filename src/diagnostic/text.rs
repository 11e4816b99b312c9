//! Diagnostics for people, in the style of rustc.

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::excerpt::{Excerpt, MAX_LABELS, excerpts};
use super::named_path::NamedPaths;
use super::place::Place;
use super::{Diagnostic, Severity, visible};
use crate::source::Files;

/// The minimum screen width, in columns.
const MIN_WIDTH: usize = 40;

/// The maximum screen width, in columns.
const MAX_WIDTH: usize = 400;

/// Encloses the number of an excerpt, in place of its path. Printed strings never contain
/// this character.
const FENCE: char = '\u{ffff}';

/// Properties of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// The width in columns.
    pub width: usize,
}

impl Default for Style {
    /// No colours, 100 columns.
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// Formats every diagnostic with its place, the affected lines, and advice:
///
/// ```text
/// error[DANGLING_REFERENCE]: no node is called `Gathr`
///  --> flow.json:4:37
///   |
/// 4 |       "onComplete": {"nextNode": "Gathr"}
///   |                                  ^^^^^^^ this flow has no such node
///   |
///   = help: did you mean `Gather`?
/// ```
pub fn render_text(diagnostics: &[Diagnostic], files: &Files, style: Style) -> String {
    let width = style.width.clamp(MIN_WIDTH, MAX_WIDTH);
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(width);
    let mut names = NamedPaths::new(files);
    let texts = diagnostics.iter().map(|diagnostic| {
        let excerpts = excerpts(&diagnostic.labels, files, width);
        let text = renderer.render(&[group(diagnostic, &excerpts)]);
        with_places(&text, &excerpts, &mut names) + "\n"
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Formats the counts, such as "2 errors, 1 warning". Returns `None` if the list is
/// empty.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let kinds = [Severity::Error, Severity::Warning, Severity::Note];
    let parts = kinds.into_iter().filter_map(|severity| {
        let count = diagnostics.iter().filter(|one| one.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {}{plural}", severity.name()))
    });
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn group<'a>(diagnostic: &'a Diagnostic, excerpts: &'a [Excerpt]) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(visible::one_line(&diagnostic.message));
    let group = Group::with_title(title.id(diagnostic.code.name()));
    let shown = excerpts.iter().enumerate();
    let group =
        group.elements(shown.map(|(index, excerpt)| element(diagnostic, index, excerpt)));
    let hidden = diagnostic.labels.len().saturating_sub(MAX_LABELS);
    let more =
        (hidden > 0).then(|| Level::NOTE.message(format!("and {hidden} more places")));
    let subject = subject(diagnostic).map(|text| Level::NOTE.message(text));
    let help =
        diagnostic.help.as_deref().map(|help| Level::HELP.message(visible::lines(help)));
    group.elements([more, subject, help].into_iter().flatten())
}

/// The node and the flow, if the message does not name them.
fn subject(diagnostic: &Diagnostic) -> Option<String> {
    let unnamed = |name: &Option<String>, is_named: bool| {
        let name = name.as_deref().filter(|name| !is_named && !name.is_empty());
        name.map(visible::one_line)
    };
    let Diagnostic { node, flow, named, .. } = diagnostic;
    match (unnamed(node, named.node), unnamed(flow, named.flow)) {
        (Some(node), Some(flow)) => Some(format!("in node `{node}` of flow `{flow}`")),
        (Some(node), None) => Some(format!("in node `{node}`")),
        (None, Some(flow)) => Some(format!("in flow `{flow}`")),
        (None, None) => None,
    }
}

fn element<'a>(
    diagnostic: &Diagnostic,
    index: usize,
    excerpt: &'a Excerpt,
) -> Element<'a> {
    let path = format!("{FENCE}{index}{FENCE}");
    if excerpt.marks.is_empty() {
        return Origin::path(path).into();
    }
    let annotations = excerpt.marks.iter().map(|mark| {
        let kind = match mark.label {
            0 => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        let text = &diagnostic.labels[mark.label].text;
        let text = (!text.is_empty()).then(|| visible::one_line(text));
        kind.span(mark.range.clone()).label(text)
    });
    let annotations: Vec<Annotation<'a>> = annotations.collect();
    let snippet = Snippet::source(&*excerpt.source).line_start(excerpt.first_line);
    snippet.path(path).annotations(annotations).into()
}

/// Replaces the fenced numbers by the places. The renderer's line and column after them
/// are dropped: it counts within the excerpt, which may lack the start of the line.
fn with_places(text: &str, excerpts: &[Excerpt], names: &mut NamedPaths<'_>) -> String {
    let mut pieces = text.split(FENCE);
    let mut output = String::from(pieces.next().unwrap_or_default());
    while let (Some(number), Some(rest)) = (pieces.next(), pieces.next()) {
        let number: Option<usize> = number.parse().ok();
        let place = number.and_then(|number| excerpts.get(number)).map(|it| &it.place);
        output.push_str(&place.map(|it| location_text(it, names)).unwrap_or_default());
        output
            .push_str(rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    output
}

/// Formats a place: path, line and column. In a file of one long line the names of the
/// enclosing objects are shown instead.
fn location_text(place: &Place, names: &mut NamedPaths<'_>) -> String {
    let path = visible::one_line(&place.path);
    if let Some(names) = names.of(place.span) {
        return format!("{path}, {}", visible::one_line(&names));
    }
    match place.start() {
        Some(start) => format!("{path}:{}:{}", start.line, start.column),
        None => path,
    }
}
