//! The workflow of GitHub Actions that `flowsim init` writes.
//!
//! GitHub reads workflows only at the top of a repository, and runs their commands there. In a
//! checkout the workflow is written there, with paths that lead to the project.

use std::path::{Component, Path, PathBuf};

use crate::build::VERSION;
use crate::value::Json;

const TEMPLATE: &str = include_str!("project/workflow.yml");

/// Path of the workflow below the top of a repository.
const PATH: &str = ".github/workflows/flowsim.yml";

/// A workflow to be written.
pub(super) struct Workflow {
    /// The file, relative to the current folder where possible.
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Lines of `text` that run the commands.
    pub(super) steps: String,
    /// Whether the project is in a Git checkout.
    pub(super) in_checkout: bool,
}

impl Workflow {
    /// Returns the workflow for a project in an existing folder.
    pub(super) fn of(folder: &Path) -> Self {
        let checkout = folder.canonicalize().ok().and_then(|real| {
            let top = real.ancestors().find(|it| it.join(".git").exists())?;
            let project = real.strip_prefix(top).ok()?;
            Some((short(folder, project, top), project.to_owned()))
        });
        let in_checkout = checkout.is_some();
        let (top, project) = checkout.unwrap_or((folder.to_owned(), PathBuf::new()));
        let [check, test] = commands(&project);
        let text = TEMPLATE
            .replace("{version}", VERSION)
            .replace("{check}", &check)
            .replace("{test}", &test);
        let steps = text.find("      - run: ").map_or("", |at| &text[at..]).to_owned();
        Self { path: top.join(PATH), text, steps, in_checkout }
    }
}

/// Returns the path from the current folder to the top of the checkout. If a symbolic link
/// leads to the project, this is the full path `top`.
fn short(folder: &Path, project: &Path, top: &Path) -> PathBuf {
    let mut path = folder.components().collect::<PathBuf>();
    for _ in project.components() {
        match path.components().next_back() {
            Some(Component::Normal(_)) => {
                path.pop();
            }
            Some(Component::CurDir) => path = PathBuf::from(".."),
            _ => path.push(".."),
        }
    }
    let real = if path.as_os_str().is_empty() { Path::new(".") } else { &path };
    if real.canonicalize().is_ok_and(|real| real == top) { path } else { top.to_owned() }
}

/// Returns the commands for a project, as scalars of YAML.
fn commands(project: &Path) -> [String; 2] {
    let project = project.to_string_lossy().replace('\\', "/");
    let within = |name: &str| match &*project {
        "" => name.to_owned(),
        project => quoted(&format!("{project}/{name}")),
    };
    let [flows, fixtures] = ["flows", "fixtures.yaml"].map(within);
    let check = format!("flowsim check {flows} --fixtures {fixtures} --format github");
    let test = match &*project {
        "" => "flowsim test --report github".to_owned(),
        project => format!("flowsim test {} --report github", quoted(project)),
    };
    if is_plain(&project) {
        return [check, test];
    }
    // JSON strings are YAML. GitHub expands `${{ … }}` in commands.
    [check, test].map(|it| Json::from(&*it.replace("${{", "$''{{")).to_string())
}

/// Quotes a path for a POSIX shell, unless it is plain.
fn quoted(path: &str) -> String {
    if is_plain(path) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Returns whether no character of the path is special in a shell or in YAML.
fn is_plain(path: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
    path.chars().all(plain) && !path.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_the_project() {
        let [check, test] = commands(Path::new(""));
        assert_eq!(check, "flowsim check flows --fixtures fixtures.yaml --format github");
        assert_eq!(test, "flowsim test --report github");
        let [check, test] = commands(Path::new("a/shop"));
        assert_eq!(
            check,
            "flowsim check a/shop/flows --fixtures a/shop/fixtures.yaml --format github"
        );
        assert_eq!(test, "flowsim test a/shop --report github");
        let [_, test] = commands(Path::new("the shop's"));
        assert_eq!(test, r#""flowsim test 'the shop'\\''s' --report github""#);
        let [_, test] = commands(Path::new("${{ x }}"));
        assert_eq!(test, r#""flowsim test '$''{{ x }}' --report github""#);
    }
}
