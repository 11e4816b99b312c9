//! Menus and their choices.

use super::operation::{MenuTarget, Operation};
use super::spec::{ActionSpec, action};

const DIAL_BY_EXTENSION: ActionSpec =
    action("dialByExtension", Operation::DialByExtension)
        .outputs(&["timeout", "failure"])
        .class("DialExtensionAction")
        .event("DialExtension")
        .turn("Get.DialExtension.Action");

const JUMP_TO_MENU: ActionSpec =
    action("jumpToMenu", Operation::Jump("targetMenuRef")).class("TransferMenuAction");

const PREVIOUS_MENU: ActionSpec =
    action("previousMenu", Operation::GoToMenu(MenuTarget::Previous));

const REPEAT_MENU: ActionSpec =
    action("repeatMenu", Operation::GoToMenu(MenuTarget::Repeat));

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
        .event("Menu"),
    action("menuTask", Operation::ChoiceTask).choice("menuTask"),
];
