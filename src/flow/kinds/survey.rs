//! E-mails that a flow sends, surveys, flows after a call, and workitems.

use super::operation::{Operation, QuestionKind};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("abortSurveyInvite", Operation::END_FLOW),
    action("askSurveyQuestion", Operation::Ask(QuestionKind::Survey)),
    action("clearPostFlow", Operation::NOTED),
    action("completeSend", Operation::END_FLOW),
    action("completeSurveyInvite", Operation::END_FLOW),
    action("disconnectWorkitem", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("setPostFlow", Operation::NOTED),
    action("terminateWorkitem", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("updateWorkitem", Operation::REQUIREMENTS).outputs(SUCCESS_OR_FAILURE),
];
