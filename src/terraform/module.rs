//! Evaluation of modules: variables, locals, resources, data sources, calls of local
//! modules, and outputs.
//!
//! Declarations have no order. Passes over all of them are repeated until no further value
//! becomes known.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use hcl::{Expression, Map, Value};

use super::budget::Budget;
use super::document::{self, Declaration, Place, Unreadable, files_in, is_terraform};
use super::evaluate::{Gap, Scope};
use super::instances::{Key, META, Resource, attribute, instances, keys, together};
use crate::source::Files;

/// Maximum nesting of modules.
const MAX_DEPTH: usize = 16;

/// Maximum number of modules of a repository.
const MAX_MODULES: usize = 1_000;

/// Maximum number of passes over the declarations of a module.
const MAX_PASSES: usize = 30;

/// Something that is not known, outside of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The name, such as `module.queues`.
    pub(super) name: String,
    /// The reason.
    pub(super) reason: String,
    /// The place.
    pub(super) place: Place,
}

/// Evaluates the modules of a repository.
pub(super) struct Evaluator<'f> {
    /// The canonical folder that no file may be outside of.
    pub(super) repository: PathBuf,
    /// The folder of the root module, as it was named.
    pub(super) root: PathBuf,
    pub(super) files: &'f mut Files,
    pub(super) resources: Vec<Resource>,
    pub(super) problems: Vec<Problem>,
    /// Files that cannot be read, with the reason.
    pub(super) unreadable: Vec<Unreadable>,
    /// The Terraform files that were read.
    pub(super) read: Vec<PathBuf>,
    /// The number of calls of modules.
    pub(super) modules: usize,
    /// The bytes that the evaluation may still take.
    pub(super) budget: Rc<Budget>,
}

/// A call of a module or of the root.
struct Call<'c> {
    folder: PathBuf,
    /// The beginning of the addresses, such as `module.queues.`.
    prefix: String,
    inputs: Map<String, Value>,
    /// The canonical folders of the modules that lead here.
    stack: Vec<PathBuf>,
    /// The sensitive part of precedence: values for variables of the root.
    given: &'c [(String, Value)],
}

impl Call<'_> {
    /// Returns the call of a module in this one.
    fn inside(
        &self,
        folder: &Path,
        prefix: String,
        inputs: Map<String, Value>,
    ) -> Call<'static> {
        let mut stack = self.stack.clone();
        stack.extend(self.folder.canonicalize());
        Call { folder: folder.to_owned(), prefix, inputs, stack, given: &[] }
    }
}

/// The declarations of a module with their values so far.
#[derive(Default)]
struct Module {
    roots: Rc<Map<String, Value>>,
    locals: Vec<(String, Expression)>,
    /// Locals that are too large to be kept, and the reasons.
    dropped: Vec<Gap>,
    resources: Vec<(Declaration, Option<usize>)>,
    calls: Vec<Declaration>,
    outputs: Vec<Declaration>,
    /// The resources that each declaration made, by its index.
    made: Vec<Vec<Resource>>,
}

impl Evaluator<'_> {
    /// Evaluates the root module with the values of its variables.
    pub(super) fn root(&mut self, given: &[(String, Value)]) {
        let call = Call {
            folder: self.root.clone(),
            prefix: String::new(),
            inputs: Map::new(),
            stack: Vec::new(),
            given,
        };
        self.module(&call);
    }

    /// Evaluates a module and returns its outputs.
    fn module(&mut self, call: &Call<'_>) -> Map<String, Value> {
        let mut module = self.declared(call);
        module.set("path", self.paths(&call.folder));
        let workspace = [("workspace".to_owned(), Value::from("default"))];
        module.set("terraform", workspace.into_iter().collect());
        for name in ["local", "module", "data"] {
            module.set(name, Value::Object(Map::new()));
        }
        let mut passes = 0;
        loop {
            passes += 1;
            let is_new = self.pass(&mut module, &call.prefix);
            if is_new && passes < MAX_PASSES {
                continue;
            }
            let Some(index) = self.next_call(&module) else { break };
            let declaration = module.calls.remove(index);
            self.call_module(&declaration, &mut module, call);
        }
        self.unknown_locals(&module, call);
        let scope = self.scope(&module);
        let outputs = module.outputs.iter().filter_map(|output| {
            let value = attribute(&output.body, "value")?;
            let value = scope.value(value, "value", &mut Vec::new())?;
            Some((output.labels.first()?.clone(), value))
        });
        let outputs = outputs.collect();
        self.resources.extend(module.made.into_iter().flatten());
        outputs
    }

    fn scope(&self, module: &Module) -> Scope {
        let folders = [&*self.repository, &*self.root];
        Scope::new(Rc::clone(&module.roots), folders, &self.budget)
    }

    /// Reports a file that cannot be read.
    pub(super) fn cannot_read(&mut self, path: &Path, unreadable: Unreadable) {
        let name = path.to_string_lossy().into_owned();
        let Unreadable { place, reason, .. } = unreadable.clone();
        self.unreadable.push(unreadable);
        self.problems.push(Problem { name, reason, place });
    }

    /// Reads the declarations of a folder.
    fn declared(&mut self, call: &Call<'_>) -> Module {
        let mut module = Module::default();
        let mut variables = Vec::new();
        for path in files_in(&call.folder, is_terraform) {
            self.read.push(path.clone());
            let declarations = match document::read(&path, self.files) {
                Ok(declarations) => declarations,
                Err(unreadable) => {
                    self.cannot_read(&path, unreadable);
                    continue;
                }
            };
            for declaration in declarations {
                match declaration.kind.as_str() {
                    "resource" | "data" if declaration.labels.len() == 2 => {
                        module.resources.push((declaration, None));
                    }
                    "variable" => variables.push(declaration),
                    "output" => module.outputs.push(declaration),
                    "module" => module.calls.push(declaration),
                    "locals" => {
                        let pairs = declaration.body.attributes();
                        let pairs = pairs.map(|it| (it.key.to_string(), it.expr.clone()));
                        module.locals.extend(pairs);
                    }
                    _ => {}
                }
            }
        }
        module.made = module.resources.iter().map(|_| Vec::new()).collect();
        let values = self.variables(&variables, call);
        module.set("var", Value::Object(values));
        module
    }

    /// Returns the values of variables: given ones, else defaults.
    fn variables(
        &mut self,
        variables: &[Declaration],
        call: &Call<'_>,
    ) -> Map<String, Value> {
        let folders = [&*self.repository, &*self.root];
        let scope = Scope::new(Rc::default(), folders, &self.budget);
        let mut values = Map::new();
        for variable in variables {
            let Some(name) = variable.labels.first() else { continue };
            let given = call.given.iter().find(|(known, _)| known == name);
            let given = given.map(|(_, value)| value).or_else(|| call.inputs.get(name));
            let default = || {
                let default = attribute(&variable.body, "default")?;
                scope.value(default, name, &mut Vec::new())
            };
            match given.cloned().or_else(default) {
                Some(value) => {
                    values.insert(name.clone(), value);
                }
                None if call.prefix.is_empty() => self.problems.push(Problem {
                    name: format!("var.{name}"),
                    reason: format!(
                        "no value: write it in a .tfvars file, or set TF_VAR_{name}"
                    ),
                    place: variable.place.clone(),
                }),
                None => {}
            }
        }
        values
    }

    fn paths(&self, folder: &Path) -> Value {
        // Paths are relative to the folder of the root module, where Terraform runs.
        let module = folder.strip_prefix(&self.root).map_or_else(
            |_| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            |inner| Path::new(".").join(inner),
        );
        let module = module.to_string_lossy().trim_end_matches('/').to_owned();
        let paths = [("module", module.as_str()), ("root", "."), ("cwd", ".")];
        paths.into_iter().map(|(name, path)| (name, Value::from(path))).collect()
    }

    /// Evaluates everything that is not known yet. Returns whether a value became known.
    fn pass(&mut self, module: &mut Module, prefix: &str) -> bool {
        let scope = self.scope(module);
        let mut is_new = false;
        let locals = std::mem::take(&mut module.locals);
        for (name, expression) in locals {
            let mut gaps = Vec::new();
            let value = scope.value(&expression, &name, &mut gaps);
            match value {
                Some(value) if gaps.is_empty() => match scope.keep(&value) {
                    Ok(()) => {
                        module.member("local").insert(name, value);
                        is_new = true;
                    }
                    Err(reason) => module.dropped.push(Gap { attribute: name, reason }),
                },
                _ => module.locals.push((name, expression)),
            }
        }
        let scope = if is_new { self.scope(module) } else { scope };
        for index in 0..module.resources.len() {
            let (declaration, known) = &module.resources[index];
            if *known == Some(0) {
                continue;
            }
            let made = instances(declaration, prefix, &scope);
            let gaps = made.iter().map(|it| it.gaps.len()).sum::<usize>();
            if known.is_some_and(|known| gaps >= known) {
                continue;
            }
            is_new = true;
            let (kind, name) =
                (declaration.labels[0].clone(), declaration.labels[1].clone());
            let is_data = declaration.kind == "data";
            module.publish(is_data, kind, name, &made);
            module.made[index] = made;
            module.resources[index].1 = Some(gaps);
        }
        is_new
    }

    /// Returns the call of a module whose inputs are known, else the first one.
    fn next_call(&self, module: &Module) -> Option<usize> {
        let scope = self.scope(module);
        let is_known = |call: &Declaration| {
            let mut gaps = Vec::new();
            scope.body(&call.body, &META, &mut gaps);
            gaps.is_empty()
        };
        let known = module.calls.iter().position(is_known);
        known.or_else(|| (!module.calls.is_empty()).then_some(0))
    }

    /// Evaluates a module that another one calls, once for each instance.
    fn call_module(
        &mut self,
        declaration: &Declaration,
        module: &mut Module,
        caller: &Call<'_>,
    ) {
        let name = declaration.labels.first().cloned().unwrap_or_default();
        let problem = |reason: String| Problem {
            name: format!("{}module.{name}", caller.prefix),
            reason,
            place: declaration.place.clone(),
        };
        let folder = match self.folder_of(declaration, caller) {
            Ok(folder) => folder,
            Err(reason) => {
                self.problems.push(problem(reason));
                self.guess_outputs(declaration, module);
                return;
            }
        };
        let scope = self.scope(module);
        let (keys, gaps) = keys(&declaration.body, &scope);
        self.problems.extend(gaps.into_iter().map(|gap| problem(gap.reason)));
        let mut outputs = Vec::new();
        for (key, each) in keys {
            self.modules += 1;
            if self.modules > MAX_MODULES {
                let reason = format!("more than {MAX_MODULES} modules");
                return self.problems.push(problem(reason));
            }
            let inner =
                each.into_iter().next().map(|(name, value)| scope.with(name, value));
            let scope = inner.as_ref().unwrap_or(&scope);
            let inputs = match inputs(declaration, scope) {
                Ok(inputs) => inputs,
                Err(reason) => return self.problems.push(problem(reason)),
            };
            let prefix = format!("{}module.{name}{}.", caller.prefix, key.shown());
            let inner = caller.inside(&folder, prefix, inputs);
            outputs.push((key, Value::Object(self.module(&inner))));
        }
        module.member("module").insert(name, together(outputs));
    }

    /// Gives a module that cannot be read its inputs as outputs: modules of others often
    /// repeat an input as an output.
    fn guess_outputs(&self, declaration: &Declaration, module: &mut Module) {
        let name = declaration.labels.first().cloned().unwrap_or_default();
        let inputs = self.scope(module).body(&declaration.body, &META, &mut Vec::new());
        module.member("module").insert(name, inputs);
    }

    /// Returns the folder of a module.
    fn folder_of(
        &self,
        call: &Declaration,
        caller: &Call<'_>,
    ) -> Result<PathBuf, String> {
        let source = attribute(&call.body, "source");
        let source = match source {
            Some(Expression::String(source)) => source.as_str(),
            _ => return Err("the module has no constant `source`".into()),
        };
        if !source.starts_with("./") && !source.starts_with("../") {
            return Err(format!("`{source}` is not a module of this repository"));
        }
        let folder = caller.folder.join(source);
        let canonical = folder.canonicalize();
        let canonical = canonical.map_err(|_| format!("`{source}` does not exist"))?;
        if !canonical.starts_with(&self.repository) {
            return Err(format!("`{source}` is outside the repository"));
        }
        let own = caller.folder.canonicalize().ok();
        if caller.stack.contains(&canonical) || own.as_ref() == Some(&canonical) {
            return Err(format!("`{source}` calls itself"));
        }
        if caller.stack.len() >= MAX_DEPTH {
            return Err(format!("modules are nested deeper than {MAX_DEPTH} levels"));
        }
        Ok(folder)
    }

    /// Reports locals without a value.
    fn unknown_locals(&mut self, module: &Module, call: &Call<'_>) {
        let scope = self.scope(module);
        let unknown = module.locals.iter().filter_map(|(name, expression)| {
            let mut gaps = Vec::new();
            scope.value(expression, name, &mut gaps);
            gaps.into_iter().next()
        });
        for gap in module.dropped.iter().cloned().chain(unknown) {
            let place = Place { file: call.folder.clone(), line: 1 };
            let name = format!("{}local.{}", call.prefix, gap.attribute);
            self.problems.push(Problem { name, reason: gap.reason, place });
        }
    }
}

impl Module {
    fn set(&mut self, root: &str, value: Value) {
        Rc::make_mut(&mut self.roots).insert(root.to_owned(), value);
    }

    /// Returns the members of a root.
    fn member(&mut self, root: &str) -> &mut Map<String, Value> {
        members(Rc::make_mut(&mut self.roots), root)
    }

    /// Makes the resources of a declaration known to expressions.
    fn publish(&mut self, is_data: bool, kind: String, name: String, made: &[Resource]) {
        let values = made.iter().map(|resource| {
            let mut values = resource.values.clone();
            values.insert("id".into(), Value::from(resource.address.as_str()));
            (Key::of(&resource.address), Value::Object(values))
        });
        let value = together(values.collect());
        let kinds = match is_data {
            true => self.member("data"),
            false => Rc::make_mut(&mut self.roots),
        };
        members(kinds, &kind).insert(name, value);
    }
}

/// Returns the members of an object in a map; creates the object if it is missing.
fn members<'m>(
    map: &'m mut Map<String, Value>,
    name: &str,
) -> &'m mut Map<String, Value> {
    let entry = map.entry(name.to_owned()).or_insert(Value::Null);
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    entry.as_object_mut().expect("it was made an object")
}

/// Returns the inputs of a module that are known. An unknown input is reported where the
/// module uses it.
fn inputs(call: &Declaration, scope: &Scope) -> Result<Map<String, Value>, String> {
    let inputs = scope.body(&call.body, &META, &mut Vec::new());
    scope.keep(&inputs)?;
    Ok(inputs.as_object().cloned().unwrap_or_default())
}

/// Returns the constant `source` of a call of a module.
pub(super) fn constant_source(call: &Declaration) -> Option<&str> {
    match attribute(&call.body, "source") {
        Some(Expression::String(source)) => Some(source),
        _ => None,
    }
}
