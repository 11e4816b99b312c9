//! Random seeds that lead to every random number that makes a difference.
//!
//! A random number comes from 64 random bits, in ascending order, so the numbers at which a
//! test changes its outcome divide all bits into ranges. Two calls whose bits are in the same
//! ranges, one after the other, take the same path. One seed for every sequence of ranges is
//! a proof if the number of random numbers in a call is limited.

use std::collections::BTreeSet;

use crate::expr::architect::{Draw, Expression, RandomNumbers, Varying};
use crate::flow::NodeId;
use crate::program::architect::{Action, Source};
use crate::program::{Program, StepAction};
use crate::value::{Kind, Type};

use super::external::begins;
use super::starts::Origin;

/// The largest number of seeds that are tried.
const MOST_SEEDS: usize = 64;

/// The seeds among which the first ones with the wanted random numbers are chosen.
const CANDIDATES: u64 = 200_000;

/// The number of random numbers in a row for which all sequences of ranges are wanted, if a
/// call may draw more.
const USUAL_DRAWS: u32 = 2;

/// The largest number of constants that are tried if a random number has no classes.
const MOST_CONSTANTS: usize = 12;

/// Seeds to try, other than 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seeds {
    pub(super) seeds: Vec<u64>,
    /// Whether every other seed leads to the same call as one of them or as 0.
    pub(super) is_whole: bool,
}

impl Seeds {
    /// Returns the seeds to try for the calls of a flow; `None` if no reachable step uses a
    /// random number.
    pub(super) fn of(origin: &Origin<'_>) -> Option<Self> {
        let nodes = random_steps(origin.program);
        let near: Vec<NodeId> =
            nodes.into_iter().filter(|node| origin.is_near[node.index()]).collect();
        if near.is_empty() {
            return None;
        }
        let mut sites = Sites { origin, all: Vec::new(), is_limited: true };
        near.into_iter().for_each(|node| sites.add_step(node));
        Some(sites.seeds())
    }
}

/// Returns the steps that use a random number.
pub(super) fn random_steps(program: &Program) -> Vec<NodeId> {
    let nodes = (0..program.steps.len()).map(NodeId::new);
    let is_random = |node: &NodeId| {
        let mut is_random = false;
        each_expression(program, *node, &mut |expression| {
            is_random |= expression.varies_with(Varying::Random);
        });
        is_random
    };
    nodes.filter(is_random).collect()
}

/// Visits the expressions of an Architect action, and the initial values of variables that
/// begin there.
fn each_expression(program: &Program, node: NodeId, visit: &mut dyn FnMut(&Expression)) {
    let step = &program.steps[node.index()];
    let StepAction::Architect(action) = &step.action else { return };
    action.each_source(&mut |source| source.each_expression(&mut |it| visit(it)));
    for variable in begins(program, node, step) {
        variable.initial.each_expression(&mut |it| visit(it));
    }
}

/// A random number of an expression.
struct Site {
    draw: Draw,
    /// The numbers at which an outcome may change, in ascending order.
    places: BTreeSet<i64>,
}

/// All random numbers of the calls of a flow.
struct Sites<'o> {
    origin: &'o Origin<'o>,
    all: Vec<Site>,
    /// Whether every random number has classes, and is drawn once in a call at most.
    is_limited: bool,
}

impl Sites<'_> {
    fn add_step(&mut self, node: NodeId) {
        let Origin { program, graph, .. } = *self.origin;
        // Audio may be evaluated several times while the action waits.
        let own = parts(program, node);
        let mut count = 0;
        each_expression(program, node, &mut |it| count += it.draws().len());
        let found: usize = own.iter().map(|(_, it)| it.draws().len()).sum();
        let later = graph.next[node.index()].iter().chain(&graph.failed[node.index()]);
        let is_repeated = graph.reach(later.copied())[node.index()];
        self.is_limited &= found == count && !is_repeated;
        for (part, expression) in own {
            for (place, draw) in expression.draws().into_iter().enumerate() {
                self.add(node, part, (&expression, place), draw);
            }
        }
        if found < count {
            let mut others = Vec::new();
            each_expression(program, node, &mut |it| others.extend(it.draws()));
            for draw in others.into_iter().flatten() {
                self.all.push(self.usual(draw));
            }
        }
    }

    fn add(
        &mut self,
        node: NodeId,
        part: Part,
        (expression, place): (&Expression, usize),
        draw: Option<Draw>,
    ) {
        let Some(draw) = draw else {
            self.is_limited = false;
            return;
        };
        let slot = u32::MAX;
        let source = Source::Expression(Box::new(expression.with_draw(place, slot)));
        let mut changed = self.origin.program.clone();
        set(&mut changed, node, part, source);
        let origin = Origin { program: &changed, ..*self.origin };
        let integer = Type::one(Kind::Integer);
        let places = origin.observations(BTreeSet::from([slot]), integer);
        let site = match places {
            Some(observed) => Site { draw, places: observed.integers().clone() },
            None => {
                self.is_limited = false;
                self.usual(draw)
            }
        };
        self.all.push(site);
    }

    /// Returns a random number with its bounds and constants of the flow.
    fn usual(&self, draw: Draw) -> Site {
        let near = self.origin.constants.near_integers().into_iter();
        let inside = near.filter(|it| (draw.low..=draw.high).contains(it));
        let places = inside.take(MOST_CONSTANTS).chain([draw.low, draw.high]);
        Site { draw, places: places.collect() }
    }

    /// Returns the first bits of each range, in ascending order.
    fn ranges(&self) -> Vec<u64> {
        let mut first = BTreeSet::from([0]);
        for Site { draw, places } in &self.all {
            let limit = u128::from(draw.high.abs_diff(draw.low)) + 1;
            let inside = places.iter().filter(|it| (draw.low..=draw.high).contains(it));
            for place in inside {
                let offset = u128::from(place.abs_diff(draw.low));
                for offset in [offset, offset + 1] {
                    let bits = (offset << 64).div_ceil(limit);
                    first.extend(u64::try_from(bits));
                }
            }
        }
        first.into_iter().collect()
    }

    /// Returns the first seed for every sequence of ranges.
    fn seeds(&self) -> Seeds {
        let ranges = self.ranges();
        let all = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let needed = if self.is_limited { all } else { all.max(USUAL_DRAWS) };
        let fits = |draws: &u32| {
            let count = ranges.len().checked_pow(*draws);
            count.is_some_and(|count| count <= MOST_SEEDS)
        };
        let draws = (1..=needed).rev().find(fits).unwrap_or(1);
        let wanted = ranges.len().checked_pow(draws).unwrap_or(usize::MAX);
        let mut is_found = BTreeSet::new();
        let mut seeds = Vec::new();
        for seed in 0..CANDIDATES {
            if is_found.len() == wanted || is_found.len() == MOST_SEEDS {
                break;
            }
            let Some(sequence) = self.sequence(seed, draws, &ranges) else { continue };
            if is_found.insert(sequence) && seed > 0 {
                seeds.push(seed);
            }
        }
        let is_whole = self.is_limited && draws == needed && is_found.len() == wanted;
        Seeds { seeds, is_whole }
    }

    /// Returns the ranges of the first random numbers with a seed; `None` if one of them is
    /// drawn twice because its bits are rejected.
    fn sequence(&self, seed: u64, draws: u32, ranges: &[u64]) -> Option<Vec<usize>> {
        let numbers = RandomNumbers::from_seed(seed);
        let range = |_| {
            let bits = numbers.next();
            let is_kept = self.all.iter().all(|site| site.draw.number(bits).is_some());
            is_kept.then(|| ranges.partition_point(|first| *first <= bits))
        };
        (0..draws).map(range).collect()
    }
}

/// A part of an action that is evaluated once when the action is executed.
#[derive(Clone, Copy)]
enum Part {
    Statement(usize),
    Condition,
    Value,
    Case(usize),
}

/// Returns the parts of an action with a random number, as far as they are known to be
/// evaluated once.
fn parts(program: &Program, node: NodeId) -> Vec<(Part, Expression)> {
    let StepAction::Architect(action) = &program.steps[node.index()].action else {
        return Vec::new();
    };
    let sources: Vec<(Part, &Source)> = match &**action {
        Action::UpdateData(statements) => {
            let each = statements.iter().enumerate();
            each.map(|(place, it)| (Part::Statement(place), &it.value)).collect()
        }
        Action::Decision(decision) => vec![(Part::Condition, &decision.condition.source)],
        Action::Switch(switch) => {
            let value = switch.value.iter().map(|it| (Part::Value, &it.source));
            let cases = switch.cases.iter().enumerate();
            value
                .chain(cases.map(|(place, it)| (Part::Case(place), &it.source)))
                .collect()
        }
        _ => Vec::new(),
    };
    let expression = |(part, source): (Part, &Source)| match source {
        Source::Expression(it) if it.varies_with(Varying::Random) => {
            Some((part, (**it).clone()))
        }
        _ => None,
    };
    sources.into_iter().filter_map(expression).collect()
}

/// Replaces a part of an action.
fn set(program: &mut Program, node: NodeId, part: Part, source: Source) {
    let StepAction::Architect(action) = &mut program.steps[node.index()].action else {
        return;
    };
    let place = match (&mut **action, part) {
        (Action::UpdateData(statements), Part::Statement(place)) => {
            statements.get_mut(place).map(|it| &mut it.value)
        }
        (Action::Decision(decision), Part::Condition) => {
            Some(&mut decision.condition.source)
        }
        (Action::Switch(switch), Part::Value) => {
            switch.value.as_mut().map(|it| &mut it.source)
        }
        (Action::Switch(switch), Part::Case(place)) => {
            switch.cases.get_mut(place).map(|it| &mut it.source)
        }
        _ => None,
    };
    if let Some(place) = place {
        *place = source;
    }
}
