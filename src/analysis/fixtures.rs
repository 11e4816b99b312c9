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
    match action {
        StepAction::Route(route) => {
            let id = constant(route.queue_id.as_ref(), legend);
            let name = constant(route.queue_name.as_ref(), legend);
            if route.queue_id.is_some() && id.is_none() {
                return None;
            }
            let question = Question::Queue { id, name, skills: &[] };
            let is_unknown =
                matches!(ask(fixtures, &question), Answer::Queue(QueueAnswer::NotFound));
            finding(is_unknown, Code::QUEUE_NOT_FOUND, "queue", id.or(name)?)
        }
        StepAction::QueueStatistics(statistics) => {
            let queue = constant(Some(&statistics.queue_id), legend)?;
            let answer = ask(fixtures, &Question::QueueStatistics { queue });
            let is_unknown = matches!(answer, Answer::Statistics(None));
            finding(is_unknown, Code::QUEUE_NOT_FOUND, "queue", queue)
        }
        StepAction::DataAction(call) => {
            let (id, name) = (call.action_id.as_deref(), call.action_name.as_deref());
            let answer = ask(fixtures, &Question::DataAction { id, name, inputs: &[] });
            let is_unknown = matches!(answer, Answer::NotMocked);
            finding(is_unknown, Code::DATA_ACTION_NOT_MOCKED, "data action", id.or(name)?)
        }
        StepAction::Webhook(webhook) => {
            let id = webhook.webhook_id.as_deref();
            let url = constant(webhook.url.as_ref(), legend);
            let answer =
                ask(fixtures, &Question::Webhook { id, url, body: &Value::NOT_SET });
            let is_unknown = matches!(answer, Answer::NotMocked);
            finding(is_unknown, Code::WEBHOOK_NOT_MOCKED, "webhook", id.or(url)?)
        }
        _ => None,
    }
}

fn finding(
    is_unknown: bool,
    code: Code,
    what: &'static str,
    name: &str,
) -> Option<Missing> {
    is_unknown.then(|| (code, what, name.to_owned()))
}

fn ask(fixtures: &Fixtures, question: &Question<'_>) -> Answer {
    fixtures.answer(question, &mut Replies::default())
}

/// A name that is known before the call.
fn constant<'l>(speech: Option<&Speech>, legend: &'l Legend) -> Option<&'l str> {
    match speech {
        Some(Speech::Constant(id)) => Some(legend.text(*id)),
        _ => None,
    }
}
