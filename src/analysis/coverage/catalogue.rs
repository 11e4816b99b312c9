//! Everything that calls of a program can come to, numbered.

use std::ops::Range;

use super::kind::Kind;
use super::prompts::{self, Constant};
use crate::flow::{FlowId, NodeId};
use crate::program::architect::{Action, Change, Menu, Target};
use crate::program::{Program, Speech, Step, StepAction};
use crate::source::Span;
use crate::value::Text;

/// The number of something that is counted.
pub(super) type Item = u32;

/// No item: what comes to it is not counted.
pub(super) const NONE: Item = Item::MAX;

/// All items of a program.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Catalogue {
    /// By item.
    pub(super) items: Vec<Entry>,
    /// By node.
    pub(super) nodes: Vec<NodeItems>,
    /// By flow.
    pub(super) flows: Vec<FlowEntry>,
    /// The outputs of the nodes, one run each.
    pub(super) ways: Vec<Item>,
    /// The texts of the nodes, one run each.
    pub(super) prompts: Vec<(Item, Constant)>,
}

/// What an item is.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// The node that it belongs to; of a flow, none.
    pub(super) node: Option<NodeId>,
    /// Its name among those of the node; nothing for the node or flow itself.
    pub(super) name: Option<Text>,
    /// What the document says there, where that helps.
    pub(super) text: Option<Text>,
}

/// What a flow is called, and where it stands.
#[derive(Debug, PartialEq)]
pub(super) struct FlowEntry {
    pub(super) item: Item,
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) flow_type: Text,
    pub(super) span: Option<Span>,
    pub(super) nodes: Vec<(NodeId, Text, Span)>,
}

/// The items of a node.
#[derive(Debug, PartialEq)]
pub(super) struct NodeItems {
    /// The node itself: a node, a task, a menu, an error handling.
    pub(super) own: Item,
    pub(super) next: Item,
    pub(super) error: Item,
    pub(super) default: Item,
    /// That an error led here.
    pub(super) handler: Item,
    /// Conditions or outputs, in [`Catalogue::ways`].
    pub(super) ways: Range<u32>,
    /// How many conditions there are; each has two items, of which this is the first.
    pub(super) conditions: (Item, u16),
    /// In [`Catalogue::prompts`].
    pub(super) prompts: Range<u32>,
    /// The flow that is called from here, with the node that it begins with.
    pub(super) call: Option<(Item, FlowId, NodeId)>,
    /// Whether a flow of Architect begins here.
    pub(super) is_begin: bool,
}

impl Default for NodeItems {
    fn default() -> Self {
        Self {
            own: NONE,
            next: NONE,
            error: NONE,
            default: NONE,
            handler: NONE,
            ways: 0..0,
            conditions: (NONE, 0),
            prompts: 0..0,
            call: None,
            is_begin: false,
        }
    }
}

impl Catalogue {
    pub(super) fn of(program: &Program) -> Self {
        let handlers = draft_handlers(program);
        let mut builder =
            Builder { program, made: Self::default(), node: None, handlers };
        builder.flows();
        for index in 0..program.steps.len() {
            builder.node(NodeId::new(index));
        }
        builder.shared_choices();
        builder.made
    }
}

struct Builder<'p> {
    program: &'p Program,
    made: Catalogue,
    /// The node whose items are added.
    node: Option<NodeId>,
    /// By node, whether errors of draft nodes lead there.
    handlers: Vec<bool>,
}

/// What a step stands for.
enum Role {
    Own(Kind),
    /// Nothing that is counted itself, such as the beginning of a flow.
    Bare,
    /// A further round of the loop before it.
    NextRound,
    /// What error handling does; the first step is the error handling itself.
    Handling(bool),
}

impl Builder<'_> {
    fn flows(&mut self) {
        let program = self.program;
        for label in &program.legend.flows {
            let item = self.add_own(Kind::Flows);
            self.made.flows.push(FlowEntry {
                item,
                id: label.id.clone(),
                name: label.name.clone(),
                flow_type: label.flow_type.clone(),
                span: None,
                nodes: Vec::new(),
            });
        }
        for (index, label) in program.legend.nodes.iter().enumerate() {
            let id = NodeId::new(index);
            let start = self.program.unit(label.flow).start;
            let flow = &mut self.made.flows[label.flow.index()];
            if flow.span.is_none() || start == Some(id) {
                flow.span = Some(label.span);
            }
            flow.nodes.push((id, label.id.clone(), label.span));
        }
    }

    /// The node, or the flow, itself.
    fn add_own(&mut self, kind: Kind) -> Item {
        self.push(kind, None, None)
    }

    fn add(&mut self, kind: Kind, name: &str, text: Option<Text>) -> Item {
        self.push(kind, Some(name.into()), text)
    }

    fn push(&mut self, kind: Kind, name: Option<Text>, text: Option<Text>) -> Item {
        // As with the ids of a program, a loaded file cannot hold so many.
        let item = Item::try_from(self.made.items.len()).unwrap_or(NONE);
        let node = self.node;
        self.made.items.push(Entry { kind, node, name, text });
        item
    }

    fn node(&mut self, id: NodeId) {
        self.node = Some(id);
        let program = self.program;
        let step = &program.steps[id.index()];
        let mut items = NodeItems::default();
        match self.role(id, step) {
            Role::Own(kind) => {
                items.own = self.add_own(kind);
                self.ways(id, step, &mut items);
            }
            Role::Bare => items.is_begin = program.unit(step.flow).start == Some(id),
            Role::NextRound => {
                let before = self.made.nodes.last();
                items.ways = before.map_or(0..0, |before| before.ways.clone());
            }
            Role::Handling(is_first) => {
                if is_first {
                    items.own = self.add_own(Kind::ErrorHandlers);
                }
            }
        }
        if self.handlers[id.index()] {
            items.handler = self.add(Kind::ErrorHandlers, "error target", None);
        }
        self.prompts(step, &mut items);
        self.call(step, &mut items);
        self.made.nodes.push(items);
    }

    fn role(&self, id: NodeId, step: &Step) -> Role {
        let StepAction::Architect(action) = &step.action else {
            return Role::Own(Kind::Nodes);
        };
        let part = self.program.unit(step.flow).architect.as_deref();
        // What error handling stands for comes last in its flow.
        let on_error = part.and_then(|part| part.on_error);
        if let Some(first) = on_error.filter(|first| id >= *first) {
            let label = |id: NodeId| self.program.legend.node(id).span;
            let is_written = part.is_some_and(|part| label(part.begin) != label(first));
            return Role::Handling(id == first && is_written);
        }
        match &**action {
            Action::BeginFlow(_) => Role::Bare,
            Action::NextRound(_) => Role::NextRound,
            Action::BeginSequence => Role::Own(Kind::Tasks),
            Action::Menu(_) => Role::Own(Kind::Menus),
            _ => Role::Own(Kind::Nodes),
        }
    }

    fn ways(&mut self, id: NodeId, step: &Step, items: &mut NodeItems) {
        match &step.action {
            StepAction::Architect(action) => self.outputs(id, action, items),
            StepAction::If(decision) => {
                let count = decision.branches.len();
                let names = (1..=count).map(|number| format!("condition {number}"));
                items.ways = self.run(Kind::Paths, names.map(Text::from));
                items.default = self.add(Kind::Paths, "default", None);
                items.error = self.add(Kind::Paths, "error", None);
                let program = self.program;
                let texts = &program.legend.node(id).conditions;
                items.conditions = self.conditions(count, texts);
            }
            StepAction::End(_) => {}
            action => {
                items.next = self.add(Kind::Paths, "next", None);
                if can_fail(action) {
                    items.error = self.add(Kind::Paths, "error", None);
                }
            }
        }
    }

    fn outputs(&mut self, id: NodeId, action: &Action, items: &mut NodeItems) {
        if let Action::Menu(menu) = action {
            items.ways = self.choices(id, menu);
            return;
        }
        // A task or bot begins; that has no ways of its own.
        if matches!(action, Action::BeginSequence) {
            return;
        }
        let program = self.program;
        let labels = &program.legend.node(id).outputs;
        items.ways = self.run(Kind::Paths, labels.iter().cloned());
        if goes_on(action, labels.len()) {
            items.next = self.add(Kind::Paths, "next", None);
        }
        items.conditions = match action {
            Action::Decision(_) => self.conditions(1, &[]),
            Action::Switch(switch) => self.conditions(switch.cases.len(), &[]),
            _ => (NONE, 0),
        };
    }

    /// The choices of a menu; those of other menus that work here too come later.
    fn choices(&mut self, id: NodeId, menu: &Menu) -> Range<u32> {
        let first = self.made.ways.len();
        for (choice, offered) in menu.choices.iter().zip(&menu.offered) {
            let item = if self.program.sequence(choice.menu).begin == id {
                let key = offered.key.map(|key| Text::from(format!("key {key}")));
                self.add(Kind::Choices, &offered.name, key)
            } else {
                NONE
            };
            self.made.ways.push(item);
        }
        range(first, self.made.ways.len())
    }

    /// A choice of another menu that works here too is the same choice.
    fn shared_choices(&mut self) {
        for (id, step) in self.program.steps.iter().enumerate() {
            let Some(menu) = menu_of(step) else { continue };
            for (index, choice) in menu.choices.iter().enumerate() {
                let owner = self.program.sequence(choice.menu).begin;
                if owner.index() == id {
                    continue;
                }
                let name = menu.offered.get(index).map(|offered| &offered.name);
                let target = step.targets.get(index);
                let of = &self.program.steps[owner.index()];
                let Some(owning) = menu_of(of) else { continue };
                let offered = owning.offered.iter().map(|offered| Some(&offered.name));
                let same = offered.zip(of.targets.iter().map(Some));
                let found = { same }.position(|it| it == (name, target));
                let item = found.and_then(|found| self.way(owner.index(), found));
                let place = self.place_of_way(id, index);
                let place = place.and_then(|place| self.made.ways.get_mut(place));
                if let (Some(item), Some(place)) = (item, place) {
                    *place = item;
                }
            }
        }
    }

    fn place_of_way(&self, node: usize, index: usize) -> Option<usize> {
        let ways = &self.made.nodes.get(node)?.ways;
        Some(ways.start as usize + index).filter(|place| *place < ways.end as usize)
    }

    fn way(&self, node: usize, index: usize) -> Option<Item> {
        self.made.ways.get(self.place_of_way(node, index)?).copied()
    }

    /// A run of items of these names.
    fn run(&mut self, kind: Kind, names: impl Iterator<Item = Text>) -> Range<u32> {
        let first = self.made.ways.len();
        for name in names {
            let item = self.add(kind, &name, None);
            self.made.ways.push(item);
        }
        range(first, self.made.ways.len())
    }

    /// Two items for every condition: that it was true, that it was false.
    fn conditions(&mut self, count: usize, texts: &[Text]) -> (Item, u16) {
        let first = Item::try_from(self.made.items.len()).unwrap_or(NONE);
        for index in 0..count {
            for outcome in ["true", "false"] {
                let name = format!("condition {} {outcome}", index + 1);
                self.add(Kind::Conditions, &name, texts.get(index).cloned());
            }
        }
        (first, u16::try_from(count).unwrap_or(u16::MAX))
    }

    fn prompts(&mut self, step: &Step, items: &mut NodeItems) {
        let program = self.program;
        let first = self.made.prompts.len();
        let said = match &step.action {
            StepAction::Say(speech) => Some(("sayText", speech)),
            StepAction::Gather(gather) => {
                gather.prompt.as_ref().map(|prompt| ("promptText", prompt))
            }
            StepAction::Architect(action) => {
                let part = program.unit(step.flow).architect.as_deref();
                let language = part.and_then(|part| part.language.as_deref());
                for (name, words, constant) in
                    prompts::of(action, language.unwrap_or_default())
                {
                    let item = self.add(Kind::Prompts, &name, Some(words));
                    self.made.prompts.push((item, constant));
                }
                None
            }
            _ => None,
        };
        if let Some((name, Speech::Constant(text))) = said {
            let words = program.legend.text(*text).clone();
            let item = self.add(Kind::Prompts, name, Some(words));
            self.made.prompts.push((item, Constant::Only));
        }
        items.prompts = range(first, self.made.prompts.len());
    }

    fn call(&mut self, step: &Step, items: &mut NodeItems) {
        let callee = match &step.action {
            StepAction::CallFlow(call) => call.target.ok(),
            StepAction::Architect(action) => match &**action {
                Action::CallCommonModule(module) => module.flow,
                Action::Transfer(transfer) => match transfer.target {
                    Target::Flow(_, _, flow) => flow,
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(callee) = callee else { return };
        let program = self.program;
        let label = program.legend.flow(callee);
        let item = self.add(Kind::Calls, &label.id, Some(label.name.clone()));
        items.call = self.program.unit(callee).start.map(|start| (item, callee, start));
    }
}

/// Whether a call can go on behind an action without taking one of its outputs.
fn goes_on(action: &Action, outputs: usize) -> bool {
    match action {
        Action::EndTask(_) | Action::End(_) => false,
        Action::Recorded(recorded) => {
            outputs == 0 && !matches!(recorded.change, Change::EndFlow)
        }
        Action::Other(other) => usize::from(other.success) >= outputs,
        Action::Ask(ask) => usize::from(ask.success) >= outputs,
        _ => outputs == 0,
    }
}

fn menu_of(step: &Step) -> Option<&Menu> {
    match &step.action {
        StepAction::Architect(action) => match &**action {
            Action::Menu(menu) => Some(menu),
            _ => None,
        },
        _ => None,
    }
}

/// The nodes of draft flows that errors of other nodes lead to.
fn draft_handlers(program: &Program) -> Vec<bool> {
    let mut handlers = vec![false; program.steps.len()];
    for step in &program.steps {
        if let Some(target) = step.error.filter(|_| can_fail(&step.action)) {
            handlers[target.index()] = true;
        }
    }
    handlers
}

/// Whether something can go wrong: not when a text is said, or a flow ends.
fn can_fail(action: &StepAction) -> bool {
    !matches!(action, StepAction::Say(_) | StepAction::End(_))
}

fn range(start: usize, end: usize) -> Range<u32> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    number(start)..number(end)
}
