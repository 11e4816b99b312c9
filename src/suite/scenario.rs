//! The model of scenario files.

use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis::comparison::Rules;
use crate::analysis::matcher::{Range, RoutingMatcher, TextMatcher, ValueMatcher};
use crate::analysis::property::Properties;
use crate::flow::Spanned;
use crate::source::{Entry, Node, Span};
use crate::trace::Status;
use crate::value::{DateTime, Text, Value};
use crate::world::Input;

/// Values that a project gives to its scenario files.
#[derive(Debug, Clone, Default)]
pub struct ProjectDefaults {
    /// Flow files and folders of scenario files without `flows`.
    pub flows: Vec<PathBuf>,
    /// Fixture files and folders; those of the scenario file override them.
    pub fixtures: Vec<PathBuf>,
    /// Values of placeholders; those of the scenario file override them.
    pub placeholders: Vec<(String, String)>,
    /// Defaults of all tests; those of the scenario file override them.
    pub defaults: Vec<Entry<'static>>,
}

/// A parsed scenario file.
#[derive(Debug, Clone)]
pub struct SuiteFile {
    /// Path of the file.
    pub path: PathBuf,
    /// Flow files and folders that the cases run, relative to the working folder.
    pub flows: Vec<PathBuf>,
    /// Values of Archy YAML placeholders.
    pub placeholders: Vec<(String, String)>,
    /// Fixture files and folders; later ones override earlier ones.
    pub fixtures: Vec<PathBuf>,
    /// CSV files with rows of tables.
    pub tables: Vec<PathBuf>,
    /// Positions of the paths of flows and fixtures in the file.
    pub named_at: Vec<(PathBuf, Span)>,
    /// Replacements in the snapshots, applied one after the other.
    pub replacements: Vec<Replacement>,
    /// Properties of all calls.
    pub properties: Properties,
    /// Test cases; each row of `each` is one.
    pub cases: Vec<Case>,
}

/// A test: a call and its expectations.
#[derive(Debug, Clone)]
pub struct Case {
    /// Name, with the values of its row filled in.
    pub name: Text,
    /// Number of the row in `each`, from 1.
    pub row: Option<u32>,
    /// Position of the name, which identifies the case.
    pub span: Span,
    /// Span of the whole case, from its first key to its last value.
    pub extent: Span,
    /// Tags to select the case by.
    pub tags: Vec<Text>,
    /// Reason why the case is skipped.
    pub skip: Option<Text>,
    /// Reason why the case is expected to fail.
    pub expect_failure: Option<Spanned<Text>>,
    /// Recorded call that the case replays. If set, only the flow of
    /// [`start`](Self::start) is used, and the caller's input is the recorded one.
    pub recording: Option<RecordedCall>,
    /// Start of the call.
    pub start: Start,
    /// Fixtures of this case alone, merged over those of the file.
    pub fixtures: Option<Node<'static>>,
    /// Caller input, in order; for a script, the input of its turns.
    pub inputs: Vec<Input>,
    /// The conversation as a script; empty if the case has none.
    pub script: Vec<Spanned<Turn>>,
    /// Expectations, in document order. Expectations that all rows of a table share are
    /// stored once.
    pub expectations: Vec<Arc<Spanned<Expectation>>>,
    /// The snapshot that the trace is compared with.
    pub snapshot: Option<Snapshot>,
    /// Properties of all calls of the file.
    pub properties: Properties,
}

/// A recorded call that a test replays.
#[derive(Debug, Clone)]
pub struct RecordedCall {
    /// File of the recording, relative to the working folder.
    pub path: PathBuf,
    /// Position in the scenario file.
    pub span: Span,
    /// Rules of what counts as a difference.
    pub rules: Rules,
}

/// Start of a call.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Flow, by id, name, or name and type; if `None`, the only flow that no other flow calls.
    pub flow: Option<Spanned<Text>>,
    /// Id of the start node, if it is not the first node of the flow.
    pub node: Option<Spanned<Text>>,
    /// Fields of the call context.
    pub context: Vec<(Text, Value)>,
    /// Variables that are set before the first node.
    pub variables: Vec<(Text, Value)>,
    /// Start of the virtual clock.
    pub at: Option<DateTime>,
    /// Limit of the call's duration on the virtual clock, in milliseconds.
    pub timeout_ms: Option<i64>,
    /// Maximum number of actions.
    pub max_actions: Option<u32>,
    /// Random seed.
    pub seed: u64,
    /// Whether an unsimulated action is an error.
    pub is_strict: bool,
    /// Whether the call ends at a transfer to a queue.
    pub stops_at_queue: bool,
}

/// A turn of a conversation. Caller input is also in [`Case::inputs`].
#[derive(Debug, Clone)]
pub enum Turn {
    /// The caller hears a prompt next. Other prompts may precede it.
    Hears(TextMatcher),
    /// The caller presses keys, speaks, waits in silence, or hangs up.
    Does(Input),
    /// The call has been routed to a queue with this id or name.
    Routed(TextMatcher),
    /// A variable has this value now.
    Variable(Text, ValueMatcher),
    /// A data action, webhook, contact lookup or other action has been called.
    Calls(CallExpectation),
    /// The call is over and has this status.
    Ends(Status),
}

/// An expectation about a finished call.
#[derive(Debug, Clone)]
pub enum Expectation {
    /// Status of the call.
    Status(Status),
    /// Code of the error that ended the call.
    Error(Text),
    /// Executed nodes.
    Path(PathMatcher),
    /// Value of a variable at the end.
    Variable(Text, ValueMatcher),
    /// Value of an attribute of the participant at the end.
    Attribute(Text, ValueMatcher),
    /// Routing target; `None` if the call must not be routed.
    Routing(Option<Box<RoutingMatcher>>),
    /// Last target of a transfer other than to a queue, by its name, number or id; `None`
    /// if the call must not be transferred.
    Transfer(Option<TextMatcher>),
    /// Prompts that the caller heard, in order; others may come between.
    Prompts(Vec<Spanned<TextMatcher>>),
    /// Duration on the virtual clock, in milliseconds.
    ElapsedMs(Range),
    /// Number of started actions.
    Actions(Range),
    /// Call of an external service.
    Calls(CallExpectation),
    /// Condition that must not occur.
    Forbidden(Forbidden),
}

impl Expectation {
    /// Returns whether every call fulfils the expectation, for example an empty list of
    /// prompts.
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
            | Self::Attribute(..)
            | Self::Routing(_)
            | Self::Transfer(_)
            | Self::Forbidden(_) => false,
        }
    }
}

/// A condition that a test forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// Unused answers in the case's own fixtures.
    NoUnusedFixtures,
    /// Unused caller input.
    NoUnusedInputs,
    /// Notes and warnings of the run.
    NoDiagnostics,
}

/// Expected path. Nodes are given by id or name.
#[derive(Debug, Clone)]
pub enum PathMatcher {
    /// Exactly these nodes, in this order.
    Exact(Vec<Spanned<Text>>),
    /// These nodes in this order, with others allowed between them.
    Contains(Vec<Spanned<Text>>),
    /// None of these nodes.
    Excludes(Vec<Spanned<Text>>),
    /// These nodes at the end.
    Ends(Vec<Spanned<Text>>),
}

/// An expected call of an external service.
#[derive(Debug, Clone)]
pub struct CallExpectation {
    /// Name or id of a data action, address of a webhook, or key of a contact.
    pub name: Text,
    /// Expected inputs by name; the call may have sent more.
    pub with: Vec<(Text, ValueMatcher)>,
    /// Expected number of calls; `None` means at least one.
    pub times: Option<Range>,
}

/// A snapshot to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Name: the explicit one, or that of the case.
    pub name: Text,
    /// Path of the snapshot file.
    pub path: PathBuf,
    /// Position in the scenario file.
    pub span: Span,
}

/// A replacement for text that varies between snapshots.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// Pattern of the replaced text; all matches in a line are replaced.
    pub matches: regex::Regex,
    /// Replacement; `$1` and `${name}` are groups of the pattern.
    pub with: Text,
}
