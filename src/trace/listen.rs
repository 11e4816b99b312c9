//! What actions are given and give that listen to the caller.

/// One of these values. *Source: the names of execution documents, and those of Archy for
/// what these do not have.*
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listen {
    /// `acceptJustPound`
    AcceptJustPound,
    /// `acceptJustStar`
    AcceptJustStar,
    /// `includeTerminatingDtmfInResultData`
    IncludeTerminatingDtmf,
    /// `interDigitTimeout`
    InterDigitTimeout,
    /// `noEntryTimeout`
    NoEntryTimeout,
    /// `min`: how many digits are needed.
    Min,
    /// `max`: how many digits are taken.
    Max,
    /// `terminatingDtmf`
    TerminatingDtmf,
    /// `verificationType`
    VerificationType,
    /// `inputData`: the digits.
    InputData,
    /// The extension that was dialled.
    Extension,
    /// The user whose extension it is.
    User,
    /// Why an entry came to nothing; in a menu, that of one round.
    Reason,
    /// Keys that were typed ahead and do not count.
    DroppedKeys,
}

impl Listen {
    /// Whether the value comes from the action.
    pub fn is_output(self) -> bool {
        matches!(
            self,
            Self::InputData
                | Self::Extension
                | Self::User
                | Self::Reason
                | Self::DroppedKeys
        )
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::AcceptJustPound => "acceptJustPound",
            Self::AcceptJustStar => "acceptJustStar",
            Self::IncludeTerminatingDtmf => "includeTerminatingDtmfInResultData",
            Self::InterDigitTimeout => "interDigitTimeout",
            Self::NoEntryTimeout => "noEntryTimeout",
            Self::Min => "min",
            Self::Max => "max",
            Self::TerminatingDtmf => "terminatingDtmf",
            Self::VerificationType => "verificationType",
            Self::InputData => "inputData",
            Self::Extension => "extension",
            Self::User => "user",
            Self::Reason => "reason",
            Self::DroppedKeys => "droppedKeys",
        }
    }
}
