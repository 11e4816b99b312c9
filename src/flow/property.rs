//! The finding `UNKNOWN_PROPERTY` of Archy YAML, in the reader and in the checker.

use crate::diagnostic::{Code, Diagnostic, Severity, is_typo_of};
use crate::source::Span;

/// Reports a name that its owner does not have. It is an error if it is certainly a
/// misspelt known name, because Archy rejects the file. Otherwise it is a warning,
/// because Genesys adds settings.
pub(in crate::flow) fn unknown(
    owner: &str,
    name: &str,
    span: Span,
    near: Option<&str>,
) -> Diagnostic {
    let message = format!("{owner} has no setting `{name}`");
    let (severity, help) = match near {
        Some(near) if is_typo_of(name, near) => {
            (Severity::Error, format!("did you mean `{near}`?"))
        }
        Some(near) => (Severity::Warning, format!("did you mean `{near}`?")),
        None => (Severity::Warning, "check that Archy has this setting here".into()),
    };
    let diagnostic = Diagnostic::new(Code::UNKNOWN_PROPERTY, message).at(span).help(help);
    Diagnostic { severity, ..diagnostic }
}
