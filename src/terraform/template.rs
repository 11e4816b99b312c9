//! Evaluation of templates: strings with interpolations and directives.

use std::borrow::Cow;

use hcl::Value;
use hcl::expr::TemplateExpr;
use hcl::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};

use super::budget::{Sum, WORK_OF_A_CHARACTER};
use super::evaluate::Scope;
use super::expression::{Found, Names};
use super::functions;

/// Evaluates a template in an expression. An interpolation alone has the type of its value.
///
/// *Source: "template interpolation unwrapping" in the specification of HCL.*
pub(super) fn of_expression<'v>(names: &Names<'_>, it: &TemplateExpr) -> Found<'v> {
    let length = match it {
        TemplateExpr::QuotedString(text) => text.len(),
        TemplateExpr::Heredoc(heredoc) => heredoc.template.len(),
    };
    names.scope.budget().work(length, WORK_OF_A_CHARACTER)?;
    let parsed = Template::from_expr(it);
    let parsed = parsed.map_err(|_| "an invalid template".to_owned())?;
    let value = match parsed.elements() {
        [Element::Interpolation(only)] => names.owned(&only.expr)?,
        _ => Value::from(text(names, &parsed)?),
    };
    Ok(Cow::Owned(value))
}

/// Evaluates the template in a file, which has only the given variables.
pub(super) fn of_file(scope: &Scope, text: &str) -> Result<Value, String> {
    scope.budget().work(text.len(), WORK_OF_A_CHARACTER)?;
    let parsed: Template = text.parse().map_err(|_| "an invalid template")?;
    self::text(&Names::of(scope), &parsed).map(Value::from)
}

fn text(names: &Names<'_>, template: &Template) -> Result<String, String> {
    let mut writer = Writer::default();
    writer.template(names, template, [Strip::None; 2])?;
    Ok(writer.text)
}

/// The text so far.
#[derive(Default)]
struct Writer {
    text: String,
    sum: Sum,
}

impl Writer {
    /// Writes a template. `outer` are the marks before and after it, which remove space.
    fn template(
        &mut self,
        names: &Names<'_>,
        template: &Template,
        outer: [Strip; 2],
    ) -> Result<(), String> {
        let elements = template.elements();
        for (index, element) in elements.iter().enumerate() {
            names.scope.budget().step()?;
            let before = index.checked_sub(1).and_then(|it| elements.get(it));
            let before = before.map_or(outer[0], strip);
            let after = elements.get(index + 1).map_or(outer[1], strip);
            match element {
                Element::Literal(text) => self.push(names, cut(text, before, after))?,
                Element::Interpolation(it) => {
                    let value = names.value(&it.expr)?;
                    match &*value {
                        Value::String(text) => self.push(names, text)?,
                        other => self.push(names, &shown(names, other)?)?,
                    }
                }
                Element::Directive(it) => match &**it {
                    Directive::If(it) => self.conditional(names, it)?,
                    Directive::For(it) => self.each(names, it)?,
                },
            }
        }
        Ok(())
    }

    fn push(&mut self, names: &Names<'_>, text: &str) -> Result<(), String> {
        self.sum.text(text)?;
        names.scope.budget().work(text.len(), 1)?;
        self.text.push_str(text);
        Ok(())
    }

    fn conditional(&mut self, names: &Names<'_>, it: &IfDirective) -> Result<(), String> {
        let is_true = names.truth(&it.cond_expr)?;
        match &it.false_template {
            Some(_) if is_true => {
                self.template(names, &it.true_template, [it.if_strip, it.else_strip])
            }
            None if is_true => {
                self.template(names, &it.true_template, [it.if_strip, it.endif_strip])
            }
            Some(other) => self.template(names, other, [it.else_strip, it.endif_strip]),
            None => Ok(()),
        }
    }

    fn each(&mut self, names: &Names<'_>, it: &ForDirective) -> Result<(), String> {
        let collection = names.value(&it.collection_expr)?;
        for (key, value) in &names.pairs(&collection, &it.collection_expr)? {
            let outer = it.key_var.as_ref().map(|name| names.with(name.as_str(), key));
            let outer = outer.as_ref().unwrap_or(names);
            let inner = outer.with(it.value_var.as_str(), value);
            self.template(&inner, &it.template, [it.for_strip, it.endfor_strip])?;
        }
        Ok(())
    }
}

/// Returns a value that is not a string as text.
fn shown(names: &Names<'_>, value: &Value) -> Result<String, String> {
    names.scope.budget().copy(value)?;
    Ok(functions::text(value).unwrap_or_else(|| value.to_string()))
}

/// Returns the marks of an element that remove the space around it.
fn strip(element: &Element) -> Strip {
    match element {
        Element::Literal(_) => Strip::None,
        Element::Interpolation(it) => it.strip,
        Element::Directive(it) => {
            let (first, last) = match &**it {
                Directive::If(it) => (it.if_strip, it.endif_strip),
                Directive::For(it) => (it.for_strip, it.endfor_strip),
            };
            Strip::from((first.strip_start(), last.strip_end()))
        }
    }
}

/// Removes space and one line break where marks say so.
fn cut(mut text: &str, before: Strip, after: Strip) -> &str {
    let is_space = |c: char| c.is_whitespace() && c != '\r' && c != '\n';
    if before.strip_end() {
        text = text.trim_start_matches(is_space);
        let line = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'));
        text = line.unwrap_or(text);
    }
    if after.strip_start() {
        text = text.trim_end_matches(is_space);
        let line = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n'));
        text = line.unwrap_or(text);
    }
    text
}
