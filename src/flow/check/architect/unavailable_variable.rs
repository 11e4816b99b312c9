//! `UNAVAILABLE_VARIABLE`: a built-in variable that flows of this type lack, most often one
//! of another medium.

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

/// Variables that only some flows of their medium have. *Source: Genesys' help on built-in
/// variables.*
const VARIABLES: [(&str, &[&str]); 10] = [
    ("Call.Campaign", &["outboundCall"]),
    ("Call.Contact", &["outboundCall"]),
    ("Call.ContactId", &["outboundCall"]),
    ("Call.ContactList", &["outboundCall"]),
    ("Call.CurrentQueue", &["inqueueCall"]),
    ("Call.EstimatedWaitTime", &["inqueueCall"]),
    ("Call.PositionInQueue", &["inqueueCall"]),
    ("Flow.HoldPrompt", &["inqueueCall"]),
    ("Flow.InvocationData", &["secureCall"]),
    ("Flow.WrapupCode", &["outboundCall"]),
];

/// Types of flows that are not checked: bots and common modules run in conversations of
/// several media.
const OF_ANY_MEDIUM: [&str; 4] = ["bot", "commonModule", "digitalBot", "voice"];

/// The types of flows that have a built-in variable; `None` if all have it.
fn types_with(name: &str) -> Option<&'static [&'static str]> {
    let is_it = |known: &str| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let of_variable = VARIABLES.iter().find(|(known, _)| is_it(known));
    let found = of_variable.or_else(|| SCOPES.iter().find(|(known, _)| is_it(known)));
    found.map(|(_, types)| *types)
}

/// Whether flows of a type may have a built-in variable.
pub(super) fn is_available(flow_type: &str, name: &str) -> bool {
    let Some(kind) = kinds::flow_type(flow_type) else { return true };
    OF_ANY_MEDIUM.contains(&kind.name)
        || types_with(name).is_none_or(|types| types.contains(&kind.name))
}

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let Some(kind) = kinds::flow_type(&flow.flow_type) else { return };
    if OF_ANY_MEDIUM.contains(&kind.name) {
        return;
    }
    for (name, span) in built_ins_read(flow) {
        let Some(types) = types_with(&name).filter(|it| !it.contains(&kind.name)) else {
            continue;
        };
        report.add(Code::UNAVAILABLE_VARIABLE, |code| {
            let variable: Vec<&str> = name.split('.').take(2).collect();
            let message = format!(
                "flows of type `{}` have no variable `{}`",
                kind.name,
                variable.join(".")
            );
            let help = help(&name, kind.name, types);
            let mut diagnostic = Diagnostic::new(code, message).at(span).help(help);
            diagnostic.severity = Severity::Warning;
            diagnostic
        });
    }
}

/// Returns the advice for a flow of a type without this variable.
fn help(name: &str, flow_type: &str, types: &[&str]) -> String {
    if has_scope(name, flow_type) {
        return format!("only flows of type `{}` have it", types.join("`, `"));
    }
    match SCOPES.iter().find(|(_, types)| types.contains(&flow_type)) {
        Some((own, _)) => format!("use a variable of this medium, `{own}.…`"),
        None => "pass the value to the flow in one of its variables".into(),
    }
}

/// Whether flows of a type have variables of the scope of this one.
fn has_scope(name: &str, flow_type: &str) -> bool {
    let scope = name.split('.').next().unwrap_or_default();
    let mut scopes = SCOPES.iter();
    scopes.all(|(known, types)| *known != scope || types.contains(&flow_type))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::architect::BUILT_INS;

    #[test]
    fn the_table_names_flow_types() {
        let types = SCOPES.iter().chain(&VARIABLES).flat_map(|(_, types)| types.iter());
        for name in types.chain(&OF_ANY_MEDIUM) {
            assert!(kinds::is_flow_type(name), "{name}");
        }
        for (name, _) in VARIABLES {
            assert!(BUILT_INS.iter().any(|known| known.name == name), "{name}");
        }
    }
}
