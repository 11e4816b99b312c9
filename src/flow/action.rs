//! The actions of nodes, as authored. *Source: the node table of the draft dialect; the
//! shared-flow, state-machine and lookup tutorials.*

use super::model::Spanned;
use crate::expr::draft::{Condition, Form, Reference, Template};
use crate::source::Span;
use crate::value::Text;

type Phrase = Template<Reference>;

/// The action of a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Plays a prompt.
    Say(Say),
    /// Collects digits.
    Gather(Box<Gather>),
    /// Sets variables.
    Set(Set),
    /// Takes a branch.
    If(If),
    /// Runs another flow.
    CallFlow(Box<CallFlow>),
    /// Routes the conversation to a queue.
    Route(Box<Route>),
    /// Looks up an external contact.
    GetExternalContact(Box<GetExternalContact>),
    /// Calls a data action.
    DataAction(Box<DataAction>),
    /// Reads the statistics of a queue.
    QueueStatistics(QueueStatistics),
    /// Calls a webhook.
    Webhook(Box<Webhook>),
    /// Ends the flow.
    End(End),
    /// An action of an unknown type. A flow with such an action cannot run.
    Unknown,
}

/// Plays a prompt; takes no time.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// The key `sayText`.
    pub text: Phrase,
}

/// Plays a prompt and collects digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// The key `promptText`.
    pub prompt: Option<Phrase>,
    /// The key `minDigits`.
    pub min_digits: u32,
    /// The key `maxDigits`.
    pub max_digits: u32,
    /// The waiting time for the first key, `timeoutSeconds`, in milliseconds.
    pub timeout_ms: i64,
    /// The waiting time for each further key, `interDigitTimeoutSeconds`, in
    /// milliseconds.
    pub inter_digit_timeout_ms: i64,
    /// The allowed keys, `validDigits`; empty allows every key.
    pub valid_digits: Text,
    /// The key `terminatingKey`.
    pub terminating_key: Option<char>,
}

/// Sets variables, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// The key `setVars`.
    pub assignments: Vec<Assignment>,
}

/// An assignment to a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The name of the variable, `key`.
    pub variable: Spanned<Text>,
    /// The type, `value.type`.
    pub variable_type: VariableType,
    /// The value, `value.value`.
    pub value: Form<Reference>,
}

/// The conversion of a value before it is assigned to a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableType {
    /// No conversion, as for a missing `type`.
    Unchanged,
    /// To a String.
    String,
    /// To an Integer.
    Integer,
    /// To a Decimal.
    Decimal,
    /// To an Integer if it is whole, otherwise to a Decimal.
    Number,
    /// To a Boolean.
    Boolean,
    /// To JSON.
    Json,
    /// To a number that is added to the variable. A variable without a value counts as 0.
    Increment,
}

/// Takes the first branch whose condition is true.
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// The conditions, `conditions[].expression`. Their branches are paths of the node.
    pub conditions: Vec<Spanned<(Text, Condition<Reference>)>>,
}

/// Runs another flow in the same conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFlow {
    /// The key `flowId`.
    pub flow_id: Option<Spanned<Text>>,
    /// The key `flowName`.
    pub flow_name: Option<Spanned<Text>>,
    /// The time limit, `timeoutSeconds`, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// The values of variables of the called flow, `inputs`. If this key is present, even
    /// empty, the call is isolated.
    pub inputs: Option<Vec<(Spanned<Text>, Form<Reference>)>>,
    /// Pairs of a variable of the caller and a variable of the called flow, `outputs`. If
    /// this key is present, even empty, the call is isolated.
    pub outputs: Option<Vec<(Spanned<Text>, Spanned<Text>)>>,
}

impl CallFlow {
    /// Whether the called flow does not share its variables with the caller.
    pub fn is_isolated(&self) -> bool {
        self.inputs.is_some() || self.outputs.is_some()
    }
}

/// Routes the conversation to a queue, by recording the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The key `queueId`.
    pub queue_id: Option<Phrase>,
    /// The key `queueName`.
    pub queue_name: Option<Phrase>,
    /// The key `skillRequirements`.
    pub skills: Vec<Phrase>,
    /// The key `priority`.
    pub priority: Option<i64>,
}

/// Looks up an external contact.
#[derive(Debug, Clone, PartialEq)]
pub struct GetExternalContact {
    /// The context field or variable that holds the key of the contact, `lookupKey`.
    pub lookup_key: Reference,
    /// The key of the contact itself, `lookupValue`. It replaces `lookup_key`.
    pub lookup_value: Option<Phrase>,
    /// The behaviour without a match, `onNotFound`.
    pub on_not_found: NotFound,
}

/// The behaviour of a lookup that finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// Continues with an empty result.
    Null,
    /// Fails.
    Error,
}

/// Calls a data action.
#[derive(Debug, Clone, PartialEq)]
pub struct DataAction {
    /// The key `actionId`.
    pub action_id: Option<Text>,
    /// The key `actionName`.
    pub action_name: Option<Text>,
    /// The key `inputs`.
    pub inputs: Vec<(Text, Form<Reference>)>,
    /// The timeout, `timeoutSeconds`, in milliseconds.
    pub timeout_ms: i64,
}

/// Reads the statistics of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueStatistics {
    /// The key `queueId`.
    pub queue_id: Phrase,
}

/// Calls a webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// The key `webhookId`.
    pub webhook_id: Option<Text>,
    /// The key `url`.
    pub url: Option<Phrase>,
    /// The key `body`.
    pub body: Form<Reference>,
    /// The timeout, `timeoutSeconds`, in milliseconds.
    pub timeout_ms: i64,
}

/// Ends the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The key `endType`.
    pub end_type: EndType,
}

/// The way in which a flow ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndType {
    /// The calling flow continues.
    Normal,
    /// The calling flow takes its error path.
    Error,
    /// The conversation ends.
    Disconnect,
}

impl EndType {
    /// The name in the document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Error => "error",
            Self::Disconnect => "disconnect",
        }
    }
}

impl Action {
    /// Whether the action can fail. For example, a Set can fail by a conversion, and an
    /// If by a value that is neither true nor false. A Say and an End always succeed.
    pub fn can_fail(&self) -> bool {
        !matches!(self, Self::Say(_) | Self::End(_) | Self::Unknown)
    }

    /// Calls `visit` on every reference in the action's templates and conditions.
    pub fn each_reference<'a>(&'a self, visit: &mut dyn FnMut(&'a Reference)) {
        match self {
            Self::Say(say) => say.text.each_reference(visit),
            Self::Gather(gather) => each(gather.prompt.as_ref(), visit),
            Self::Set(set) => {
                set.assignments.iter().for_each(|item| item.value.each_reference(visit));
            }
            Self::If(decision) => {
                decision.conditions.iter().for_each(|c| c.value.1.each_reference(visit));
            }
            Self::CallFlow(call) => {
                let inputs = call.inputs.iter().flatten();
                inputs.for_each(|(_, value)| value.each_reference(visit));
            }
            Self::Route(route) => {
                each(route.queue_id.as_ref(), visit);
                each(route.queue_name.as_ref(), visit);
                each(&route.skills, visit);
            }
            Self::GetExternalContact(lookup) => match &lookup.lookup_value {
                Some(value) => value.each_reference(visit),
                None => visit(&lookup.lookup_key),
            },
            Self::DataAction(call) => {
                call.inputs.iter().for_each(|(_, value)| value.each_reference(visit));
            }
            Self::QueueStatistics(statistics) => {
                statistics.queue_id.each_reference(visit);
            }
            Self::Webhook(webhook) => {
                each(webhook.url.as_ref(), visit);
                webhook.body.each_reference(visit);
            }
            Self::End(_) | Self::Unknown => {}
        }
    }
}

fn each<'a>(
    templates: impl IntoIterator<Item = &'a Phrase>,
    visit: &mut dyn FnMut(&'a Reference),
) {
    templates.into_iter().for_each(|template| template.each_reference(visit));
}

/// Creates a reference from a name that is not in the document, such as a default.
pub(crate) fn reference(name: &str, span: Span) -> Reference {
    Reference { segments: name.split('.').map(Text::from).collect(), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversion_can_fail_but_an_end_cannot() {
        assert!(Action::Set(Set { assignments: Vec::new() }).can_fail());
        assert!(!Action::End(End { end_type: EndType::Normal }).can_fail());
    }
}
