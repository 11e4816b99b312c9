//! `UNAVAILABLE_VARIABLE`: a built-in variable of another medium than that of the flow.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::ArchitectFlow;
use crate::flow::check::report::Report;
use crate::flow::{built_ins_read, kinds};

/// Scopes of built-in variables, and the types of flows that have them. *Source: Genesys'
/// help on built-in variables, by flow type.*
const SCOPES: [(&str, &[&str]); 6] = [
    (
        "Call",
        &[
            "inboundCall",
            "inqueueCall",
            "outboundCall",
            "secureCall",
            "voicemail",
            "voiceSurvey",
        ],
    ),
    ("Chat", &["inboundChat"]),
    ("Email", &["emailSend", "inboundEmail", "inqueueEmail"]),
    ("Message", &["inboundShortMessage", "inqueueShortMessage"]),
    ("Survey", &["surveyInvite", "voiceSurvey"]),
    ("Workitem", &["workitem"]),
];

/// Types of flows that are not checked: bots and common modules run in conversations of
/// several media.
const OF_ANY_MEDIUM: [&str; 4] = ["bot", "commonModule", "digitalBot", "voice"];

/// Whether flows of a type may have a built-in variable.
pub(super) fn is_available(flow_type: &str, name: &str) -> bool {
    let Some(kind) = kinds::flow_type(flow_type) else { return true };
    let scope = name.split('.').next().unwrap_or_default();
    OF_ANY_MEDIUM.contains(&kind.name)
        || SCOPES
            .iter()
            .all(|(known, types)| *known != scope || types.contains(&kind.name))
}

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let Some(kind) = kinds::flow_type(&flow.flow_type) else { return };
    if OF_ANY_MEDIUM.contains(&kind.name) {
        return;
    }
    for (name, span) in built_ins_read(flow) {
        let scope = name.split('.').next().unwrap_or_default();
        let Some((_, types)) = SCOPES.iter().find(|(known, _)| *known == scope) else {
            continue;
        };
        if types.contains(&kind.name) {
            continue;
        }
        report.add(Code::UNAVAILABLE_VARIABLE, |code| {
            let variable: Vec<&str> = name.split('.').take(2).collect();
            let message = format!(
                "flows of type `{}` have no variable `{}`",
                kind.name,
                variable.join(".")
            );
            let of_medium = SCOPES.iter().find(|(_, types)| types.contains(&kind.name));
            let help = match of_medium {
                Some((own, _)) => format!("use a variable of this medium, `{own}.…`"),
                None => "pass the value to the flow in one of its variables".into(),
            };
            let mut diagnostic = Diagnostic::new(code, message).at(span).help(help);
            diagnostic.severity = Severity::Warning;
            diagnostic
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_flow_types() {
        let types = SCOPES.iter().flat_map(|(_, types)| types.iter());
        for name in types.chain(&OF_ANY_MEDIUM) {
            assert!(kinds::is_flow_type(name), "{name}");
        }
    }
}
