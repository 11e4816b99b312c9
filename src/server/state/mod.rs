//! The organisation as it is now, and how it changes.
//!
//! Everything that changes it is an [`Event`]: a handler checks a request and makes an event
//! of it; [`State::commit`] keeps the event, where events are kept, and then does it. So
//! whatever was answered is kept, what could not be kept was not done, and a server that is
//! started again does the kept events once more.

mod apply;
mod decided;
pub(super) mod event;
pub(super) mod flow;
pub(super) mod indices;
pub(super) mod instance;
pub(super) mod journal;
pub(super) mod outgoing;

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde_json::{Value, json};

use super::Organisation;
use super::control::Control;
use super::http::answer::Refusal;
use super::webhook::Webhooks;
use crate::engine::Call;
use crate::flow::FlowId;
use crate::program::Program;
use crate::source::{Files, read_json};
use crate::trace::JsonNames;
use crate::value::{DateTime, Text, derived_id};
use crate::world::Fixtures;
use decided::Decided;
use event::{Entry, Event};
use flow::{Findings, Model, StoredFlow};
use indices::Indices;
use instance::Instance;
use journal::Journal;
use outgoing::Around;

/// How many flows there may be.
pub(super) const MAX_FLOWS: usize = 10_000;
/// How many instances may wait at once.
pub(super) const MAX_WAITING: usize = 10_000;
/// How many instances that are over are kept; the oldest go first.
pub(super) const MAX_OVER: usize = 1_000;
/// How many tokens are kept; the oldest go first.
const MAX_TOKENS: usize = 10_000;
/// How many entities a collection may have.
pub(super) const MAX_ENTITIES: usize = 100_000;
/// How many jobs are kept; the oldest go first.
const MAX_JOBS: usize = 1_000;

/// The collection of external contacts.
pub(super) const CONTACTS: &str = "contacts";
/// The collection of jobs.
pub(super) const JOBS: &str = "jobs";

type Map<Key, Item> = IndexMap<Key, Item, FxBuildHasher>;

/// A client's permission.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// What it may do; everything if there are none.
    pub(super) scopes: Vec<String>,
    /// The server's clock when it ends.
    pub(super) expires_at: i64,
}

/// The organisation as it is now.
pub(super) struct State {
    /// As it was when the server started.
    organisation: Arc<Organisation>,
    journal: Option<Box<dyn Journal>>,
    /// The number of the last event.
    last_number: u64,
    /// The subject of the last event that only let time pass.
    last_clock: Option<String>,
    /// The server's clock, in milliseconds since 1970.
    pub(super) clock: i64,
    pub(super) flows: Map<Text, StoredFlow>,
    pub(super) tokens: Map<String, Token>,
    pub(super) instances: Map<Text, Instance>,
    /// The instances that are over, in the order in which they ended.
    over: VecDeque<Text>,
    entities: BTreeMap<String, Map<String, Value>>,
    /// The documents of clients of Elasticsearch, and the decisions of flows.
    pub(super) indices: Indices,
    decided: Decided,
    /// By index the subject of the event that removed it last.
    deleted_indices: BTreeMap<String, String>,
    /// The fixtures documents, in their order.
    pub(super) documents: Vec<Value>,
    /// What the documents say.
    base: Fixtures,
    /// The same with the contacts that were made, once they are needed.
    fixtures: Option<Arc<Fixtures>>,
    /// The flows compiled, once they are needed, and their names for simulations.
    program: Option<(Arc<Program>, Arc<JsonNames>)>,
    /// What is to be said about the flows, once it is needed.
    pub(super) findings: Option<Arc<Findings>>,
    /// What tests set: nothing of it is kept.
    pub(super) control: Control,
    /// Who is called.
    pub(super) webhooks: Arc<Webhooks>,
    /// The instances that came to wait for a call.
    unsent: Vec<Text>,
    /// How often everything was set back. Calls from before are nobody's.
    pub(super) resets: u64,
    /// The instances that were kept and whose flows are not there any more.
    lost: Vec<String>,
}

impl State {
    /// The organisation at the start, with what is kept in a folder done once more.
    ///
    /// # Errors
    /// What is kept cannot be read.
    pub(super) fn open(
        organisation: Arc<Organisation>,
        data: Option<&Path>,
    ) -> Result<Self, String> {
        let mut state = Self::new(organisation);
        let Some(folder) = data else { return Ok(state) };
        let (journal, events) = journal::DiskJournal::open(folder)?;
        // What was kept was done with the flows of that time. Should those of today not stand
        // it, the folder is still whole, and who started the server is told.
        let redone = catch_unwind(AssertUnwindSafe(|| state.redo(&events)));
        let redone = redone.unwrap_or_else(|_| Err("it cannot be done once more".into()));
        redone.map_err(|problem| misfit(folder, &problem))?;
        state.journal = Some(Box::new(journal));
        state.decided.keep(|id| state.instances.contains_key(id));
        state.settle();
        Ok(state)
    }

    /// Does once more what was kept.
    fn redo(&mut self, events: &[String]) -> Result<(), String> {
        for text in events {
            let entry: Entry = serde_json::from_str(text)
                .map_err(|error| format!("an event cannot be read: {error}"))?;
            if let Event::Called(called) = &entry.event
                && self.program().flow(&called.flow).is_none()
            {
                self.lost.push(called.id.clone());
            }
            self.apply(entry);
        }
        self.go_on();
        Ok(())
    }

    /// What of that which was kept could not be done once more.
    pub(super) fn misfits(&self, folder: &Path) -> Option<String> {
        let first = self.lost.first()?;
        let count = self.lost.len();
        Some(format!(
            "{count} of the conversations and executions that {} holds are of flows that are \
             not there any more, and are left out: {first}{}",
            folder.display(),
            if count > 1 { ", …" } else { "" }
        ))
    }

    fn new(organisation: Arc<Organisation>) -> Self {
        let clock = organisation.start.milliseconds();
        let flows = organisation.flows.iter();
        let flows = flows.map(|flow| (flow.id.clone(), flow.clone())).collect();
        let base = organisation.fixtures.clone();
        let documents = organisation.documents.clone();
        let webhooks = Arc::new(organisation.webhooks.clone());
        Self {
            organisation,
            journal: None,
            last_number: 0,
            last_clock: None,
            clock,
            flows,
            tokens: Map::default(),
            instances: Map::default(),
            over: VecDeque::new(),
            entities: BTreeMap::new(),
            indices: Indices::default(),
            decided: Decided::default(),
            deleted_indices: BTreeMap::new(),
            documents,
            base,
            fixtures: None,
            program: None,
            findings: None,
            control: Control::default(),
            webhooks,
            unsent: Vec::new(),
            resets: 0,
            lost: Vec::new(),
        }
    }

    /// Back to the start: nothing of what happened is kept. The request log stays.
    pub(super) fn reset(&mut self) -> Result<(), Refusal> {
        if let Some(journal) = &mut self.journal {
            journal.clear().map_err(Refusal::not_kept)?;
        }
        let fresh = Self::new(Arc::clone(&self.organisation));
        let clock = if self.organisation.real_time { self.clock } else { fresh.clock };
        let (journal, log) = (self.journal.take(), self.control.take_log());
        *self = Self { journal, clock, resets: self.resets + 1, ..fresh };
        self.control.give_log(log);
        Ok(())
    }

    /// An id for something that is about to be made.
    pub(super) fn fresh_id(&self, kind: &str) -> Text {
        derived_id(&format!("{kind}:{}", self.last_number + 1))
    }

    /// Keeps an event and does it.
    ///
    /// # Errors
    /// It cannot be kept. Then it is not done either.
    pub(super) fn commit(&mut self, event: Event) -> Result<(), Refusal> {
        let entry = Entry { number: self.last_number + 1, at: self.clock, event };
        if let Some(journal) = &mut self.journal {
            let text = serde_json::to_string(&entry);
            let text = text.map_err(|error| Refusal::not_kept(error.to_string()))?;
            journal.append(&entry.event.subject(entry.number), &text).map_err(
                |error| Refusal::not_kept(format!("it could not be kept: {error}")),
            )?;
        }
        let obsolete = self.obsolete_after(&entry.event);
        self.apply(entry);
        obsolete.iter().for_each(|subject| self.forget(subject));
        self.settle();
        Ok(())
    }

    /// Forgets events that nobody needs any more. If that fails they stay, which does no
    /// harm.
    fn forget(&mut self, subject: &str) {
        if let Some(journal) = &mut self.journal {
            let _ = journal.forget(subject);
        }
    }

    fn with_instance(&mut self, id: &str, change: impl FnOnce(&mut Instance, &Around)) {
        let around = self.around();
        let Some(instance) = self.instances.get_mut(id) else { return };
        let was_running = instance.is_running();
        change(instance, &around);
        if instance.outgoing.is_some() {
            self.unsent.push(instance.id.clone());
        }
        if was_running && !instance.is_running() {
            let id = instance.id.clone();
            self.note_over(id);
        }
    }

    /// Lets every instance go on up to the clock.
    fn go_on(&mut self) {
        let around = self.around();
        let mut over = Vec::new();
        for instance in self.instances.values_mut().filter(|it| it.is_running()) {
            instance.go_on(&around);
            if instance.outgoing.as_ref().is_some_and(|call| !call.is_sent) {
                self.unsent.push(instance.id.clone());
            }
            if !instance.is_running() {
                over.push(instance.id.clone());
            }
        }
        over.into_iter().for_each(|id| self.note_over(id));
    }

    /// The wall clock went on. Nothing needs to be kept: every event says when it was.
    pub(super) fn tick(&mut self, now: i64) {
        self.clock = self.clock.max(now);
        self.go_on();
        self.settle();
    }

    /// How many instances wait.
    pub(super) fn waiting(&self) -> usize {
        self.instances.len().saturating_sub(self.over.len())
    }

    /// The entities of a collection that were made here, in their order.
    pub(super) fn entities(
        &self,
        collection: &str,
    ) -> impl Iterator<Item = (&str, &Value)> {
        let entities = self.entities.get(collection).into_iter().flatten();
        entities.map(|(id, document)| (id.as_str(), document))
    }

    /// An entity that was made here.
    pub(super) fn entity(&self, collection: &str, id: &str) -> Option<&Value> {
        self.entities.get(collection)?.get(id)
    }

    /// What the world outside answers now.
    pub(super) fn fixtures(&mut self) -> Arc<Fixtures> {
        if let Some(fixtures) = &self.fixtures {
            return Arc::clone(fixtures);
        }
        let made: Vec<Value> =
            self.entities(CONTACTS).map(|(_, contact)| contact_of(contact)).collect();
        let fixtures = if made.is_empty() {
            self.base.clone()
        } else {
            fixtures_of(&self.base, &json!({ CONTACTS: made }).to_string())
        };
        let fixtures = Arc::new(fixtures);
        self.fixtures = Some(Arc::clone(&fixtures));
        fixtures
    }

    /// The flows as they can be called now.
    pub(super) fn program(&mut self) -> Arc<Program> {
        self.program_and_names().0
    }

    /// The same, and its names as they are written.
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
        let names = Arc::new(JsonNames::new(&program.legend));
        self.program.insert((program, names)).clone()
    }

    /// A call at this moment, without values.
    pub(super) fn new_call(&self, flow: FlowId, fixtures: &Arc<Fixtures>) -> Call {
        let at = DateTime::from_milliseconds(self.clock);
        Call::new(flow)
            .at(at.unwrap_or(self.organisation.start))
            .limits(self.organisation.limits)
            .seed(self.organisation.seed)
            .strict(self.organisation.strict)
            .in_organisation(Arc::clone(fixtures))
    }

    /// The flow of an id.
    pub(super) fn flow(&self, id: &str) -> Result<&StoredFlow, Refusal> {
        self.flows.get(id).ok_or_else(|| Refusal::not_found("the flow", id))
    }

    /// Whether time is that of the wall clock.
    pub(super) fn is_real_time(&self) -> bool {
        self.organisation.real_time
    }

    /// How far a call may go.
    pub(super) fn limits(&self) -> crate::engine::Limits {
        self.organisation.limits
    }
}

fn misfit(folder: &Path, problem: &str) -> String {
    format!(
        "cannot go on with what {} holds: {problem}. It was kept with other flows, fixtures or \
         by another version of flowsim: start with those, or name another folder",
        folder.display()
    )
}

/// Fixtures with a document laid over them. What is wrong with the document was told before
/// it became an event.
fn fixtures_of(base: &Fixtures, document: &str) -> Fixtures {
    let file = Files::new().add("fixtures.json", document);
    match read_json(&file) {
        Ok(document) => base.overlaid(&document, Path::new("")).0,
        Err(_) => base.clone(),
    }
}

/// An external contact of the platform as one of the fixtures.
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

    /// A disk that is full after so many events.
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

    fn state() -> State {
        let (loaded, fixtures) = (Loaded::default(), Fixtures::default());
        let organisation = Organisation::new(loaded, &Files::new(), fixtures, &[]);
        State::new(Arc::new(organisation))
    }

    #[test]
    fn what_cannot_be_done_once_more_is_told() {
        let problem = state().redo(&["{}".to_owned()]).unwrap_err();
        let told = misfit(Path::new("kept"), &problem);
        assert!(
            told.starts_with("cannot go on with what kept holds: an event"),
            "{told}"
        );
        assert!(told.ends_with("name another folder"), "{told}");
    }

    #[test]
    fn what_cannot_be_kept_is_not_done() {
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
