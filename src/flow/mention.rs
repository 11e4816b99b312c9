//! Names in the text of an Architect flow: where each thing is declared, and where it is
//! used. Editors need this to explain a name, to jump to its declaration and to rename it.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::architect::{
    Action, ArchitectFlow, Setting, Unit, Variable, variables_of_choices,
};
use super::called_flow::{called_module, target_flow};
use super::place::{self, Place};
use crate::expr::Origin;
use crate::expr::architect::{
    BUILT_INS, BuiltIn, Form, Function, Segment, Tree, function, parse_with,
};
use crate::source::Span;
use crate::value::{Json, Text};

/// The thing that a name means.
#[derive(Debug, Clone)]
pub(crate) enum Symbol<'f> {
    /// A variable that the flow or one of its units declares.
    Variable {
        /// The key of the unit that declares it; `None` for a variable of the flow.
        unit: Option<&'f Text>,
        /// The full name in lower case: `flow.balance`. Names ignore case.
        name: Text,
    },
    /// A built-in variable of Architect.
    BuiltIn(&'static BuiltIn),
    /// A function of the expression language.
    Function(&'static Function),
    /// A task, menu or state, by its key.
    Unit(&'f Text),
    /// Another flow, by its name. The action knows the types that the flow may have.
    Flow(&'f str),
    /// A kind of action or menu choice.
    Kind(&'f Text),
}

impl PartialEq for Symbol<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Variable { unit, name },
                Self::Variable { unit: other_unit, name: other_name },
            ) => (unit, name) == (other_unit, other_name),
            (Self::BuiltIn(one), Self::BuiltIn(other)) => one.name == other.name,
            (Self::Function(one), Self::Function(other)) => one.name == other.name,
            (Self::Unit(one), Self::Unit(other))
            | (Self::Kind(one), Self::Kind(other)) => one == other,
            (Self::Flow(one), Self::Flow(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        }
    }
}

/// A name in the text of a flow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mention<'f> {
    /// The position of the name. Of a variable, that is the whole name with its scope.
    pub(crate) span: Span,
    /// The thing that it means.
    pub(crate) symbol: Symbol<'f>,
    /// Whether the name declares the thing.
    pub(crate) is_declaration: bool,
}

/// Returns all names of a flow in the order of their positions. `text` is the text of its
/// file.
pub(crate) fn mentions<'f>(flow: &'f ArchitectFlow, text: &str) -> Vec<Mention<'f>> {
    let mut found = Found { declared: declared(flow), text, mentions: Vec::new() };
    for variable in &flow.variables {
        found.declare(None, &variable.name.value, variable.name.span);
    }
    for unit in &flow.units {
        found.add(unit.span, Symbol::Unit(&unit.key), true);
        let own = unit.variables.iter().cloned();
        for variable in own.chain(variables_of_choices(unit)) {
            found.declare(Some(&unit.key), &variable.name.value, variable.name.span);
        }
    }
    if let Some(unit) = flow.start.as_ref() {
        found.unit(unit);
    }
    flow.each_action(&mut |_, action| {
        found.add(action.kind.span, Symbol::Kind(&action.kind.value), false);
        for called in called_module(action).into_iter().chain(target_flow(action)) {
            found.add(called.span, Symbol::Flow(called.name), false);
        }
    });
    place::each(flow, &mut |place| found.in_place(place));
    found.mentions.sort_by_key(|mention| (mention.span.start, mention.span.end));
    found.mentions
}

/// Returns the declaration of a variable.
pub(crate) fn variable_of(
    flow: &ArchitectFlow,
    unit: Option<&Text>,
    name: &str,
) -> Option<Variable> {
    let is_it = |variable: &&Variable| variable.name.value.eq_ignore_ascii_case(name);
    match unit.and_then(|key| flow.unit(key)) {
        None => flow.variables.iter().find(is_it).cloned(),
        Some(unit) => {
            let own = unit.variables.iter().find(is_it).cloned();
            own.or_else(|| variables_of_choices(unit).iter().find(is_it).cloned())
        }
    }
}

/// An expression of a flow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrittenExpression<'f> {
    /// The unit that contains it.
    pub(crate) unit: Option<&'f Unit>,
    /// The action that contains it.
    pub(crate) action: Option<&'f Action>,
    /// The text, with the escapes of the document resolved.
    pub(crate) text: &'f str,
    /// The position without quotes. If the document writes the expression with escapes or
    /// in several lines, its text there differs.
    pub(crate) span: Span,
}

/// Returns the expressions of a flow in the order of their positions.
pub(crate) fn expressions(flow: &ArchitectFlow) -> Vec<WrittenExpression<'_>> {
    let mut found = Vec::new();
    place::each(flow, &mut |place| {
        if let Setting::Expression(text, _) = &place.setting.value {
            let span = Origin::new(text, place.setting.span).part(0, text.len());
            let (unit, action) = (place.unit, place.action());
            found.push(WrittenExpression { unit, action, text, span });
        }
    });
    found.sort_by_key(|it: &WrittenExpression<'_>| it.span.start);
    found
}

/// Names that a flow declares, in lower case, with the key of the unit if it is that of a
/// unit. Every use of a name is looked up here.
type Declared<'f> = FxIndexSet<(Option<&'f Text>, Text)>;
type FxIndexSet<T> = IndexSet<T, FxBuildHasher>;

fn declared(flow: &ArchitectFlow) -> Declared<'_> {
    let lower_case = |variable: &Variable| variable.name.value.to_lowercase();
    let mut declared: Declared<'_> =
        flow.variables.iter().map(|it| (None, lower_case(it))).collect();
    for unit in &flow.units {
        let of_choices = variables_of_choices(unit);
        let own = unit.variables.iter().chain(&of_choices);
        declared.extend(own.map(|it| (Some(&unit.key), lower_case(it))));
    }
    declared
}

struct Found<'f, 't> {
    declared: Declared<'f>,
    text: &'t str,
    mentions: Vec<Mention<'f>>,
}

/// An expression that is being searched.
#[derive(Clone, Copy)]
struct Source<'f, 'e> {
    unit: Option<&'f Unit>,
    /// The text of the expression, with the escapes of the document resolved.
    expression: &'e str,
    /// Its position, including quotes.
    span: Span,
}

impl<'f> Found<'f, '_> {
    fn add(&mut self, span: Span, symbol: Symbol<'f>, is_declaration: bool) {
        self.mentions.push(Mention { span, symbol, is_declaration });
    }

    fn declare(&mut self, unit: Option<&'f Text>, name: &str, span: Span) {
        let span = Origin::new(name, span).part(0, name.len());
        let name = Text::from(name.to_lowercase());
        self.add(span, Symbol::Variable { unit, name }, true);
    }

    fn unit(&mut self, reference: &'f super::architect::UnitReference) {
        if let Some(key) = &reference.unit {
            self.add(reference.span, Symbol::Unit(key), false);
        }
    }

    fn in_place(&mut self, place: &Place<'f, '_>) {
        let span = place.setting.span;
        match (&place.setting.value, place.path) {
            (Setting::Unit(reference), _) => self.unit(reference),
            (Setting::Variable(name), _)
            // A statement of an Update Data action names its variable without a wrapper.
            | (Setting::Literal(Json::String(name)), ["statements", _, "variable"]) => {
                let span = Origin::new(name, span).part(0, name.len());
                self.variable(place.unit, name, span);
            }
            (Setting::Expression(text, _), _) => {
                let source = Source { unit: place.unit, expression: text, span };
                parse_with(text, |parsed| {
                    if let Ok(tree) = parsed {
                        self.expression(source, &tree);
                    }
                });
            }
            _ => {}
        }
    }

    /// Adds a variable, if it is declared or built in.
    fn variable(&mut self, unit: Option<&'f Unit>, name: &str, span: Span) {
        let lower_case = Text::from(name.to_lowercase());
        let declares =
            |unit: Option<&'f Text>| self.declared.contains(&(unit, lower_case.clone()));
        let of_unit = unit.map(|unit| &unit.key).filter(|key| declares(Some(key)));
        let symbol = if of_unit.is_some() || declares(None) {
            Symbol::Variable { unit: of_unit, name: lower_case }
        } else {
            let known = |it: &&BuiltIn| it.name.eq_ignore_ascii_case(name);
            let Some(built_in) = BUILT_INS.iter().find(known) else { return };
            Symbol::BuiltIn(built_in)
        };
        self.add(span, symbol, false);
    }

    /// Recurses as deep as the expression is nested; the parser limits this depth.
    fn expression(&mut self, source: Source<'f, '_>, tree: &Tree<'_>) {
        let mut each = |parts: &[Tree<'_>]| {
            parts.iter().for_each(|part| self.expression(source, part));
        };
        match &tree.form {
            Form::Name(segments) => self.name(source, segments),
            Form::Call { name, place: (start, end), arguments } => {
                each(arguments);
                if let Some(function) = function(name) {
                    let span = self.part(source, *start as usize, *end as usize);
                    self.add(span, Symbol::Function(function), false);
                }
            }
            Form::Binary { sides, .. } => each(&sides[..]),
            Form::Choice(parts) => each(&parts[..]),
            Form::Property(inner, _) | Form::Unary(_, inner) => {
                each(std::slice::from_ref(inner));
            }
            Form::Item(base, index) => {
                each(std::slice::from_ref(base));
                each(std::slice::from_ref(index));
            }
            Form::NotSet
            | Form::Boolean(_)
            | Form::Integer(_)
            | Form::Decimal(_)
            | Form::String(_) => {}
        }
    }

    fn name(&mut self, source: Source<'f, '_>, segments: &[Segment<'_>]) {
        let [scope, name, ..] = segments else { return };
        let (start, end) = (scope.place.0 as usize, name.place.1 as usize);
        let full = format!("{}.{}", scope.text, name.text);
        self.variable(source.unit, &full, self.part(source, start, end));
    }

    /// The position of a part of an expression. In an expression with escapes or folded lines, a
    /// name has the same number as in the expression among all places with its letters.
    /// The position is the whole expression if this is ambiguous.
    fn part(&self, source: Source<'_, '_>, start: usize, end: usize) -> Span {
        let Source { expression, span, .. } = source;
        let exact = Origin::new(expression, span).part(start, end);
        if exact != span || (start, end) == (0, expression.len()) {
            return exact;
        }
        let name = &expression[start..end];
        let Some(written) = self.text.get(span.start as usize..span.end as usize) else {
            return span;
        };
        if written.matches(name).count() != expression.matches(name).count() {
            return span;
        }
        let number = expression[..start].matches(name).count();
        match written.match_indices(name).nth(number) {
            Some((at, _)) => span.part(at, at + name.len()),
            None => span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::read;
    use crate::source::Files;

    const FLOW: &str = r#"inboundCall:
  name: A
  variables:
    - stringVariable:
        name: Flow.who
  tasks:
    - task:
        name: Start
        refId: Start_1
        variables:
          - stringVariable:
              name: Task.x
        actions:
          - playAudio:
              name: One
              audio:
                exp: "ToAudioTTS(\"Flow.who\" + flow.who + Task.x)"
          - playAudio:
              name: Two
              audio:
                exp: ToAudioTTS(Call.Ani)
"#;

    fn named(wanted: &str) -> Vec<(String, bool)> {
        let mut files = Files::new();
        let file = files.add("a.yaml", FLOW);
        let loaded = read::load_text(&file, &[], &mut files);
        let found = mentions(&loaded.architect[0], FLOW);
        let shown = found.iter().filter_map(|it| {
            let name = match &it.symbol {
                Symbol::Variable { name, .. } => name.to_string(),
                Symbol::BuiltIn(built_in) => built_in.name.to_owned(),
                Symbol::Function(function) => function.name.to_owned(),
                Symbol::Unit(key) | Symbol::Kind(key) => key.to_string(),
                Symbol::Flow(name) => (*name).to_owned(),
            };
            (name == wanted).then(|| (files.text(it.span).to_owned(), it.is_declaration))
        });
        shown.collect()
    }

    fn pair(text: &str, is_declaration: bool) -> (String, bool) {
        (text.to_owned(), is_declaration)
    }

    #[test]
    fn names_between_escapes_have_their_own_place() {
        assert_eq!(named("flow.who"), [pair("Flow.who", true), pair("flow.who", false)]);
        assert_eq!(named("task.x"), [pair("Task.x", true), pair("Task.x", false)]);
    }

    #[test]
    fn functions_kinds_units_and_built_in_variables_are_found() {
        assert_eq!(named("ToAudioTTS").len(), 2);
        assert_eq!(named("Call.Ani"), [pair("Call.Ani", false)]);
        assert_eq!(named("playAudio").len(), 2);
        assert_eq!(named("Start_1"), [pair("task", true)]);
    }
}
