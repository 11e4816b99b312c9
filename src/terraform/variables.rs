//! Values of the variables of a root module.

use std::path::Path;
use std::rc::Rc;

use hcl::Value;

use super::document::{self, files_in, is_terraform, read_values};
use super::evaluate::Scope;
use super::module::Evaluator;
use crate::source::Files;

/// Returns the values of the variables of a root module: `set`, then `*.auto.tfvars` and
/// `terraform.tfvars`, then `TF_VAR_…`.
///
/// *Source: the precedence of Terraform's variables.*
pub(super) fn given(
    evaluator: &mut Evaluator<'_>,
    set: &[(String, String)],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, Value)> {
    let set = set.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    let mut given: Vec<(String, Value)> = set.collect();
    let name = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
    let of_kind = |path: &Path, automatic: bool| {
        let name = name(path).unwrap_or_default();
        let is_main = name == "terraform.tfvars" || name == "terraform.tfvars.json";
        let is_other = [".auto.tfvars", ".auto.tfvars.json"];
        if automatic { is_other.iter().any(|it| name.ends_with(it)) } else { is_main }
    };
    let root = evaluator.root.clone();
    let mut paths = files_in(&root, |path| of_kind(path, true));
    paths.reverse();
    paths.extend(files_in(&root, |path| of_kind(path, false)));
    for path in paths {
        match read_values(&path, evaluator.files) {
            Ok(values) => {
                let folders = [evaluator.repository.as_path(), root.as_path()];
                let scope = Scope::new(Rc::default(), folders, &evaluator.budget);
                let values = values.iter().filter_map(|(name, expression)| {
                    let value = scope.value(expression, name, &mut Vec::new())?;
                    Some((name.clone(), value))
                });
                given.extend(values);
            }
            Err(unreadable) => evaluator.cannot_read(&path, unreadable),
        }
    }
    given.extend(of_environment(&root, environment, evaluator.files));
    given
}

/// Returns the values of `TF_VAR_name` for all variables of a folder.
fn of_environment(
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    files: &mut Files,
) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    for path in files_in(root, is_terraform) {
        let Ok(declarations) = document::read(&path, files) else { continue };
        let variables = declarations.into_iter().filter(|it| it.kind == "variable");
        for name in variables.filter_map(|it| it.labels.into_iter().next()) {
            if let Some(text) = environment(&format!("TF_VAR_{name}")) {
                values.push((name, Value::from(text)));
            }
        }
    }
    values
}
