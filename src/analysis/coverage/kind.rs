//! What is counted.

/// A kind of things that calls can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nodes of draft flows and actions of Architect's. The beginnings of flows, tasks and
    /// menus are none, nor is a further round of a loop or what error handling stands for.
    Nodes,
    /// The ways out of a node, whether or not the document says where they lead.
    Paths,
    /// The two outcomes of every condition of an If, decision or case.
    Conditions,
    /// Where errors lead: the error handling of a flow of Architect, a node of a draft flow
    /// that is the error target of others.
    ErrorHandlers,
    /// Tasks, states and bots of Architect's flows.
    Tasks,
    /// Menus.
    Menus,
    /// The choices of menus.
    Choices,
    /// Texts that are known before a call, each where it is said.
    Prompts,
    /// Flows and common modules that calls came into.
    Flows,
    /// The same by caller: a node and the flow that it calls or hands over to.
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

    /// As it is written: in `flowsim.coverage/1` and in minimums.
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

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its place in [`Kind::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize
    }
}
