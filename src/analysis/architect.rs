//! Objects that Architect flows name, compared with the fixtures.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Severity, Tally, nearest};
use crate::flow::architect::ArchitectFlow;
use crate::flow::{Dependency, DependencyKind, dependencies, received};
use crate::value::{Kind, Type};
use crate::world::Fixtures;

/// Finds queues, prompts, data tables and other objects that are missing from the
/// fixtures. These are warnings because the fixtures may be incomplete. If the fixtures
/// have no object of a kind, that kind is not checked.
pub fn architect_against_fixtures<'a>(
    flows: &'a [ArchitectFlow],
    fixtures: &'a Fixtures,
) -> Vec<Diagnostic> {
    let mut inventory = Inventory { fixtures, known: BTreeMap::new() };
    let mut findings = Vec::new();
    for flow in flows {
        let mut tally = Tally::default();
        dependencies(flow, &mut |dependency| {
            let known = inventory.known(dependency.what);
            let code = code(dependency.what);
            if known.lack(&dependency, fixtures) && tally.wants(code, Severity::Warning) {
                let finding = finding(code, &dependency, known).flow(&*flow.name.value);
                tally.add(finding, &mut findings);
            }
        });
        column_types(flow, fixtures, &mut tally, &mut findings);
        tally.finish(&mut findings);
    }
    findings
}

/// Finds variables whose type differs from the declared type of the column that they
/// receive. Architect offers only variables of the column's type, so this is an error. A
/// column whose type follows from its cells is not checked. *Source: Genesys' help on
/// data tables and on the Data Table Lookup action; it does not give the message of
/// Architect.*
fn column_types(
    flow: &ArchitectFlow,
    fixtures: &Fixtures,
    tally: &mut Tally,
    findings: &mut Vec<Diagnostic>,
) {
    let code = Code::WRONG_TYPE;
    received(flow, &mut |result| {
        let table = result.action.settings.get("dataTable");
        let Some(table) = table.and_then(|table| table.value.text()) else { return };
        let Some(gives) = column_type(table, result.name, fixtures) else { return };
        let (name, holds) = (result.variable, result.value_type);
        if holds == gives || holds == Type::ANY || !tally.wants(code, Severity::Error) {
            return;
        }
        let message = format!(
            "`{name}` has the type {holds}, but the column `{}` of the data table \
             `{table}` has the type {gives}",
            result.name
        );
        let finding = Diagnostic::new(code, message)
            .at(result.span)
            .help(format!("use a variable of the type {gives}"))
            .node(result.action.title())
            .flow(&*flow.name.value);
        tally.add(finding, findings);
    });
}

/// Returns the declared type of a column. The key is a string.
fn column_type(table: &str, name: &str, fixtures: &Fixtures) -> Option<Type> {
    let key = fixtures.data_table_columns(table)?.into_iter().next()?;
    if key.eq_ignore_ascii_case(name) {
        return Some(Type::one(Kind::String));
    }
    let mut columns = fixtures.data_table_column_types(table)?;
    let column = columns.find(|column| column.name.eq_ignore_ascii_case(name))?;
    column.is_declared.then_some(Type::one(column.kind))
}

/// Known names by kind of object, looked up once.
struct Inventory<'a> {
    fixtures: &'a Fixtures,
    known: BTreeMap<DependencyKind<'a>, Known<'a>>,
}

/// Names of one kind of object in the fixtures.
struct Known<'a> {
    names: Vec<&'a str>,
    /// Lower case names, because names are compared case-insensitively.
    folded: BTreeSet<String>,
}

impl<'a> Inventory<'a> {
    fn known(&mut self, needed: DependencyKind<'a>) -> &Known<'a> {
        let (fixtures, family) = (self.fixtures, without_id(needed));
        self.known.entry(family).or_insert_with(|| {
            let names = names(family, fixtures);
            let folded = names.iter().map(|name| name.to_lowercase()).collect();
            Known { names, folded }
        })
    }
}

/// Removes the id of a data action, which would split the data actions into several
/// kinds.
fn without_id(needed: DependencyKind<'_>) -> DependencyKind<'_> {
    match needed {
        DependencyKind::DataAction(_) => DependencyKind::DataAction(None),
        other => other,
    }
}

fn names<'a>(needed: DependencyKind<'a>, fixtures: &'a Fixtures) -> Vec<&'a str> {
    match needed {
        DependencyKind::Object(kind) => fixtures.object_names(kind),
        DependencyKind::DataAction(_) => fixtures.data_action_names().collect(),
        DependencyKind::DataTable => fixtures.data_table_names().collect(),
        // The fixtures need only those that an expression reads.
        DependencyKind::SystemPrompt => Vec::new(),
        // A table that is only named may have any columns.
        DependencyKind::Column(table) => {
            let columns = fixtures.data_table_columns(table);
            columns.filter(|columns| columns.len() > 1).unwrap_or_default()
        }
    }
}

impl Known<'_> {
    fn lack(&self, dependency: &Dependency<'_>, fixtures: &Fixtures) -> bool {
        let name = dependency.name.as_str();
        let is_known = match dependency.what {
            DependencyKind::DataAction(id) => fixtures.knows_data_action(id, Some(name)),
            _ => self.folded.contains(&name.to_lowercase()),
        };
        !self.names.is_empty() && !is_known
    }
}

fn code(needed: DependencyKind<'_>) -> Code {
    match needed {
        DependencyKind::Object(Kind::Queue) => Code::QUEUE_NOT_FOUND,
        DependencyKind::DataAction(_) => Code::DATA_ACTION_NOT_MOCKED,
        _ => Code::NOT_IN_FIXTURES,
    }
}

fn finding(code: Code, dependency: &Dependency<'_>, known: &Known<'_>) -> Diagnostic {
    let Dependency { what, name, span, of } = dependency;
    let message = match what {
        DependencyKind::Column(table) => {
            format!("data table `{table}` has no column `{name}` in the fixtures")
        }
        _ => format!("the fixtures have no {} `{name}`", word(*what)),
    };
    let help = match nearest(name, known.names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "add it to the fixtures, or correct the name".into(),
    };
    let mut finding = Diagnostic::new(code, message).at(*span).help(help);
    finding.severity = Severity::Warning;
    match of {
        Some(of) => finding.node(*of),
        None => finding,
    }
}

fn word(needed: DependencyKind<'_>) -> &'static str {
    match needed {
        DependencyKind::Object(Kind::Queue) => "queue",
        DependencyKind::Object(Kind::User) => "user",
        DependencyKind::Object(Kind::Skill) => "skill",
        DependencyKind::Object(Kind::LanguageSkill) => "language skill",
        DependencyKind::Object(Kind::Group) => "group",
        DependencyKind::Object(Kind::Schedule) => "schedule",
        DependencyKind::Object(Kind::ScheduleGroup) => "schedule group",
        DependencyKind::Object(Kind::EmergencyGroup) => "emergency group",
        DependencyKind::Object(Kind::WrapupCode) => "wrap-up code",
        DependencyKind::Object(Kind::Prompt) => "user prompt",
        DependencyKind::Object(kind) => kind.name(),
        DependencyKind::SystemPrompt => "system prompt",
        DependencyKind::DataAction(_) => "data action",
        DependencyKind::DataTable => "data table",
        DependencyKind::Column(_) => "column",
    }
}
