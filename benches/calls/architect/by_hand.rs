//! The same call as an engineer would write it by hand for this case only. It makes the
//! same decisions and produces the same trace.

use std::sync::Arc;

use flowsim::flow::{FlowId, NodeId, ReferenceId, VariableId};
use flowsim::program::Program;
use flowsim::trace::{
    Entry, Event, EventKind, Field, PathTaken, Phrase, Routing, Status, Step, Trace,
};
use flowsim::value::{Audio, DateTime, Duration, Kind, Text, Type, Value};
use flowsim::world::Fixtures;

/// The ids of names in the program, and the parts of the call that never change.
pub(crate) struct Ids {
    flow: FlowId,
    /// In the order of the steps of the call.
    nodes: Vec<NodeId>,
    tier: VariableId,
    account: VariableId,
    level: VariableId,
    sum: VariableId,
    is_known: VariableId,
    greeting: VariableId,
    module_level: VariableId,
    is_open: VariableId,
    /// The operands of decisions.
    read_is_known: ReferenceId,
    read_tier: ReferenceId,
    read_sum: ReferenceId,
    /// The audio that never changes, in playing order.
    audio: Vec<Arc<Audio>>,
    queue: Value,
    table: Value,
    built_ins: Vec<(VariableId, Value)>,
    start: DateTime,
}

impl Ids {
    /// Looks up all ids. The order of the nodes and the audio is that of a call.
    pub(crate) fn new(program: &Program, queue: Value, call: &Trace) -> Self {
        let variable = |name: &str| {
            let index = program.symbols.variables.iter().position(|known| known == name);
            VariableId(u32::try_from(index.expect("is declared")).unwrap_or(u32::MAX))
        };
        let reference = |name: &str| {
            let index = program.symbols.references.iter().position(|it| it == name);
            ReferenceId(u32::try_from(index.expect("is read")).unwrap_or(u32::MAX))
        };
        let table = call.events.iter().find_map(|event| match &event.kind {
            EventKind::Input(Field::DataTableId, id) => Some(id),
            _ => None,
        });
        let table = table.expect("is looked up");
        let played = call.events.iter().filter_map(|event| match &event.kind {
            EventKind::Played(audio) => Some(Arc::clone(audio)),
            _ => None,
        });
        Self {
            flow: call.flow,
            nodes: call.steps.iter().map(|step| step.node).collect(),
            tier: variable("Flow.tier"),
            account: variable("Flow.account"),
            level: variable("Flow.level"),
            sum: variable("Flow.sum"),
            is_known: variable("Flow.isKnown"),
            greeting: variable("Task.greeting"),
            module_level: variable("Common.level"),
            is_open: variable("Common.isOpen"),
            read_is_known: reference("Flow.isKnown"),
            read_tier: reference("Flow.tier"),
            read_sum: reference("Flow.sum"),
            audio: played.collect(),
            queue,
            table: table.clone(),
            built_ins: call.built_ins.clone(),
            start: call.start,
        }
    }
}

/// A trace in progress.
struct Recorder<'i> {
    ids: &'i Ids,
    steps: Vec<Step>,
    events: Vec<Event>,
    now: i64,
}

impl Recorder<'_> {
    /// Adds a step, and the one that its output leads to, unless that is simply the next
    /// one.
    fn step(&mut self, depth: u16, path: PathTaken, next: Option<usize>) {
        self.steps.push(Step {
            node: self.ids.nodes[self.steps.len()],
            depth,
            path,
            next: next.map(|index| self.ids.nodes[index]),
            start_ms: self.now,
            end_ms: self.now,
        });
    }

    /// Adds a step that leads to the next one.
    fn on(&mut self, path: PathTaken) {
        self.step(0, path, Some(self.steps.len() + 1));
    }

    #[inline]
    fn note(&mut self, kind: EventKind) {
        let step = u32::try_from(self.steps.len() - 1).unwrap_or_default();
        self.events.push(Event { step, kind });
    }

    fn set(&mut self, id: VariableId, value: Value) {
        self.note(EventKind::Assigned(id, value));
    }

    fn entry(&mut self, of: Field, name: &str, value: Value) {
        self.note(EventKind::Entry(Box::new(Entry { of, name: name.into(), value })));
    }

    fn given(&mut self, what: Field, value: Value) {
        self.note(EventKind::Input(what, value));
    }

    /// Plays audio that never changes.
    fn play(&mut self, index: usize) {
        let audio = Arc::clone(&self.ids.audio[index]);
        let words = audio.render("en-us");
        self.note(EventKind::Prompted(Phrase::Made(words)));
        self.note(EventKind::Played(audio));
    }

    fn say(&mut self, text: &str) {
        let text = Text::from(text);
        self.note(EventKind::Prompted(Phrase::Made(text.clone())));
        self.note(EventKind::Played(Arc::new(Audio::speech(text))));
    }
}

const UNSET: Value = Value::NotSet(Type::one(Kind::String));
const UNKNOWN: Value = Value::NotSet(Type::one(Kind::Boolean));
const YES: PathTaken = PathTaken::Output(0);
const NO: PathTaken = PathTaken::Output(1);

/// Makes the call.
pub(crate) fn call(
    ids: &Ids,
    fixtures: &Fixtures,
    caller: &str,
    keys: [&str; 2],
) -> Trace {
    let mut recorder = Recorder {
        ids,
        steps: Vec::with_capacity(29),
        events: Vec::with_capacity(70),
        now: 0,
    };
    let (tier, level) = welcome(&mut recorder, fixtures, caller);
    check_hours(&mut recorder, level);
    let account = ask(&mut recorder, keys);
    let (level, sum) = count(&mut recorder, &tier);
    hand_on(&mut recorder, &account, sum);
    Trace {
        flow: ids.flow,
        status: Status::Completed,
        failure: None,
        failed_at: None,
        start: ids.start,
        elapsed_ms: recorder.now,
        actions: 25,
        steps: recorder.steps,
        events: recorder.events,
        variables: vec![
            (ids.tier, Value::String(tier)),
            (ids.account, Value::String(account)),
            (ids.level, Value::Integer(level)),
            (ids.sum, Value::Integer(sum)),
            (ids.is_known, Value::Boolean(true)),
        ],
        built_ins: ids.built_ins.clone(),
        other_variables: Vec::new(),
    }
}

/// Greets the caller, and looks up the contact.
fn welcome(
    recorder: &mut Recorder<'_>,
    fixtures: &Fixtures,
    caller: &str,
) -> (Text, i64) {
    let ids = recorder.ids;
    recorder.on(PathTaken::Next);
    recorder.set(ids.tier, Value::String(Text::inline("standard")));
    recorder.set(ids.account, UNSET);
    recorder.set(ids.level, Value::Integer(0));
    recorder.set(ids.sum, Value::Integer(0));
    recorder.set(ids.is_known, UNKNOWN);
    recorder.play(0);
    recorder.on(PathTaken::Next);
    recorder.set(ids.greeting, UNSET);
    recorder.on(PathTaken::Next);
    let is_known = caller.chars().count() > 3;
    let greeting = if is_known { "Good to hear from you" } else { "Hello" };
    recorder.set(ids.is_known, Value::Boolean(is_known));
    recorder.set(ids.greeting, Value::String(greeting.into()));
    recorder.on(YES);
    recorder.note(EventKind::Read(ids.read_is_known, Value::Boolean(is_known)));
    recorder.note(EventKind::Input(Field::Condition, Value::Boolean(is_known)));
    recorder.on(PathTaken::Next);
    recorder.say(greeting);
    recorder.on(YES);
    recorder.note(EventKind::Input(Field::DataTableId, ids.table.clone()));
    let table = Value::String(Text::inline("Callers"));
    recorder.note(EventKind::Input(Field::DataTableName, table));
    recorder.note(EventKind::Input(Field::LookupValue, Value::String(caller.into())));
    let table = fixtures.data_table("Callers");
    let row = table.and_then(|table| table.cells(caller));
    let mut cells = row.into_iter().flat_map(|row| row.iter()).map(|(_, value)| value);
    let (Some(Value::String(tier)), Some(Value::Integer(level))) =
        (cells.next(), cells.next())
    else {
        return (Text::new(), 0);
    };
    recorder.entry(Field::FoundOutputs, "Tier", Value::String(tier.clone()));
    recorder.entry(Field::FoundOutputs, "Level", Value::Integer(*level));
    recorder.set(ids.tier, Value::String(tier.clone()));
    recorder.set(ids.level, Value::Integer(*level));
    (tier.clone(), *level)
}

/// The common module.
fn check_hours(recorder: &mut Recorder<'_>, level: i64) {
    let ids = recorder.ids;
    recorder.step(0, PathTaken::Next, Some(10));
    recorder.entry(Field::Inputs, "Common.level", Value::Integer(level));
    recorder.step(1, PathTaken::Next, Some(8));
    recorder.set(ids.module_level, Value::Integer(level));
    recorder.set(ids.is_open, UNKNOWN);
    recorder.step(1, PathTaken::Next, Some(9));
    recorder.step(1, PathTaken::Next, None);
    recorder.set(ids.is_open, Value::Boolean(level > 0));
    let (of, name) = (Field::Outputs, Text::inline("Common.isOpen"));
    let entry = Entry { of, name, value: Value::Boolean(level > 0) };
    let kind = EventKind::Entry(Box::new(entry));
    recorder.events.push(Event { step: 6, kind });
    let kind = EventKind::Assigned(ids.is_known, Value::Boolean(level > 0));
    recorder.events.push(Event { step: 6, kind });
    recorder.on(PathTaken::Next);
}

/// The menu, and the digits.
fn ask(recorder: &mut Recorder<'_>, [choice, digits]: [&str; 2]) -> Text {
    let ids = recorder.ids;
    recorder.on(YES);
    recorder.play(2);
    recorder.note(EventKind::Collected(choice.into()));
    recorder.now += 1_000;
    recorder.steps[11].end_ms = recorder.now;
    recorder.on(YES);
    let seconds = |seconds: i64| {
        let duration = Duration::from_milliseconds(seconds * 1_000);
        duration.map_or(Value::NOT_SET, Value::Duration)
    };
    recorder.given(Field::AcceptJustPound, Value::Boolean(false));
    recorder.given(Field::AcceptJustStar, Value::Boolean(false));
    recorder.given(Field::IncludeTerminatingDtmf, Value::Boolean(false));
    recorder.given(Field::InterDigitTimeout, seconds(3));
    recorder.given(Field::NoEntryTimeout, seconds(5));
    recorder.given(Field::Min, Value::Integer(4));
    recorder.given(Field::Max, Value::Integer(4));
    recorder.given(Field::TerminatingDtmf, Value::NOT_SET);
    recorder.given(Field::VerificationType, Value::String(Text::inline("none")));
    recorder.play(3);
    let digits = Text::from(digits);
    recorder.note(EventKind::Collected(digits.clone()));
    let field = Field::InputData;
    recorder.note(EventKind::Output(field, Value::String(digits.clone())));
    recorder.set(ids.account, Value::String(digits.clone()));
    recorder.on(PathTaken::Next);
    let mut account = Text::inline("A");
    account.push_str(&digits);
    recorder.set(ids.account, Value::String(account.clone()));
    account
}

/// The switch and the loop.
fn count(recorder: &mut Recorder<'_>, tier: &str) -> (i64, i64) {
    let ids = recorder.ids;
    recorder.on(NO);
    recorder.note(EventKind::Read(ids.read_tier, Value::String(tier.into())));
    for (number, name) in [(1, "silver"), (2, "gold")] {
        recorder
            .note(EventKind::Input(Field::Case(number), Value::Boolean(tier == name)));
    }
    recorder.on(PathTaken::Next);
    recorder.play(4);
    let (mut level, mut sum) = (0, 0);
    for round in 0..3 {
        recorder.step(0, YES, Some(17));
        if round == 0 {
            recorder.note(EventKind::Input(Field::LoopCount, Value::Integer(3)));
        }
        level = round;
        recorder.note(EventKind::Output(Field::CurrentIndex, Value::Integer(level)));
        recorder.set(ids.level, Value::Integer(level));
        sum += level;
        recorder.on(PathTaken::Next);
        recorder.set(ids.sum, Value::Integer(sum));
        recorder.on(if sum > 2 { YES } else { NO });
        recorder.note(EventKind::Read(ids.read_sum, Value::Integer(sum)));
        recorder.note(EventKind::Input(Field::Condition, Value::Boolean(sum > 2)));
    }
    recorder.on(PathTaken::Next);
    recorder.play(5);
    recorder.on(NO);
    (level, sum)
}

/// The transfer.
fn hand_on(recorder: &mut Recorder<'_>, account: &str, sum: i64) {
    recorder.on(PathTaken::Next);
    let mut text = String::from("Your account is ");
    text.push_str(account);
    recorder.say(&text);
    recorder.step(0, PathTaken::None, None);
    recorder.entry(Field::Inputs, "targetQueue", recorder.ids.queue.clone());
    recorder.entry(Field::Inputs, "priority", Value::Integer(sum + 1));
    recorder.play(7);
    let routing = Routing {
        queue_id: Some(Phrase::Made(Text::inline("q-1"))),
        queue_name: Some(Phrase::Made(Text::inline("Accounts"))),
        skills: Vec::new(),
        priority: Some(sum + 1),
    };
    recorder.note(EventKind::Routed(Box::new(routing)));
}
