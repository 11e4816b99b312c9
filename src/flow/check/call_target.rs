//! `UNKNOWN_FLOW`, `FLOW_AMBIGUOUS`, `FLOW_NOT_PUBLISHED`: a call that fails at run time
//! and takes the error path of its node.

use super::loaded_flows::{Call, LoadedFlows};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::link::Callee;
use crate::flow::model::Spanned;
use crate::value::Text;

pub(super) fn find(
    organisation: &LoadedFlows<'_>,
    index: usize,
    report: &mut Report<'_>,
) {
    for call in &organisation.calls[index] {
        let code = match call.callee {
            Callee::Flow(_) => continue,
            Callee::NotPublished(_) => Code::FLOW_NOT_PUBLISHED,
            Callee::Ambiguous { .. } => Code::FLOW_AMBIGUOUS,
            Callee::Unknown => Code::UNKNOWN_FLOW,
        };
        // A call that names no flow at all was reported when the document was read.
        let Some(name) = call.call.flow_id.as_ref().or(call.call.flow_name.as_ref())
        else {
            continue;
        };
        let node = organisation.graphs[index].node(call.node);
        report.at(code, &node.id, name.span, |diagnostic| match call.callee {
            Callee::NotPublished(flow) => not_published(organisation, flow, diagnostic),
            Callee::Ambiguous { by_id, by_name } => {
                ambiguous(organisation, call, (by_id, by_name), diagnostic)
            }
            Callee::Flow(_) | Callee::Unknown => {
                unknown(organisation, call, name, diagnostic)
            }
        });
    }
}

fn unknown(
    organisation: &LoadedFlows<'_>,
    call: &Call<'_>,
    name: &Spanned<Text>,
    diagnostic: Diagnostic,
) -> Diagnostic {
    let is_id = call.call.flow_id.is_some();
    let name = &name.value;
    let message = match is_id {
        true => format!("no loaded flow has the id `{name}`"),
        false => format!("no loaded flow is called `{name}`"),
    };
    let other = call.call.flow_name.as_ref().filter(|_| is_id);
    let by_other =
        other.filter(|other| organisation.names.by_name(&other.value).is_some());
    let help = if let Some(other) = by_other {
        format!(
            "a flow called `{}` is loaded, but `flowId` takes precedence; correct or \
             remove `flowId`",
            other.value
        )
    } else if is_id && organisation.names.by_name(name).is_some() {
        "this is the name of a loaded flow; write it as `flowName`".into()
    } else if !is_id && organisation.names.by_id(name).is_some() {
        "this is the id of a loaded flow; write it as `flowId`".into()
    } else {
        let (count, names) = organisation.names.all();
        match organisation.spelling.nearest(name, count, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "load the called flow too, or correct the name".into(),
        }
    };
    Diagnostic { message, ..diagnostic }.help(help)
}

fn ambiguous(
    organisation: &LoadedFlows<'_>,
    call: &Call<'_>,
    (by_id, by_name): (usize, usize),
    diagnostic: Diagnostic,
) -> Diagnostic {
    let by_id = &organisation.flow(by_id).name;
    let by_name = organisation.flow(by_name).key();
    let message = "`flowId` and `flowName` point to different flows".into();
    let mut diagnostic = Diagnostic { message, ..diagnostic };
    if let Some(label) = diagnostic.labels.first_mut() {
        label.text = format!("the flow called `{by_id}`");
    }
    let diagnostic = match &call.call.flow_name {
        Some(name) => {
            diagnostic.label(name.span, format!("the flow with the id `{by_name}`"))
        }
        None => diagnostic,
    };
    diagnostic.help("keep one of them, or make both point to the same flow")
}

fn not_published(
    organisation: &LoadedFlows<'_>,
    flow: usize,
    diagnostic: Diagnostic,
) -> Diagnostic {
    let name = &organisation.flow(flow).name;
    let message = format!("the flow `{name}` is not published, and no flow can call it");
    Diagnostic { message, ..diagnostic }.help(
        "publish it, or remove `\"published\": false` or `\"active\": false` from its \
         document",
    )
}
