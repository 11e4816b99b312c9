//! The operations that execute actions. Kinds with the same operation differ only in the
//! data of the operation.

use crate::expr::architect::BuiltInId;
use crate::value::Kind;

/// The operation that executes an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Plays audio.
    PlayAudio,
    /// Collects digits.
    CollectInput,
    /// Connects the caller with an extension.
    DialByExtension,
    /// Runs the task inside a menu choice.
    ChoiceTask,
    /// Goes to a menu on the caller's path of menus.
    GoToMenu(MenuTarget),
    /// Goes to the unit that the setting with this name refers to.
    Jump(&'static str),
    /// Runs a task and returns.
    CallTask,
    /// Runs a common module and returns.
    CallCommonModule,
    /// Runs the bot or voice flow that the setting with this name names, and returns.
    CallFlow(&'static str),
    /// Ends the task.
    EndTask,
    /// Ends the flow or the interaction.
    End(End),
    /// Takes an output by a condition.
    Decision,
    /// Takes the output of the first case that matches.
    Switch,
    /// Sets variables.
    UpdateData,
    /// Runs its body the given number of times.
    Loop,
    /// Runs its body until one of its cases is true.
    LoopUntil,
    /// Begins the next round of a loop.
    LoopNext,
    /// Leaves a loop.
    LoopExit,
    /// Looks something up, or waits.
    Lookup(LookupKind),
    /// Sets attributes of a participant of this conversation.
    SetParticipantData,
    /// Reads attributes of a participant of this conversation.
    GetParticipantData,
    /// Sets attributes of a participant of any conversation.
    SetConversationData,
    /// Reads attributes of a participant of any conversation.
    GetConversationData,
    /// Transfers the conversation to a queue.
    TransferToAcd,
    /// Transfers the conversation to another target.
    Transfer(TransferKind),
    /// Puts a callback into a queue.
    CreateCallback,
    /// Sets the audio that an agent hears first.
    SetWhisperAudio,
    /// Plays music to a caller who waits.
    HoldMusic,
    /// Announces the estimated wait time.
    EstimatedWaitTime,
    /// Announces the position in the queue.
    PositionInQueue,
    /// Sends the message in the setting with this name.
    Send(&'static str),
    /// Asks the participant.
    Ask(QuestionKind),
    /// Makes slots NOT_SET.
    ClearSlots,
    /// Records its settings for the platform.
    Record(SideEffect),
    /// Computes the action without data from outside, unless the fixtures answer it.
    Local(LocalKind),
    /// The host answers the action; flowsim does not simulate it.
    External,
}

/// The kind of an action that needs nothing from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalKind {
    /// Plays audio to its end.
    PlayOnSilence,
    /// Waits for silence.
    DetectSilence,
    /// Replaces data by an opaque value.
    Encrypt,
    /// Returns the data of an opaque value.
    Decrypt,
}

/// The kind of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookupKind {
    /// Calls a data action.
    DataAction,
    /// Looks up a row of a data table.
    DataTable,
    /// Finds an object of the organisation.
    Object(Kind, By),
    /// Finds several users by their ids.
    Users,
    /// Reads an external contact.
    Contact,
    /// Searches external contacts.
    ContactSearch,
    /// Evaluates a schedule or an emergency group.
    Schedule,
    /// Evaluates a schedule group.
    ScheduleGroup,
    /// Waits.
    Wait,
}

/// The effect of a recorded action that a flow can observe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SideEffect {
    /// None.
    Nothing,
    /// Sets the language of the conversation.
    Language,
    /// Sets a built-in variable to the setting with this name.
    BuiltIn(BuiltInId, &'static str),
    /// Sets the active intent of the bot, or clears it if the action has no `intent`.
    Intent,
    /// Sets the skills that an agent needs, or the priority of the conversation.
    Requirements,
    /// Ends the flow.
    EndFlow,
}

/// The support for a kind of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support {
    /// flowsim executes the action.
    Runs,
    /// flowsim executes the action, and the actions after it never run.
    Ends,
    /// flowsim executes the action, unless the fixtures answer it.
    FixturesFirst,
    /// A bot asks the participant, unless the fixtures answer the action.
    Question,
    /// The host answers the action; flowsim does not simulate it.
    External,
}

/// The way in which an object of the organisation is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By name; a user by e-mail address.
    Name,
    /// By id.
    Id,
    /// A prompt of the organisation, by name.
    UserPrompt,
    /// A system prompt of Architect, by name.
    SystemPrompt,
}

/// The end of a flow or of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The interaction is disconnected.
    Disconnect,
    /// The state of an in-queue flow ends: the participant keeps waiting.
    State,
    /// The participant returns to the agent.
    Agent,
}

/// A menu on the caller's path of menus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuTarget {
    /// The current menu, with a new round of attempts.
    Repeat,
    /// The menu before the current one.
    Previous,
}

/// The kind of question that a bot asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuestionKind {
    /// The value of a slot.
    Slot,
    /// Yes or no.
    Boolean,
    /// One of the outputs, by name.
    Choice,
    /// An intent, by name.
    Intent,
    /// Any words, which may express an intent.
    Words,
    /// One of the answers of a survey form.
    Survey,
    /// Whether there is anything else, before each round of a loop.
    AnythingElse,
}

/// The target of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A telephone number or SIP address.
    Number,
    /// A flow.
    Flow,
    /// A flow in which nothing is recorded.
    SecureFlow,
    /// The voice mailbox of a queue, user or group.
    Voicemail,
}

impl TransferKind {
    /// The name in reports and traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Number => "number",
            Self::Flow => "flow",
            Self::SecureFlow => "secureFlow",
            Self::Voicemail => "voicemail",
        }
    }
}

impl Operation {
    /// Recorded without an effect that a flow can observe.
    pub(super) const NOTED: Self = Self::Record(SideEffect::Nothing);

    /// Recorded; changes the requirements of the conversation on agents.
    pub(super) const REQUIREMENTS: Self = Self::Record(SideEffect::Requirements);

    /// Recorded, and the flow ends.
    pub(super) const END_FLOW: Self = Self::Record(SideEffect::EndFlow);

    /// The support for actions with this operation.
    pub(crate) fn support(self) -> Support {
        match self {
            Self::GoToMenu(_)
            | Self::Jump(_)
            | Self::EndTask
            | Self::End(_)
            | Self::LoopNext
            | Self::LoopExit
            | Self::Record(SideEffect::EndFlow) => Support::Ends,
            Self::Transfer(_)
            | Self::CreateCallback
            | Self::CallFlow(_)
            | Self::Local(_) => Support::FixturesFirst,
            Self::Ask(_) => Support::Question,
            Self::External => Support::External,
            _ => Support::Runs,
        }
    }

    /// Whether the operation runs the actions of its output `loop` again and again.
    pub(crate) fn repeats(self) -> bool {
        matches!(
            self,
            Self::Loop | Self::LoopUntil | Self::Ask(QuestionKind::AnythingElse)
        )
    }

    /// Whether the call leaves the flow if the operation succeeds.
    pub(crate) fn connects(self) -> bool {
        matches!(self, Self::TransferToAcd | Self::Transfer(_) | Self::DialByExtension)
    }

    /// Whether the caller may act more than once during the action.
    pub(crate) fn listens(self) -> bool {
        matches!(self, Self::CollectInput | Self::DialByExtension)
    }

    /// The setting with the audio that the turn in execution documents plays.
    pub(crate) fn audio_of_turn(self) -> &'static str {
        if self.listens() { "inputAudio" } else { "preTransferAudio" }
    }
}
