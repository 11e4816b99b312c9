//! Numeric ids that replace names in a program.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);

            impl $name {
                /// Creates the id of an index.
                ///
                /// # Panics
                /// Panics if the index exceeds 2^32, which no loaded file can reach.
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
    /// A flow, in the order of the loaded flows.
    FlowId
    /// A node, numbered across all loaded flows.
    NodeId
    /// A task, menu or state of Architect, numbered across all loaded flows.
    SequenceId
    /// A variable of a group of flows that share variables.
    VariableId
    /// A constant string.
    TextId
    /// A reference in a template or condition, such as `{Ask.digits}`.
    ReferenceId
}
