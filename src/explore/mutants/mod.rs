//! Mutation testing: small changes of a compiled program, which tests should notice.

mod action;
mod detect;
mod equivalent;
mod vary;

use std::sync::Arc;

use crate::expr::architect::Expression;
use crate::flow::NodeId;
use crate::program::architect::{Action, FlowPart, Source};
use crate::program::{Program, Step, StepAction};

pub use detect::{Detection, Detector, Searched};

/// A change of a program at one node.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The node.
    pub node: NodeId,
    /// The kind of change, as reports name it.
    pub kind: &'static str,
    /// The change in words.
    pub change: String,
    mutation: Mutation,
}

/// The changed part.
#[derive(Debug, Clone)]
enum Mutation {
    /// The node has another action.
    Action(Box<StepAction>),
    /// Two outputs of the node have exchanged their targets.
    Swap(usize, usize),
    /// All steps that lead to the node lead to another one.
    Skip(NodeId),
}

impl Mutant {
    /// Returns the changed program.
    pub fn program(&self, program: &Program) -> Arc<Program> {
        let mut changed = program.clone();
        let step = &mut changed.steps[self.node.index()];
        match &self.mutation {
            Mutation::Action(action) => step.set_action((**action).clone()),
            Mutation::Swap(one, other) => swap(step, *one, *other),
            Mutation::Skip(next) => skip(&mut changed, self.node, *next),
        }
        Arc::new(changed)
    }
}

impl Mutant {
    /// Returns the expressions that differ, before and after the change.
    fn expressions<'m>(
        &'m self,
        program: &'m Program,
    ) -> Vec<(&'m Expression, &'m Expression)> {
        let own = match &program.steps[self.node.index()].action {
            StepAction::Architect(action) => action,
            _ => return Vec::new(),
        };
        let Mutation::Action(changed) = &self.mutation else { return Vec::new() };
        let StepAction::Architect(changed) = &**changed else { return Vec::new() };
        let pairs = sources(own).into_iter().zip(sources(changed));
        let pairs = pairs.filter_map(|pair| match pair {
            (Source::Expression(one), Source::Expression(other)) => {
                Some((&**one, &**other))
            }
            _ => None,
        });
        let text = |expression: &Expression| format!("{expression:?}");
        pairs.filter(|(one, other)| text(one) != text(other)).collect()
    }
}

/// Returns the values of a decision, a switch or assignments.
fn sources(action: &Action) -> Vec<&Source> {
    match action {
        Action::Decision(decision) => vec![&decision.condition.source],
        Action::Switch(switch) => {
            switch.value.iter().chain(&switch.cases).map(|it| &it.source).collect()
        }
        Action::UpdateData(statements) => statements.iter().map(|it| &it.value).collect(),
        _ => Vec::new(),
    }
}

/// Returns the mutants of a program, by node. Steps that only begin a flow or task, and
/// error handling that the author did not write, have none.
pub fn mutants(program: &Program) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (index, step) in program.steps.iter().enumerate() {
        let node = NodeId::new(index);
        if step.is_beginning() || is_default_handling(program, node, step) {
            continue;
        }
        let mut add = |kind, change, mutation| {
            mutants.push(Mutant { node, kind, change, mutation });
        };
        for (kind, change, action) in action::changes(program, step) {
            add(kind, change, Mutation::Action(Box::new(action)));
        }
        for (one, other, change) in swaps(program, node, step) {
            add("swapped outputs", change, Mutation::Swap(one, other));
        }
        if let Some(next) = continuation(step).filter(|next| *next != node) {
            let change = "the action is left out".to_owned();
            add("left out", change, Mutation::Skip(next));
        }
    }
    mutants
}

fn is_default_handling(program: &Program, node: NodeId, step: &Step) -> bool {
    let part = program.unit(step.flow).architect.as_deref();
    let span = |node: NodeId| program.symbols.node(node).span;
    part.and_then(|part| Some((part.begin, part.on_error?)))
        .is_some_and(|(begin, first)| node >= first && span(begin) == span(first))
}

/// The targets of the outputs: those of an Architect action, or the branches of an If and
/// its default.
fn targets(step: &Step) -> Vec<Option<NodeId>> {
    match &step.action {
        StepAction::If(decision) => {
            let branches = decision.branches.iter().map(|branch| branch.target);
            branches.chain([decision.default]).collect()
        }
        StepAction::Architect(_) => step.targets.to_vec(),
        _ => Vec::new(),
    }
}

/// Returns neighbouring outputs with different targets, and the change in words.
fn swaps(program: &Program, node: NodeId, step: &Step) -> Vec<(usize, usize, String)> {
    let targets = targets(step);
    let names = &program.symbols.node(node).outputs;
    let name = |index: usize| match names.get(index) {
        Some(name) => format!("`{name}`"),
        None if index + 1 == targets.len() => "the default".to_owned(),
        None => format!("branch {}", index + 1),
    };
    let pairs = targets.windows(2).enumerate();
    let different = pairs.filter(|(_, pair)| pair[0] != pair[1]);
    different
        .map(|(index, _)| {
            let words = format!("{} and {} are exchanged", name(index), name(index + 1));
            (index, index + 1, words)
        })
        .collect()
}

fn swap(step: &mut Step, one: usize, other: usize) {
    match &mut step.action {
        StepAction::If(decision) => {
            let last = decision.branches.len();
            if other == last {
                let branch = &mut decision.branches[one].target;
                std::mem::swap(branch, &mut decision.default);
            } else {
                let first = decision.branches[one].target;
                decision.branches[one].target = decision.branches[other].target;
                decision.branches[other].target = first;
            }
        }
        _ => step.targets.swap(one, other),
    }
}

/// Returns the node after an action that can be left out: one that plays a prompt, sets
/// values, or requests something.
fn continuation(step: &Step) -> Option<NodeId> {
    match &step.action {
        StepAction::Say(_)
        | StepAction::Set(_)
        | StepAction::Webhook(_)
        | StepAction::DataAction(_) => step.next,
        StepAction::Architect(action) => match &**action {
            Action::PlayAudio(_)
            | Action::UpdateData(_)
            | Action::Attributes(_)
            | Action::Send(_)
            | Action::SetWhisperAudio(_)
            | Action::Lookup(_) => {
                step.next.or_else(|| step.targets.first().copied().flatten())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Redirects everything that leads to a node.
fn skip(program: &mut Program, node: NodeId, next: NodeId) {
    let redirect = |target: &mut Option<NodeId>| {
        if *target == Some(node) {
            *target = Some(next);
        }
    };
    for step in &mut program.steps {
        redirect(&mut step.next);
        redirect(&mut step.error);
        step.targets.iter_mut().for_each(redirect);
        if let StepAction::If(decision) = &mut step.action {
            redirect(&mut decision.default);
            decision.branches.iter_mut().for_each(|branch| redirect(&mut branch.target));
        }
    }
    for unit in &mut program.units {
        redirect(&mut unit.start);
        if let Some(part) = unit.architect.as_deref_mut() {
            redirect_events(part, node, next);
        }
    }
}

/// Redirects the events of a flow that lead to a node.
fn redirect_events(part: &mut FlowPart, node: NodeId, next: NodeId) {
    let events = part.bot_events.as_mut();
    let of_bot = events.into_iter().flat_map(|events| {
        let begin = events.escalation.as_mut().map(|escalation| &mut escalation.begin);
        let failures = std::iter::once(&mut events.recognition_failure)
            .chain(events.subsequent_failure.as_mut());
        failures.chain(begin)
    });
    for target in part.on_error.iter_mut().chain(of_bot) {
        if *target == node {
            *target = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::graph::Graph;
    use crate::flow::read::load;
    use crate::source::Files;

    fn program(text: &str) -> Program {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flow.yaml");
        std::fs::write(&path, text).unwrap();
        let loaded = load(&[path], &[], &mut Files::new());
        Program::compile_all(&loaded.flows, &loaded.architect)
    }

    const FLOW: &str = r#"
inboundCall:
  name: Line
  startUpRef: /inboundCall/tasks/task[t]
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  variables:
    - integerVariable: {name: Flow.n, initialValue: {lit: 0}}
  tasks:
    - task:
        name: Task
        refId: t
        actions:
          - updateData: {name: Set, statements: [{integer: {variable: Flow.n, value: {exp: Flow.n + 1}}}]}
          - decision:
              name: Many?
              condition: {exp: Flow.n > 3 and Flow.n < 9}
              outputs:
                "yes": {actions: [{disconnect: {name: Gone}}]}
                "no": {actions: []}
          - playAudio: {name: Bye, audio: {tts: Bye.}}
          - disconnect: {name: End}
"#;

    #[test]
    fn every_kind_of_change_is_named() {
        let program = program(FLOW);
        let named = mutants(&program).into_iter().map(|it| {
            let node = &program.symbols.node(it.node).name;
            format!("{node}: {}: {}", it.kind, it.change)
        });
        assert_eq!(
            named.collect::<Vec<_>>(),
            [
                "Set: changed value: `2` instead of `1`",
                "Set: changed value: `0` instead of `1`",
                "Set: left out: the action is left out",
                "Many?: changed condition: `or` instead of `and`",
                "Many?: changed condition: `4` instead of `3`",
                "Many?: changed condition: `2` instead of `3`",
                "Many?: changed condition: `10` instead of `9`",
                "Many?: changed condition: `8` instead of `9`",
                "Many?: swapped outputs: `yes` and `no` are exchanged",
                "Bye: left out: the action is left out",
            ]
        );
    }

    const TARGETS: &str = r#"
inboundCall:
  name: Line
  startUpRef: /inboundCall/tasks/task[t]
  defaultLanguage: en-us
  supportedLanguages: {en-us: {defaultLanguageSkill: {noValue: true}}}
  tasks:
    - task:
        name: Task
        refId: t
        variables:
          - stringVariable: {name: Task.Target, initialValue: {noValue: true}}
          - stringVariable: {name: Task.Copy, initialValue: {noValue: true}}
          - stringVariable: {name: Task.Unread, initialValue: {noValue: true}}
          - stringVariable: {name: Task.Caller, initialValue: {exp: Call.Ani}}
        actions:
          - updateData: {name: Set, statements: [{string: {variable: Task.Target, value: {lit: "queue:a"}}}, {string: {variable: Task.Copy, value: {exp: Task.Target}}}]}
          - updateData: {name: Note, statements: [{string: {variable: Task.Unread, value: {lit: noted}}}]}
          - switch:
              name: Which?
              evaluate:
                firstTrue:
                  cases:
                    - case: {value: {exp: 'Left(Task.Copy, 6) == "queue:"'}, actions: [{disconnect: {name: Queue}}]}
                    - case: {value: {exp: 'Left(Task.Copy, 5) == "user:"'}, actions: [{disconnect: {name: User}}]}
                    - case: {value: {exp: 'Task.Copy == "group"'}, actions: [{disconnect: {name: Group}}]}
                    - case: {value: {exp: 'Task.Caller == "tel"'}, actions: [{disconnect: {name: Caller}}]}
          - disconnect: {name: End}
"#;

    /// No call has other values than those that the flow assigns.
    #[test]
    fn a_change_without_an_effect_is_equivalent() {
        let program = program(TARGETS);
        let calls = [crate::engine::Call::new(crate::flow::FlowId::new(0))];
        let fixtures = crate::world::Fixtures::default();
        let equivalence = equivalent::Equivalence::of(&program, &calls, &fixtures);
        let proved = mutants(&program).into_iter().filter(|it| equivalence.holds(it));
        let named = proved.map(|it| {
            let node = &program.symbols.node(it.node).name;
            format!("{node}: {}", it.change)
        });
        assert_eq!(
            named.collect::<Vec<_>>(),
            [
                "Note: another string instead of `noted`",
                "Which?: `6` instead of `5`",
                "Which?: `4` instead of `5`",
                "Which?: another string instead of `user:`",
                "Which?: another string instead of `group`",
                "Which?: `case 2` and `case 3` are exchanged",
            ]
        );
    }

    /// An event that leads to the action leads to the next one too.
    #[test]
    fn an_action_that_an_error_leads_to_is_left_out() {
        let mut program = program(FLOW);
        let is_prompt = |it: &Mutant| program.symbols.node(it.node).name == "Bye";
        let mutant = mutants(&program).into_iter().find(is_prompt).unwrap();
        let flow = program.steps[mutant.node.index()].flow.index();
        let part = program.units[flow].architect.as_deref_mut().unwrap();
        part.on_error = Some(mutant.node);
        let next = continuation(&program.steps[mutant.node.index()]);
        let changed = mutant.program(&program);
        let part = changed.units[flow].architect.as_deref().unwrap();
        assert!(next.is_some() && part.on_error == next);
    }

    #[test]
    fn a_mutant_differs_in_its_node_only() {
        let program = program(FLOW);
        for mutant in mutants(&program) {
            let changed = mutant.program(&program);
            assert_eq!(changed.steps.len(), program.steps.len());
            let shown = |program: &Program| {
                program.steps.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>()
            };
            let (before, after) = (shown(&program), shown(&changed));
            let differing: Vec<usize> =
                (0..before.len()).filter(|it| before[*it] != after[*it]).collect();
            if mutant.kind == "left out" {
                let graph = Graph::of(&changed);
                assert!(!graph.next.iter().flatten().any(|it| *it == mutant.node));
            } else {
                assert_eq!(differing, [mutant.node.index()], "{}", mutant.change);
            }
        }
    }
}
