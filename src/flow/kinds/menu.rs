//! Menus and their choices.

use super::operation::{MenuTarget, Operation};
use super::setting::{any, reference, result_of, value};
use super::spec::{ActionSpec, action};
use crate::value::Kind;

const DIAL_BY_EXTENSION: ActionSpec =
    action("dialByExtension", Operation::DialByExtension)
        .outputs(&["timeout", "failure"])
        .class("DialExtensionAction")
        .event("DialExtension")
        .turn("Get.DialExtension.Action")
        .some_settings(&[
            any("extension"),
            any("extensionData"),
            result_of("extensionVariable", Kind::String),
            value("inputAudio", Kind::Audio),
            value("interDigitTimeout", Kind::Duration),
            value("noEntryTimeout", Kind::Duration),
            value("preTransferAudio", Kind::Audio),
            value("repromptAudio", Kind::Audio),
            value("repromptCount", Kind::Integer),
        ]);

const JUMP_TO_MENU: ActionSpec = action("jumpToMenu", Operation::Jump("targetMenuRef"))
    .class("TransferMenuAction")
    .settings(&[reference("targetMenuRef")]);

const PREVIOUS_MENU: ActionSpec =
    action("previousMenu", Operation::GoToMenu(MenuTarget::Previous)).settings(&[]);

const REPEAT_MENU: ActionSpec =
    action("repeatMenu", Operation::GoToMenu(MenuTarget::Repeat)).settings(&[]);

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    DIAL_BY_EXTENSION,
    DIAL_BY_EXTENSION.choice("menuDialByExtension"),
    JUMP_TO_MENU,
    JUMP_TO_MENU.choice("menuJumpToMenu"),
    PREVIOUS_MENU,
    PREVIOUS_MENU.choice("menuPreviousMenu"),
    REPEAT_MENU,
    REPEAT_MENU.choice("menuRepeatMenu"),
    action("menuSubMenu", Operation::Jump("targetMenuRef"))
        .choice("menuSubMenu")
        .class("MenuAction")
        .event("Menu")
        .settings(&[reference("targetMenuRef")]),
    action("menuTask", Operation::ChoiceTask).choice("menuTask").settings(&[]),
];
