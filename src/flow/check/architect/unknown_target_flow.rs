//! `UNKNOWN_FLOW`: an in-queue flow, the target flow of a transfer, or a bot whose name is
//! similar to that of a loaded flow. A name without a similar one is not reported,
//! because a flow may be checked without the flows that it leads to.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::ArchitectFlow;
use crate::flow::called_flow::target_flow;
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::value::Text;

/// The names of the loaded flows by type, each under its name in lower case.
pub(super) struct LoadedNames<'f>(Index<&'f str, Index<Text, &'f str>>);

type Index<K, V> = IndexMap<K, V, FxBuildHasher>;

impl<'f> LoadedNames<'f> {
    pub(super) fn of(flows: &'f [ArchitectFlow]) -> Self {
        let mut types: Index<&str, Index<Text, &str>> = Index::default();
        for flow in flows {
            let name = &flow.name.value;
            let known = types.entry(flow.flow_type.as_str()).or_default();
            known.insert(name.to_lowercase(), name.as_str());
        }
        Self(types)
    }
}

pub(super) fn find(
    flow: &ArchitectFlow,
    loaded: &LoadedNames<'_>,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    flow.each_action(&mut |_, action| {
        let Some(called) = target_flow(action) else { return };
        let name = called.name;
        let names = || {
            let types = loaded.0.iter().filter(|(known, _)| called.fits(known));
            types.map(|(_, names)| names)
        };
        let lower_case = Text::from(name.to_lowercase());
        if names().any(|names| names.contains_key(&lower_case)) {
            return;
        }
        let count = names().map(IndexMap::len).sum();
        let candidates = names().flat_map(|names| names.values().copied());
        let Some(near) = spelling.nearest(name, count, candidates) else { return };
        report.at(Code::UNKNOWN_FLOW, action.title(), called.span, |diagnostic| {
            let message = format!("the flow `{name}` is not loaded");
            let severity = Severity::Warning;
            Diagnostic { message, severity, ..diagnostic }
                .help(format!("did you mean `{near}`?"))
        });
    });
}
