//! Flows that call webhooks, and the calls that their instances wait for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::State;
use super::flow::Model;
use super::outgoing::{Context, Outgoing};
use crate::diagnostic::nearest;
use crate::flow::Action;
use crate::value::Text;

impl State {
    /// Returns the current environment of instances.
    pub(super) fn around(&self) -> Context {
        Context { now: self.clock, webhooks: Arc::clone(&self.webhooks) }
    }

    /// Returns the names for which services can be registered, and their kinds: the ids
    /// and names of flows, and the `webhookId` of their nodes.
    pub(in crate::server) fn callers(&self) -> BTreeMap<&str, &'static str> {
        let mut callers = BTreeMap::new();
        for flow in self.flows.values() {
            let version = flow.published().or_else(|| flow.newest());
            if let Some(Model::Draft(draft)) = version.map(|version| &version.model) {
                let ids = draft.nodes.values().filter_map(|node| match &node.action {
                    Action::Webhook(webhook) => webhook.webhook_id.as_deref(),
                    _ => None,
                });
                callers.extend(ids.map(|id| (id, "webhookId")));
            }
            let own = version.map_or(&flow.name, |version| version.model.name());
            let names = [&flow.id, &flow.name, own];
            callers.extend(names.map(|name| (name.as_str(), "flow")));
        }
        callers
    }

    /// Returns a warning for each registered service that the current flows never call.
    pub(in crate::server) fn uncalled_warnings(&self) -> Vec<String> {
        if self.webhooks.registered().is_empty() {
            return Vec::new();
        }
        let callers = self.callers();
        let names = self.webhooks.registered().keys();
        let unknown = names.filter(|name| !callers.contains_key(name.as_str()));
        let warning = |name: &String| {
            let near = nearest(name, callers.keys().copied());
            let near = near.map(|near| format!("; did you mean `{near}`?"));
            format!(
                "the webhook `{name}` is never called: no flow has this id or name, and no node \
                 has this webhookId{}",
                near.unwrap_or_default()
            )
        };
        unknown.map(warning).collect()
    }

    /// Takes the calls to make now, each with the id of the instance that waits for it.
    pub(in crate::server) fn take_calls(&mut self) -> Vec<(Text, Outgoing)> {
        let mut calls = Vec::new();
        for id in std::mem::take(&mut self.unsent) {
            let instance = self.instances.get_mut(&id);
            let call = instance.and_then(|instance| instance.outgoing.as_mut());
            if let Some(call) = call.filter(|call| !call.is_sent) {
                call.is_sent = true;
                calls.push((id, call.clone()));
            }
        }
        calls
    }
}
