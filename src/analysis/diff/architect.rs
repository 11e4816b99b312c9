//! Outlines of Architect flows, the same from Archy YAML and from an export.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::outline::{
    Aspect, Branch, DisplayValue, Item, Link, Outcome, Outline, Property, Source, sorted,
};
use super::volatile::{first_part, is_volatile};
use crate::expr::architect::{Declarations, canonical};
use crate::flow::architect::{
    Action, ActionIds, ArchitectFlow, Choice, Setting, Settings, Unit, UnitReference,
    Variable,
};
use crate::flow::kinds::{LookupKind, Operation, operation_of};
use crate::source::nested;
use crate::value::{Json, Text};

/// Collects the variables of two versions of a flow. Both versions are parsed with the
/// same declarations, so that a changed type does not change the notation of expressions.
pub(super) fn declarations(flows: [&ArchitectFlow; 2]) -> Declarations {
    let mut names = Declarations::new();
    for flow in flows {
        let within = flow.units.iter().flat_map(|unit| &unit.variables);
        for variable in flow.variables.iter().chain(within) {
            names.declare(&variable.name.value, variable.value_type);
        }
    }
    names
}

/// Creates the outline of a flow.
pub(super) fn outline(flow: &ArchitectFlow, names: &mut Declarations) -> Outline {
    let mut writer = Writer {
        names,
        units: positions(flow),
        ids: ActionIds::default(),
        items: Vec::new(),
    };
    let About { facts, ways, .. } = writer.flow(flow);
    for unit in &flow.units {
        writer.unit(unit);
    }
    let (volatile, facts): (Vec<Property>, Vec<Property>) =
        facts.into_iter().partition(|fact| is_volatile(first_part(&fact.name)));
    let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    let version = ("version".to_owned(), text(&flow.version));
    Outline {
        facts,
        links: ways,
        items: writer.items,
        volatile: once([("id".into(), text(&flow.id)), version], volatile),
        source: if is_export(flow) { Source::Export } else { Source::Archy },
    }
}

/// Returns the item index and name of each unit, by key. A unit precedes its actions.
fn positions(flow: &ArchitectFlow) -> Positions<'_> {
    let mut positions = Positions::default();
    let mut before = 0;
    for unit in &flow.units {
        positions.entry(&*unit.key).or_insert((before, &unit.name));
        let mut actions = 0;
        unit.each_action(&mut |_| actions += 1);
        before += 1 + actions;
    }
    positions
}

/// Returns whether a flow comes from Architect's own JSON, which refers to units by id.
/// Archy YAML refers to them by position.
fn is_export(flow: &ArchitectFlow) -> bool {
    let by_id = |start: &UnitReference| start.unit.as_ref() == Some(&start.text);
    flow.id.is_some() || flow.start.as_ref().is_some_and(by_id)
}

/// Normalises a language tag, because exports write the region in capital letters.
fn language(tag: &str) -> String {
    tag.to_ascii_lowercase()
}

/// Joins volatile properties by section.
fn once(known: [(String, String); 2], facts: Vec<Property>) -> Vec<(String, String)> {
    let mut volatile: IndexMap<String, String, FxBuildHasher> =
        known.into_iter().collect();
    for fact in facts {
        let section = volatile.entry(first_part(&fact.name).to_owned()).or_default();
        section.push_str(&format!("{} = {:?}\n", fact.name, fact.value));
    }
    volatile.into_iter().collect()
}

/// Collected properties of an item.
#[derive(Default)]
struct About {
    facts: Vec<Property>,
    ways: Vec<Link>,
    branches: Vec<Branch>,
}

impl About {
    fn one(&mut self, name: &str, aspect: Aspect, value: impl ToString) {
        self.facts.push(Property::one(name, aspect, value));
    }
}

/// Item indices and names of units, by key.
type Positions<'f> = IndexMap<&'f str, (usize, &'f Text), FxBuildHasher>;

struct Writer<'f, 'n> {
    names: &'n mut Declarations,
    units: Positions<'f>,
    ids: ActionIds,
    items: Vec<Item>,
}

/// The recursion is limited by the nesting depth, which is bounded when the document is
/// read.
impl<'f> Writer<'f, '_> {
    fn flow(&mut self, flow: &ArchitectFlow) -> About {
        let mut about = About::default();
        about.one("type", Aspect::Setting, &flow.flow_type);
        let described = [
            ("description", flow.description.as_ref().map(ToString::to_string)),
            ("division", flow.division.as_ref().map(ToString::to_string)),
            ("defaultLanguage", flow.default_language.as_ref().map(|it| language(it))),
        ];
        for (name, text) in described {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                about.one(name, Aspect::Setting, text);
            }
        }
        if !flow.languages.is_empty() {
            let languages = flow.languages.iter().map(|it| language(it));
            about.facts.push(Property::list(
                "supportedLanguages",
                Aspect::Setting,
                languages,
            ));
        }
        self.variables(&flow.variables, &mut about);
        self.settings("", "", &flow.settings, &mut about);
        if let Some(start) = &flow.start {
            about.ways.push(self.way("start", start));
        }
        about
    }

    fn unit(&mut self, unit: &'f Unit) {
        let mut about = About::default();
        self.variables(&unit.variables, &mut about);
        if !unit.output_paths.is_empty() {
            let paths = unit.output_paths.iter().map(|path| path.value.to_string());
            about.facts.push(Property::list("outputPaths", Aspect::Setting, paths));
        }
        self.settings("", unit.kind.name(), &unit.settings, &mut about);
        let index = self.items.len();
        self.items.push(Item {
            key: Some(unit.key.clone()),
            id: unit.name.clone(),
            name: Some(unit.name.clone()),
            kind: Text::from(unit.kind.name()),
            place: None,
            facts: about.facts,
            links: about.ways,
            branches: Vec::new(),
            volatile: vec![("id".into(), unit.key.to_string())],
        });
        self.actions(&unit.actions, index, &Outcome::Body);
        for choice in &unit.choices {
            self.action(&choice.action, Some(choice), index, Outcome::Body);
        }
    }

    fn actions(&mut self, actions: &'f [Action], within: usize, outcome: &Outcome) {
        for action in actions {
            self.action(action, None, within, outcome.clone());
        }
    }

    fn action(
        &mut self,
        action: &'f Action,
        choice: Option<&Choice>,
        within: usize,
        outcome: Outcome,
    ) {
        let mut about = About::default();
        let kind = &action.kind.value;
        if let Some(choice) = choice {
            of_choice(choice, &mut about);
        }
        self.settings("", kind, &action.settings, &mut about);
        let cases = action.outputs.iter().filter_map(|output| output.value.as_ref());
        for case in cases {
            let condition = self.text(&case.value);
            about.branches.push(Branch { condition, way: None });
        }
        let index = self.items.len();
        let key = action.key.as_ref();
        self.items.push(Item {
            key: key.cloned(),
            id: self.ids.next(action.title()),
            name: action.name.clone(),
            kind: kind.clone(),
            place: Some((within, outcome)),
            facts: about.facts,
            links: about.ways,
            branches: about.branches,
            volatile: vec![(
                "id".into(),
                key.map(ToString::to_string).unwrap_or_default(),
            )],
        });
        let mut cases = 0..;
        for output in &action.outputs {
            let outcome = match (&output.value, cases.start) {
                (Some(_), number) => {
                    cases.start += 1;
                    Outcome::Branch(number)
                }
                (None, _) => Outcome::Output(output.label.clone()),
            };
            nested(|| self.actions(&output.actions, index, &outcome));
        }
    }

    /// Adds a line for each variable: `Flow.x = String, input, initially "a"`.
    fn variables(&mut self, variables: &[Variable], about: &mut About) {
        for variable in variables {
            let mut shown = variable.value_type.to_string();
            shown.push_str(if variable.is_input { ", input" } else { "" });
            shown.push_str(if variable.is_output { ", output" } else { "" });
            let initial = variable.initial.as_ref().map(|initial| &initial.value);
            if let Some(initial) = initial.filter(|initial| is_set(initial)) {
                shown = format!("{shown}, initially {}", self.text(initial));
            }
            about.one(&variable.name.value, Aspect::Variable, shown);
        }
    }

    fn settings(
        &mut self,
        path: &str,
        kind: &str,
        settings: &Settings,
        about: &mut About,
    ) {
        for (name, setting) in &settings.entries {
            let name = if is_language(name) { language(name) } else { name.to_string() };
            let path = if path.is_empty() { name } else { format!("{path}.{name}") };
            self.setting(&path, kind, &setting.value, about);
        }
    }

    fn setting(&mut self, path: &str, kind: &str, setting: &Setting, about: &mut About) {
        let value = match setting {
            Setting::NoValue | Setting::None => return,
            Setting::Group(settings) => {
                return self.settings(path, kind, settings, about);
            }
            Setting::Unit(reference) => {
                return about.ways.push(self.way(path, reference));
            }
            Setting::Audio(audio) => {
                self.setting(path, kind, &audio.default.value, about);
                for (tag, audio) in &audio.alternates {
                    let path = format!("{path}.{}", language(tag));
                    self.setting(&path, kind, &audio.value, about);
                }
                return;
            }
            Setting::List(items) => {
                let items = items.iter().map(|item| self.text(&item.value)).collect();
                DisplayValue::List(items)
            }
            other => DisplayValue::One(self.text(other)),
        };
        // The first of repeated names counts, as in the flow model.
        if !about.facts.iter().any(|fact| fact.name == path) {
            let aspect = aspect(path, kind, setting);
            about.facts.push(Property { name: path.into(), aspect, value });
        }
    }

    fn way(&self, label: &str, reference: &UnitReference) -> Link {
        let unit = reference.unit.as_deref().and_then(|key| self.units.get(key));
        let shown = unit.map_or(&reference.text, |(_, name)| name);
        Link {
            label: label.into(),
            to: unit.map(|(item, _)| *item),
            shown: shown.clone(),
        }
    }

    /// Formats a value on one line: `Flow.x = 1`, `name: "Ada", age: 36`.
    fn text(&mut self, setting: &Setting) -> String {
        match setting {
            Setting::NoValue | Setting::None => "NOT_SET".into(),
            Setting::Literal(value) => literal(value),
            Setting::Expression(text, _) => self.expression(text),
            Setting::Variable(name) => name.to_string(),
            Setting::Speech(text) => sorted(&Json::String(text.clone())),
            Setting::Prompt(name) => name.to_string(),
            Setting::Unit(reference) => self.way("", reference).shown.to_string(),
            Setting::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| self.text(&item.value)).collect();
                format!("[{}]", items.join(", "))
            }
            Setting::Audio(audio) => {
                let mut text = self.text(&audio.default.value);
                for (tag, audio) in &audio.alternates {
                    let other = self.text(&audio.value);
                    text.push_str(&format!(", {}: {other}", language(tag)));
                }
                text
            }
            Setting::Group(group) => self.group(group),
        }
    }

    fn group(&mut self, group: &Settings) -> String {
        if let (Some(variable), Some(value), 2) =
            (group.get("variable"), group.get("value"), group.entries.len())
        {
            return format!(
                "{} = {}",
                self.text(&variable.value),
                self.text(&value.value)
            );
        }
        let entries = group.entries.iter().filter(|(_, value)| is_set(&value.value));
        let mut shown: Vec<(&Text, String)> =
            entries.map(|(name, value)| (&name.text, self.text(&value.value))).collect();
        shown.sort();
        let shown: Vec<String> =
            shown.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        shown.join(", ")
    }

    /// Formats an expression as Architect does, without the author's spaces and
    /// parentheses.
    fn expression(&mut self, text: &str) -> String {
        let text =
            canonical(text, self.names, None).unwrap_or_else(|_| without_spaces(text));
        operators_in_capitals(&text)
    }
}

/// Formats a literal. Both formats contain durations, but one abbreviates milliseconds.
fn literal(value: &Json) -> String {
    if let Json::Object(entries) = value
        && let (Some(duration), 1) = (entries.get("ms"), entries.len())
    {
        return sorted(&Json::object([("milliseconds".into(), duration.clone())]));
    }
    sorted(value)
}

fn is_set(setting: &Setting) -> bool {
    !matches!(setting, Setting::NoValue | Setting::None)
}

/// Adds the key of a menu choice, which decides where a call goes.
fn of_choice(choice: &Choice, about: &mut About) {
    if let Some(digit) = &choice.digit {
        about.one("key", Aspect::Condition, digit.value);
    }
    for (name, is_set) in [("default", choice.is_default), ("global", choice.is_global)] {
        if is_set {
            about.one(name, Aspect::Condition, true);
        }
    }
}

/// Returns whether a name looks like a language tag such as `en-US`.
fn is_language(name: &str) -> bool {
    let is_letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    name.split_once('-').is_some_and(|(language, region)| {
        (2..=3).contains(&language.len())
            && (2..=4).contains(&region.len())
            && is_letters(language)
            && is_letters(region)
    })
}

/// Returns the aspect of a setting of an action, unit or flow.
fn aspect(path: &str, kind: &str, setting: &Setting) -> Aspect {
    let first = first_part(path);
    let is_named = |part: &str| path.to_ascii_lowercase().contains(part);
    if matches!(setting, Setting::Speech(_) | Setting::Prompt(_))
        || ["audio", "prompt", "greeting", "messagebody"].into_iter().any(is_named)
    {
        return Aspect::Prompt;
    }
    match (operation_of(kind), first) {
        (Some(Operation::Decision), "condition")
        | (Some(Operation::Switch), "evaluate" | "type" | "style" | "value")
        | (
            Some(Operation::Lookup(LookupKind::Schedule | LookupKind::ScheduleGroup)),
            _,
        ) => Aspect::Condition,
        (Some(Operation::UpdateData), _) => Aspect::Variable,
        (Some(Operation::TransferToAcd | Operation::Transfer(_)), _) => Aspect::Routing,
        _ => Aspect::Setting,
    }
}

/// Converts operators that are words to capital letters, because their case is
/// insignificant.
fn operators_in_capitals(text: &str) -> String {
    let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '$');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let (mut is_quoted, mut is_escaped) = (false, false);
    while let Some(first) = rest.chars().next() {
        let word = match is_quoted {
            true => 0,
            false => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
        };
        let (head, tail) = rest.split_at(word.max(first.len_utf8()));
        match ["AND", "OR", "NOT"].iter().find(|it| it.eq_ignore_ascii_case(head)) {
            Some(operator) if !is_quoted => out.push_str(operator),
            _ => out.push_str(head),
        }
        if first == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && first == '\\' && !is_escaped;
        rest = tail;
    }
    out
}

/// Removes the spaces between words and signs, except in quotes. Used if the text cannot be
/// parsed.
fn without_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut is_quoted, mut is_escaped, mut gap) = (false, false, false);
    for character in text.chars() {
        if !is_quoted && character.is_whitespace() {
            gap = true;
            continue;
        }
        let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '$');
        if gap && out.ends_with(is_word) && is_word(character) {
            out.push(' ');
        }
        gap = false;
        out.push(character);
        if character == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && character == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_within_quotes_and_between_words_count() {
        let one = without_spaces(r#"a  or  Fn ( "x  \" y" , 1 )"#);
        assert_eq!(one, r#"a or Fn("x  \" y",1)"#);
        assert_eq!(one, without_spaces(r#"a or Fn("x  \" y",1)"#));
    }

    #[test]
    fn operators_have_capital_letters_outside_quotes() {
        let text =
            operators_in_capitals(r#"not a or "x or \" or y" and or.b == Flow.or"#);
        assert_eq!(text, r#"NOT a OR "x or \" or y" AND or.b == Flow.or"#);
    }

    #[test]
    fn languages_are_recognised_by_their_form() {
        assert!(["en-US", "es-es", "zh-Hant"].into_iter().all(is_language));
        assert!(!["en", "pre-transfer-audio", "a-b"].into_iter().any(is_language));
    }
}
