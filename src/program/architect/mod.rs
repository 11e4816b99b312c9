//! Architect flows, compiled: tasks, menus and states as runs of steps, values as
//! constants or expressions over slots.
//!
//! The outputs of an action are targets. After the last action of an output, the call
//! continues after the action. After the last action of a loop's body, it continues with
//! the next round. A session therefore needs no stack for outputs and loops, only for
//! called tasks and modules.

mod attributes;
mod build;
mod called_flow;
mod control;
mod digital;
mod errors;
mod listen;
mod local;
mod lookups;
mod menu;
mod names;
mod operation;
mod other;
mod plan;
mod queue;
mod reads;
mod recorded;
mod retry;
mod slot_type;
mod source;
mod transfer;

pub use attributes::{AttributeList, Attributes, Owner};
pub use called_flow::CallFlow;
pub use control::{
    Call, CommonModule, Decision, Jump, Loop, Statement, Statements, Switch,
};
pub use digital::{Ask, ExpectedAnswer, Intent, Round, Send, SurveyAnswer};
pub use errors::{BotEvents, Escalation};
pub use listen::{CollectInput, DialByExtension, Verification};
pub use local::{Local, LocalTask};
pub use lookups::{
    Binding, ContactLookup, DataActionCall, DataTableLookup, Lookup, ObjectLookup,
    ScheduleEvaluation, ScheduleGroupEvaluation, Wait,
};
pub use menu::{Menu, MenuChoice};
pub use names::VisibleVariables;
pub use other::Other;
pub use queue::{
    EstimatedWaitTime, HoldMusic, PlaybackMode, PositionInQueue, PositionMode,
};
pub use recorded::{Change, Recorded, Requirements};
pub use retry::{Confirmation, Phrases, RetryPolicy};
pub use slot_type::SlotType;
pub use source::{ByLanguage, Source, Traced};
pub use transfer::{AcdTarget, Callback, Target, Transfer};

use crate::flow::architect::UnitKind;
use crate::flow::kinds::{End, FlowKind, MenuTarget};
use crate::flow::{FlowId, NodeId, SequenceId, VariableId};
use crate::value::{Text, Type};

pub(super) use build::add;

/// An Architect action, compiled.
#[derive(Debug, Clone)]
pub enum Action {
    /// Begins a flow: initialises its variables and plays the initial greeting.
    BeginFlow(Option<Source>),
    /// Begins a task, menu or state: initialises its variables.
    BeginSequence,
    /// Plays audio.
    PlayAudio(Source),
    /// Takes the output `yes` or `no`.
    Decision(Decision),
    /// Takes the output of the first case that matches.
    Switch(Switch),
    /// Sets variables, in order.
    UpdateData(Statements),
    /// Begins a loop.
    Loop(Loop),
    /// Begins the next round of a loop, if there is one.
    NextRound(Loop),
    /// Runs a task, then continues after the action.
    CallTask(Call),
    /// Runs a common module, then continues after the action.
    CallCommonModule(CommonModule),
    /// Runs a bot or voice flow, then continues after the action.
    CallFlow(Box<CallFlow>),
    /// Goes to another task, menu or state without returning.
    Jump(Jump),
    /// Continues elsewhere in the same task: `loopNext`, `loopExit`.
    GoTo,
    /// Ends the task by one of its output paths.
    EndTask(Option<Text>),
    /// Sets or reads attributes of a participant.
    Attributes(Attributes),
    /// Records data for the platform, without influence on the flow's path.
    Recorded(Recorded),
    /// Sends a message to the participant.
    Send(Send),
    /// Asks the participant a question.
    Ask(Box<Ask>),
    /// Makes slots NOT_SET.
    ClearSlots(Box<[VariableId]>),
    /// Ends the flow or the interaction.
    End(End),
    /// Performs a lookup.
    Lookup(Lookup),
    /// Collects digits from the caller.
    CollectInput(Box<CollectInput>),
    /// Connects the caller with an extension.
    DialByExtension(Box<DialByExtension>),
    /// Lets the caller choose.
    Menu(Box<Menu>),
    /// Goes to a menu on the caller's path of menus.
    GoToMenu(MenuTarget),
    /// Transfers the conversation.
    Transfer(Box<Transfer>),
    /// Puts a callback into a queue.
    CreateCallback(Callback),
    /// Sets the audio that an agent hears before the caller is connected.
    SetWhisperAudio(Source),
    /// Plays music to a caller who waits.
    HoldMusic(Box<HoldMusic>),
    /// Announces the estimated wait time.
    EstimatedWaitTime(Box<EstimatedWaitTime>),
    /// Announces the position in the queue.
    PositionInQueue(PositionInQueue),
    /// An action that needs nothing from outside. The host may answer it.
    Local(Box<Local>),
    /// An unsimulated action: the host answers it.
    Other(Other),
}

/// A variable of a flow or of one of its tasks.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The id.
    pub id: VariableId,
    /// The type.
    pub value_type: Type,
    /// The initial value.
    pub initial: Source,
    /// Whether a caller may set it.
    pub is_input: bool,
    /// Whether a caller receives its final value.
    pub is_output: bool,
}

/// Variables whose ids are consecutive.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    /// The first id.
    pub first: u32,
    /// The variables, by id. The last ones, which have no names, count the rounds of
    /// loops.
    pub list: Vec<Variable>,
}

/// The part of a compiled flow that only Architect flows have.
#[derive(Debug, Clone)]
pub struct FlowPart {
    /// The step that begins the flow.
    pub begin: NodeId,
    /// The task, menu or state that the flow starts with.
    pub start: Option<SequenceId>,
    /// The state of an in-queue flow for messages or e-mails that is repeated.
    pub recurring: Option<SequenceId>,
    /// The variables.
    pub variables: Variables,
    /// The first step of the error handling. `None` if the flow defines none: in a common
    /// module, the calling flow then handles the error.
    pub on_error: Option<NodeId>,
    /// The other events of a flow that understands what participants say.
    pub bot_events: Option<BotEvents>,
    /// The kind of flow, which determines how it ends.
    pub nature: FlowKind,
    /// The type of the in-queue flows in which its conversations wait, if they have one.
    pub in_queue_type: Option<&'static str>,
    /// The IETF tag of the default language.
    pub language: Option<Text>,
    /// The IETF tags of all its languages; empty if they are unknown.
    pub languages: Vec<Text>,
    /// `Flow.HoldPrompt` of an in-queue flow.
    pub hold_prompt: Option<Source>,
    /// `Flow.WrapupCode` of an outbound call, until an action sets another one.
    pub wrapup_code: Option<Source>,
}

/// A task, menu or state.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The flow that contains it.
    pub flow: FlowId,
    /// Its kind.
    pub kind: UnitKind,
    /// Its key in the document.
    pub key: Text,
    /// Its name.
    pub name: Text,
    /// The step that begins it.
    pub begin: NodeId,
    /// Its variables.
    pub variables: Variables,
}

impl Variables {
    /// Returns the variable with this id, if it is one of these.
    pub fn get(&self, id: VariableId) -> Option<&Variable> {
        self.list.get(id.0.checked_sub(self.first)? as usize)
    }
}
