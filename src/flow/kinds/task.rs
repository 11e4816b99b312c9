//! Tasks, states, common modules, and ends of flows.

use super::operation::{End, Operation};
use super::setting::{SettingForm, setting};
use super::spec::{ActionSpec, action};

const JUMP_TO_TASK: ActionSpec =
    action("jumpToTask", Operation::Jump("targetTaskRef")).class("TransferTaskAction");

const DISCONNECT: ActionSpec = action("disconnect", Operation::End(End::Disconnect));

const RETURN_TO_AGENT: ActionSpec = action("returnToAgent", Operation::End(End::Agent));

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("callCommonModule", Operation::CallCommonModule).lists_results(),
    action("callTask", Operation::CallTask)
        .outputs(&["default"])
        .settings(&[setting("taskInputs.*.value", SettingForm::Statement)])
        .lists_results(),
    action("changeState", Operation::Jump("targetStateRef")),
    DISCONNECT,
    DISCONNECT.choice("menuDisconnect"),
    action("endFlow", Operation::END_FLOW),
    action("endState", Operation::End(End::State)),
    action("endTask", Operation::EndTask),
    action("endWorkflow", Operation::END_FLOW),
    action("exitBotFlow", Operation::END_FLOW),
    action("exitSurveyFlow", Operation::END_FLOW),
    action("exitWorkitemFlow", Operation::END_FLOW),
    JUMP_TO_TASK,
    JUMP_TO_TASK.choice("menuJumpToTask"),
    RETURN_TO_AGENT,
    RETURN_TO_AGENT.choice("menuReturnToAgent"),
];
