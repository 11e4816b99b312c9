//! Evaluation of expressions whose value is known as a whole.
//!
//! A value that exists is borrowed, and a value that is made counts against the budget while
//! it is built. So the work is limited before the memory is needed.

use std::borrow::Cow;

use hcl::expr::{
    BinaryOp, BinaryOperator, Conditional, ForExpr, FuncCall, Object, Operation,
    Traversal, TraversalOperator, UnaryOp, UnaryOperator,
};
use hcl::{Expression, Map, Number, ObjectKey, Value};

use super::budget::Sum;
use super::evaluate::Scope;
use super::{functions, template};

/// A value that is borrowed as long as possible.
pub(super) type Found<'v> = Result<Cow<'v, Value>, String>;

/// Everything that an expression may refer to: a scope, and the variables of `for`.
#[derive(Clone, Copy)]
pub(super) struct Names<'v> {
    pub(super) scope: &'v Scope,
    own: Option<Own<'v>>,
}

/// A variable of `for`.
#[derive(Clone, Copy)]
struct Own<'v> {
    name: &'v str,
    value: &'v Value,
    outer: &'v Names<'v>,
}

impl<'v> Names<'v> {
    pub(super) fn of(scope: &'v Scope) -> Self {
        Self { scope, own: None }
    }

    /// Returns these names with another variable.
    pub(super) fn with(&'v self, name: &'v str, value: &'v Value) -> Self {
        let own = Own { name, value, outer: self };
        Self { scope: self.scope, own: Some(own) }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        let mut own = self.own;
        while let Some(variable) = own {
            if variable.name == name {
                return Some(variable.value);
            }
            own = variable.outer.own;
        }
        self.scope.root(name)
    }

    /// Evaluates an expression.
    ///
    /// # Errors
    /// The value is not known or too large.
    pub(super) fn value(&self, expression: &'v Expression) -> Found<'v> {
        let budget = self.scope.budget();
        budget.step()?;
        match expression {
            Expression::Variable(name) => {
                let found = self.get(name.as_str()).map(Cow::Borrowed);
                found.ok_or_else(|| undeclared(expression, name.as_str()))
            }
            Expression::Traversal(it) => self.traversal(it, expression),
            Expression::Array(items) => self.list(items),
            Expression::Object(object) => self.object(object),
            Expression::TemplateExpr(it) => template::of_expression(self, it),
            Expression::FuncCall(call) => self.call(call),
            Expression::Parenthesis(inner) => self.value(inner),
            Expression::Conditional(it) => self.conditional(it),
            Expression::Operation(it) => match &**it {
                Operation::Unary(it) => self.unary(it, expression),
                Operation::Binary(it) => self.binary(it, expression),
            },
            Expression::ForExpr(it) => self.each(it),
            literal => {
                let value = Value::from(literal.clone());
                budget.copy(&value)?;
                Ok(Cow::Owned(value))
            }
        }
    }

    /// Evaluates an expression and copies a value that exists.
    pub(super) fn owned(&self, expression: &'v Expression) -> Result<Value, String> {
        let value = self.value(expression)?;
        self.copied(value)
    }

    fn copied(&self, value: Cow<'_, Value>) -> Result<Value, String> {
        if let Cow::Borrowed(value) = &value {
            self.scope.budget().copy(value)?;
        }
        Ok(value.into_owned())
    }

    fn list(&self, items: &'v [Expression]) -> Found<'v> {
        let (mut sum, mut values) = (Sum::default(), Vec::new());
        for item in items {
            let value = self.owned(item)?;
            sum.item(&value)?;
            values.push(value);
        }
        Ok(Cow::Owned(Value::Array(values)))
    }

    fn object(&self, object: &'v Object<ObjectKey, Expression>) -> Found<'v> {
        let (mut sum, mut values) = (Sum::default(), Map::new());
        for (key, expression) in object.iter() {
            let key = match key {
                ObjectKey::Expression(key) => self.text(key)?,
                name => name.to_string(),
            };
            let value = self.owned(expression)?;
            sum.member(&key, &value)?;
            values.insert(key, value);
        }
        Ok(Cow::Owned(Value::Object(values)))
    }

    /// Evaluates an expression to a string, as keys of objects are.
    fn text(&self, expression: &'v Expression) -> Result<String, String> {
        let value = self.value(expression)?;
        self.scope.budget().copy(&value)?;
        functions::text(&value)
            .ok_or_else(|| format!("`{}` is not a string", shown(expression)))
    }

    /// Evaluates an expression to true or false.
    pub(super) fn truth(&self, expression: &'v Expression) -> Result<bool, String> {
        let value = self.value(expression)?;
        truth(&value)
            .ok_or_else(|| format!("`{}` is not true or false", shown(expression)))
    }

    fn conditional(&self, it: &'v Conditional) -> Found<'v> {
        let is_true = self.truth(&it.cond_expr)?;
        self.value(if is_true { &it.true_expr } else { &it.false_expr })
    }

    fn unary(&self, it: &'v UnaryOp, whole: &Expression) -> Found<'v> {
        let value = self.value(&it.expr)?;
        let value = match it.operator {
            UnaryOperator::Not => truth(&value).map(|truth| Value::Bool(!truth)),
            UnaryOperator::Neg => number(&value)
                .and_then(|it| calculated(Number::from(0), BinaryOperator::Minus, it)),
        };
        let wrong = || inapplicable(whole, it.operator.as_str());
        value.map(Cow::Owned).ok_or_else(wrong)
    }

    fn binary(&self, it: &'v BinaryOp, whole: &Expression) -> Found<'v> {
        use BinaryOperator as Is;
        let (left, right) = (self.value(&it.lhs_expr)?, self.value(&it.rhs_expr)?);
        let numbers = || Some((number(&left)?, number(&right)?));
        let truths = || Some((truth(&left)?, truth(&right)?));
        let compared = |is_so: fn(f64, f64) -> bool| {
            let (left, right) = numbers()?;
            Some(Value::Bool(is_so(left.as_f64()?, right.as_f64()?)))
        };
        let value = match it.operator {
            Is::Eq | Is::NotEq => {
                self.scope.budget().copy(&left)?;
                Some(Value::Bool((left == right) == (it.operator == Is::Eq)))
            }
            Is::And => truths().map(|(left, right)| Value::Bool(left && right)),
            Is::Or => truths().map(|(left, right)| Value::Bool(left || right)),
            Is::Less => compared(|left, right| left < right),
            Is::LessEq => compared(|left, right| left <= right),
            Is::Greater => compared(|left, right| left > right),
            Is::GreaterEq => compared(|left, right| left >= right),
            operator => numbers().and_then(|(l, r)| calculated(l, operator, r)),
        };
        value.map(Cow::Owned).ok_or_else(|| inapplicable(whole, it.operator.as_str()))
    }

    fn call(&self, call: &'v FuncCall) -> Found<'v> {
        let name = call.name.to_string();
        if name == "try" {
            return self.first_known(&call.args);
        }
        let (mut sum, mut values) = (Sum::default(), Vec::new());
        for (index, argument) in call.args.iter().enumerate() {
            let value = self.value(argument)?;
            if let Cow::Owned(made) = &value {
                sum.item(made)?;
            }
            if !(call.expand_final && index + 1 == call.args.len()) {
                values.push(value);
                continue;
            }
            match self.copied(value)? {
                Value::Array(items) => values.extend(items.into_iter().map(Cow::Owned)),
                _ => return Err(format!("`{}` is not a list", shown(argument))),
            }
        }
        let value = functions::call(&name, values, self.scope)?;
        self.scope.budget().value(&value)?;
        Ok(Cow::Owned(value))
    }

    /// Evaluates `try(a, b, …)`.
    fn first_known(&self, arguments: &'v [Expression]) -> Found<'v> {
        let mut last = "`try` has no arguments".to_owned();
        for argument in arguments {
            match self.value(argument) {
                Ok(value) => return Ok(value),
                Err(reason) => last = reason,
            }
        }
        Err(last)
    }

    fn each(&self, it: &'v ForExpr) -> Found<'v> {
        let collection = self.value(&it.collection_expr)?;
        let pairs = self.pairs(&collection, &it.collection_expr)?;
        let mut made = Made::of(it);
        for (key, value) in &pairs {
            let outer = it.key_var.as_ref().map(|name| self.with(name.as_str(), key));
            let outer = outer.as_ref().unwrap_or(self);
            let inner = outer.with(it.value_var.as_str(), value);
            let condition = it.cond_expr.as_ref();
            if condition.map_or(Ok(true), |it| inner.truth(it))? {
                made.add(it, &inner)?;
            }
        }
        Ok(Cow::Owned(made.value()))
    }

    /// Returns the keys and values that `for` goes through.
    pub(super) fn pairs<'c>(
        &self,
        collection: &'c Value,
        expression: &Expression,
    ) -> Result<Vec<(Value, &'c Value)>, String> {
        let budget = self.scope.budget();
        match collection {
            Value::Array(items) => {
                budget.items(items.len())?;
                let pairs = items.iter().enumerate();
                Ok(pairs.map(|(index, it)| (Value::from(index), it)).collect())
            }
            Value::Object(members) => {
                budget.items(members.len())?;
                let pairs = members.iter();
                Ok(pairs.map(|(key, it)| (Value::from(key.as_str()), it)).collect())
            }
            _ => Err(format!("`{}` is not a list or an object", shown(expression))),
        }
    }

    fn traversal(&self, it: &'v Traversal, whole: &Expression) -> Found<'v> {
        let root = match &it.expr {
            // The whole expression says more than the name of its root.
            Expression::Variable(name) => {
                let found = self.get(name.as_str()).map(Cow::Borrowed);
                found.ok_or_else(|| undeclared(whole, name.as_str()))?
            }
            other => self.value(other)?,
        };
        self.walk(root, &it.operators, whole)
    }

    fn walk(
        &self,
        mut value: Cow<'v, Value>,
        operators: &'v [TraversalOperator],
        whole: &Expression,
    ) -> Found<'v> {
        let mut rest = operators;
        while let [operator, after @ ..] = rest {
            rest = after;
            value = match operator {
                TraversalOperator::GetAttr(name) => member(value, name.as_str(), whole)?,
                TraversalOperator::LegacyIndex(at) => item(value, Some(*at), whole)?,
                TraversalOperator::Index(key) => {
                    let key = self.value(key)?;
                    match (&*key, value.is_object()) {
                        (Value::Number(at), false) => item(value, at.as_u64(), whole)?,
                        (key, _) => {
                            let key = functions::text(key).unwrap_or_default();
                            at_key(value, &key, whole)?
                        }
                    }
                }
                TraversalOperator::AttrSplat => {
                    let is_name = |it: &&TraversalOperator| {
                        matches!(it, TraversalOperator::GetAttr(_))
                    };
                    let (inner, after) =
                        rest.split_at(rest.iter().take_while(is_name).count());
                    rest = after;
                    self.splat(value, inner, whole)?
                }
                TraversalOperator::FullSplat => {
                    self.splat(value, std::mem::take(&mut rest), whole)?
                }
            };
        }
        Ok(value)
    }

    /// Applies operators to each item of a list; another value is a list of one item.
    fn splat(
        &self,
        value: Cow<'v, Value>,
        operators: &'v [TraversalOperator],
        whole: &Expression,
    ) -> Found<'v> {
        let items: Vec<Cow<'v, Value>> = match value {
            Cow::Borrowed(Value::Array(items)) => {
                items.iter().map(Cow::Borrowed).collect()
            }
            Cow::Owned(Value::Array(items)) => {
                items.into_iter().map(Cow::Owned).collect()
            }
            value if value.is_null() => Vec::new(),
            value => vec![value],
        };
        self.scope.budget().items(items.len())?;
        let (mut sum, mut values) = (Sum::default(), Vec::new());
        for item in items {
            let item = self.walk(item, operators, whole)?;
            let item = self.copied(item)?;
            sum.item(&item)?;
            values.push(item);
        }
        Ok(Cow::Owned(Value::Array(values)))
    }
}

/// The list or the object that a `for` makes.
struct Made {
    sum: Sum,
    list: Vec<Value>,
    object: Option<Map<String, Value>>,
}

impl Made {
    fn of(it: &ForExpr) -> Self {
        let object = it.key_expr.as_ref().map(|_| Map::new());
        Self { sum: Sum::default(), list: Vec::new(), object }
    }

    /// Adds the value of one round.
    fn add<'v>(&mut self, it: &'v ForExpr, names: &Names<'v>) -> Result<(), String> {
        let (Some(object), Some(key)) = (&mut self.object, &it.key_expr) else {
            let value = names.owned(&it.value_expr)?;
            self.sum.item(&value)?;
            self.list.push(value);
            return Ok(());
        };
        let key = names.text(key)?;
        let value = names.owned(&it.value_expr)?;
        self.sum.member(&key, &value)?;
        if it.grouping {
            let group = object.entry(key).or_insert(Value::Array(Vec::new()));
            if let Value::Array(items) = group {
                items.push(value);
            }
        } else if object.contains_key(&key) {
            return Err(format!("two items of `for` have the key `{key}`"));
        } else {
            object.insert(key, value);
        }
        Ok(())
    }

    fn value(self) -> Value {
        self.object.map_or(Value::Array(self.list), Value::Object)
    }
}

fn member<'v>(value: Cow<'v, Value>, key: &str, whole: &Expression) -> Found<'v> {
    let found = match value {
        Cow::Borrowed(Value::Object(members)) => members.get(key).map(Cow::Borrowed),
        Cow::Owned(Value::Object(mut members)) => {
            members.swap_remove(key).map(Cow::Owned)
        }
        _ => {
            return Err(format!(
                "`{}`: `{key}` of a value that is not an object",
                shown(whole)
            ));
        }
    };
    found.ok_or_else(|| missing(whole, key))
}

fn item<'v>(value: Cow<'v, Value>, at: Option<u64>, whole: &Expression) -> Found<'v> {
    let index = at.and_then(|at| usize::try_from(at).ok());
    let found = match (value, index) {
        (Cow::Borrowed(Value::Array(items)), Some(at)) => {
            items.get(at).map(Cow::Borrowed)
        }
        (Cow::Owned(Value::Array(mut items)), Some(at)) if at < items.len() => {
            Some(Cow::Owned(items.swap_remove(at)))
        }
        _ => None,
    };
    found.ok_or_else(|| format!("`{}`: the list has no such item", shown(whole)))
}

/// Returns the member of an object, or the item of a list whose index is a string.
fn at_key<'v>(value: Cow<'v, Value>, key: &str, whole: &Expression) -> Found<'v> {
    if value.is_array() {
        return item(value, key.parse().ok(), whole);
    }
    member(value, key, whole)
}

/// Converts a value to true or false as Terraform does.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Converts a value to a number as Terraform does.
fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(*number),
        Value::String(text) => match text.parse::<i64>() {
            Ok(whole) => Some(Number::from(whole)),
            Err(_) => text.parse().ok().and_then(Number::from_f64),
        },
        _ => None,
    }
}

/// Calculates; `None` for a division by 0, and for a result that is too large.
fn calculated(left: Number, operator: BinaryOperator, right: Number) -> Option<Value> {
    use BinaryOperator as Is;
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        let whole = match operator {
            Is::Plus => left.checked_add(right),
            Is::Minus => left.checked_sub(right),
            Is::Mul => left.checked_mul(right),
            Is::Mod => left.checked_rem(right),
            Is::Div if right != 0 && left.checked_rem(right) == Some(0) => {
                left.checked_div(right)
            }
            _ => None,
        };
        if let Some(whole) = whole {
            return Some(Value::from(whole));
        }
    }
    let (left, right) = (left.as_f64()?, right.as_f64()?);
    let decimal = match operator {
        Is::Plus => left + right,
        Is::Minus => left - right,
        Is::Mul => left * right,
        Is::Mod => left % right,
        _ => left / right,
    };
    Number::from_f64(decimal).map(Value::Number)
}

/// Returns the text of an expression, shortened.
pub(super) fn shown(expression: &Expression) -> String {
    let text = hcl::format::to_string(expression).unwrap_or_default();
    text.trim().chars().take(120).collect()
}

fn inapplicable(whole: &Expression, operator: &str) -> String {
    format!("`{}`: `{operator}` has no result for these values", shown(whole))
}

fn undeclared(expression: &Expression, name: &str) -> String {
    format!("`{}`: this folder declares no `{name}`", shown(expression))
}

/// Returns the reason why an object has no such member.
fn missing(whole: &Expression, key: &str) -> String {
    let short = shown(whole);
    let start = short.find(|c: char| c.is_ascii_alphabetic() || c == '_');
    let root = start.and_then(|start| short[start..].split(['.', '[']).next());
    match root {
        Some("var") => format!("the variable `{key}` has no value"),
        Some("data") => format!("`{short}` is a data source"),
        Some("module") => format!("`{short}` is an output that is not known"),
        Some("local") => format!("`{short}` is not known"),
        _ => format!("`{short}` is known only after `terraform apply`"),
    }
}
