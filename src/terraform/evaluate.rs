//! Evaluation of Terraform expressions, as far as their values are known.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hcl::expr::{FuncCall, Object};
use hcl::{Block, Body, Expression, Map, ObjectKey, Structure, Value};

use super::budget::{Budget, Sum};
use super::expression::Names;
use super::functions;

/// Maximum number of blocks that the `dynamic` blocks of a pass make.
const MAX_BLOCKS: usize = 20_000;

/// A value that is not known, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    /// The attribute, such as `members.user_id`.
    pub(super) attribute: String,
    /// The reason.
    pub(super) reason: String,
}

/// Everything that an expression may refer to.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    roots: Rc<Map<String, Value>>,
    /// Variables of an instance or of a dynamic block; later ones hide earlier ones.
    own: Vec<(String, Value)>,
    /// The repository and the folder of the root module.
    folders: Rc<[PathBuf; 2]>,
    /// Whether this is the scope of a template in a file.
    is_template: bool,
    /// The number of blocks that `dynamic` blocks may still make.
    blocks: Rc<Cell<usize>>,
    /// The bytes that the evaluation of all modules may still take.
    budget: Rc<Budget>,
}

impl Scope {
    /// Creates a scope. `folders` are the repository and the folder of the root module.
    pub(super) fn new(
        roots: Rc<Map<String, Value>>,
        folders: [&Path; 2],
        budget: &Rc<Budget>,
    ) -> Self {
        let folders = Rc::new(folders.map(Path::to_owned));
        let blocks = Rc::new(Cell::new(MAX_BLOCKS));
        let budget = Rc::clone(budget);
        Self { roots, own: Vec::new(), folders, is_template: false, blocks, budget }
    }

    /// Returns the scope of a template in a file, which has only these variables.
    ///
    /// # Errors
    /// This is already such a scope.
    pub(super) fn of_template(&self, roots: Map<String, Value>) -> Result<Self, String> {
        if self.is_template {
            return Err("a template of `templatefile(…)` uses `templatefile(…)`".into());
        }
        let (roots, own) = (Rc::new(roots), Vec::new());
        Ok(Self { roots, own, is_template: true, ..self.clone() })
    }

    /// Returns the repository and the folder of the root module.
    pub(super) fn folders(&self) -> [&Path; 2] {
        let [repository, module] = &*self.folders;
        [repository, module]
    }

    /// Returns what the evaluation may still take.
    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Returns this scope with another variable.
    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut inner = self.clone();
        inner.own.push((name.to_owned(), value));
        inner
    }

    /// Returns the value of a name.
    pub(super) fn root(&self, name: &str) -> Option<&Value> {
        let own = self.own.iter().rev().find(|(known, _)| known == name);
        own.map(|(_, value)| value).or_else(|| self.roots.get(name))
    }

    /// Counts a value that stays in memory until the end of the evaluation.
    ///
    /// # Errors
    /// The values together are too large.
    pub(super) fn keep(&self, value: &Value) -> Result<(), String> {
        self.budget.keep(value)
    }

    /// Evaluates the attributes and blocks of a body. Blocks become lists of objects.
    /// Unknown attributes are left out and reported.
    pub(super) fn body(
        &self,
        body: &Body,
        skipped: &[&str],
        gaps: &mut Vec<Gap>,
    ) -> Value {
        let mut values: Map<String, Value> = Map::new();
        let mut sum = Sum::default();
        for structure in body.iter() {
            match structure {
                Structure::Attribute(attribute) => {
                    let key = attribute.key.as_str();
                    if skipped.contains(&key) {
                        continue;
                    }
                    let Some(value) = self.value(&attribute.expr, key, gaps) else {
                        continue;
                    };
                    if let Err(reason) = sum.member(key, &value) {
                        gaps.push(Gap { attribute: key.to_owned(), reason });
                        break;
                    }
                    values.insert(key.to_owned(), value);
                }
                Structure::Block(block) => {
                    if skipped.contains(&block.identifier.as_str()) {
                        continue;
                    }
                    let (name, made) = self.blocks(block, gaps);
                    if let Err(reason) =
                        made.iter().try_for_each(|it| sum.item(it).map(drop))
                    {
                        gaps.push(Gap { attribute: name.to_owned(), reason });
                        break;
                    }
                    let list =
                        values.entry(name.to_owned()).or_insert(Value::Array(Vec::new()));
                    if let Value::Array(items) = list {
                        items.extend(made);
                    }
                }
            }
        }
        Value::Object(values)
    }

    /// Evaluates a block, which may be dynamic. Returns its name and the blocks.
    fn blocks<'b>(&self, block: &'b Block, gaps: &mut Vec<Gap>) -> (&'b str, Vec<Value>) {
        let name = block.identifier.as_str();
        let label = block.labels.first().map(|label| label.as_str());
        match (name, label) {
            ("dynamic", Some(label)) => (label, self.dynamic(label, &block.body, gaps)),
            _ => (name, vec![self.inner(name, &block.body, gaps)]),
        }
    }

    fn inner(&self, name: &str, body: &Body, gaps: &mut Vec<Gap>) -> Value {
        let mut inner = Vec::new();
        let value = self.body(body, &[], &mut inner);
        gaps.extend(
            inner
                .into_iter()
                .map(|gap| Gap { attribute: format!("{name}.{}", gap.attribute), ..gap }),
        );
        value
    }

    /// Expands `dynamic "name" { for_each = …  content { … } }`.
    fn dynamic(&self, name: &str, body: &Body, gaps: &mut Vec<Gap>) -> Vec<Value> {
        let attribute = |key: &str| body.attributes().find(|it| it.key.as_str() == key);
        let Some(each) = attribute("for_each") else { return Vec::new() };
        let Some(each) = self.value(&each.expr, name, gaps) else { return Vec::new() };
        let iterator = match attribute("iterator").map(|it| &it.expr) {
            Some(Expression::Variable(variable)) => variable.as_str(),
            _ => name,
        };
        let Some(content) = body.blocks().find(|it| it.identifier.as_str() == "content")
        else {
            return Vec::new();
        };
        let instances = instances_of(&each);
        let Some(left) = self.blocks.get().checked_sub(instances.len()) else {
            let reason = format!("more than {MAX_BLOCKS} blocks");
            gaps.push(Gap { attribute: name.to_owned(), reason });
            return Vec::new();
        };
        self.blocks.set(left);
        let (mut sum, mut made) = (Sum::default(), Vec::new());
        for (key, value) in instances {
            let pair = [("key".to_owned(), key), ("value".to_owned(), value)];
            let pair = Value::Object(pair.into_iter().collect());
            let block = self.with(iterator, pair).inner(name, &content.body, gaps);
            if let Err(reason) = sum.item(&block) {
                gaps.push(Gap { attribute: name.to_owned(), reason });
                break;
            }
            made.push(block);
        }
        made
    }

    /// Evaluates an expression. Unknown items of lists and objects are left out and
    /// reported; returns `None` if the whole value is unknown.
    pub(super) fn value(
        &self,
        expression: &Expression,
        attribute: &str,
        gaps: &mut Vec<Gap>,
    ) -> Option<Value> {
        match expression {
            Expression::Object(object) => self.object(object, attribute, gaps),
            Expression::Array(items) => self.list(items, attribute, gaps),
            Expression::Parenthesis(inner) => self.value(inner, attribute, gaps),
            // The known members of an object are of use without the others.
            Expression::FuncCall(call) if is_jsonencode(call) && call.args.len() == 1 => {
                let value = self.value(&call.args[0], attribute, gaps)?;
                Some(functions::encoded(&value))
            }
            _ => match self.plain(expression) {
                Ok(value) => Some(value),
                Err(reason) => {
                    gaps.push(Gap { attribute: attribute.to_owned(), reason });
                    None
                }
            },
        }
    }

    fn object(
        &self,
        object: &Object<ObjectKey, Expression>,
        attribute: &str,
        gaps: &mut Vec<Gap>,
    ) -> Option<Value> {
        let (mut sum, mut values) = (Sum::default(), Map::new());
        for (key, expression) in object.iter() {
            let Some(key) = self.key(key) else { continue };
            let place = format!("{attribute}.{key}");
            let Some(value) = self.value(expression, &place, gaps) else { continue };
            self.composed(sum.member(&key, &value), attribute, gaps)?;
            values.insert(key, value);
        }
        Some(Value::Object(values))
    }

    fn list(
        &self,
        items: &[Expression],
        attribute: &str,
        gaps: &mut Vec<Gap>,
    ) -> Option<Value> {
        let (mut sum, mut values) = (Sum::default(), Vec::new());
        for item in items {
            let Some(value) = self.value(item, attribute, gaps) else { continue };
            self.composed(sum.item(&value), attribute, gaps)?;
            values.push(value);
        }
        Some(Value::Array(values))
    }

    /// Counts what a list or an object has got, and reports the one that is too large.
    fn composed(
        &self,
        bytes: Result<u64, String>,
        attribute: &str,
        gaps: &mut Vec<Gap>,
    ) -> Option<()> {
        match bytes.and_then(|bytes| self.budget.copy_bytes(bytes)) {
            Ok(()) => Some(()),
            Err(reason) => {
                gaps.push(Gap { attribute: attribute.to_owned(), reason });
                None
            }
        }
    }

    fn key(&self, key: &ObjectKey) -> Option<String> {
        match key {
            ObjectKey::Identifier(name) => Some(name.to_string()),
            ObjectKey::Expression(expression) => {
                self.plain(expression).ok().and_then(|value| functions::text(&value))
            }
            _ => None,
        }
    }

    /// Evaluates an expression whose value is known as a whole.
    fn plain(&self, expression: &Expression) -> Result<Value, String> {
        let value = Names::of(self).value(expression)?;
        self.budget.value(&value)?;
        Ok(value.into_owned())
    }
}

/// Returns the keys and values that `for_each` goes through.
pub(super) fn instances_of(each: &Value) -> Vec<(Value, Value)> {
    match each {
        Value::Array(items) => items.iter().map(|it| (it.clone(), it.clone())).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, it)| (Value::from(key.as_str()), it.clone()))
            .collect(),
        _ => Vec::new(),
    }
}

fn is_jsonencode(call: &FuncCall) -> bool {
    call.name.namespace.is_empty() && call.name.name.as_str() == "jsonencode"
}
