//! Turns of conversations with bots.

use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::flow::SymbolTable;
use crate::flow::kinds::{self, ActionSpec, Support};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::flow::StoredFlow;
use crate::server::state::instance::{Instance, Progress, moment};
use crate::trace::{EventKind, PathTaken, Phrase, Step};
use crate::value::DateTime;

/// Default and maximum number of turns on a page. *Source for the maximum: the platform's
/// API.*
const DEFAULT_SIZE: usize = 25;
const MAX_SIZE: usize = 250;

/// Lists the turns of a bot. A turn ends when the bot gets an answer or gives up; a
/// silence after which it asks again is part of the same turn. The turns can be filtered
/// by `sessionId`, `actionId`, `askActionResults` and `interval`. A page contains
/// `pageSize` turns after the cursor `after`.
pub(in crate::server) fn reporting_turns(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(asked.parameter("botFlowId"))?;
    if !is_bot(flow) {
        return Err(ApiError::not_found("the bot flow", &flow.id));
    }
    let interval = asked.query("interval").map(interval).transpose()?;
    let all = state.instances.values().filter(|it| it.flow == flow.id);
    let found = all.flat_map(turns_of).filter(|turn| turn.is_wanted(asked, interval));
    let found: Vec<Turn> = found.collect();
    let first = match asked.query("after") {
        None => 0,
        Some(cursor) => {
            let last = found.iter().position(|turn| turn.cursor == cursor);
            let unknown = || ApiError::bad(format!("the turn `{cursor}` was not found"));
            last.ok_or_else(unknown)? + 1
        }
    };
    let rest = found.get(first..).unwrap_or_default();
    let page = rest.get(..size(asked)?).unwrap_or(rest);
    let entities: Vec<Value> = page.iter().map(|turn| turn.document.clone()).collect();
    let mut body = json!({ "entities": entities, "selfUri": asked.path });
    if page.len() < rest.len()
        && let Some(last) = page.last()
    {
        let size = page.len();
        let next = format!("{}?after={}&pageSize={size}", asked.path, last.cursor);
        body["nextUri"] = next.into();
    }
    Ok(Reply::ok(body).with_reason(format!("{} turns in total", found.len())))
}

fn is_bot(flow: &StoredFlow) -> bool {
    matches!(flow.platform_type().as_str(), "BOT" | "DIGITALBOT" | "VOICEBOT")
}

fn size(asked: &ApiRequest) -> Result<usize, ApiError> {
    let Some(text) = asked.query("pageSize") else { return Ok(DEFAULT_SIZE) };
    let size = text.parse().ok().filter(|size| *size > 0);
    let size: usize =
        size.ok_or_else(|| ApiError::bad("`pageSize` must be a whole number above 0"))?;
    Ok(size.min(MAX_SIZE))
}

/// Parses two times separated by a slash, as milliseconds since 1970.
fn interval(text: &str) -> Result<(i64, i64), ApiError> {
    let times = text.split_once('/').and_then(|(from, to)| {
        Some((DateTime::parse(from)?.milliseconds(), DateTime::parse(to)?.milliseconds()))
    });
    times.ok_or_else(|| {
        ApiError::bad(
            "`interval` must be two times, such as `2026-01-05T09:00:00Z/2026-01-06T09:00:00Z`",
        )
    })
}

/// A turn, and the values that it is filtered by.
struct Turn {
    cursor: String,
    completed_at: i64,
    document: Value,
}

impl Turn {
    fn is_wanted(&self, asked: &ApiRequest, interval: Option<(i64, i64)>) -> bool {
        let turn = &self.document;
        let results = asked.query_all("askActionResults");
        let result = turn["askActionResult"].as_str().unwrap_or_default();
        let is =
            |name: &str, value: &Value| asked.query(name).is_none_or(|it| value == it);
        is("sessionId", &turn["sessionId"])
            && is("actionId", &turn["askAction"]["actionId"])
            && (results.is_empty()
                || results.iter().any(|it| it.eq_ignore_ascii_case(result)))
            && interval.is_none_or(|(from, to)| {
                self.completed_at >= from && self.completed_at < to
            })
    }
}

/// Returns the turns of one run of a bot.
fn turns_of(instance: &Instance) -> Vec<Turn> {
    let (steps, events, symbols) = match &instance.progress {
        Progress::Waiting(session) => {
            (session.steps(), session.events(), &session.program().symbols)
        }
        Progress::Over { trace, program, .. } => {
            (&*trace.steps, &*trace.events, &program.symbols)
        }
    };
    let mut collector =
        TurnCollector { instance, symbols, said: Vec::new(), turns: Vec::new() };
    let mut events = events.iter().peekable();
    for (index, step) in steps.iter().enumerate() {
        let mut facts = Vec::new();
        while let Some(event) = events.next_if(|event| event.step as usize <= index) {
            match &event.kind {
                fact if event.step as usize == index => facts.push(fact),
                // After a task, some prompts belong to the step that called it.
                EventKind::Prompted(phrase) => collector.say(phrase),
                _ => {}
            }
        }
        let is_open = instance.is_running() && index + 1 == steps.len();
        collector.add_step(step, &facts, is_open);
    }
    collector.turns
}

struct TurnCollector<'t> {
    instance: &'t Instance,
    symbols: &'t SymbolTable,
    /// The bot's prompts since the last turn.
    said: Vec<Value>,
    turns: Vec<Turn>,
}

impl TurnCollector<'_> {
    fn say(&mut self, phrase: &Phrase) {
        self.said.push(phrase.text(self.symbols).as_str().into());
    }

    /// Adds the turns of a step. An answer after which the bot asked again was not
    /// understood; the path that the step took shows the result of the last answer.
    fn add_step(&mut self, step: &Step, facts: &[&EventKind], is_open: bool) {
        let label = self.symbols.node(step.node);
        let kind = kinds::named(&label.node_type);
        let kind = kind.filter(|kind| kind.support() == Support::Question);
        let class = kind.map(ActionSpec::class_name);
        let end = if is_open { "NoMatchCollection" } else { self.result(step, facts) };
        let mut rest = facts.iter();
        let mut is_done = is_open;
        while let Some(fact) = rest.next() {
            match (fact, &class) {
                (EventKind::Prompted(phrase), _) => self.say(phrase),
                (EventKind::CallerInput(words), Some(class)) => {
                    let asked_again =
                        rest.clone().any(|fact| matches!(fact, EventKind::Prompted(_)));
                    let result = if asked_again { "NoMatchCollection" } else { end };
                    self.push(step, class, Some(words), result);
                    is_done |= !asked_again;
                }
                _ => {}
            }
        }
        if let Some(class) = class.filter(|_| !is_done) {
            self.push(step, &class, None, end);
        }
    }

    /// Returns the platform's name for the result of a step.
    fn result(&self, step: &Step, facts: &[&EventKind]) -> &'static str {
        let failure = facts.iter().find_map(|fact| match fact {
            EventKind::Failed(failure) => Some(failure.code),
            EventKind::Noted(code @ (Code::NO_INPUT | Code::NO_MATCH)) => Some(*code),
            _ => None,
        });
        let label = self.symbols.node(step.node);
        let output = match step.path {
            PathTaken::Output(index) => label.outputs.get(usize::from(index)),
            _ => None,
        };
        match (failure, output.map(|name| &**name)) {
            (Some(Code::NO_INPUT), _) | (_, Some("maxNoInputs")) => "NoInputCollection",
            (Some(Code::NO_MATCH), _) | (_, Some("maxNoMatches" | "noIntent")) => {
                "NoMatchCollection"
            }
            (Some(_), _) => "Error",
            _ => "SuccessCollection",
        }
    }

    fn push(&mut self, step: &Step, kind: &str, words: Option<&str>, result: &str) {
        let label = self.symbols.node(step.node);
        let id = self.instance.id.as_str();
        let cursor = format!("{id}.{}", self.turns.len() + 1);
        let at = |elapsed| self.instance.time_at(elapsed);
        let completed_at = at(step.end_ms);
        let document = json!({
            "userInput": words,
            "botPrompts": std::mem::take(&mut self.said),
            "sessionId": id,
            "conversation": { "id": id, "selfUri": format!("/api/v2/conversations/{id}") },
            "askAction": {
                "actionId": label.key.as_ref().unwrap_or(&label.id).as_str(),
                "actionName": label.name.as_str(),
                "actionNumber": label.tracking_id,
                "actionType": kind,
            },
            "dateCreated": moment(at(step.start_ms)),
            "dateCompleted": moment(completed_at),
            "askActionResult": result,
        });
        self.turns.push(Turn { cursor, completed_at, document });
    }
}
