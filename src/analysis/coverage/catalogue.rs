//! Numbered list of everything in a program that calls can reach.

use std::ops::Range;

use super::kind::Kind;
use super::prompts::{self, Constant};
use crate::flow::{FlowId, NodeId};
use crate::program::architect::{Action, Change, Menu, Target};
use crate::program::{Program, Speech, Step, StepAction};
use crate::source::Span;
use crate::value::Text;

/// Number of a counted item.
pub(super) type Item = u32;

/// Placeholder for something that is not counted.
pub(super) const NONE: Item = Item::MAX;

/// All items of a program.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Catalogue {
    /// Items, by number.
    pub(super) items: Vec<Entry>,
    /// Items of each node.
    pub(super) nodes: Vec<NodeItems>,
    /// Flows.
    pub(super) flows: Vec<FlowEntry>,
    /// Output items of all nodes, one contiguous range per node.
    pub(super) outputs: Vec<Item>,
    /// Prompt items of all nodes, one contiguous range per node.
    pub(super) prompts: Vec<(Item, Constant)>,
}

/// An item.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// Node of the item; `None` for a flow.
    pub(super) node: Option<NodeId>,
    /// Name within the node; `None` for the node or flow itself.
    pub(super) name: Option<Text>,
    /// Text from the document, if it helps the reader.
    pub(super) text: Option<Text>,
}

/// Names and position of a flow.
#[derive(Debug, PartialEq)]
pub(super) struct FlowEntry {
    pub(super) item: Item,
    pub(super) id: Text,
    pub(super) name: Text,
    pub(super) flow_type: Text,
    pub(super) span: Option<Span>,
    pub(super) nodes: Vec<(NodeId, Text, Span)>,
}

/// Items of a node.
#[derive(Debug, PartialEq)]
pub(super) struct NodeItems {
    /// The node itself: a node, task, menu or error handler.
    pub(super) own: Item,
    pub(super) next: Item,
    pub(super) error: Item,
    pub(super) default: Item,
    /// Arrival of an error at this node.
    pub(super) handler: Item,
    /// Range of conditions or outputs in [`Catalogue::ways`].
    pub(super) outputs: Range<u32>,
    /// First condition item, and number of conditions. Each condition has two items.
    pub(super) conditions: (Item, u16),
    /// Range in [`Catalogue::prompts`].
    pub(super) prompts: Range<u32>,
    /// Flow that is called from here, with its first node.
    pub(super) call: Option<(Item, FlowId, NodeId)>,
    /// Architect flow that begins here.
    pub(super) begins: Option<FlowId>,
}

impl Default for NodeItems {
    fn default() -> Self {
        Self {
            own: NONE,
            next: NONE,
            error: NONE,
            default: NONE,
            handler: NONE,
            outputs: 0..0,
            conditions: (NONE, 0),
            prompts: 0..0,
            call: None,
            begins: None,
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
    /// Node to which items are being added.
    node: Option<NodeId>,
    /// For each node, whether errors of draft nodes lead there.
    handlers: Vec<bool>,
}

/// The role of a step.
enum Role {
    Own(Kind),
    /// A step that is not counted itself, such as the beginning of a flow.
    Uncounted,
    /// A further round of the preceding loop.
    NextRound,
    /// A step of an error handler; `true` for the first one, which represents the
    /// handler.
    Handling(bool),
}

impl Builder<'_> {
    fn flows(&mut self) {
        let program = self.program;
        for label in &program.symbols.flows {
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
        for (index, label) in program.symbols.nodes.iter().enumerate() {
            let id = NodeId::new(index);
            let start = self.program.unit(label.flow).start;
            let flow = &mut self.made.flows[label.flow.index()];
            if flow.span.is_none() || start == Some(id) {
                flow.span = Some(label.span);
            }
            flow.nodes.push((id, label.id.clone(), label.span));
        }
    }

    /// Adds the item of the node or flow itself.
    fn add_own(&mut self, kind: Kind) -> Item {
        self.push(kind, None, None)
    }

    fn add(&mut self, kind: Kind, name: &str, text: Option<Text>) -> Item {
        self.push(kind, Some(name.into()), text)
    }

    fn push(&mut self, kind: Kind, name: Option<Text>, text: Option<Text>) -> Item {
        // As with the ids of a program, a loaded file cannot contain that many items.
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
                self.add_paths(id, step, &mut items);
            }
            Role::Uncounted => {
                let is_begin = program.unit(step.flow).start == Some(id);
                items.begins = is_begin.then_some(step.flow);
            }
            Role::NextRound => {
                let before = self.made.nodes.last();
                items.outputs = before.map_or(0..0, |before| before.outputs.clone());
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
        // Error handling steps come last in their flow.
        let on_error = part.and_then(|part| part.on_error);
        if let Some(first) = on_error.filter(|first| id >= *first) {
            let label = |id: NodeId| self.program.symbols.node(id).span;
            let is_written = part.is_some_and(|part| label(part.begin) != label(first));
            return Role::Handling(id == first && is_written);
        }
        match &**action {
            Action::BeginFlow(_) => Role::Uncounted,
            Action::NextRound(_) => Role::NextRound,
            Action::Ask(ask) if ask.round.is_some_and(|round| !round.is_first) => {
                Role::NextRound
            }
            Action::BeginSequence => Role::Own(Kind::Tasks),
            Action::Menu(_) => Role::Own(Kind::Menus),
            _ => Role::Own(Kind::Nodes),
        }
    }

    fn add_paths(&mut self, id: NodeId, step: &Step, items: &mut NodeItems) {
        match &step.action {
            StepAction::Architect(action) => self.outputs(id, action, items),
            StepAction::If(decision) => {
                let count = decision.branches.len();
                let names = (1..=count).map(|number| format!("condition {number}"));
                items.outputs = self.run(Kind::Paths, names.map(Text::from));
                items.default = self.add(Kind::Paths, "default", None);
                items.error = self.add(Kind::Paths, "error", None);
                let program = self.program;
                let texts = &program.symbols.node(id).conditions;
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
            items.outputs = self.choices(id, menu);
            return;
        }
        // The beginning of a task or bot has no outputs.
        if matches!(action, Action::BeginSequence) {
            return;
        }
        let program = self.program;
        let labels = &program.symbols.node(id).outputs;
        items.outputs = self.run(Kind::Paths, labels.iter().cloned());
        if can_continue(action, labels.len()) {
            items.next = self.add(Kind::Paths, "next", None);
        }
        items.conditions = match action {
            Action::Decision(_) => self.conditions(1, &[]),
            Action::Switch(switch) => self.conditions(switch.cases.len(), &[]),
            _ => (NONE, 0),
        };
    }

    /// Adds the choices of a menu. Choices of other menus that are available here are
    /// linked later.
    fn choices(&mut self, id: NodeId, menu: &Menu) -> Range<u32> {
        let first = self.made.outputs.len();
        for (choice, offered) in menu.choices.iter().zip(&menu.offered) {
            let item = if self.program.sequence(choice.menu).begin == id {
                let key = offered.key.map(|key| Text::from(format!("key {key}")));
                self.add(Kind::Choices, &offered.name, key)
            } else {
                NONE
            };
            self.made.outputs.push(item);
        }
        range(first, self.made.outputs.len())
    }

    /// Links choices of other menus that are available here to the items of the owning menu.
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
                let place = place.and_then(|place| self.made.outputs.get_mut(place));
                if let (Some(item), Some(place)) = (item, place) {
                    *place = item;
                }
            }
        }
    }

    fn place_of_way(&self, node: usize, index: usize) -> Option<usize> {
        let ways = &self.made.nodes.get(node)?.outputs;
        Some(ways.start as usize + index).filter(|place| *place < ways.end as usize)
    }

    fn way(&self, node: usize, index: usize) -> Option<Item> {
        self.made.outputs.get(self.place_of_way(node, index)?).copied()
    }

    /// Adds a contiguous range of items with these names.
    fn run(&mut self, kind: Kind, names: impl Iterator<Item = Text>) -> Range<u32> {
        let first = self.made.outputs.len();
        for name in names {
            let item = self.add(kind, &name, None);
            self.made.outputs.push(item);
        }
        range(first, self.made.outputs.len())
    }

    /// Adds two items for each condition: true and false.
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
        let speech = match &step.action {
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
        if let Some((name, Speech::Constant(text))) = speech {
            let words = program.symbols.text(*text).clone();
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
                Action::CallFlow(call) => call.flow,
                Action::Transfer(transfer) => match transfer.target {
                    Target::Flow(_, _, flow) => flow,
                    Target::Acd(ref target) => target.in_queue_flow.flatten(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(callee) = callee else { return };
        let program = self.program;
        let label = program.symbols.flow(callee);
        let item = self.add(Kind::Calls, &label.id, Some(label.name.clone()));
        items.call = self.program.unit(callee).start.map(|start| (item, callee, start));
    }
}

/// Returns whether a call can continue after an action without taking one of its outputs.
fn can_continue(action: &Action, outputs: usize) -> bool {
    match action {
        Action::EndTask(_) | Action::End(_) => false,
        Action::Recorded(recorded) => {
            outputs == 0 && !matches!(recorded.change, Change::EndFlow)
        }
        Action::Other(other) => usize::from(other.success) >= outputs,
        Action::Local(local) => usize::from(local.other.success) >= outputs,
        Action::CallFlow(call) => usize::from(call.other.success) >= outputs,
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

/// Returns the draft nodes to which errors of other nodes lead.
fn draft_handlers(program: &Program) -> Vec<bool> {
    let mut handlers = vec![false; program.steps.len()];
    for step in &program.steps {
        if let Some(target) = step.error.filter(|_| can_fail(&step.action)) {
            handlers[target.index()] = true;
        }
    }
    handlers
}

/// Returns whether an action can fail. A prompt and the end of a flow cannot.
fn can_fail(action: &StepAction) -> bool {
    !matches!(action, StepAction::Say(_) | StepAction::End(_))
}

fn range(start: usize, end: usize) -> Range<u32> {
    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    number(start)..number(end)
}
