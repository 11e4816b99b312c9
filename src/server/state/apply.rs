//! Application of events to the organisation.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::event::{Called, Entry, Event, FlowChange, FlowSaved, Origin, subject_of};
use super::flow::{StoredFlow, Version, read_flow};
use super::instance::{Beginning, Instance, with_values};
use super::moves::Start;
use super::{
    CONTACTS, JOBS, MAX_JOBS, MAX_TOKENS, NOT_JOINED, PROMPT_AUDIO, Prepared,
    QUEUE_CODES, QUEUE_SETTINGS, State, Token,
};
use crate::source::{Files, read_json};
use crate::value::Text;
use crate::world::Input;

impl State {
    pub(super) fn apply(&mut self, Entry { number, at, event }: Entry) {
        self.last_number = self.last_number.max(number);
        self.clock = self.clock.max(at);
        match event {
            Event::TokenGiven { token, scopes, expires_at } => {
                self.give_token(token, Token { scopes, expires_at });
            }
            Event::Called(called) => self.call(called),
            of_instance @ (Event::Branched { .. }
            | Event::Inputs { .. }
            | Event::VariablesWritten { .. }
            | Event::WebhookCalled { .. }
            | Event::Disconnected { .. }) => self.apply_to_instance(of_instance),
            Event::WebhooksReplaced { webhooks } => {
                self.webhooks = Arc::new(self.webhooks.with(webhooks));
            }
            Event::ConversationQueued(queued) => self.begin_in_queue(queued),
            Event::ConversationChanged { id, change } => {
                self.change_conversation(&id, change);
            }
            Event::EntitySaved { collection, id, document } => {
                self.save_entity(collection, id, document);
            }
            Event::EntityDeleted { collection, id } => {
                self.delete_entity(&collection, &id);
            }
            Event::ObjectsWritten { documents } => {
                documents.iter().for_each(|document| self.merge_document(document));
            }
            Event::FixturesReplaced { document } => self.replace_fixtures(&document),
            Event::FixturesMerged { document } => self.merge_fixtures(&document),
            Event::IndexMade { .. }
            | Event::IndexDeleted { .. }
            | Event::DocumentsWritten(_) => self.apply_to_index(number, event),
            Event::ClockAdvanced => {
                self.last_clock = Some(Event::ClockAdvanced.subject(number));
                self.advance_due();
            }
            of_flow => self.apply_to_flow(of_flow),
        }
    }

    fn apply_to_instance(&mut self, event: Event) {
        match event {
            Event::Branched { id, from, question } => {
                self.branch(id.into(), &from.into(), question);
            }
            Event::Inputs { id, inputs } => {
                let inputs = inputs.iter().filter_map(|it| Input::parse(it).ok());
                let inputs: Vec<Input> = inputs.collect();
                self.with_instance(&id, |instance, around| instance.give(inputs, around));
            }
            Event::VariablesWritten { id, variables } => {
                self.with_instance(&id, |instance, around| {
                    instance.advance(around);
                    instance.write(&variables);
                });
            }
            Event::WebhookCalled { id, call, result } => {
                self.with_instance(&id, |instance, around| {
                    instance.called_back(call, result, around);
                });
            }
            Event::Disconnected { id } => self.disconnect(&id),
            _ => {}
        }
    }

    fn apply_to_flow(&mut self, event: Event) {
        self.program = None;
        self.findings = None;
        match event {
            Event::FlowSaved(saved) => self.save_flow(saved),
            Event::FlowPublished { id, version } => self.change_flow(&id, |flow, now| {
                flow.published_at = Some(now);
                let mut versions = flow.versions.iter();
                let wanted = versions.position(|it| Some(it.number) == version);
                flow.published = wanted.or(flow.versions.len().checked_sub(1));
                flow.is_active = true;
            }),
            Event::FlowChanged { id, change, client } => {
                self.change_flow(&id, |flow, _| change_flow(flow, change, &client));
            }
            Event::FlowDeleted { id } => {
                self.flows.shift_remove(id.as_str());
            }
            _ => {}
        }
    }

    fn give_token(&mut self, token: String, given: Token) {
        self.tokens.insert(token, given);
        if self.tokens.len() > MAX_TOKENS
            && let Some((oldest, _)) = self.tokens.shift_remove_index(0)
        {
            self.forget(&subject_of("tokens", &oldest));
        }
    }

    fn save_flow(&mut self, saved: FlowSaved) {
        let FlowSaved { id, name, flow_type, description, is_shared, content } = saved;
        let id = Text::from(id);
        let clock = self.clock;
        let flow = self.flows.entry(id.clone()).or_insert_with(|| {
            StoredFlow::empty(id, name.as_str().into(), flow_type.as_str().into())
        });
        flow.name = name.into();
        flow.flow_type = flow_type.into();
        flow.description = description.map(Text::from);
        flow.is_shared = is_shared;
        if let Some(content) = content
            && let Some(model) = read_flow(&content).model
        {
            flow.add(model, content, clock);
        }
    }

    fn change_flow(&mut self, id: &str, change: impl FnOnce(&mut StoredFlow, i64)) {
        let now = self.clock;
        if let Some(flow) = self.flows.get_mut(id) {
            change(flow, now);
        }
    }

    fn call(&mut self, called: Called) {
        let program = self.program();
        let fixtures = self.fixtures();
        let Some(flow) = program.flow(&called.flow) else { return };
        let call = self.new_call(flow, &fixtures);
        let call = with_values(call, &program, &called.context, &called.variables);
        let call = call.takes_messages(called.origin == Origin::Conversation);
        let stored = self.flows.get(called.flow.as_str());
        let version = stored.and_then(StoredFlow::published).map_or(1, |it| it.number);
        let address = |key: &str| called.context.get(key)?.as_str().map(Text::from);
        let beginning = Beginning {
            id: called.id.into(),
            origin: called.origin,
            conversation: None,
            flow: called.flow.into(),
            version,
            media: called.media.into(),
            name: called.name.map(Text::from),
            from: address("from"),
            to: address("to"),
            at: self.clock,
            fixtures,
            start: Arc::new(Start {
                call,
                context: called.context,
                variables: called.variables,
            }),
        };
        let instance = Instance::start(beginning, program, &self.around());
        self.insert_instance(instance);
    }

    fn save_entity(&mut self, collection: String, id: String, document: Value) {
        if collection == CONTACTS {
            self.add_contact(&document);
        }
        let (is_job, is_contact) = (collection == JOBS, collection == CONTACTS);
        let entities = self.entities.entry(collection).or_default();
        if is_contact {
            // The contact that was written last wins, also after a restart.
            entities.shift_remove(&id);
        }
        entities.insert(id, document);
        if is_job
            && entities.len() > MAX_JOBS
            && let Some((oldest, _)) = entities.shift_remove_index(0)
        {
            self.forget(&subject_of(JOBS, &oldest));
        }
    }

    fn delete_entity(&mut self, collection: &str, id: &str) {
        if collection == CONTACTS {
            self.fixtures = None;
        }
        if let Some(entities) = self.entities.get_mut(collection) {
            entities.shift_remove(id);
        }
    }

    fn replace_fixtures(&mut self, document: &str) {
        (self.base, self.documents) = (Arc::default(), Vec::new());
        // These describe objects of the fixtures.
        for collection in [PROMPT_AUDIO, QUEUE_SETTINGS, QUEUE_CODES, NOT_JOINED] {
            self.entities.remove(collection);
        }
        self.merge_fixtures(document);
    }

    fn merge_fixtures(&mut self, document: &str) {
        self.merge_document(document);
        self.control.stubs.restart();
        self.control.answers.clear();
    }

    fn merge_document(&mut self, document: &str) {
        self.fixtures = None;
        let is_over_these = |it: &Prepared| match &it.over {
            Some(over) => Arc::ptr_eq(over, &self.base),
            None => self.documents.is_empty(),
        };
        if let Some(prepared) = self.prepared.take().filter(is_over_these) {
            self.base = Arc::new(prepared.fixtures);
            self.documents.push(prepared.document);
            return;
        }
        let file = Files::new().add("fixtures.json", document);
        // Mistakes in the document were reported before the event was created.
        if let Ok(node) = read_json(&file) {
            self.base = Arc::new(self.base.merged(&node, Path::new("")).0);
        }
        self.documents.extend(serde_json::from_str::<Value>(document));
    }
}

fn change_flow(flow: &mut StoredFlow, change: FlowChange, client: &str) {
    match change {
        FlowChange::CheckOut => flow.locked_by = Some(client.into()),
        FlowChange::Unlock => flow.locked_by = None,
        FlowChange::CheckIn => {
            flow.locked_by = None;
            if let Some(version) = flow.versions.last_mut() {
                version.is_checked_in = true;
            }
        }
        FlowChange::Revert => {
            flow.locked_by = None;
            let kept = flow.published.map_or(0, |index| index + 1);
            let is_persistent = |(index, version): (usize, &Version)| {
                index < kept || version.is_checked_in
            };
            while flow.versions.len() > 1
                && !flow
                    .versions
                    .iter()
                    .enumerate()
                    .next_back()
                    .is_some_and(is_persistent)
            {
                flow.versions.pop();
            }
        }
        FlowChange::Deactivate => flow.is_active = false,
    }
}
