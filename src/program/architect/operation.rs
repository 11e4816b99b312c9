//! Compiles an action by the operation of its kind.

use super::Action;
use super::build::Compiler;
use super::control::known_outputs;
use crate::flow::architect;
use crate::flow::kinds::Operation;
use crate::value::Text;

impl Compiler<'_> {
    /// Compiles an action. Returns the names of its outputs in the order of its targets.
    pub(super) fn compile(
        &mut self,
        action: &architect::Action,
        operation: Operation,
    ) -> (Action, Vec<Text>) {
        let plain = |action: Action| (action, Vec::new());
        let known = |compiled: Action| (compiled, known_outputs(action));
        match operation {
            Operation::PlayAudio => plain(self.play_audio(action)),
            Operation::CollectInput => known(self.collect_input(action)),
            Operation::DialByExtension => known(self.dial_by_extension(action)),
            Operation::GoToMenu(target) => plain(Action::GoToMenu(target)),
            Operation::Jump(setting) => plain(self.jump(action, setting)),
            Operation::CallTask => self.call_task(action),
            Operation::CallCommonModule => plain(self.common_module(action)),
            Operation::CallFlow(setting) => self.call_flow(action, setting),
            Operation::EndTask => plain(self.end_task(action)),
            Operation::End(end) => plain(Action::End(end)),
            Operation::Decision => known(self.decision(action)),
            Operation::Switch => self.switch(action),
            Operation::UpdateData => plain(self.update_data(action)),
            // The compiler of sequences sets the targets of loops. The task of a choice
            // is compiled with its menu.
            Operation::Loop
            | Operation::LoopUntil
            | Operation::LoopNext
            | Operation::LoopExit
            | Operation::ChoiceTask => plain(Action::GoTo),
            Operation::Lookup(kind) => known(Action::Lookup(self.lookup(action, kind))),
            Operation::SetParticipantData => self.set_attributes(action, false),
            Operation::GetParticipantData => self.get_attributes(action, false),
            Operation::SetConversationData => self.set_attributes(action, true),
            Operation::GetConversationData => self.get_attributes(action, true),
            Operation::TransferToAcd => known(self.transfer_to_acd(action)),
            Operation::Transfer(kind) => known(self.transfer(action, kind)),
            Operation::CreateCallback => plain(self.callback(action)),
            Operation::SetWhisperAudio => known(self.whisper_audio(action)),
            Operation::HoldMusic => plain(self.hold_music(action)),
            Operation::EstimatedWaitTime => plain(self.estimated_wait(action)),
            Operation::PositionInQueue => plain(self.position_in_queue(action)),
            Operation::Send(setting) => self.send(action, setting),
            Operation::Ask(kind) => self.ask(action, kind),
            Operation::ClearSlots => plain(self.clear_slots(action)),
            Operation::Record(effect) => self.recorded(action, effect),
            Operation::Local(kind) => self.local(action, kind),
            Operation::External => self.other(action),
        }
    }
}
