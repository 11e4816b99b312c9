//! What flows ask for by a fixed name, against what fixtures know.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::{Legend, NodeId};
use crate::program::{Program, Speech, StepAction};
use crate::value::Value;
use crate::world::{Answer, Fixtures, Question, QueueAnswer, Replies};

/// Finds queues, data actions and webhooks that a call would ask for in vain. These are
/// warnings: it may be the fixtures that lack something.
pub fn against_fixtures(program: &Program, fixtures: &Fixtures) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, step) in program.steps.iter().enumerate() {
        let Some((code, what, name)) = missing(&step.action, &program.legend, fixtures)
        else {
            continue;
        };
        let label = program.legend.node(NodeId::new(index));
        let message = format!("the fixtures know no {what} `{name}`");
        let mut finding = Diagnostic::new(code, message)
            .at(label.span)
            .help("add it to the fixtures, or mend the name")
            .node(label.id.as_str())
            .flow(program.legend.flow(label.flow).id.as_str());
        finding.severity = Severity::Warning;
        findings.push(finding);
    }
    findings
}

type Missing = (Code, &'static str, String);

fn missing(action: &StepAction, legend: &Legend, fixtures: &Fixtures) -> Option<Missing> {
    let constant = |speech: &Option<Speech>| match speech {
        Some(Speech::Constant(id)) => Some(legend.text(*id).to_string()),
        _ => None,
    };
    let ask =
        |question: &Question<'_>| fixtures.answer(question, &mut Replies::default());
    match action {
        StepAction::Route(route) => {
            let (id, name) = (constant(&route.queue_id), constant(&route.queue_name));
            if route.queue_id.is_some() && id.is_none() {
                return None;
            }
            let known = id.as_deref().or(name.as_deref())?.to_owned();
            let question =
                Question::Queue { id: id.as_deref(), name: name.as_deref(), skills: &[] };
            let is_unknown =
                matches!(ask(&question), Answer::Queue(QueueAnswer::NotFound));
            is_unknown.then_some((Code::QUEUE_NOT_FOUND, "queue", known))
        }
        StepAction::QueueStatistics(statistics) => {
            let queue = constant(&Some(statistics.queue_id.clone()))?;
            let answer = ask(&Question::QueueStatistics { queue: &queue });
            let is_unknown = matches!(answer, Answer::Statistics(None));
            is_unknown.then_some((Code::QUEUE_NOT_FOUND, "queue", queue))
        }
        StepAction::DataAction(call) => {
            let (id, name) = (call.action_id.as_deref(), call.action_name.as_deref());
            let answer = ask(&Question::DataAction { id, name, inputs: &[] });
            let known = id.or(name)?.to_owned();
            let is_unknown = matches!(answer, Answer::NotMocked);
            is_unknown.then_some((Code::DATA_ACTION_NOT_MOCKED, "data action", known))
        }
        StepAction::Webhook(webhook) => {
            let (id, url) = (webhook.webhook_id.as_deref(), constant(&webhook.url));
            let known = id.map(ToOwned::to_owned).or_else(|| url.clone())?;
            let body = Value::NOT_SET;
            let answer = ask(&Question::Webhook { id, url: url.as_deref(), body: &body });
            let is_unknown = matches!(answer, Answer::NotMocked);
            is_unknown.then_some((Code::WEBHOOK_NOT_MOCKED, "webhook", known))
        }
        _ => None,
    }
}
