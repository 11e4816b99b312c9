//! The model of scenario files.

use std::path::PathBuf;
use std::sync::Arc;

use super::matcher::{Range, TextMatcher, ValueMatcher};
use crate::analysis::comparison::Rules;
use crate::flow::Written;
use crate::source::{Node, Span};
use crate::trace::Status;
use crate::value::{DateTime, Text, Value};
use crate::world::Input;

/// A scenario file, read.
#[derive(Debug, Clone)]
pub struct SuiteFile {
    /// Where it is.
    pub path: PathBuf,
    /// The flows that its cases run, files and folders, as reached from the working folder.
    pub flows: Vec<PathBuf>,
    /// What stands for placeholders of Archy YAML.
    pub placeholders: Vec<(String, String)>,
    /// The fixtures, files and folders, later ones over earlier ones.
    pub fixtures: Vec<PathBuf>,
    /// Where the paths of flows and fixtures stand in it.
    pub named_at: Vec<(PathBuf, Span)>,
    /// What is replaced in its snapshots, one after the other.
    pub replacements: Vec<Replacement>,
    /// Its cases; each row of `each` is one.
    pub cases: Vec<Case>,
}

/// One test: a call and what is expected of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The name, with the values of its row put in.
    pub name: Text,
    /// The number of its row in `each`, from 1.
    pub row: Option<u32>,
    /// What it is known by: where its name stands.
    pub span: Span,
    /// All of it, from its first key to its last value.
    pub extent: Span,
    /// Words to select it by.
    pub tags: Vec<Text>,
    /// Why it is not run.
    pub skip: Option<Text>,
    /// The recorded call that it makes again. Of [`start`](Self::start) only the flow counts
    /// then, and the caller does what was recorded.
    pub recording: Option<RecordedCall>,
    /// How the call begins.
    pub start: Start,
    /// Fixtures of the case alone, laid over those of the file.
    pub fixtures: Option<Node<'static>>,
    /// What the caller does, in order; of a script, what it says of the caller.
    pub inputs: Vec<Input>,
    /// The conversation as a script; empty if the case has none.
    pub script: Vec<Written<Turn>>,
    /// What is expected, in the order of the document. What the rows of a table expect alike
    /// is there once.
    pub expectations: Vec<Arc<Written<Expectation>>>,
    /// The snapshot that the trace is compared with.
    pub snapshot: Option<Snapshot>,
}

/// A recorded call that a test makes again.
#[derive(Debug, Clone)]
pub struct RecordedCall {
    /// The file of the recording, as reached from the working folder.
    pub path: PathBuf,
    /// Where it stands in the scenario file.
    pub span: Span,
    /// What counts as different from it.
    pub rules: Rules,
}

/// How a call begins.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The flow, by id or name; without it, the one that no other calls.
    pub flow: Option<Written<Text>>,
    /// The node, by id, if it is not the flow's first.
    pub node: Option<Written<Text>>,
    /// Fields of the context.
    pub context: Vec<(Text, Value)>,
    /// Variables that are set before the first node.
    pub variables: Vec<(Text, Value)>,
    /// Where the virtual clock starts.
    pub at: Option<DateTime>,
    /// How long the call may take on the virtual clock, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// How many actions it may start.
    pub max_actions: Option<u32>,
    /// What chance begins with.
    pub seed: u64,
    /// Whether an action that is not simulated is an error.
    pub is_strict: bool,
}

/// A turn of a conversation. What the caller does stands in [`Case::inputs`] too.
#[derive(Debug, Clone)]
pub enum Turn {
    /// The caller hears this next; what was heard before and not asked for may be anything.
    Hears(TextMatcher),
    /// The caller presses keys, speaks, waits in silence, or hangs up.
    Does(Input),
    /// The conversation was routed to a queue of this id or name by now.
    Routed(TextMatcher),
    /// A variable has a value by now.
    Variable(Text, ValueMatcher),
    /// A data action, webhook, contact lookup or other action was asked by now.
    Calls(CallExpectation),
    /// The call is over, and ended so.
    Ends(Status),
}

/// Something that is expected of a call that is over.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// How it ended.
    Status(Status),
    /// The code of the error that it ended with.
    Error(Text),
    /// The nodes that were executed.
    Path(PathMatcher),
    /// A variable at the end.
    Variable(Text, ValueMatcher),
    /// Where it was routed; nothing if it must not be.
    Routing(Option<Box<RoutingMatcher>>),
    /// What the caller heard, in order; other texts may stand between.
    Prompts(Vec<Written<TextMatcher>>),
    /// How long it took on the virtual clock, in milliseconds.
    ElapsedMs(Range),
    /// How many actions it started.
    Actions(Range),
    /// What was asked of the outside world.
    Calls(CallExpectation),
    /// Something that must hold or not.
    Flag(Flag),
}

impl Expectation {
    /// Whether any call fulfils it, as one that asks for none of no texts.
    pub(super) fn always_holds(&self) -> bool {
        match self {
            Self::Path(
                PathMatcher::Contains(names)
                | PathMatcher::Excludes(names)
                | PathMatcher::Ends(names),
            ) => names.is_empty(),
            Self::Prompts(texts) => texts.is_empty(),
            Self::ElapsedMs(range) | Self::Actions(range) => *range == Range::default(),
            Self::Calls(call) => call.times == Some(Range::default()),
            Self::Path(PathMatcher::Exact(_))
            | Self::Status(_)
            | Self::Error(_)
            | Self::Variable(..)
            | Self::Routing(_)
            | Self::Flag(_) => false,
        }
    }
}

/// Something that must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// Answers that the case's own fixtures prepare and nobody asks for.
    NoUnusedFixtures,
    /// Inputs that nobody asks for.
    NoUnusedInputs,
    /// Notes and warnings of the run.
    NoDiagnostics,
}

/// What path is expected. Nodes are named by id or name.
#[derive(Debug, Clone)]
pub enum PathMatcher {
    /// Exactly these, in this order.
    Exact(Vec<Written<Text>>),
    /// These in this order, others between them allowed.
    Contains(Vec<Written<Text>>),
    /// None of these.
    Excludes(Vec<Written<Text>>),
    /// These at the end.
    Ends(Vec<Written<Text>>),
}

/// Where a call is routed. What is not said may be anything.
#[derive(Debug, Clone, Default)]
pub struct RoutingMatcher {
    /// The id of the queue; `Wanted(None)` must not be known.
    pub queue_id: Option<Written<Wanted<TextMatcher>>>,
    /// The name of the queue.
    pub queue_name: Option<Written<Wanted<TextMatcher>>>,
    /// The skills, in any order.
    pub skills: Option<Written<Vec<Text>>>,
    /// The priority.
    pub priority: Option<Written<Wanted<i64>>>,
}

/// A value that is wanted, or its absence.
pub type Wanted<T> = Option<T>;

/// What must have been asked of the outside world.
#[derive(Debug, Clone)]
pub struct CallExpectation {
    /// The name or id: of a data action, a webhook's address, a contact's key.
    pub name: Text,
    /// What was sent along, by name; more may have been sent.
    pub with: Vec<(Text, ValueMatcher)>,
    /// How often, if that matters; without it at least once.
    pub times: Option<Range>,
}

/// A snapshot to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name: its own, or the case's.
    pub name: Text,
    /// Where it is.
    pub path: PathBuf,
    /// Where it stands in the scenario file.
    pub span: Span,
}

/// Something that is not the same in every snapshot, and what stands for it.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// What is replaced, wherever it comes in a line.
    pub matches: regex::Regex,
    /// What it is replaced by; `$1` and `${name}` are groups of the expression.
    pub with: Text,
}
