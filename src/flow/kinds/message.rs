//! Messages, and knowledge articles in them.

use super::data::{ERROR_MESSAGE, ERROR_TYPE};
use super::operation::Operation;
use super::setting::{SettingForm, any, setting, word};
use super::spec::{ActionSpec, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("communicate", Operation::Send("communication"))
        .settings(&[any("communication")]),
    action("getResponse", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendAutoReply", Operation::Send("messageBody"))
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[
            any("from"),
            any("replyTo"),
            any("cc"),
            any("bcc"),
            any("messageBody"),
            word("replyMode", &["replyToSender", "replyToAll"]),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ]),
    action("deflect", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendDigitalCarousel", Operation::External).outputs(SUCCESS_OR_FAILURE),
    action("sendDigitalContent", Operation::Send("content")),
    action("sendInteractiveApplication", Operation::Send("title"))
        .outputs(SUCCESS_OR_FAILURE),
    action("sendKnowledgeFeedback", Operation::NOTED).outputs(SUCCESS_OR_FAILURE),
    action("sendNotification", Operation::NOTED)
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[
            setting("sendToUsers", SettingForm::Object(Kind::User)),
            any("emailFrom"),
            any("emailNotificationStyle"),
            any("body"),
            any("subject"),
            any("notificationType"),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ]),
    action("sendResponse", Operation::Send("messageBody"))
        .outputs(SUCCESS_OR_FAILURE)
        .some_settings(&[
            any("messageBody"),
            word("messageBodyStyle", &["standard", "notice"]),
            ERROR_TYPE,
            ERROR_MESSAGE,
        ]),
    action("sendRichLink", Operation::Send("body")).outputs(SUCCESS_OR_FAILURE),
    action("showKnowledgeArticle", Operation::NOTED),
];
