//! Calls that are stepped forwards and backwards.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::path::Path;
use std::sync::Arc;

use flowsim::debugger::{Debugger, Launch, Motion, Stop, load};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::timeline::{BranchId, Respondent, Scripted, Timeline};
use flowsim::value::Value;
use flowsim::world::{Answer, FixtureHost, Fixtures, Input, Question};
use proptest::prelude::*;
use proptest::sample::select;

use crate::laws::laws;

/// Silence when the list of inputs is over, so that every call ends.
#[derive(Clone)]
struct Silent(Scripted);

impl Respondent for Silent {
    fn answer(&mut self, session: &Session, question: &Question<'_>) -> Option<Answer> {
        let known = self.0.answer(session, question);
        known.or(Some(Answer::Input(Input::Silence)))
    }

    fn overrule(&mut self, question: &Question<'_>) {
        self.0.overrule(question);
    }
}

/// A call of an example.
struct Example {
    program: Arc<Program>,
    call: Call,
    fixtures: Arc<Fixtures>,
}

/// Examples with menus, modules, data actions, loops, queues and both dialects.
const EXAMPLES: [&str; 5] = [
    "northlight-power",
    "swift-parcels",
    "alder-clinic",
    "payment-journey",
    "retry-loop",
];

impl Example {
    fn new(folder: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
        let mut files = Files::new();
        let loaded = read::load(&[folder.join("flows")], &[], &mut files);
        let paths = [folder.join("fixtures.yaml")];
        let paths = if paths[0].exists() { &paths[..] } else { &[] };
        let (fixtures, _) = Fixtures::load(paths, &mut files);
        let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
        let fixtures = Arc::new(fixtures);
        let flow = program.entry_flows()[0];
        let call = Call::new(flow).in_organisation(Arc::clone(&fixtures));
        Self { program, call, fixtures }
    }

    fn timeline(&self, inputs: &[Input]) -> Timeline<Silent> {
        let scripted = Scripted::new(Arc::clone(&self.fixtures), inputs);
        Timeline::begin(Arc::clone(&self.program), &self.call, Silent(scripted))
    }
}

fn input() -> impl Strategy<Value = Input> {
    const POOL: &[&str] = &["1", "2", "3", "0", "#", "12345678#", "-", "say:yes"];
    select(POOL).prop_map(|text| Input::parse(text).unwrap())
}

laws! {
    part 3;

    /// Steps forward and the same number back give an equal session, trace included; the
    /// whole call is the one that `play` makes.
    #[test]
    fn steps_forward_and_back_give_an_equal_session(
        folder in select(EXAMPLES.to_vec()),
        inputs in prop::collection::vec(input(), 0..8),
        ways in prop::collection::vec((0_u32..400, 0_u32..400), 1..6),
    ) {
        let example = Example::new(folder);
        let mut timeline = example.timeline(&inputs);
        for (ahead, back) in ways {
            timeline.go_to(timeline.position() + ahead);
            let target = timeline.position().saturating_sub(back);
            timeline.go_to(target);
            let mut straight = example.timeline(&inputs);
            straight.go_to(target);
            prop_assert_eq!(timeline.position(), target);
            prop_assert!(timeline.session() == straight.session());
        }
        timeline.go_to(u32::MAX);
        let mut session = Session::start(Arc::clone(&example.program), &example.call);
        let mut host = FixtureHost::new(&example.fixtures, &inputs);
        let trace = play(&mut session, &example.call, &mut host);
        prop_assert_eq!(timeline.session().clone().take_trace().unwrap(), trace);
    }

    /// The position before a step has the steps before it, and none more.
    #[test]
    fn a_step_is_found_again(
        folder in select(EXAMPLES.to_vec()),
        inputs in prop::collection::vec(input(), 0..8),
        part in 0.0_f64..1.0,
    ) {
        let example = Example::new(folder);
        let mut timeline = example.timeline(&inputs);
        timeline.go_to(u32::MAX);
        let steps = timeline.session().steps().to_vec();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let wanted = (steps.len() as f64 * part) as usize;
        timeline.go_before_step(wanted);
        prop_assert_eq!(timeline.session().steps().len(), wanted);
        prop_assert_eq!(timeline.session().next_node(), Some(steps[wanted].node));
    }
}

/// Debugs the call of an example with these inputs, then silence.
fn debugger(folder: &str, inputs: &[Input]) -> Debugger {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let example = Example::new(folder.to_str().unwrap());
    let fixtures = folder.join("fixtures.yaml");
    let launch = Launch {
        flows: vec![folder.join("flows")],
        fixtures: fixtures.exists().then_some(fixtures).into_iter().collect(),
        start: Some(
            example.program.symbols.flow(example.program.entry_flows()[0]).id.to_string(),
        ),
        inputs: inputs.iter().cloned().chain(vec![Input::Silence; 40]).collect(),
        ..Launch::default()
    };
    Debugger::begin(load(&launch, &mut Files::new()).unwrap())
}

laws! {
    part 4;

    /// Every stop of single steps is found again on the way back, in the opposite order.
    #[test]
    fn as_many_steps_back_as_forward_pass_the_same_stops(
        folder in select(EXAMPLES.to_vec()),
        inputs in prop::collection::vec(input(), 0..6),
        count in 1_usize..60,
    ) {
        let mut debugger = debugger(folder, &inputs);
        let mut stops = Vec::new();
        for _ in 0..count {
            if debugger.forward(Motion::Into) != Stop::Done {
                break;
            }
            stops.push(debugger.timeline().session().clone());
        }
        while let Some(stop) = stops.pop() {
            if *debugger.timeline().session() != stop {
                prop_assert_eq!(debugger.back(Motion::Into), Stop::Done);
                prop_assert!(*debugger.timeline().session() == stop);
            }
        }
        debugger.back(Motion::Into);
        prop_assert_eq!(debugger.timeline().position(), 0);
    }
}

/// Returns the timeline of a call at its first question.
fn at_question(example: &Example) -> Timeline<Silent> {
    let mut timeline = example.timeline(&[Input::parse("1").unwrap()]);
    while !matches!(timeline.session().question(), Some(Question::Input(_))) {
        assert!(timeline.forward());
    }
    timeline
}

fn keys(text: &str) -> Answer {
    Answer::Input(Input::parse(text).unwrap())
}

#[test]
fn another_answer_begins_a_branch_and_the_old_one_stays() {
    let example = Example::new("northlight-power");
    let mut timeline = at_question(&example);
    let question = timeline.position();
    timeline.go_to(u32::MAX);
    let first = timeline.session().clone();
    timeline.go_to(question);
    assert!(timeline.answer(keys("2")));
    assert_eq!(timeline.branch().id, BranchId(2));
    assert_eq!(timeline.branch().from, Some((BranchId(1), question)));
    timeline.go_to(u32::MAX);
    let second = timeline.session().clone();
    assert!(second != first);
    assert!(timeline.switch(BranchId(1)));
    assert!(*timeline.session() == first);
    assert!(timeline.switch(BranchId(2)));
    assert!(*timeline.session() == second);
    assert!(!timeline.switch(BranchId(3)));
    assert_eq!(timeline.branches().len(), 2);
}

#[test]
fn a_value_that_the_user_sets_is_part_of_the_branch() {
    let example = Example::new("northlight-power");
    let mut timeline = at_question(&example);
    let values = timeline.session().flow_values(0);
    let (variable, old) = values.first().map(|(id, it)| (*id, (*it).clone())).unwrap();
    let position = timeline.position();
    let value = |timeline: &Timeline<Silent>| {
        let values = timeline.session().flow_values(0);
        values.into_iter().find(|(id, _)| *id == variable).unwrap().1.clone()
    };
    assert!(timeline.assign(0, variable, Value::from("other")));
    assert_eq!(timeline.branch().id, BranchId(1), "the call had not gone on from here");
    timeline.go_to(position - 1);
    assert_eq!(value(&timeline), old);
    timeline.go_to(position);
    assert_eq!(value(&timeline), Value::from("other"));
}

#[test]
fn going_back_finds_the_last_position_with_a_condition() {
    let example = Example::new("northlight-power");
    let mut timeline = at_question(&example);
    let question = timeline.position();
    timeline.go_to(u32::MAX);
    let asks = |it: &Timeline<Silent>| {
        matches!(it.session().question(), Some(Question::Input(_)))
    };
    let mut found = 0;
    while timeline.go_back_to(asks) {
        found = timeline.position();
    }
    assert_eq!(found, question);
    assert_eq!(timeline.position(), 0);
}
