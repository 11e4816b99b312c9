//! Kinds of counted items.

/// A kind of items that calls can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nodes of draft flows and actions of Architect flows. The beginnings of flows,
    /// tasks and menus are excluded, as are further rounds of a loop and error handling
    /// steps.
    Nodes,
    /// Paths out of a node, even if the document does not define their target.
    Paths,
    /// The two outcomes of every condition of an If, decision or case.
    Conditions,
    /// Error handlers: the error handling of an Architect flow, or a draft node that is
    /// the error target of others.
    ErrorHandlers,
    /// Tasks, states and bots of Architect flows.
    Tasks,
    /// Menus.
    Menus,
    /// Choices of menus.
    Choices,
    /// Prompts whose text is known before a call, one for each place that plays them.
    Prompts,
    /// Flows and common modules that calls entered.
    Flows,
    /// Calls and hand-overs: a node and the flow that it enters.
    Calls,
}

impl Kind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Nodes,
        Self::Paths,
        Self::Conditions,
        Self::ErrorHandlers,
        Self::Tasks,
        Self::Menus,
        Self::Choices,
        Self::Prompts,
        Self::Flows,
        Self::Calls,
    ];

    /// Returns the name used in `flowsim.coverage/1` and in minimums.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::Paths => "paths",
            Self::Conditions => "conditions",
            Self::ErrorHandlers => "errorHandlers",
            Self::Tasks => "tasks",
            Self::Menus => "menus",
            Self::Choices => "choices",
            Self::Prompts => "prompts",
            Self::Flows => "flows",
            Self::Calls => "calls",
        }
    }

    /// Returns the kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the index in [`Kind::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}
