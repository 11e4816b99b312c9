//! Replay of recorded calls: the recording answers the requests of the flow.

use std::sync::Arc;

use super::choice;
use super::derive::{Derived, RecordedAnswer, Subject, overlaid};
use super::gap;
use super::lookup;
use super::missing::{AMBIGUOUS_KEY, Missing};
use super::unknown;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, DEFAULT_START, Session};
use crate::flow::SymbolTable;
use crate::program::Program;
use crate::trace::observation::{Gap, MenuChoice};
use crate::trace::{Failure, Status, Trace};
use crate::value::{Json, Text, Value, equal};
use crate::world::{
    Answer, AnswerProgress, Fixtures, Input, InputQuestion, Keystroke, Question,
    QueueAnswer,
};

/// Maximum number of repetitions of a call, each with one more row of the user's tables.
const MAX_ROUNDS: usize = 256;

/// A request and its answer during a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Subject of the request.
    pub about: Subject,
    /// Name, address or key; empty for the caller.
    pub name: Text,
    /// Inputs of the request.
    pub inputs: Json,
    /// The answer.
    pub answer: Answer,
}

/// A replayed call.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Trace of the call; if an answer is missing, it ends there.
    pub trace: Trace,
    /// The request that could not be answered, at which the call stopped.
    pub missing: Option<Missing>,
    /// Recorded answers that were never used, in order.
    pub unused: Vec<RecordedAnswer>,
    /// All requests and answers, in order.
    pub exchanges: Vec<Exchange>,
    /// The organisation of the call; `None` if its flows have no lookups.
    pub organisation: Option<Arc<Fixtures>>,
}

/// Replays a recorded call. The fallback answers what the recording cannot. If neither
/// can, the call stops there.
///
/// The caller's input is the recorded one, in order. If more input is requested than was
/// recorded, the replay stops, because the caller's reaction is unknown.
///
/// # Errors
/// The program lacks the flow or node in which the call began.
pub fn replay(
    program: &Arc<Program>,
    derived: &Derived,
    fallback: &Fixtures,
) -> Result<Replayed, Box<Diagnostic>> {
    let call = derived.call(program)?;
    Ok(replay_call(&call, program, derived, fallback, &mut |_| {}))
}

/// Replays a prepared [call](Derived::call). `at_end` receives the session at the end of
/// the call, for data that a trace lacks. It is not called if an answer is missing.
pub fn replay_call(
    call: &Call,
    program: &Arc<Program>,
    derived: &Derived,
    fallback: &Fixtures,
    at_end: &mut dyn FnMut(&Session),
) -> Replayed {
    let mut world = derived.fixtures.clone();
    let mut rounds = 0;
    // Draft flows have no lookups.
    let looks_up = program.units.iter().any(|unit| unit.architect.is_some());
    loop {
        let organisation = looks_up.then(|| Arc::new(overlaid(fallback, &world).0));
        let call = match &organisation {
            Some(organisation) => call.clone().in_organisation(Arc::clone(organisation)),
            None => call.clone(),
        };
        let mut run = Run::new(program, derived, fallback);
        match run.play(&call) {
            // A row that only the user's own table has is added to the recorded rows.
            Stop::Row(row) if rounds < MAX_ROUNDS => {
                world = lookup::with_row(&world, &row);
                rounds += 1;
            }
            stop => {
                if let (Stop::Over, Some(session)) = (&stop, &run.session) {
                    at_end(session);
                }
                return Replayed { organisation, ..run.finish(derived, stop) };
            }
        }
    }
}

/// The reason why a run stopped.
enum Stop {
    /// The call is over.
    Over,
    /// No answer is available.
    Missing(Missing),
    /// The fallback has a row of a table that the recording also has.
    Row(lookup::FallbackRow),
}

struct Run<'r> {
    session: Option<Session>,
    program: &'r Arc<Program>,
    derived: &'r Derived,
    fallback: &'r Fixtures,
    replies: AnswerProgress,
    used: Vec<bool>,
    /// Time left until a menu choice whose key was not recorded, in milliseconds.
    menu_ms: Option<i64>,
    /// Step of a menu in which the caller is silent until it ends, as number of steps.
    silent_in: Option<usize>,
    exchanges: Vec<Exchange>,
}

impl<'r> Run<'r> {
    fn new(
        program: &'r Arc<Program>,
        derived: &'r Derived,
        fallback: &'r Fixtures,
    ) -> Self {
        Self {
            session: None,
            program,
            derived,
            fallback,
            replies: AnswerProgress::default(),
            used: vec![false; derived.answers.len()],
            menu_ms: None,
            silent_in: None,
            exchanges: Vec::new(),
        }
    }

    fn play(&mut self, call: &Call) -> Stop {
        let mut session = Session::start(Arc::clone(self.program), call);
        let (mut steps, mut events) = (0, lookup::Checked::default());
        let stop = loop {
            if let Some(missing) = unknown::read(&session, self.derived, &mut steps) {
                break Stop::Missing(missing);
            }
            let (derived, fallback) = (self.derived, self.fallback);
            match lookup::unknown(&session, derived, fallback, &mut events) {
                Some(Ok(row)) => break Stop::Row(row),
                Some(Err(missing)) => break Stop::Missing(missing),
                None => {}
            }
            let Some(question) = session.question() else { break Stop::Over };
            match self.answer(&session, &question) {
                Ok(answer) => {
                    self.exchanges.push(exchange(&question, &answer));
                    session.resume(answer);
                }
                Err(missing) => break Stop::Missing(missing),
            }
        };
        self.session = Some(session);
        stop
    }

    fn answer(
        &mut self,
        session: &Session,
        question: &Question<'_>,
    ) -> Result<Answer, Missing> {
        if let Question::Input(asked) = question {
            return self.input(session, asked).map(Answer::Input);
        }
        let mut is_hidden = false;
        if let Some(index) = self.find(session, question) {
            if let Some(used) = self.used.get_mut(index) {
                *used = true;
            }
            let found = self.derived.answers.get(index);
            if let Some(found) = found.filter(|it| is_still_valid(it, question)) {
                if let Some(answer) = gap::filled(found, session) {
                    return Ok(answer);
                }
                is_hidden = true;
            }
        }
        let answer = self.fallback.answer(question, &mut self.replies);
        let is_missing = match &answer {
            Answer::NotMocked | Answer::Contact(None) | Answer::Statistics(None) => true,
            Answer::Contacts(contacts) => contacts.is_empty(),
            _ => false,
        };
        match is_missing {
            true => Err(Missing { is_hidden, ..self.missing(session, question) }),
            false => Ok(answer),
        }
    }

    /// Returns the caller's next input.
    fn input(
        &mut self,
        session: &Session,
        asked: &InputQuestion<'_>,
    ) -> Result<Input, Missing> {
        if self.silent_in == Some(session.steps().len()) {
            return Ok(Input::Silence);
        }
        let answers = self.derived.answers.iter().zip(&self.used);
        let mut answers = answers.enumerate();
        let next = answers.find(|(_, (it, used))| it.about == Subject::Input && !**used);
        let Some((index, (recorded, _))) = next else {
            if self.derived.is_silent_after_inputs {
                return Ok(Input::Silence);
            }
            return Err(self.missing(session, &Question::Input(*asked)));
        };
        if recorded.gap == Some(Gap::Whole) {
            let missing = self.missing(session, &Question::Input(*asked));
            return Err(Missing { is_hidden: true, ..missing });
        }
        let (input, is_done) = match &recorded.menu_choice {
            Some(choice) => {
                let left = self.menu_ms.unwrap_or(choice.waited_ms);
                let after = self.derived.answers.get(index + 1);
                self.menu(session, asked, choice, left, after)?
            }
            None => match &recorded.answer {
                Answer::Input(input) if self.derived.is_paced_by_prompts => {
                    (in_time(input, asked), true)
                }
                Answer::Input(input) => (input.clone(), true),
                _ => (Input::Silence, true),
            },
        };
        if is_done {
            self.menu_ms = None;
            if let Some(used) = self.used.get_mut(index) {
                *used = true;
            }
        }
        Ok(input)
    }

    /// Finds the key of a menu choice if only its result was recorded. Each key that the
    /// menu offers is tried, and the one that leads to this result is used. `after` is the
    /// recorded answer after the choice.
    fn menu(
        &mut self,
        session: &Session,
        asked: &InputQuestion<'_>,
        choice: &MenuChoice,
        left_ms: i64,
        after: Option<&RecordedAnswer>,
    ) -> Result<(Input, bool), Missing> {
        if choice.caller_stays {
            // Keys without a choice are not recorded, and change nothing else.
            self.silent_in = Some(session.steps().len());
            return Ok((Input::Silence, true));
        }
        if left_ms >= asked.timeout_ms && asked.timeout_ms > 0 {
            let left = left_ms - asked.timeout_ms;
            self.menu_ms = Some(left);
            // A menu may choose by itself after a long enough silence.
            let leads = || {
                let silence = Input::Silence;
                choice::tried(session, silence, None, choice, asked.timeout_ms).is_some()
            };
            let is_done = left == 0 && (choice.chosen.is_empty() || leads());
            return Ok((Input::Silence, is_done));
        }
        if choice.chosen.is_empty() {
            return Ok((Input::HangUp, true));
        }
        let candidates = choice::candidates(session, asked, choice, left_ms);
        let continues = |tried: &Session| self.continues(tried, after);
        let mut missing = self.missing(session, &Question::Input(*asked));
        missing.name = choice.chosen.clone();
        match choice::chosen(candidates, &continues) {
            Ok(Some(input)) => return Ok((input, true)),
            Ok(None) => missing.what = "key of the preceding choice",
            Err(candidates) => {
                missing.what = AMBIGUOUS_KEY;
                missing.with = Json::String(choice::keys(&candidates));
            }
        }
        Err(missing)
    }

    /// Returns whether the next request of a call is the one that this recorded answer
    /// belongs to. Without an answer, the call has to end.
    fn continues(&self, session: &Session, after: Option<&RecordedAnswer>) -> bool {
        let (Some(question), Some(after)) = (session.question(), after) else {
            return session.question().is_none() && after.is_none();
        };
        let (about, names, inputs) = parts(&question);
        let name = after.name.as_deref();
        let is_named =
            |known: &str| names.iter().any(|it| it.eq_ignore_ascii_case(known));
        about == after.about
            && self.is_of_node(after, session)
            && name.is_none_or(is_named)
            && sends(after, inputs)
    }

    /// Finds the recorded answer to a request. In order of preference: the same request
    /// of the same node, the same request of another node, or the next one with the same
    /// name.
    fn find(&self, session: &Session, question: &Question<'_>) -> Option<usize> {
        let (about, names, inputs) = parts(question);
        let answers = || {
            let answers = self.derived.answers.iter().enumerate();
            answers.filter(|(_, it)| it.about == about)
        };
        let is_named = |it: &RecordedAnswer| {
            let name = it.name.as_deref();
            name.is_some_and(|name| names.iter().any(|it| it.eq_ignore_ascii_case(name)))
        };
        let is_same = |it: &RecordedAnswer| is_named(it) && sends(it, inputs);
        let is_new = |index: usize| self.used.get(index) == Some(&false);
        // The same request to these services always has the same answer, unless their
        // data changes.
        let is_steady = matches!(about, Subject::Contact | Subject::Queue);
        let is_node = |it: &RecordedAnswer| self.is_of_node(it, session);
        answers()
            .find(|(index, it)| is_new(*index) && is_node(it) && is_same(it))
            // An answer without a name belongs to its node.
            .or_else(|| {
                answers().find(|(index, it)| {
                    is_new(*index) && it.name.is_none() && is_node(it)
                })
            })
            .or_else(|| answers().find(|(index, it)| is_new(*index) && is_same(it)))
            .or_else(|| answers().find(|(_, it)| is_steady && is_same(it)))
            .or_else(|| {
                answers().find(|(index, it)| is_new(*index) && !is_steady && is_named(it))
            })
            .map(|(index, _)| index)
    }

    /// Returns whether the current node of a session is the one that received the
    /// recorded answer.
    fn is_of_node(&self, recorded: &RecordedAnswer, session: &Session) -> bool {
        let symbols = &self.program.symbols;
        let Some(step) = session.steps().last() else { return false };
        let label = symbols.node(step.node);
        let flow = symbols.flow(label.flow);
        let of_flow = recorded.flow.as_ref();
        (recorded.node == label.id || recorded.node == label.name)
            && of_flow.is_none_or(|known| *known == flow.id || *known == flow.name)
    }

    fn missing(&self, session: &Session, question: &Question<'_>) -> Missing {
        let (about, names, _) = parts(question);
        let name = names.first().copied().unwrap_or_default();
        let (flow, node) = place(session, &self.program.symbols);
        Missing {
            flow,
            node,
            what: about.name(),
            name: name.into(),
            with: sent(question),
            is_hidden: false,
        }
    }

    fn finish(self, derived: &Derived, stop: Stop) -> Replayed {
        let unused = derived.answers.iter().zip(&self.used);
        let unused = unused.filter(|(_, used)| !**used).map(|(it, _)| it.clone());
        let missing = match stop {
            Stop::Missing(missing) => Some(missing),
            Stop::Over | Stop::Row(_) => None,
        };
        let mut session = self.session;
        let whole = session.as_mut().and_then(Session::take_trace);
        let trace = whole.unwrap_or_else(|| {
            partial(session.as_ref(), derived, self.program, missing.as_ref())
        });
        let (unused, exchanges) = (unused.collect(), self.exchanges);
        Replayed { trace, missing, unused, exchanges, organisation: None }
    }
}

/// Returns the trace of a session that could not continue.
fn partial(
    session: Option<&Session>,
    derived: &Derived,
    program: &Program,
    missing: Option<&Missing>,
) -> Trace {
    let steps = session.map(Session::steps).unwrap_or_default();
    let flow = derived.call(program).map(|call| call.flow());
    let message = missing.map(ToString::to_string).unwrap_or_default();
    Trace {
        flow: flow.unwrap_or_else(|_| crate::flow::FlowId::new(0)),
        status: Status::Error,
        failure: Some(Failure::new(Code::CALL_UNREPLAYABLE, message)),
        failed_at: steps.last().map(|step| step.node),
        start: derived.at.unwrap_or(DEFAULT_START),
        elapsed_ms: session.map_or(0, Session::clock_ms),
        actions: u32::try_from(steps.len()).unwrap_or(u32::MAX),
        steps: steps.to_vec(),
        events: session.map(Session::events).unwrap_or_default().to_vec(),
        variables: Vec::new(),
        built_ins: Vec::new(),
        other_variables: Vec::new(),
    }
}

/// Returns the names of the flow and node where a session is.
pub(super) fn place(session: &Session, symbols: &SymbolTable) -> (Text, Text) {
    let Some(step) = session.steps().last() else { return Default::default() };
    let label = symbols.node(step.node);
    (symbols.flow(label.flow).name.clone(), label.name.clone())
}

/// Limits the time of the first recorded key to the timeout of the flow, which may have
/// changed. Prompts take time on the platform and none here, so a recorded key is assumed
/// to be in time.
fn in_time(input: &Input, asked: &InputQuestion<'_>) -> Input {
    let Input::Timed(keys) = input else { return input.clone() };
    let patience = u32::try_from(asked.timeout_ms.max(0)).unwrap_or(u32::MAX);
    let keys = keys.iter().enumerate().map(|(index, stroke)| match index {
        0 => Keystroke { after_ms: stroke.after_ms.min(patience), ..*stroke },
        _ => *stroke,
    });
    Input::Timed(keys.collect())
}

/// Subject, names and inputs of a request.
type Parts<'q> = (Subject, Vec<&'q str>, Option<&'q [(Text, Value)]>);

fn parts<'q>(question: &Question<'q>) -> Parts<'q> {
    let names = |names: [Option<&'q str>; 2]| {
        names.into_iter().flatten().filter(|it| !it.is_empty()).collect()
    };
    match *question {
        Question::Input(_) => (Subject::Input, Vec::new(), None),
        Question::Contact { key, .. } => (Subject::Contact, vec![key], None),
        Question::DataAction { id, name, inputs } => {
            (Subject::DataAction, names([name, id]), Some(inputs))
        }
        Question::Webhook { id, url, .. } => (Subject::Webhook, names([url, id]), None),
        Question::QueueStatistics { queue } => {
            (Subject::QueueStatistics, vec![queue], None)
        }
        Question::Action { name, inputs, .. } => {
            (Subject::Action, vec![name], Some(inputs))
        }
        Question::Queue { id, name, .. } => (Subject::Queue, names([name, id]), None),
    }
}

/// Returns whether a recorded answer applies to this request. A rejection for missing
/// skills applies only if the same skills are requested.
fn is_still_valid(recorded: &RecordedAnswer, question: &Question<'_>) -> bool {
    let Question::Queue { skills, .. } = question else { return true };
    if !matches!(recorded.answer, Answer::Queue(QueueAnswer::SkillMismatch { .. })) {
        return true;
    }
    let known = recorded.inputs.as_ref().and_then(|inputs| inputs.get("skills"));
    let asked = skills.iter().map(|skill| Json::from(&**skill));
    known.is_none_or(|known| *known == Json::array(asked))
}

/// Returns the inputs of a request.
fn sent(question: &Question<'_>) -> Json {
    match question {
        Question::Webhook { body, .. } => body.to_json(),
        Question::DataAction { inputs, .. } | Question::Action { inputs, .. } => {
            Json::object(
                inputs.iter().map(|(name, value)| (name.clone(), value.to_json())),
            )
        }
        _ => Json::Null,
    }
}

/// Returns whether the inputs of a recorded request are the same, as far as they are
/// known.
fn sends(recorded: &RecordedAnswer, inputs: Option<&[(Text, Value)]>) -> bool {
    let (Some(recorded), Some(inputs)) = (&recorded.inputs, inputs) else { return true };
    recorded.iter().all(|(name, json)| {
        let input = inputs.iter().find(|(known, _)| known == name);
        let recorded = Value::from(json.clone());
        match input {
            Some((_, value)) if value.is_unset() => recorded.is_unset(),
            Some((_, value)) => equal(&recorded, value) || value.to_json() == *json,
            None => recorded.is_unset(),
        }
    })
}

fn exchange(question: &Question<'_>, answer: &Answer) -> Exchange {
    let (about, names, _) = parts(question);
    let name = names.first().copied().unwrap_or_default().into();
    Exchange { about, name, inputs: sent(question), answer: answer.clone() }
}
