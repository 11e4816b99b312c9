//! E-mails that a flow sends, surveys, flows after a call, and workitems.

use super::data::{ERROR_MESSAGE, ERROR_TYPE};
use super::operation::{Operation, QuestionKind};
use super::setting::{any, other, word};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("abortSurveyInvite", Operation::END_FLOW)
        .settings(&[word("disposition", &["optOut", "error"])]),
    action("askSurveyQuestion", Operation::Ask(QuestionKind::Survey)).some_settings(&[
        other("surveyQuestion"),
        any("surveyQuestionResult"),
        any("question"),
        any("questionCondition"),
        any("answer"),
        any("noInput"),
        any("noMatch"),
        any("voiceEndOfInputTimeout"),
    ]),
    action("clearPostFlow", Operation::NOTED),
    action("completeSend", Operation::END_FLOW),
    action("completeSurveyInvite", Operation::END_FLOW).settings(&[
        any("targetAddress"),
        any("inviteSubject"),
        any("inviteBody"),
        any("reminderSubject"),
        any("reminderBody"),
    ]),
    action("disconnectWorkitem", Operation::NOTED)
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[ERROR_TYPE, ERROR_MESSAGE]),
    action("setPostFlow", Operation::NOTED),
    action("terminateWorkitem", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("updateWorkitem", Operation::REQUIREMENTS).outputs(SUCCESS_OR_FAILURE),
];
