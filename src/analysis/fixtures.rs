//! Services that flows call by a fixed name, compared with the fixtures.

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::{NodeId, SymbolTable};
use crate::program::{Program, Route, Speech, StepAction, Webhook};
use crate::world::{Answer, AnswerProgress, Fixtures, Question, QueueAnswer};

/// Finds queues, data actions and webhooks that the fixtures do not answer. These are
/// warnings because the fixtures may be incomplete.
pub fn against_fixtures(program: &Program, fixtures: &Fixtures) -> Vec<Diagnostic> {
    findings(program, fixtures, false)
}

/// Finds them, and with `is_complete` also the queues if the fixtures have none.
pub(super) fn findings(
    program: &Program,
    fixtures: &Fixtures,
    is_complete: bool,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, step) in program.steps.iter().enumerate() {
        let Some((code, what, name)) =
            missing(&step.action, &program.symbols, fixtures, is_complete)
        else {
            continue;
        };
        let label = program.symbols.node(NodeId::new(index));
        let message = format!("the fixtures have no {what} `{name}`");
        let mut finding = Diagnostic::new(code, message)
            .at(label.span)
            .help("add it to the fixtures, or correct the name")
            .node(label.id.as_str())
            .flow(program.symbols.flow(label.flow).id.as_str());
        finding.severity = Severity::Warning;
        findings.push(finding);
    }
    findings
}

type Missing = (Code, &'static str, String);

fn missing(
    action: &StepAction,
    symbols: &SymbolTable,
    fixtures: &Fixtures,
    is_complete: bool,
) -> Option<Missing> {
    match action {
        StepAction::Route(route) => missing_queue(route, symbols, fixtures, is_complete),
        StepAction::QueueStatistics(statistics) => {
            let queue = constant(&statistics.queue_id, symbols)?.to_owned();
            let answer = ask(fixtures, &Question::QueueStatistics { queue: &queue });
            let is_unknown = matches!(answer, Answer::Statistics(None));
            is_unknown.then_some((Code::QUEUE_NOT_FOUND, "queue", queue))
        }
        StepAction::DataAction(call) => {
            let (id, name) = (call.action_id.as_deref(), call.action_name.as_deref());
            let known = id.or(name)?.to_owned();
            let is_unknown = !fixtures.knows_data_action(id, name);
            is_unknown.then_some((Code::DATA_ACTION_NOT_MOCKED, "data action", known))
        }
        StepAction::Webhook(webhook) => missing_webhook(webhook, symbols, fixtures),
        _ => None,
    }
}

fn missing_queue(
    route: &Route,
    symbols: &SymbolTable,
    fixtures: &Fixtures,
    is_complete: bool,
) -> Option<Missing> {
    let known = |text: &Option<Speech>| constant(text.as_ref()?, symbols);
    let (id, name) = (known(&route.queue_id), known(&route.queue_name));
    // An id that is computed during the call takes precedence over the name.
    if route.queue_id.is_some() && id.is_none() {
        return None;
    }
    let answer = ask(fixtures, &Question::Queue { id, name, skills: &[] });
    let is_unknown = match answer {
        Answer::Queue(QueueAnswer::NotFound) => true,
        Answer::Queue(QueueAnswer::Unchecked) => is_complete,
        _ => false,
    };
    let queue = id.or(name)?.to_owned();
    is_unknown.then_some((Code::QUEUE_NOT_FOUND, "queue", queue))
}

fn missing_webhook(
    webhook: &Webhook,
    symbols: &SymbolTable,
    fixtures: &Fixtures,
) -> Option<Missing> {
    let id = webhook.webhook_id.as_deref();
    let url = webhook.url.as_ref().and_then(|url| constant(url, symbols));
    let known = id.or(url)?.to_owned();
    let is_unknown = !fixtures.knows_webhook(id, url);
    is_unknown.then_some((Code::WEBHOOK_NOT_MOCKED, "webhook", known))
}

fn ask(fixtures: &Fixtures, question: &Question<'_>) -> Answer {
    fixtures.answer(question, &mut AnswerProgress::default())
}

/// Returns the text if it is known before the call.
fn constant<'l>(speech: &Speech, symbols: &'l SymbolTable) -> Option<&'l str> {
    match speech {
        Speech::Constant(id) => Some(symbols.text(*id)),
        Speech::Template(_) => None,
    }
}
