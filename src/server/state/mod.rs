//! The current state of the organisation, and its changes.
//!
//! Every change is an [`Event`]. A handler checks a request and creates an event from it.
//! [`State::commit`] stores the event if a journal is in use, and then applies it.
//! Therefore every acknowledged change is stored, and a change that could not be stored
//! is not made. A server that is started again replays the stored events.

mod apply;
mod callers;
mod conversations;
mod decision_log;
mod decisions;
pub(super) mod event;
pub(super) mod flow;
mod history;
pub(super) mod indices;
pub(super) mod instance;
pub(super) mod journal;
mod map;
pub(super) mod moves;
pub(super) mod outgoing;
pub(super) mod queued;
mod schedule;
mod timing;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use serde_json::{Value, json};

use super::control::Control;
use super::conversation::Conversation;
use super::http::reply::{ApiError, Reply};
use super::http::request::ApiRequest;
use super::notifications::{Channels, Touched};
use super::organisation::Organisation;
use super::webhook::Webhooks;
use crate::engine::Call;
use crate::flow::FlowId;
use crate::flow::read::node;
use crate::program::Program;
use crate::trace::JsonNames;
use crate::value::{DateTime, Json, Text, derived_id};
use crate::world::Fixtures;
use decision_log::DecisionLog;
use event::{Entry, Event};
use flow::{Findings, Model, StoredFlow};
use indices::Indices;
use instance::Instance;
use journal::Journal;
use map::Map;
use outgoing::Context;
use schedule::Schedule;

/// Maximum number of flows.
pub(super) const MAX_FLOWS: usize = 10_000;
/// Maximum number of waiting instances and open conversations.
pub(super) const MAX_WAITING: usize = 100_000;
/// Maximum number of finished instances that are kept; the oldest are dropped first.
pub(super) const MAX_OVER: usize = 1_000;
/// Maximum number of tokens; the oldest are dropped first.
const MAX_TOKENS: usize = 10_000;
/// Maximum number of entities in a collection.
pub(super) const MAX_ENTITIES: usize = 100_000;
/// Maximum number of fixtures documents, with those of written objects.
pub(super) const MAX_DOCUMENTS: usize = 100_000;
/// Maximum number of jobs; the oldest are dropped first.
const MAX_JOBS: usize = 1_000;

/// The collection of external contacts.
pub(super) const CONTACTS: &str = "contacts";
/// The collection of the audio of prompts.
pub(super) const PROMPT_AUDIO: &str = "promptAudio";
/// The collection of the settings of queues that have no effect on calls.
pub(super) const QUEUE_SETTINGS: &str = "queueSettings";
/// The collection of the wrap-up codes that clients assigned to queues.
pub(super) const QUEUE_CODES: &str = "queueWrapupCodes";
/// The collection of the members of queues who are not joined, by queue and user.
pub(super) const NOT_JOINED: &str = "membersNotJoined";
/// The collection of jobs.
pub(super) const JOBS: &str = "jobs";

/// A fixtures document that was read while other requests were answered.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The fixtures that it was merged over; `None` if it replaces all.
    pub(super) over: Option<Arc<Fixtures>>,
    /// The result.
    pub(super) fixtures: Fixtures,
    /// The document.
    pub(super) document: Value,
}

/// An access token of a client.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// The granted scopes; empty for full access.
    pub(super) scopes: Vec<String>,
    /// The server's clock when the token expires, in milliseconds since 1970.
    pub(super) expires_at: i64,
}

/// The current state of the organisation.
pub(super) struct State {
    /// The state when the server started.
    organisation: Arc<Organisation>,
    journal: Option<Box<dyn Journal>>,
    /// The number of the last event.
    last_number: u64,
    /// The subject of the last event that only advanced the clock.
    last_clock: Option<String>,
    /// The server's clock, in milliseconds since 1970.
    pub(super) clock: i64,
    pub(super) flows: Map<Text, StoredFlow>,
    pub(super) tokens: Map<String, Token>,
    pub(super) instances: Map<Text, Instance>,
    /// Conversations that began in a queue, or that clients have changed.
    pub(super) conversations: BTreeMap<Text, Conversation>,
    /// The instances whose flow is running.
    running: BTreeSet<Text>,
    /// The open conversations whose flow has ended: they wait in queues, or an agent has
    /// answered.
    open: BTreeSet<Text>,
    /// The instances whose flow has ended on its own clock, but not on the server's: the
    /// conversation waits in a queue.
    ending: BTreeSet<Text>,
    /// The instances that others branched from. Their events are needed to replay those.
    branched: BTreeSet<Text>,
    /// The finished conversations and executions, in the order in which they ended.
    over: IndexSet<Text, FxBuildHasher>,
    /// When instances and conversations change without a request.
    schedule: Schedule,
    queued: queued::Queued,
    /// The changes since the last notifications.
    pub(super) touched: Touched,
    /// The channels of notifications.
    pub(super) channels: Channels,
    entities: BTreeMap<String, Map<String, Value>>,
    /// The documents of clients of Elasticsearch, and the decisions of flows.
    pub(super) indices: Indices,
    decided: DecisionLog,
    /// The subject of each deleted index's last deletion event, by index.
    deleted_indices: BTreeMap<String, String>,
    /// The fixtures documents, in order.
    pub(super) documents: Vec<Value>,
    /// The parsed fixtures documents.
    base: Arc<Fixtures>,
    /// Fixtures that were read before the event with their document.
    prepared: Option<Prepared>,
    /// The fixtures with the created contacts, built when first needed.
    fixtures: Option<Arc<Fixtures>>,
    /// The compiled flows and their names for simulations, built when first needed.
    program: Option<(Arc<Program>, Arc<JsonNames>)>,
    /// The findings about the flows, built when first needed.
    pub(super) findings: Option<Arc<Findings>>,
    /// The settings of tests, which are never stored.
    pub(super) control: Control,
    /// The webhook services.
    pub(super) webhooks: Arc<Webhooks>,
    /// The instances that wait for a call that has not been sent.
    unsent: Vec<Text>,
    /// Number of resets. Results of calls from before the last reset are ignored.
    pub(super) resets: u64,
    /// The stored instances whose flows no longer exist.
    lost: Vec<String>,
    /// The warning that stored events were lost.
    damage: Option<String>,
}

impl State {
    /// Creates the initial state and replays the events that a folder holds.
    ///
    /// # Errors
    /// The stored events cannot be read or replayed.
    pub(super) fn open(
        organisation: Arc<Organisation>,
        data: Option<&Path>,
    ) -> Result<Self, String> {
        let mut state = Self::new(organisation);
        let Some(folder) = data else { return Ok(state) };
        let (journal, stored) = journal::DiskJournal::open(folder)?;
        // The events were created with the flows of that time. If replaying them with the
        // current flows panics, the stored data is still intact and the error is
        // reported.
        let replayed = catch_unwind(AssertUnwindSafe(|| state.replay(&stored.events)));
        let replayed = replayed.unwrap_or_else(|_| Err("it cannot be replayed".into()));
        replayed.map_err(|problem| cannot_replay(folder, &problem))?;
        state.journal = Some(Box::new(journal));
        state.damage = stored.warning;
        state.decided.keep(|id| state.instances.contains_key(id));
        state.settle();
        Ok(state)
    }

    /// Replays stored events.
    fn replay(&mut self, events: &[String]) -> Result<(), String> {
        for text in events {
            let entry: Entry = serde_json::from_str(text)
                .map_err(|error| format!("cannot read an event: {error}"))?;
            if let Event::Called(called) = &entry.event
                && self.program().flow(&called.flow).is_none()
            {
                self.lost.push(called.id.clone());
            }
            self.apply(entry);
        }
        self.advance_due();
        Ok(())
    }

    /// Returns warnings about stored data: events that were lost, and instances that
    /// could not be replayed.
    pub(super) fn storage_warnings(&self, folder: &Path) -> Vec<String> {
        self.damage.clone().into_iter().chain(self.misfit_warning(folder)).collect()
    }

    fn misfit_warning(&self, folder: &Path) -> Option<String> {
        let first = self.lost.first()?;
        let count = self.lost.len();
        Some(format!(
            "the conversations and executions in {} whose flows no longer exist are skipped \
             ({count}): {first}{}",
            folder.display(),
            if count > 1 { ", …" } else { "" }
        ))
    }

    fn new(organisation: Arc<Organisation>) -> Self {
        let flows = organisation.flows.iter();
        let flows = flows.map(|flow| (flow.id.clone(), flow.clone())).collect();
        let base = Arc::new(organisation.fixtures.clone());
        let webhooks = Arc::new(organisation.webhooks.clone());
        Self {
            journal: None,
            last_number: 0,
            last_clock: None,
            clock: organisation.start.milliseconds(),
            flows,
            tokens: Map::default(),
            instances: Map::default(),
            conversations: BTreeMap::new(),
            running: BTreeSet::new(),
            open: BTreeSet::new(),
            ending: BTreeSet::new(),
            branched: BTreeSet::new(),
            over: IndexSet::default(),
            schedule: Schedule::default(),
            queued: queued::Queued::default(),
            touched: Touched::default(),
            channels: Channels::default(),
            entities: BTreeMap::new(),
            indices: Indices::default(),
            decided: DecisionLog::default(),
            deleted_indices: BTreeMap::new(),
            documents: organisation.documents.clone(),
            base,
            prepared: None,
            fixtures: None,
            program: None,
            findings: None,
            control: Control::default(),
            webhooks,
            unsent: Vec::new(),
            resets: 0,
            lost: Vec::new(),
            damage: None,
            organisation,
        }
    }

    /// Restores the initial state. The request log is kept.
    pub(super) fn reset(&mut self) -> Result<(), ApiError> {
        if let Some(journal) = &mut self.journal {
            journal.clear().map_err(ApiError::not_stored)?;
        }
        let fresh = Self::new(Arc::clone(&self.organisation));
        let clock = if self.organisation.real_time { self.clock } else { fresh.clock };
        let (journal, log) = (self.journal.take(), self.control.take_log());
        *self = Self { journal, clock, resets: self.resets + 1, ..fresh };
        self.control.restore_log(log);
        Ok(())
    }

    /// Returns an id for an entity that is about to be created.
    pub(super) fn fresh_id(&self, kind: &str) -> Text {
        derived_id(&format!("{kind}:{}", self.last_number + 1))
    }

    /// Stores an event and applies it.
    ///
    /// # Errors
    /// The event could not be stored. In that case it is not applied either.
    pub(super) fn commit(&mut self, event: Event) -> Result<(), ApiError> {
        let entry = Entry { number: self.last_number + 1, at: self.clock, event };
        if let Some(journal) = &mut self.journal {
            let text = serde_json::to_string(&entry);
            let text = text.map_err(|error| ApiError::not_stored(error.to_string()))?;
            journal.append(&entry.event.subject(entry.number), &text).map_err(
                |error| {
                    ApiError::not_stored(format!(
                        "the change could not be stored: {error}"
                    ))
                },
            )?;
        }
        let obsolete = self.obsolete_after(&entry.event);
        self.apply(entry);
        obsolete.iter().for_each(|subject| self.forget(subject));
        self.settle();
        Ok(())
    }

    /// Deletes obsolete events from the journal. If that fails, they stay, which is
    /// harmless.
    fn forget(&mut self, subject: &str) {
        if let Some(journal) = &mut self.journal {
            let _ = journal.forget(subject);
        }
    }

    fn with_instance(&mut self, id: &str, change: impl FnOnce(&mut Instance, &Context)) {
        let around = self.around();
        let Some(instance) = self.instances.get_mut(id) else { return };
        let (was_running, continued) = (instance.is_running(), instance.continued);
        change(instance, &around);
        if instance.outgoing.as_ref().is_some_and(|call| !call.is_sent) {
            self.unsent.push(instance.id.clone());
        }
        let may_have_ended = was_running || instance.continued > continued;
        let (id, is_running) = (instance.id.clone(), instance.is_running());
        self.note_progress(&id, may_have_ended && !is_running);
    }

    /// Follows the wall clock. No event is needed, as every event contains its time.
    pub(super) fn tick(&mut self, now: i64) {
        self.clock = self.clock.max(now);
        self.advance_due();
        self.settle();
    }

    /// Returns the number of waiting instances.
    pub(super) fn waiting(&self) -> usize {
        self.running.len()
    }

    /// Returns the entities of a collection that clients created, in order.
    pub(super) fn entities(
        &self,
        collection: &str,
    ) -> impl Iterator<Item = (&str, &Value)> {
        let entities = self.entities.get(collection).into_iter().flatten();
        entities.map(|(id, document)| (id.as_str(), document))
    }

    /// Returns the number of entities of a collection.
    pub(super) fn entity_count(&self, collection: &str) -> usize {
        self.entities.get(collection).map_or(0, Map::len)
    }

    /// Returns an entity that a client created.
    pub(super) fn entity(&self, collection: &str, id: &str) -> Option<&Value> {
        self.entities.get(collection)?.get(id)
    }

    /// Returns the current fixtures.
    pub(super) fn fixtures(&mut self) -> Arc<Fixtures> {
        if let Some(fixtures) = &self.fixtures {
            return Arc::clone(fixtures);
        }
        let made: Vec<Value> =
            self.entities(CONTACTS).map(|(_, contact)| contact_of(contact)).collect();
        let fixtures = if made.is_empty() {
            Arc::clone(&self.base)
        } else {
            let document = Json::from(&json!({ CONTACTS: made }));
            Arc::new(self.base.merged(&node(&document), Path::new("")).0)
        };
        self.fixtures = Some(Arc::clone(&fixtures));
        fixtures
    }

    /// Returns the current fixtures without the created contacts.
    pub(super) fn base(&self) -> &Arc<Fixtures> {
        &self.base
    }

    /// Commits an event with a fixtures document that was read before the lock.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub(super) fn commit_prepared(
        &mut self,
        event: Event,
        prepared: Prepared,
    ) -> Result<(), ApiError> {
        self.prepared = Some(prepared);
        let done = self.commit(event);
        self.prepared = None;
        done
    }

    /// Adds a contact to the fixtures. Building all of them again for each contact would
    /// take quadratic time if contacts are created between conversations.
    fn add_contact(&mut self, contact: &Value) {
        if let Some(fixtures) = &self.fixtures {
            let document = Json::from(&json!({ CONTACTS: [contact_of(contact)] }));
            let merged = fixtures.merged(&node(&document), Path::new("")).0;
            self.fixtures = Some(Arc::new(merged));
        }
    }

    /// Returns the answer of a stub to a request.
    pub(super) fn stub(
        &mut self,
        asked: &ApiRequest,
        is_other_route: impl Fn(&str) -> bool,
    ) -> Option<Reply> {
        self.control.stubs.answer(self.base.stubs(), asked, is_other_route)
    }

    /// Returns `true` if a stub answers such requests.
    pub(super) fn has_stub(&self, method: &str, path: &str) -> bool {
        self.control.stubs.are_for(self.base.stubs(), method, path)
    }

    /// Returns all stubs, and the number of requests that each has answered.
    pub(super) fn stubs_to_json(&self) -> Vec<Value> {
        self.control.stubs.to_json(self.base.stubs())
    }

    /// Returns the current flows as a compiled program.
    pub(super) fn program(&mut self) -> Arc<Program> {
        self.program_and_names().0
    }

    /// Returns the program and the names in it as JSON.
    pub(super) fn program_and_names(&mut self) -> (Arc<Program>, Arc<JsonNames>) {
        if let Some(program) = &self.program {
            return program.clone();
        }
        let (mut drafts, mut architect) = (Vec::new(), Vec::new());
        for model in self.flows.values().filter_map(StoredFlow::model) {
            match model {
                Model::Draft(flow) => drafts.push(Arc::unwrap_or_clone(flow)),
                Model::Architect(flow) => architect.push(Arc::unwrap_or_clone(flow)),
            }
        }
        let program = Arc::new(Program::compile_all(&drafts, &architect));
        let names = Arc::new(JsonNames::new(&program.symbols));
        self.program.insert((program, names)).clone()
    }

    /// Creates a call of a flow that starts now, without values.
    pub(super) fn new_call(&self, flow: FlowId, fixtures: &Arc<Fixtures>) -> Call {
        let at = DateTime::from_milliseconds(self.clock);
        Call::new(flow)
            .at(at.unwrap_or(self.organisation.start))
            .limits(self.organisation.limits)
            .seed(self.organisation.seed)
            .strict(self.organisation.strict)
            .stop_at_queue(self.organisation.stop_at_queue)
            .in_organisation(Arc::clone(fixtures))
    }

    /// Returns the flow with an id.
    pub(super) fn flow(&self, id: &str) -> Result<&StoredFlow, ApiError> {
        self.flows.get(id).ok_or_else(|| ApiError::not_found("the flow", id))
    }

    /// Returns the organisation that the server started with.
    pub(super) fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Returns `true` if the state is stored on disk, so that a change may block.
    pub(super) fn is_persistent(&self) -> bool {
        self.journal.is_some()
    }

    /// Returns `true` if the clock follows the wall clock.
    pub(super) fn is_real_time(&self) -> bool {
        self.organisation.real_time
    }

    /// Returns the limits of a call.
    pub(super) fn limits(&self) -> crate::engine::Limits {
        self.organisation.limits
    }
}

fn cannot_replay(folder: &Path, problem: &str) -> String {
    format!(
        "cannot restore the data in {}: {problem}. It was stored with other flows or fixtures, \
         or by another version of flowsim; start with those, or use another folder",
        folder.display()
    )
}

/// Converts an external contact of the platform to one of the fixtures.
fn contact_of(contact: &Value) -> Value {
    let text = |key: &str| contact[key].as_str().unwrap_or_default();
    let name = format!("{} {}", text("firstName"), text("lastName"));
    let emails = ["workEmail", "personalEmail", "otherEmail"];
    let email = emails.into_iter().map(text).find(|email| !email.is_empty());
    let phones = ["workPhone", "cellPhone", "homePhone", "otherPhone"].into_iter();
    let number = |key: &str| {
        let number = &contact[key]["e164"];
        number.as_str().or_else(|| contact[key]["display"].as_str()).map(Value::from)
    };
    let attributes = match &contact["customFields"] {
        Value::Object(fields) => Value::Object(fields.clone()),
        _ => json!({}),
    };
    json!({
        "id": text("id"),
        "name": name.trim(),
        "email": email,
        "phones": phones.filter_map(number).collect::<Vec<_>>(),
        "attributes": attributes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::read::Loaded;
    use crate::source::Files;

    /// A disk that is full after the given number of events.
    struct Disk(usize);

    impl Journal for Disk {
        fn append(&mut self, _: &str, _: &str) -> Result<(), String> {
            self.0 = self.0.checked_sub(1).ok_or("the disk is full")?;
            Ok(())
        }

        fn forget(&mut self, _: &str) -> Result<(), String> {
            Err("the disk is full".into())
        }

        fn clear(&mut self) -> Result<(), String> {
            Err("the disk is full".into())
        }
    }

    fn contact(id: &str) -> Event {
        let (collection, id) = (CONTACTS.to_owned(), id.to_owned());
        Event::EntitySaved { collection, id, document: json!({}) }
    }

    pub(super) fn state() -> State {
        let (loaded, fixtures) = (Loaded::default(), Fixtures::default());
        let organisation = Organisation::new(loaded, &Files::new(), fixtures, &[]);
        State::new(Arc::new(organisation))
    }

    #[test]
    fn events_that_cannot_be_replayed_are_reported() {
        let problem = state().replay(&["{}".to_owned()]).unwrap_err();
        let message = cannot_replay(Path::new("kept"), &problem);
        assert!(
            message.starts_with("cannot restore the data in kept: cannot read an event"),
            "{message}"
        );
        assert!(message.ends_with("use another folder"), "{message}");
    }

    #[test]
    fn events_that_cannot_be_stored_are_not_applied() {
        let mut state = state();
        state.journal = Some(Box::new(Disk(1)));
        assert!(state.commit(contact("a")).is_ok());
        let refusal = state.commit(contact("b")).unwrap_err();
        assert_eq!(refusal.status, 500);
        assert!(refusal.message.contains("the disk is full"));
        assert!(state.entity(CONTACTS, "b").is_none());
        assert!(state.reset().is_err());
        assert!(state.entity(CONTACTS, "a").is_some());
    }
}
