//! Flow types.

/// A flow type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FlowTypeSpec {
    /// The name in Archy YAML. Architect's JSON has it in lower case.
    pub(crate) name: &'static str,
    /// The kind of flow.
    pub(crate) kind: FlowKind,
    /// Whether flows of this type understand what participants say or write, and have the
    /// events of bots.
    pub(crate) recognizes_input: bool,
}

/// The kind of flow, which determines how the flow ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// A call: the call ends with the flow.
    Call,
    /// An in-queue flow: a task or state is repeated while the participant waits.
    InQueue,
    /// A module, which returns to the flow that called it.
    CommonModule,
    /// A workflow, an e-mail, a message or a bot: the flow ends.
    Digital,
}

const fn flow(name: &'static str, kind: FlowKind) -> FlowTypeSpec {
    FlowTypeSpec { name, kind, recognizes_input: false }
}

const fn bot(name: &'static str, kind: FlowKind) -> FlowTypeSpec {
    FlowTypeSpec { name, kind, recognizes_input: true }
}

/// The type of flows in which nothing is recorded.
pub(crate) const SECURE_CALL: &str = "secureCall";

/// Every flow type of Architect.
const FLOW_TYPES: &[FlowTypeSpec] = &[
    bot("bot", FlowKind::Digital),
    flow("commonModule", FlowKind::CommonModule),
    bot("digitalBot", FlowKind::Digital),
    flow("emailSend", FlowKind::Digital),
    flow("inboundCall", FlowKind::Call),
    flow("inboundChat", FlowKind::Digital),
    flow("inboundEmail", FlowKind::Digital),
    flow("inboundShortMessage", FlowKind::Digital),
    flow("inqueueCall", FlowKind::InQueue),
    flow("inqueueEmail", FlowKind::InQueue),
    flow("inqueueShortMessage", FlowKind::InQueue),
    flow("outboundCall", FlowKind::Call),
    flow(SECURE_CALL, FlowKind::Call),
    flow("surveyInvite", FlowKind::Digital),
    bot("voice", FlowKind::Call),
    bot("voiceSurvey", FlowKind::Call),
    flow("voicemail", FlowKind::Call),
    flow("workflow", FlowKind::Digital),
    flow("workitem", FlowKind::Digital),
];

/// The names of all flow types, in alphabetical order.
pub(crate) fn flow_types() -> impl Iterator<Item = &'static str> {
    FLOW_TYPES.iter().map(|known| known.name)
}

/// Whether Archy YAML has a flow type with this name.
pub(crate) fn is_flow_type(name: &str) -> bool {
    flow_types().any(|known| known == name)
}

/// Returns the flow type with this name. Case is insignificant.
pub(crate) fn flow_type(name: &str) -> Option<&'static FlowTypeSpec> {
    FLOW_TYPES.iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// Whether flows of this type have the events of bots: recognition failures and agent
/// escalation.
pub(crate) fn recognizes_input(flow_type_name: &str) -> bool {
    flow_type(flow_type_name).is_some_and(|known| known.recognizes_input)
}

/// The types of in-queue flows.
pub(crate) const IN_QUEUE_CALL: &str = "inqueueCall";
pub(crate) const IN_QUEUE_EMAIL: &str = "inqueueEmail";
pub(crate) const IN_QUEUE_MESSAGE: &str = "inqueueShortMessage";

/// Returns the type of the in-queue flows in which conversations of flows of this type
/// wait; `None` if they have no in-queue flow.
pub(crate) fn in_queue_type(flow_type_name: &str) -> Option<&'static str> {
    let known = flow_type(flow_type_name)?;
    match known.name {
        "inboundEmail" | IN_QUEUE_EMAIL => Some(IN_QUEUE_EMAIL),
        "inboundShortMessage" | IN_QUEUE_MESSAGE => Some(IN_QUEUE_MESSAGE),
        _ => matches!(known.kind, FlowKind::Call | FlowKind::InQueue)
            .then_some(IN_QUEUE_CALL),
    }
}

/// Returns the types of flows that the setting of an action names, the likeliest first.
/// *Source: Genesys' help on Call Bot Flow; that a bot of the other kind is found too is
/// decided here.*
pub(crate) fn called_types(setting: &str) -> &'static [&'static str] {
    match setting {
        "botFlow" => &["bot", "digitalBot"],
        "digitalBotFlow" => &["digitalBot", "bot"],
        _ => &["voice"],
    }
}

impl FlowKind {
    /// Returns the kind of flows of this type. Unknown types end like digital flows.
    pub(crate) fn of(flow_type_name: &str) -> Self {
        flow_type(flow_type_name).map_or(Self::Digital, |known| known.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flow_type_is_known_in_both_notations() {
        assert!(flow_types().is_sorted());
        for name in flow_types() {
            assert!(is_flow_type(name) && !is_flow_type(&name.to_uppercase()), "{name}");
            assert_eq!(flow_type(&name.to_lowercase()).unwrap().name, name);
        }
    }
}
