//! Functions that read files of the repository.

use std::path::{Path, PathBuf};

use hcl::eval::{Context, Evaluate, FuncDef, ParamType};
use hcl::{Identifier, Template, Value};

use super::{Arguments, call as call_any};
use crate::source::{plain, readable};
use crate::terraform::document::{CALL, FOLDERS, converted_template};

/// Maximum size of a file that a function reads, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Calls a function, if it is one of files. `folders` are the repository and the folder of
/// the root module, which paths are relative to.
pub(super) fn call(
    name: &str,
    arguments: &Arguments,
    folders: &str,
) -> Option<Result<Value, String>> {
    let a = arguments;
    let (repository, module) = folders.split_once('\0').unwrap_or((folders, ""));
    let folders = [Path::new(repository), Path::new(module)];
    let read = |index: usize| a.text(index).and_then(|path| read(&path, folders));
    Some(match name {
        "file" => read(0).map(Value::from),
        "fileexists" => a.text(0).and_then(|path| {
            let path = resolved(&path, folders);
            path.map(|path| Value::from(path.is_file()))
        }),
        "templatefile" => read(0).and_then(|text| rendered(&text, a, repository, module)),
        // The contents decide whether Terraform uploads a file again, and nothing else.
        "filebase64" | "filebase64sha256" | "filebase64sha512" | "filemd5"
        | "filesha1" | "filesha256" | "filesha512" | "md5" | "sha1" | "sha256"
        | "base64sha256" => Ok(Value::from("0")),
        "abspath" | "pathexpand" => a.text(0).map(Value::from),
        "basename" => a.text(0).map(|path| {
            let name = Path::new(&path).file_name().unwrap_or_default();
            Value::from(name.to_string_lossy().into_owned())
        }),
        "dirname" => a.text(0).map(|path| {
            let parent = Path::new(&path).parent().unwrap_or(Path::new("."));
            Value::from(parent.to_string_lossy().into_owned())
        }),
        _ => return None,
    })
}

/// Returns the place of a path, which is relative to the folder of the root module.
///
/// # Errors
/// The path leads out of the repository.
pub(in crate::terraform) fn resolved(
    path: &str,
    [repository, module]: [&Path; 2],
) -> Result<PathBuf, String> {
    let whole = module.join(path);
    // A file that does not exist has no canonical path; its folder may have one.
    let existing = whole.ancestors().find_map(|it| it.canonicalize().ok());
    let missing = || format!("`{path}` does not exist");
    let existing = existing.ok_or_else(missing)?;
    let has_parents = !whole.exists() && path.split(['/', '\\']).any(|it| it == "..");
    if has_parents && whole.parent().is_none_or(|it| !it.exists()) {
        return Err(missing());
    }
    if !existing.starts_with(repository) {
        return Err(format!("`{path}` is outside the repository"));
    }
    Ok(plain(&whole).to_owned())
}

fn read(path: &str, folders: [&Path; 2]) -> Result<String, String> {
    let place = resolved(path, folders)?;
    readable(&place).map_err(|error| format!("`{path}`: {error}"))?;
    let size =
        std::fs::metadata(&place).map_err(|_| format!("`{path}` does not exist"))?;
    if !size.is_file() || size.len() > MAX_BYTES {
        return Err(format!("`{path}` is not a file of at most {MAX_BYTES} bytes"));
    }
    std::fs::read_to_string(&place).map_err(|error| format!("`{path}`: {error}"))
}

/// Fills in a template.
fn rendered(
    template: &str,
    a: &Arguments,
    repository: &str,
    module: &str,
) -> Result<Value, String> {
    let template = converted_template(template)?;
    let template: Template = template.parse().map_err(|_| "an invalid template")?;
    let mut context = Context::new();
    let function = FuncDef::builder().variadic_param(ParamType::Any).build(call_any);
    context.declare_func(Identifier::sanitized(CALL), function);
    context
        .declare_var(Identifier::sanitized(FOLDERS), format!("{repository}\0{module}"));
    for (name, value) in a.object(1)? {
        context.declare_var(Identifier::sanitized(name), value.clone());
    }
    let text = template.evaluate(&context).map_err(|error| error.to_string())?;
    Ok(Value::from(text))
}
