//! Lookups: data actions, data tables, the organisation, external contacts, opening
//! hours; and waiting.

use super::Source;
use super::build::Compiler;
use super::control::{grouped, literal};
use crate::flow::VariableId;
use crate::flow::architect::{self, Setting, Settings};
use crate::flow::kinds::{By, LookupKind};
use crate::value::{Kind, Text, Type};

/// A lookup action.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// `callData`. Outputs: `success` (0), `failure`, `timeout`.
    DataAction(Box<DataActionCall>),
    /// `dataTableLookup`. Outputs: `found` (0), `notFound`, `failure`.
    DataTable(Box<DataTableLookup>),
    /// `findQueue` and similar actions. Outputs: `found` (0), `notFound`.
    Object(ObjectLookup),
    /// `findUsersById`. Outputs: `found` (0), `partiallyFound`, `notFound`.
    Users(ObjectLookup),
    /// `getExternalContact`, by id. Outputs: `found` (0), `notFound`.
    Contact(ContactLookup),
    /// `searchExternalContacts`. Outputs: `matchExact` (0), `matchMultiple`, `notFound`.
    ContactSearch(ContactLookup),
    /// `evaluateSchedule`. Outputs: `active` (0), `inactive`.
    Schedule(Box<ScheduleEvaluation>),
    /// `evaluateScheduleGroup`. Outputs: `open` (0), `closed`, `holiday`, `emergency`.
    ScheduleGroup(Box<ScheduleGroupEvaluation>),
    /// The action `wait`.
    Wait(Wait),
}

/// A named result of an action, and the variable that receives it.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The name of a column or of a field of an answer.
    pub name: Text,
    /// The variable, if the author set one.
    pub variable: Option<VariableId>,
}

/// A call of a data action.
#[derive(Debug, Clone)]
pub struct DataActionCall {
    /// The id, which exports contain.
    pub id: Option<Text>,
    /// The name.
    pub name: Option<Text>,
    /// The inputs, by name.
    pub inputs: Box<[(Text, Source)]>,
    /// Results of a success.
    pub success: Box<[Binding]>,
    /// Results of a failure.
    pub failure: Box<[Binding]>,
    /// The timeout, a Duration.
    pub timeout: Source,
    /// The audio that the caller hears during a long wait.
    pub prompt: Source,
}

/// A lookup in a data table.
#[derive(Debug, Clone)]
pub struct DataTableLookup {
    /// The name of the table.
    pub table: Text,
    /// The key of the row, a String.
    pub key: Source,
    /// The columns.
    pub found: Box<[Binding]>,
    /// The results `errorType` and `errorMessage`.
    pub failure: Box<[Binding]>,
}

/// A lookup of objects of the organisation.
#[derive(Debug, Clone)]
pub struct ObjectLookup {
    /// The way in which the object is identified.
    pub by: By,
    /// The kind of object.
    pub kind: Kind,
    /// The name or id, a String. For several users, a collection of Strings.
    pub key: Source,
    /// The variable that receives the object.
    pub result: Option<VariableId>,
}

/// A lookup of an external contact.
#[derive(Debug, Clone)]
pub struct ContactLookup {
    /// The id or search term, a String.
    pub key: Source,
    /// The variable that receives the contact; for a search, a collection.
    pub result: Option<VariableId>,
}

/// The evaluation of a schedule or an emergency group.
#[derive(Debug, Clone)]
pub struct ScheduleEvaluation {
    /// The kind of object: a schedule or an emergency group.
    pub kind: Kind,
    /// The object.
    pub object: Source,
    /// The time zone of a schedule, a String; `None` if the author gave none.
    pub zone: Option<Source>,
    /// The point in time, a DateTime; `None` for the current time.
    pub at: Option<Source>,
}

/// The evaluation of a schedule group.
#[derive(Debug, Clone)]
pub struct ScheduleGroupEvaluation {
    /// The schedule group.
    pub group: Source,
    /// The emergency group.
    pub emergency: Source,
    /// The point in time, a DateTime; `None` for the current time.
    pub at: Option<Source>,
    /// The variable that receives the names of the active schedules.
    pub active: Option<VariableId>,
}

/// A pause.
#[derive(Debug, Clone)]
pub struct Wait {
    /// The length, a Duration.
    pub duration: Source,
    /// Whether the pause is shortened to the remaining running time of the flow, a
    /// Boolean.
    pub trim: Source,
}

const TEXT: Type = Type::one(Kind::String);

impl Compiler<'_> {
    /// Compiles a lookup action.
    pub(super) fn lookup(
        &mut self,
        action: &architect::Action,
        kind: LookupKind,
    ) -> Lookup {
        match kind {
            LookupKind::DataAction => {
                Lookup::DataAction(Box::new(self.data_action(action)))
            }
            LookupKind::DataTable => Lookup::DataTable(Box::new(self.data_table(action))),
            LookupKind::Object(kind, by) => {
                Lookup::Object(self.finding(action, kind, by))
            }
            LookupKind::Users => Lookup::Users(self.finding_users(action)),
            LookupKind::Contact => {
                Lookup::Contact(self.contact(action, "externalId", "externalResult"))
            }
            LookupKind::ContactSearch => {
                let contact = self.contact(action, "searchTerm", "externalResults");
                Lookup::ContactSearch(contact)
            }
            LookupKind::Schedule => Lookup::Schedule(Box::new(self.schedule(action))),
            LookupKind::ScheduleGroup => {
                Lookup::ScheduleGroup(Box::new(self.schedule_group(action)))
            }
            LookupKind::Wait => Lookup::Wait(self.wait(action)),
        }
    }

    /// Compiles an action that finds an object of the organisation.
    fn finding(&self, action: &architect::Action, kind: Kind, by: By) -> ObjectLookup {
        let key = if by == By::Id { "findId" } else { "findName" };
        let key = self.setting(action, key, TEXT);
        ObjectLookup { by, kind, key, result: self.output(action, "findResult") }
    }

    /// Compiles an action that finds several users by their ids.
    fn finding_users(&self, action: &architect::Action) -> ObjectLookup {
        let key = self.setting(action, "findIds", Type::many(Kind::String));
        let result = self.output(action, "findResult");
        ObjectLookup { by: By::Id, kind: Kind::User, key, result }
    }

    /// Compiles an action that reads external contacts.
    fn contact(
        &self,
        action: &architect::Action,
        key: &str,
        result: &str,
    ) -> ContactLookup {
        let key = self.setting(action, key, TEXT);
        ContactLookup { key, result: self.output(action, result) }
    }

    fn data_action(&mut self, action: &architect::Action) -> DataActionCall {
        let text = |name| literal(&action.settings, name).map(Text::from);
        let inputs = grouped(&action.settings, "inputs");
        let inputs = inputs
            .map(|(name, setting)| (name.clone(), self.source(Some(setting), Type::ANY)));
        // The prompt of the action takes precedence, even if it is empty.
        let own = action.settings.get("processingPrompt");
        let defaults = self.flow.settings.get("settingsActionDefaults");
        let defaults = defaults.and_then(|defaults| defaults.value.group());
        let default = || {
            let of_kind = defaults?.get(&action.kind.value)?.value.group()?;
            of_kind.get("processingPrompt")
        };
        let prompt = own.or_else(default).map(|prompt| &prompt.value);
        DataActionCall {
            id: text("actionId"),
            name: text("dataAction"),
            inputs: inputs.collect(),
            success: self.bindings(action, "successOutputs"),
            failure: self.bindings(action, "failureOutputs"),
            timeout: self.setting(action, "timeout", Type::one(Kind::Duration)),
            prompt: self.source(prompt, Type::one(Kind::Audio)),
        }
    }

    fn data_table(&mut self, action: &architect::Action) -> DataTableLookup {
        DataTableLookup {
            table: literal(&action.settings, "dataTable").unwrap_or_default().into(),
            key: self.setting(action, "lookupValue", TEXT),
            found: self.bindings(action, "foundOutputs"),
            failure: self.bindings(action, "failureOutputs"),
        }
    }

    /// Compiles `evaluationType: {schedule: {…}}` or `{emergencyGroup: {…}}`.
    fn schedule(&mut self, action: &architect::Action) -> ScheduleEvaluation {
        let none = Settings::default();
        let chosen = action.settings.get("evaluationType");
        let chosen = chosen.and_then(|chosen| chosen.value.group());
        let of_kind = |name: &str| chosen.and_then(|chosen| chosen.get(name));
        let inside = |kind| of_kind(kind).and_then(|it| it.value.group());
        let value = |settings: &Settings, names: [&str; 2], holds| {
            let found = names.iter().find_map(|name| settings.get(name));
            found.map(|found| self.source(Some(&found.value), Type::one(holds)))
        };
        if let Some(group) = of_kind("emergencyGroup") {
            let kind = Kind::EmergencyGroup;
            let inner = inside("emergencyGroup").and_then(|inner| {
                value(inner, ["selectedEmergencyGroup", "emergencyGroup"], kind)
            });
            let object =
                inner.unwrap_or_else(|| self.source(Some(&group.value), Type::one(kind)));
            return ScheduleEvaluation { kind, object, zone: None, at: None };
        }
        let settings = inside("schedule").unwrap_or(&none);
        let kind = Kind::Schedule;
        let object = value(settings, ["selectedSchedule", "schedule"], kind);
        ScheduleEvaluation {
            kind,
            object: object.unwrap_or_else(|| Source::unset(Type::one(kind))),
            zone: value(
                settings,
                ["scheduleTimeZone", "evaluationTimeZone"],
                Kind::String,
            ),
            at: self.point_in_time(settings),
        }
    }

    fn schedule_group(&mut self, action: &architect::Action) -> ScheduleGroupEvaluation {
        let object = |name, kind| self.setting(action, name, Type::one(kind));
        ScheduleGroupEvaluation {
            group: object("scheduleGroup", Kind::ScheduleGroup),
            emergency: object("emergencyGroup", Kind::EmergencyGroup),
            at: self.point_in_time(&action.settings),
            active: self.output(action, "inServiceSchedules"),
        }
    }

    /// Compiles `evaluate: {now: true}`, or a DateTime under any other name.
    fn point_in_time(&self, settings: &Settings) -> Option<Source> {
        let holds = Type::one(Kind::DateTime);
        match &settings.get("evaluate")?.value {
            Setting::Group(group) => {
                let (name, at) = group.entries.first()?;
                (name != "now").then(|| self.source(Some(&at.value), holds))
            }
            at => Some(self.source(Some(at), holds)),
        }
    }

    fn wait(&mut self, action: &architect::Action) -> Wait {
        Wait {
            duration: self.setting(action, "duration", Type::one(Kind::Duration)),
            trim: self.setting(
                action,
                "trimDurationNearMaxRunningTime",
                Type::one(Kind::Boolean),
            ),
        }
    }

    /// Returns the named results and the variables that receive them.
    fn bindings(&self, action: &architect::Action, name: &str) -> Box<[Binding]> {
        let bindings = grouped(&action.settings, name);
        let bindings = bindings.map(|(name, setting)| Binding {
            name: name.clone(),
            variable: self.bound_variable(setting),
        });
        bindings.collect()
    }
}
