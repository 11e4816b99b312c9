//! Architect's flows, compiled: tasks, menus and states as runs of steps, values as
//! constants or expressions over slots.
//!
//! The outputs of an action are targets; behind the last action of an output the call goes
//! on behind the action, and behind the last of a loop's body with its next round. So a
//! session needs no stack for outputs and loops, only for tasks and modules that are called.

mod attributes;
mod build;
mod control;
mod digital;
mod errors;
mod listen;
mod lookups;
mod menu;
mod names;
mod other;
mod plan;
mod queue;
mod recorded;
mod source;
mod transfer;

pub use attributes::{AttributeList, Attributes, Owner};
pub use control::{
    Call, CommonModule, Decision, End, Jump, Loop, Statement, Statements, Switch,
};
pub use digital::{Again, Ask, Intent, Send, Wanted};
pub use listen::{CollectInput, DialByExtension, Verification};
pub use lookups::{
    Binding, By, ContactLookup, DataActionCall, DataTableLookup, Lookup, ObjectLookup,
    ScheduleEvaluation, ScheduleGroupEvaluation, Wait,
};
pub use menu::{Menu, MenuChoice, MenuWay};
pub use other::Other;
pub use queue::{EstimatedWaitTime, HoldMusic, PlaybackMode, PositionInQueue};
pub use recorded::{Change, Recorded};
pub use source::Source;
pub use transfer::{AcdTarget, Callback, Target, Transfer};

use crate::flow::architect::UnitKind;
use crate::flow::{FlowId, NodeId, SequenceId, VariableId};
use crate::value::{Text, Type};

pub(super) use build::add;

/// What an action of Architect does.
#[derive(Debug, Clone)]
pub enum Action {
    /// A flow begins: its variables are there, the caller hears the initial greeting.
    BeginFlow(Option<Source>),
    /// A task, menu or state begins: its variables are there.
    BeginSequence,
    /// Plays audio.
    PlayAudio(Source),
    /// Takes the output `yes` or `no`.
    Decision(Decision),
    /// Takes the output of the first case that fits.
    Switch(Switch),
    /// Sets variables, one after the other.
    UpdateData(Statements),
    /// Begins a loop.
    Loop(Loop),
    /// Begins the next round of a loop, if there is one.
    NextRound(Loop),
    /// Runs a task and goes on behind it.
    CallTask(Call),
    /// Runs a common module and goes on behind it.
    CallCommonModule(CommonModule),
    /// Goes to another task, menu or state, and does not come back.
    Jump(Jump),
    /// Goes on elsewhere in the same task: `loopNext`, `loopExit`.
    GoTo,
    /// Ends the task, by one of its output paths.
    EndTask(Option<Text>),
    /// Sets or gets attributes of a participant.
    Attributes(Attributes),
    /// Tells the platform something that does not change where the flow goes.
    Recorded(Recorded),
    /// Sends a message to the participant.
    Send(Send),
    /// Asks the participant something.
    Ask(Ask),
    /// Makes slots NOT_SET.
    ClearSlots(Box<[VariableId]>),
    /// Ends the flow or the interaction.
    End(End),
    /// Looks something up.
    Lookup(Lookup),
    /// Takes digits from the caller.
    CollectInput(Box<CollectInput>),
    /// Connects the caller with an extension.
    DialByExtension(Box<DialByExtension>),
    /// Lets the caller choose.
    Menu(Box<Menu>),
    /// Goes to a menu that the caller has been in.
    GoToMenu(MenuWay),
    /// Hands the conversation on.
    Transfer(Box<Transfer>),
    /// Puts a callback into a queue.
    CreateCallback(Callback),
    /// Sets what an agent hears before the caller.
    SetWhisperAudio(Source),
    /// Plays music to a caller who waits.
    HoldMusic(Box<HoldMusic>),
    /// Says how long the wait may still be.
    EstimatedWaitTime(Box<EstimatedWaitTime>),
    /// Says the place in the queue.
    PositionInQueue(PositionInQueue),
    /// Asks whoever answers for the world.
    Other(Other),
}

/// A variable of a flow or of one of its tasks.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its id.
    pub id: VariableId,
    /// What it holds.
    pub holds: Type,
    /// What it holds at first.
    pub initial: Source,
    /// Whether a caller may give it.
    pub is_input: bool,
    /// Whether a caller gets it back.
    pub is_output: bool,
}

/// Variables whose ids are consecutive.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// The first id.
    pub first: u32,
    /// The variables, by id. Those at the end that have no name count the rounds of loops.
    pub list: Vec<Variable>,
}

/// What only Architect's flows have.
#[derive(Debug, Clone)]
pub struct FlowPart {
    /// The step with which the flow begins.
    pub begin: NodeId,
    /// The task, menu or state that it starts with.
    pub start: Option<SequenceId>,
    /// Its variables.
    pub variables: Variables,
    /// Where a runtime error leads; nothing if the flow does not say, which in a common
    /// module leaves it to the flow that called.
    pub on_error: Option<NodeId>,
    /// What ends when its first task ends.
    pub nature: Nature,
    /// The IETF tag of its default language.
    pub language: Option<Text>,
    /// `Flow.HoldPrompt`, in a flow for callers who wait.
    pub hold_prompt: Option<Source>,
}

/// What a flow is for, as far as it matters to how it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A call: with its flow the call is over.
    Call,
    /// The caller waits in a queue; the start-up task begins again and again.
    InQueue,
    /// A module, which goes back to the flow that called it.
    CommonModule,
    /// A workflow, an e-mail, a message, a survey, a bot: the flow is over.
    Digital,
}

/// A task, menu or state.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The flow that it belongs to.
    pub flow: FlowId,
    /// What it is.
    pub kind: UnitKind,
    /// What the document knows it by.
    pub key: Text,
    /// Its name.
    pub name: Text,
    /// The step with which it begins.
    pub begin: NodeId,
    /// Its variables.
    pub variables: Variables,
}

impl Variables {
    /// The variable of this id, if it is one of these.
    pub fn get(&self, id: VariableId) -> Option<&Variable> {
        self.list.get(id.0.checked_sub(self.first)? as usize)
    }
}
