//! Functions that read files of the repository.

use std::path::{Path, PathBuf};

use hcl::Value;

use super::Arguments;
use crate::source::{plain, readable};
use crate::terraform::evaluate::Scope;
use crate::terraform::template;

/// Maximum size of a file that a function reads, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The work of opening a file, in bytes that are copied in that time.
const WORK_OF_A_FILE: usize = 1 << 16;

/// Calls a function, if it is one of files. Paths are relative to the folder of the root
/// module.
pub(super) fn call(
    name: &str,
    arguments: &Arguments<'_>,
    scope: &Scope,
) -> Option<Result<Value, String>> {
    let (a, folders) = (arguments, scope.folders());
    let read = |index: usize| {
        let path = a.text(index)?;
        a.budget.work(WORK_OF_A_FILE, 1)?;
        let text = read(&path, folders)?;
        a.budget.work(text.len(), 1)?;
        Ok(text)
    };
    Some(match name {
        "file" => read(0).map(Value::from),
        "fileexists" => a.text(0).and_then(|path| {
            a.budget.work(WORK_OF_A_FILE, 1)?;
            let path = resolved(&path, folders);
            path.map(|path| Value::from(path.is_file()))
        }),
        "templatefile" => read(0).and_then(|text| {
            let Value::Object(variables) = a.copy(1)? else {
                return Err(a.unexpected(1, "an object"));
            };
            template::of_file(&scope.of_template(variables)?, &text)
        }),
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
