//! Messages, and knowledge articles in them.

use super::operation::Operation;
use super::setting::{SettingForm, setting};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("communicate", Operation::Send("communication")),
    action("getResponse", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendAutoReply", Operation::Send("messageBody")).outputs(SUCCESS_OR_FAILURE),
    action("deflect", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendDigitalCarousel", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendDigitalContent", Operation::Send("content")),
    action("sendInteractiveApplication", Operation::Send("title"))
        .outputs(SUCCESS_OR_FAILURE),
    action("sendKnowledgeFeedback", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("sendNotification", Operation::NOTED)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[setting("sendToUsers.**", SettingForm::Object(Kind::User))]),
    action("sendResponse", Operation::Send("messageBody")).outputs(SUCCESS_OR_FAILURE),
    action("sendRichLink", Operation::Send("body")).outputs(SUCCESS_OR_FAILURE),
    action("showKnowledgeArticle", Operation::NOTED),
];
