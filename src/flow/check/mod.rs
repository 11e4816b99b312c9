//! Findings in flows, found without running them: one file per finding.
//!
//! Problems that are visible while reading a document, such as an invalid property, are
//! reported by [`read`](super::read). The findings here need the whole flow or all flows.

mod adjacency;
mod architect;
mod call_target;
mod dangling_reference;
mod duplicate_flow;
mod flow_call_cycle;
mod graph;
mod loaded_flows;
mod loop_without_input;
mod missing_on_complete;
mod missing_on_error;
mod no_default_branch;
mod no_path_to_end;
mod report;
mod spelling;
mod unreachable_node;
mod variable_never_set;

#[cfg(feature = "lsp")]
pub(crate) use architect::check_selected;
pub use architect::{check_architect, duplicates};
use loaded_flows::LoadedFlows;
use report::Report;

use super::model::Flow;
use crate::diagnostic::{Code, Diagnostic, Severity, sort};

/// Checks flows that were loaded together. The findings are sorted by position. The time
/// is proportional to the size of the flows. A flow has at most a hundred findings of
/// each kind, plus one that counts the rest.
pub fn check(flows: &[Flow]) -> Vec<Diagnostic> {
    let organisation = LoadedFlows::new(flows);
    let mut diagnostics = Vec::new();
    let mut report = Report::on_all(&mut diagnostics);
    duplicate_flow::find(flows, &mut report);
    flow_call_cycle::find(&organisation, &mut report);
    report.finish();
    for (index, graph) in organisation.graphs.iter().enumerate() {
        let mut report = Report::on(graph.flow.key(), &mut diagnostics);
        dangling_reference::find(graph, &mut report);
        call_target::find(&organisation, index, &mut report);
        missing_on_complete::find(graph, &mut report);
        missing_on_error::find(graph, &mut report);
        no_default_branch::find(graph, &mut report);
        if let Some(reached) = graph.reached() {
            unreachable_node::find(graph, &reached, &mut report);
            no_path_to_end::find(&organisation, index, &reached, &mut report);
        }
        loop_without_input::find(&organisation, index, &mut report);
        variable_never_set::find(&organisation, index, &mut report);
        report.finish();
    }
    sort(&mut diagnostics);
    diagnostics
}

/// Whether a finding forbids running the flow: part of a file or node was not understood,
/// or the target of a call is unclear. With any other finding the flow runs, and only the
/// calls that reach the position fail, if at all. A call of an unknown flow takes the error
/// path of its node. A cycle of calls ends at the depth limit. A node without a next node
/// ends the flow. Warnings and notes never forbid running.
pub fn forbids_running(diagnostic: &Diagnostic) -> bool {
    const FORBIDDING: [Code; 14] = [
        Code::UNSET_PLACEHOLDER,
        Code::FILE_UNREADABLE,
        Code::FILE_NOT_TEXT,
        Code::FILE_TOO_LARGE,
        Code::FILE_EMPTY,
        Code::JSON_SYNTAX,
        Code::YAML_SYNTAX,
        Code::NOT_A_FLOW,
        Code::NO_FLOWS,
        Code::DUPLICATE_FLOW,
        Code::DANGLING_REFERENCE,
        Code::EXPRESSION_SYNTAX,
        Code::UNKNOWN_NODE_TYPE,
        Code::INVALID_PROPERTY,
    ];
    diagnostic.severity == Severity::Error && FORBIDDING.contains(&diagnostic.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_about_unreadable_content_forbid_running() {
        for code in [Code::DANGLING_REFERENCE, Code::FILE_EMPTY, Code::INVALID_PROPERTY] {
            assert!(forbids_running(&Diagnostic::new(code, "")), "{code}");
        }
        let warning = Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::new(Code::INVALID_PROPERTY, "")
        };
        assert!(!forbids_running(&warning));
    }

    #[test]
    fn other_findings_do_not_forbid_running() {
        for code in [
            Code::NODE_ID_MISMATCH,
            Code::UNKNOWN_FLOW,
            Code::FLOW_CALL_CYCLE,
            Code::MISSING_ON_COMPLETE,
            Code::FLOW_AMBIGUOUS,
            Code::FLOW_NOT_PUBLISHED,
            Code::UNREACHABLE_NODE,
            Code::VARIABLE_NEVER_SET,
        ] {
            assert!(!forbids_running(&Diagnostic::new(code, "")), "{code}");
        }
    }
}
