//! Diagnostics in the form of the protocol, and quick fixes for those that suggest a name.

use std::path::Path;

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, DiagnosticRelatedInformation,
    DiagnosticSeverity, Location, NumberOrString, Range, TextEdit,
};

use super::uri;
use super::workspace::Workspace;
use crate::diagnostic::{Diagnostic, Severity};

/// A diagnostic of an open document, with its quick fix.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) diagnostic: lsp_types::Diagnostic,
    fix: Option<(String, TextEdit)>,
}

/// Converts a diagnostic. The help belongs to the message, because editors show nothing
/// else.
pub(super) fn problem(found: &Diagnostic, workspace: &Workspace) -> Option<Problem> {
    let first = found.labels.first()?;
    let (_, range) = workspace.range(first.span);
    let message = match &found.help {
        Some(help) => format!("{}\n{help}", found.message),
        None => found.message.clone(),
    };
    let related = found.labels.iter().skip(1).filter_map(|label| {
        let (path, range) = workspace.range(label.span);
        let location = Location { uri: uri::of(&path)?, range };
        Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
    });
    let related: Vec<_> = related.collect();
    let diagnostic = lsp_types::Diagnostic {
        range,
        severity: Some(match found.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(found.code.name().to_owned())),
        source: Some("flowsim".to_owned()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..lsp_types::Diagnostic::default()
    };
    Some(Problem { diagnostic, fix: fix(found, workspace) })
}

/// Returns the replacement of a name that has a suggestion.
fn fix(found: &Diagnostic, workspace: &Workspace) -> Option<(String, TextEdit)> {
    let near =
        found.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")?;
    let span = found.labels.first()?.span;
    let written = workspace.written(span);
    let (start, wrong) = misspelt(written, &found.message)?;
    let part = span.part(start, start + wrong.len());
    let (_, range) = workspace.exact_range(part)?;
    let title = format!("Replace `{wrong}` with `{near}`");
    Some((title, TextEdit { range, new_text: near.to_owned() }))
}

/// Returns the misspelt name in the marked text: the whole text, or the first name that the
/// message quotes and the text contains once.
fn misspelt<'t>(written: &'t str, message: &str) -> Option<(usize, &'t str)> {
    for quoted in message.split('`').skip(1).step_by(2) {
        let mut places = written.match_indices(quoted);
        if let (Some((start, name)), None) = (places.next(), places.next()) {
            return Some((start, name));
        }
    }
    None
}

/// Returns the quick fixes of the problems in a range.
pub(super) fn fixes(
    path: &Path,
    range: Range,
    problems: &[Problem],
) -> Vec<CodeActionOrCommand> {
    let touches = |other: Range| other.start <= range.end && range.start <= other.end;
    let near = problems.iter().filter(|problem| touches(problem.diagnostic.range));
    let action = |problem: &Problem| {
        let (title, edit) = problem.fix.clone()?;
        let edit = uri::edits(vec![uri::edit(path, vec![edit])?]);
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title,
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![problem.diagnostic.clone()]),
            edit,
            is_preferred: Some(true),
            ..CodeAction::default()
        }))
    };
    near.filter_map(action).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_misspelt_name_is_the_quoted_one() {
        let message = "`playAudio` has no setting `aduio`";
        assert_eq!(misspelt("aduio", message), Some((0, "aduio")));
        assert_eq!(
            misspelt("\"Flow.x\"", "unknown variable `Flow.x`"),
            Some((1, "Flow.x"))
        );
        assert_eq!(misspelt("a a", "unknown `a`"), None, "ambiguous");
        assert_eq!(misspelt("b", "unknown `a`"), None);
    }
}
