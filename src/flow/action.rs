//! What nodes do, as authored. *Source: the node table of the draft dialect; seeds 001 to 003.*

use super::model::Written;
use crate::expr::draft::{Condition, Form, Reference, Template};
use crate::source::Span;
use crate::value::Text;

type Phrase = Template<Reference>;

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Says a text.
    Say(Say),
    /// Collects digits.
    Gather(Box<Gather>),
    /// Sets variables.
    Set(Set),
    /// Decides.
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
    /// Of a type that flowsim does not know; such a flow cannot run.
    Unknown,
}

/// Says a text; costs no time.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// `sayText`
    pub text: Phrase,
}

/// Plays a prompt and collects digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Gather {
    /// `promptText`
    pub prompt: Option<Phrase>,
    /// `minDigits`
    pub min_digits: u32,
    /// `maxDigits`
    pub max_digits: u32,
    /// `timeoutSeconds`, in milliseconds: how long to wait for the first key.
    pub timeout_ms: i64,
    /// `interDigitTimeoutSeconds`, in milliseconds: how long to wait for each next key.
    pub inter_digit_timeout_ms: i64,
    /// `validDigits`; empty allows every key.
    pub valid_digits: Text,
    /// `terminatingKey`
    pub terminating_key: Option<char>,
}

/// Sets variables, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// `setVars`
    pub assignments: Vec<Assignment>,
}

/// One variable that is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// `key`
    pub variable: Written<Text>,
    /// `value.type`
    pub variable_type: VariableType,
    /// `value.value`
    pub value: Form<Reference>,
}

/// What a value is converted to before a variable takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableType {
    /// Stays what it is; what a missing `type` means.
    Unchanged,
    /// A String.
    String,
    /// An Integer.
    Integer,
    /// A Decimal.
    Decimal,
    /// An Integer if it is whole, otherwise a Decimal.
    Number,
    /// A Boolean.
    Boolean,
    /// JSON.
    Json,
    /// A number that is added to the variable; a variable without a value counts as 0.
    Increment,
}

/// Takes the first branch whose condition is true.
#[derive(Debug, Clone, PartialEq)]
pub struct If {
    /// `conditions[].expression`; the branches are the paths of the node.
    pub conditions: Vec<Written<(Text, Condition<Reference>)>>,
}

/// Runs another flow in the same conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct CallFlow {
    /// `flowId`
    pub flow_id: Option<Written<Text>>,
    /// `flowName`
    pub flow_name: Option<Written<Text>>,
    /// `timeoutSeconds`, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// `inputs`: variables of the called flow. Present, also if empty, it makes the call
    /// isolated.
    pub inputs: Option<Vec<(Written<Text>, Form<Reference>)>>,
    /// `outputs`: variable of the caller, variable of the called flow. Present, also if
    /// empty, it makes the call isolated.
    pub outputs: Option<Vec<(Written<Text>, Written<Text>)>>,
}

impl CallFlow {
    /// Whether the called flow has variables of its own.
    pub fn is_isolated(&self) -> bool {
        self.inputs.is_some() || self.outputs.is_some()
    }
}

/// Records the queue that the conversation is routed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// `queueId`
    pub queue_id: Option<Phrase>,
    /// `queueName`
    pub queue_name: Option<Phrase>,
    /// `skillRequirements`
    pub skills: Vec<Phrase>,
    /// `priority`
    pub priority: Option<i64>,
}

/// Looks up an external contact.
#[derive(Debug, Clone, PartialEq)]
pub struct GetExternalContact {
    /// `lookupKey`: the context field or variable that holds the key.
    pub lookup_key: Reference,
    /// `lookupValue`: the key itself, instead.
    pub lookup_value: Option<Phrase>,
    /// `onNotFound`
    pub on_not_found: NotFound,
}

/// What a lookup that finds nothing does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// Goes on with an empty result.
    Null,
    /// Fails.
    Error,
}

/// Calls a data action.
#[derive(Debug, Clone, PartialEq)]
pub struct DataAction {
    /// `actionId`
    pub action_id: Option<Text>,
    /// `actionName`
    pub action_name: Option<Text>,
    /// `inputs`
    pub inputs: Vec<(Text, Form<Reference>)>,
    /// `timeoutSeconds`, in milliseconds.
    pub timeout_ms: i64,
}

/// Reads the statistics of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueStatistics {
    /// `queueId`
    pub queue_id: Phrase,
}

/// Calls a webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// `webhookId`
    pub webhook_id: Option<Text>,
    /// `url`
    pub url: Option<Phrase>,
    /// `body`
    pub body: Form<Reference>,
    /// `timeoutSeconds`, in milliseconds.
    pub timeout_ms: i64,
}

/// Ends the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// `endType`
    pub end_type: EndType,
}

/// How a flow ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndType {
    /// The caller of the flow goes on.
    Normal,
    /// The caller of the flow takes its error path.
    Error,
    /// The conversation ends.
    Disconnect,
}

impl EndType {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Error => "error",
            Self::Disconnect => "disconnect",
        }
    }
}

impl Action {
    /// Whether the node can fail: a Set by a conversion, an If by a value that is neither
    /// true nor false. Saying something and ending always succeed.
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

/// A place that stands for a value written by nobody, such as a default.
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
