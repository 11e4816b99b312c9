//! A recorded call made again: the recording answers what a flow asks of the world.

use std::sync::Arc;

use super::derive::{About, Derived, RecordedAnswer, overlaid};
use super::lookup;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, DEFAULT_START, Session};
use crate::flow::Legend;
use crate::program::Program;
use crate::trace::{Failure, Status, Trace};
use crate::value::{Json, Text, Value, equal};
use crate::world::{
    Answer, Fixtures, Input, InputQuestion, Keystroke, Question, QueueAnswer, Replies,
};

/// How often a call is made anew with one more row of the user's tables.
const MAX_ROUNDS: usize = 256;

/// What a flow asked that nobody could answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// The flow, by name.
    pub flow: Text,
    /// The node or action, by name.
    pub node: Text,
    /// What was asked: `data action`, `input`, `row of the data table`…
    pub what: &'static str,
    /// Of whom: the name or id of the data action, table, queue.
    pub name: Text,
    /// What was sent along; `null` if nothing was.
    pub with: Json,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { flow, node, what, name, with } = self;
        write!(formatter, "`{node}` of `{flow}` asks for the {what}")?;
        if !name.is_empty() {
            write!(formatter, " `{name}`")?;
        }
        if *with != Json::Null {
            write!(formatter, " with {with}")?;
        }
        formatter.write_str(match *what {
            "input" => ", but the recording has no further keys",
            _ => ", which the recording does not have",
        })
    }
}

/// What was asked and answered on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Who was asked.
    pub about: About,
    /// Of what name, address or key; empty for the caller.
    pub name: Text,
    /// What was sent along.
    pub inputs: Json,
    /// What was answered.
    pub answer: Answer,
}

/// A call that was made again.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// What happened; if something is missing, up to there.
    pub trace: Trace,
    /// What nobody could answer. The call stopped there.
    pub missing: Option<Missing>,
    /// The recorded answers that nobody asked for, in order.
    pub unused: Vec<RecordedAnswer>,
    /// Everything that was asked, in order.
    pub exchanges: Vec<Exchange>,
}

/// Makes a recorded call again. What the recording cannot answer, the fallback does; if it
/// cannot either, the call stops there.
///
/// The caller does what was recorded, in order. A caller who is asked for more is no silent
/// one: nobody knows what they would have done.
///
/// # Errors
/// The program does not have the flow or node that the call began in.
pub fn replay(
    program: &Arc<Program>,
    derived: &Derived,
    fallback: &Fixtures,
) -> Result<Replayed, Box<Diagnostic>> {
    let call = derived.call(program)?;
    Ok(replay_call(&call, program, derived, fallback, &mut |_| {}))
}

/// The same of a [call](Derived::call) that was made ready. `at_end` sees the session when
/// the call is over, for what a trace does not hold; not if something is missing.
pub fn replay_call(
    call: &Call,
    program: &Arc<Program>,
    derived: &Derived,
    fallback: &Fixtures,
    at_end: &mut dyn FnMut(&Session),
) -> Replayed {
    let mut world = derived.fixtures.clone();
    let mut rounds = 0;
    // Draft flows ask, and look nothing up.
    let looks_up = program.units.iter().any(|unit| unit.architect.is_some());
    loop {
        let call = match looks_up {
            true => {
                let (organisation, _) = overlaid(fallback, &world);
                call.clone().in_organisation(Arc::new(organisation))
            }
            false => call.clone(),
        };
        let mut run = Run::new(program, derived, fallback);
        match run.play(&call) {
            // A row that only the user's own table has: it is put beside the recorded ones.
            Stop::Row(row) if rounds < MAX_ROUNDS => {
                world = lookup::with_row(&world, &row);
                rounds += 1;
            }
            stop => {
                if let (Stop::Over, Some(session)) = (&stop, &run.session) {
                    at_end(session);
                }
                return run.finish(derived, stop);
            }
        }
    }
}

/// Why a run went no further.
enum Stop {
    /// The call is over.
    Over,
    /// Nobody has an answer.
    Missing(Missing),
    /// The fallback has a row of a table that the recording has too.
    Row(lookup::FallbackRow),
}

struct Run<'r> {
    session: Option<Session>,
    program: &'r Arc<Program>,
    derived: &'r Derived,
    fallback: &'r Fixtures,
    replies: Replies,
    used: Vec<bool>,
    /// The time that is left until a choice whose key nobody wrote down.
    menu_ms: Option<i64>,
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
            replies: Replies::default(),
            used: vec![false; derived.answers.len()],
            menu_ms: None,
            exchanges: Vec::new(),
        }
    }

    fn play(&mut self, call: &Call) -> Stop {
        let mut session = Session::start(Arc::clone(self.program), call);
        let stop = loop {
            let unknown = lookup::unknown(
                &session,
                self.derived,
                self.fallback,
                &self.program.legend,
            );
            match unknown {
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
        if let Some(index) = self.find(session, question) {
            if let Some(used) = self.used.get_mut(index) {
                *used = true;
            }
            let found = self.derived.answers.get(index);
            if let Some(found) = found.filter(|it| still_holds(it, question)) {
                return Ok(found.answer.clone());
            }
        }
        let answer = self.fallback.answer(question, &mut self.replies);
        match answer {
            Answer::NotMocked | Answer::Contact(None) | Answer::Statistics(None) => {
                Err(self.missing(session, question))
            }
            answer => Ok(answer),
        }
    }

    /// What the caller does next.
    fn input(
        &mut self,
        session: &Session,
        asked: &InputQuestion<'_>,
    ) -> Result<Input, Missing> {
        let answers = self.derived.answers.iter().zip(&self.used);
        let mut answers = answers.enumerate();
        let next = answers.find(|(_, (it, used))| it.about == About::Input && !**used);
        let Some((index, (recorded, _))) = next else {
            if self.derived.is_silent_beyond {
                return Ok(Input::Silence);
            }
            return Err(self.missing(session, &Question::Input(*asked)));
        };
        let (input, is_done) = match &recorded.chose {
            Some((choice, waited)) => {
                let left = self.menu_ms.unwrap_or(*waited);
                self.menu(session, asked, choice, left)?
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

    /// The key of a choice that is known by what came of it: every one that the menu offers
    /// is tried, and the call goes on with the one that leads there.
    fn menu(
        &mut self,
        session: &Session,
        asked: &InputQuestion<'_>,
        choice: &Text,
        left_ms: i64,
    ) -> Result<(Input, bool), Missing> {
        let program = self.program;
        let leads = |input: &Input, after_ms: i64| {
            leads_to(program, session, input, choice, after_ms)
        };
        if left_ms >= asked.timeout_ms && asked.timeout_ms > 0 {
            let left = left_ms - asked.timeout_ms;
            self.menu_ms = Some(left);
            // A menu may choose by itself when it has been silent for long enough.
            let is_done = left == 0
                && (choice.is_empty() || leads(&Input::Silence, asked.timeout_ms));
            return Ok((Input::Silence, is_done));
        }
        if choice.is_empty() {
            return Ok((Input::HangUp, true));
        }
        for offered in asked.choices {
            let Some(key) = offered.key else { continue };
            // A menu that also takes extensions waits for more digits.
            for waits in [0, asked.inter_digit_timeout_ms] {
                let Ok(after_ms) = u32::try_from(left_ms - waits) else { continue };
                let input = Input::Timed([Keystroke { key, after_ms }].into());
                if leads(&input, left_ms) {
                    return Ok((input, true));
                }
            }
        }
        let mut missing = self.missing(session, &Question::Input(*asked));
        missing.what = "key of the choice before";
        missing.name = choice.clone();
        Err(missing)
    }

    /// The recorded answer to a question: the one of the same node to the same, the one to
    /// the same of another node, else the next of the same name.
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
        // Who is asked the same once more gives the same answer, unless things happen there.
        let is_steady = matches!(about, About::Contact | About::Queue);
        let is_node = |it: &RecordedAnswer| self.is_asked_by(it, session);
        answers()
            .find(|(index, it)| is_new(*index) && is_node(it) && is_same(it))
            // An answer that does not tell whom it is of is that of its node.
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

    /// Whether the node that a session is at gave rise to an answer then.
    fn is_asked_by(&self, recorded: &RecordedAnswer, session: &Session) -> bool {
        let legend = &self.program.legend;
        let Some(step) = session.steps().last() else { return false };
        let label = legend.node(step.node);
        let flow = legend.flow(label.flow);
        let of_flow = recorded.flow.as_ref();
        (recorded.node == label.id || recorded.node == label.name)
            && of_flow.is_none_or(|known| *known == flow.id || *known == flow.name)
    }

    fn missing(&self, session: &Session, question: &Question<'_>) -> Missing {
        let (about, names, _) = parts(question);
        let name = names.first().copied().unwrap_or_default();
        let (flow, node) = place(session, &self.program.legend);
        Missing {
            flow,
            node,
            what: about.name(),
            name: name.into(),
            with: sent(question),
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
        Replayed { trace, missing, unused, exchanges }
    }
}

/// What a session has done so far, as the trace of a call that could not go on.
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

/// The flow and node where a session is, by their names.
pub(super) fn place(session: &Session, legend: &Legend) -> (Text, Text) {
    let Some(step) = session.steps().last() else { return Default::default() };
    let label = legend.node(step.node);
    (legend.flow(label.flow).name.clone(), label.name.clone())
}

/// Whether an input makes a session go on with the step of this name after so long.
fn leads_to(
    program: &Program,
    session: &Session,
    input: &Input,
    name: &Text,
    after_ms: i64,
) -> bool {
    let at_ms = session.clock_ms().saturating_add(after_ms);
    let mut tried = session.clone();
    tried.resume(Answer::Input(input.clone()));
    let next = tried.steps().get(session.steps().len());
    next.is_some_and(|step| {
        program.legend.node(step.node).name == *name && step.start_ms == at_ms
    })
}

/// A recorded key was in time, whatever a changed flow waits. What is played takes time on
/// the platform and none here.
fn in_time(input: &Input, asked: &InputQuestion<'_>) -> Input {
    let Input::Timed(keys) = input else { return input.clone() };
    let patience = u32::try_from(asked.timeout_ms.max(0)).unwrap_or(u32::MAX);
    let keys = keys.iter().enumerate().map(|(index, stroke)| match index {
        0 => Keystroke { after_ms: stroke.after_ms.min(patience), ..*stroke },
        _ => *stroke,
    });
    Input::Timed(keys.collect())
}

/// Who is asked, by which names, and with which inputs.
type Parts<'q> = (About, Vec<&'q str>, Option<&'q [(Text, Value)]>);

fn parts<'q>(question: &Question<'q>) -> Parts<'q> {
    let names = |names: [Option<&'q str>; 2]| {
        names.into_iter().flatten().filter(|it| !it.is_empty()).collect()
    };
    match *question {
        Question::Input(_) => (About::Input, Vec::new(), None),
        Question::Contact { key } => (About::Contact, vec![key], None),
        Question::DataAction { id, name, inputs } => {
            (About::DataAction, names([name, id]), Some(inputs))
        }
        Question::Webhook { id, url, .. } => (About::Webhook, names([url, id]), None),
        Question::QueueStatistics { queue } => {
            (About::QueueStatistics, vec![queue], None)
        }
        Question::Action { name, inputs, .. } => {
            (About::Action, vec![name], Some(inputs))
        }
        Question::Queue { id, name, .. } => (About::Queue, names([name, id]), None),
    }
}

/// Whether an answer is one to this question, too: nobody who lacked the skills of then may
/// lack those that are asked for now.
fn still_holds(recorded: &RecordedAnswer, question: &Question<'_>) -> bool {
    let Question::Queue { skills, .. } = question else { return true };
    if recorded.answer != Answer::Queue(QueueAnswer::SkillMismatch) {
        return true;
    }
    let known = recorded.inputs.as_ref().and_then(|inputs| inputs.get("skills"));
    let asked = skills.iter().map(|skill| Json::from(&**skill));
    known.is_none_or(|known| *known == Json::array(asked))
}

/// What a question sends along.
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

/// Whether a recorded question sent the same along, as far as it is known.
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
