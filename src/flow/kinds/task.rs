//! Tasks, states, common modules, and ends of flows.

use super::operation::{End, Operation};
use super::setting::{SettingForm, SettingSpec, any, other, reference, result, setting};
use super::spec::{ActionSpec, action};

const TASK: SettingSpec = reference("targetTaskRef");
const INPUT_NAME: SettingSpec = other("taskInputs.<type>.name");
const INPUT: SettingSpec = setting("taskInputs.<type>.value", SettingForm::Statement);

const JUMP_TO_TASK: ActionSpec = action("jumpToTask", Operation::Jump("targetTaskRef"))
    .class("TransferTaskAction")
    .settings(&[TASK, INPUT_NAME, INPUT]);

const DISCONNECT: ActionSpec =
    action("disconnect", Operation::End(End::Disconnect)).settings(&[]);

const RETURN_TO_AGENT: ActionSpec =
    action("returnToAgent", Operation::End(End::Agent)).settings(&[]);

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("callCommonModule", Operation::CallCommonModule)
        .settings(&[other("commonModule"), other("version"), any("inputs.*")])
        .lists_results(),
    action("callTask", Operation::CallTask)
        .outputs(&["default"])
        .settings(&[
            TASK,
            INPUT_NAME,
            INPUT,
            other("taskOutputs.<type>.name"),
            result("taskOutputs.<type>.value"),
        ])
        .lists_results(),
    action("changeState", Operation::Jump("targetStateRef"))
        .settings(&[reference("targetStateRef")]),
    DISCONNECT,
    DISCONNECT.choice("menuDisconnect"),
    action("endFlow", Operation::END_FLOW).settings(&[]),
    action("endState", Operation::End(End::State)).settings(&[]),
    action("endTask", Operation::EndTask).settings(&[other("outputPath.name")]),
    action("endWorkflow", Operation::END_FLOW).settings(&[any("exitReason")]),
    action("exitBotFlow", Operation::END_FLOW).some_settings(&[any("exitReason")]),
    action("exitSurveyFlow", Operation::END_FLOW),
    action("exitWorkitemFlow", Operation::END_FLOW),
    JUMP_TO_TASK,
    JUMP_TO_TASK.choice("menuJumpToTask"),
    RETURN_TO_AGENT,
    RETURN_TO_AGENT.choice("menuReturnToAgent"),
];
