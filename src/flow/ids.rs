//! Numbers that stand for names, given out when a program is built.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);

            impl $name {
                /// The id of an index.
                ///
                /// # Panics
                /// Beyond four thousand million, which no loaded file can reach.
                pub fn new(index: usize) -> Self {
                    Self(u32::try_from(index).expect("fewer than 2^32 of them"))
                }

                /// The index of the id.
                #[inline]
                pub fn index(self) -> usize {
                    self.0 as usize
                }
            }
        )*
    };
}

ids! {
    /// A flow, by its order among the loaded ones.
    FlowId
    /// A node, counted through all loaded flows.
    NodeId
    /// A task, menu or state of Architect, counted through all loaded flows.
    SequenceId
    /// A variable of a group of flows that share variables.
    VariableId
    /// A constant text.
    TextId
    /// A reference in a template or condition, such as `{Ask.digits}`.
    ReferenceId
}
