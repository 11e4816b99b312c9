//! The flows that a call can enter from each flow.

use std::collections::BTreeSet;

use super::Program;
use crate::flow::FlowId;

/// The flows that the steps of each flow enter.
#[derive(Debug)]
pub struct FlowCalls {
    called: Vec<BTreeSet<FlowId>>,
}

impl FlowCalls {
    /// Finds the flows in the steps of a program. The fixtures decide which in-queue flow a
    /// queue has, so a transfer to a queue may enter each of them.
    pub fn of(program: &Program) -> Self {
        let mut called = vec![BTreeSet::new(); program.units.len()];
        for step in &program.steps {
            let Some(called) = called.get_mut(step.flow.index()) else { continue };
            called.extend(step.flow_called());
            if step.enters_queue() {
                called.extend(&program.in_queue_flows);
            }
        }
        Self { called }
    }

    /// Returns a flow and all flows that calls can enter from it.
    pub fn reached(&self, flow: FlowId) -> BTreeSet<FlowId> {
        let (mut reached, mut waiting) = (BTreeSet::new(), vec![flow]);
        while let Some(flow) = waiting.pop() {
            if reached.insert(flow) {
                waiting.extend(self.called.get(flow.index()).into_iter().flatten());
            }
        }
        reached
    }
}
