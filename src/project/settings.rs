//! The project file, `flowsim.toml`.

use std::path::{Path, PathBuf};

use super::setting::{KEYS, Origin, Setting};
use crate::diagnostic::{Code, Decoder, Diagnostic, Severity, nearest};
use crate::engine::misspelt_context_field;
use crate::source::{Entry, Files, Kind, Node, read_toml};

/// Name of the project file.
pub const FILE_NAME: &str = "flowsim.toml";

/// Keys that are not in [`KEYS`].
const OTHER_KEYS: [&str; 3] = ["set", "defaults", "profile"];

/// Defaults of every call, as in a scenario file.
pub(super) const CALL_KEYS: [&str; 8] =
    ["flow", "context", "variables", "at", "timeoutMs", "maxActions", "seed", "strict"];

/// Keys that exclude each other.
const EXCLUSIVE: [[&str; 2]; 1] = [["fail-fast", "max-fail"]];

/// Prefix of environment variables that set a key.
const PREFIX: &str = "FLOWSIM_";

/// The settings of a project: from the environment, the profile and the project file, in
/// this order of precedence.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The project file; `None` if it is missing.
    pub file: Option<PathBuf>,
    /// Name of the profile, if one is selected.
    pub profile: Option<String>,
    /// The keys that have a value, in the order of [`KEYS`].
    pub settings: Vec<Setting>,
    /// Values of placeholders, by name; one value each.
    pub set: Vec<Setting>,
    /// Defaults of every call: keys of a scenario file's `defaults`.
    pub defaults: Vec<(Entry<'static>, Origin)>,
    /// Warnings about the project file.
    pub warnings: Vec<Diagnostic>,
}

impl Settings {
    /// Finds the project file in a folder or the nearest of its parents.
    pub fn find(folder: &Path) -> Option<PathBuf> {
        let above = std::path::absolute(folder).ok()?.ancestors().count();
        let parents = (0..above)
            .map(|depth| (0..depth).fold(PathBuf::new(), |path, _| path.join("..")));
        let files = parents.map(|parent| folder.join(parent).join(FILE_NAME));
        files.map(|file| crate::source::plain(&file).to_owned()).find(|it| it.is_file())
    }

    /// Reads the settings of a project. `environment` returns the value of a variable.
    ///
    /// # Errors
    /// The file cannot be read, has an unknown key or a wrong value, or lacks the profile;
    /// or a variable has a wrong value.
    pub fn load(
        file: Option<&Path>,
        profile: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut settings = Self {
            file: file.map(Path::to_owned),
            profile: profile.map(str::to_owned),
            ..Self::default()
        };
        if let Some(path) = file {
            let loaded = files.load(path).map_err(|problem| vec![problem.into()])?;
            let document = read_toml(&loaded).map_err(|problem| vec![problem.into()])?;
            let mut decoder = Decoder::new(Code::INVALID_PROJECT);
            settings.read(&document, path, &mut decoder);
            let diagnostics = decoder.into_diagnostics();
            if diagnostics.iter().any(|it| it.severity == Severity::Error) {
                return Err(diagnostics);
            }
            settings.warnings = diagnostics;
        } else if let Some(profile) = profile {
            let place = files.add(FILE_NAME, "").span();
            let message = format!("there is no {FILE_NAME} with a profile `{profile}`");
            let help = "create one in this folder or one of its parents";
            let diagnostic = Diagnostic::new(Code::INVALID_PROJECT, message).at(place);
            return Err(vec![diagnostic.help(help)]);
        }
        settings.adopt_environment(environment)?;
        Ok(settings)
    }

    fn read(&mut self, document: &Node<'_>, path: &Path, decoder: &mut Decoder) {
        let folder = path.parent().unwrap_or(Path::new(""));
        let keys: Vec<&str> = KEYS.iter().map(|key| key.name).chain(OTHER_KEYS).collect();
        if decoder.object("the project file", document, &keys).is_none() {
            return;
        }
        self.read_level(document, folder, None, decoder);
        let Some(profiles) = document.get("profile") else {
            return self.missing_profile(document, &[], decoder);
        };
        if !matches!(profiles.kind, Kind::Object(_)) {
            return decoder.unexpected(
                "`profile`",
                profiles,
                "tables such as [profile.ci]",
            );
        }
        let chosen = self.profile.clone();
        for entry in profiles.entries() {
            let what = format!("the profile `{}`", entry.key);
            let own: Vec<&str> =
                keys.iter().copied().filter(|it| *it != "profile").collect();
            if decoder.object(&what, &entry.value, &own).is_none() {
                continue;
            }
            if chosen.as_deref() == Some(&*entry.key) {
                self.read_level(&entry.value, folder, Some(&entry.key), decoder);
            } else {
                // Mistakes in other profiles are reported too.
                let mut other = Self::default();
                other.read_level(&entry.value, folder, Some(&entry.key), decoder);
            }
        }
        let names: Vec<&str> = profiles.entries().iter().map(|it| &*it.key).collect();
        self.missing_profile(profiles, &names, decoder);
    }

    fn missing_profile(&self, place: &Node<'_>, names: &[&str], decoder: &mut Decoder) {
        let Some(chosen) = self.profile.as_deref() else { return };
        if names.contains(&chosen) {
            return;
        }
        let help = match nearest(chosen, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => format!("add a table [profile.{chosen}]"),
            None => format!("the profiles are {}", names.join(", ")),
        };
        let message = format!("the project file has no profile `{chosen}`");
        decoder.error(place.span, message).help = Some(help);
    }

    /// Reads the keys of the file or of a profile, which overrides the file.
    fn read_level(
        &mut self,
        node: &Node<'_>,
        folder: &Path,
        profile: Option<&str>,
        decoder: &mut Decoder,
    ) {
        let origin = |entry: &Entry<'_>| match profile {
            Some(name) => Origin::Profile(name.to_owned(), entry.key_span),
            None => Origin::File(entry.key_span),
        };
        let mut own = Vec::new();
        for key in KEYS {
            let Some(entry) = node.entry(key.name) else { continue };
            let values = key.read(&entry.value, folder, decoder);
            let key = key.name.to_owned();
            own.push(Setting { key, values, origin: origin(entry) });
        }
        for keys in EXCLUSIVE {
            let mut both = own.iter().filter(|it| keys.contains(&&*it.key) && it.is_on());
            if let (Some(one), Some(other)) = (both.next(), both.next()) {
                let message = format!("`{}` excludes `{}`", other.key, one.key);
                let place = node.entry(&other.key).map_or(node.span, |it| it.key_span);
                decoder.error(place, message).help = Some("remove one of them".into());
            }
        }
        self.adopt(own);
        for entry in node.get("set").map_or(&[][..], |it| members(it, "`set`", decoder)) {
            if let Some(text) = decoder.text_of(&entry.key, &entry.value) {
                let (key, values) = (entry.key.to_string(), vec![text.to_string()]);
                put(&mut self.set, Setting { key, values, origin: origin(entry) });
            }
        }
        let Some(defaults) = node.get("defaults") else { return };
        decoder.object("`defaults`", defaults, &CALL_KEYS);
        for entry in defaults.entries() {
            check_default(entry, decoder);
            let own = entry.to_static();
            match self.defaults.iter_mut().find(|(known, _)| known.key == own.key) {
                Some(known) => override_with(known, own, origin(entry)),
                None => self.defaults.push((own, origin(entry))),
            }
        }
    }

    fn adopt_environment(
        &mut self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), Vec<Diagnostic>> {
        let (mut own, mut wrong) = (Vec::new(), Vec::new());
        for key in KEYS {
            let name = format!("{PREFIX}{}", key.name.to_uppercase().replace('-', "_"));
            let Some(text) = environment(&name).filter(|text| !text.is_empty()) else {
                continue;
            };
            match key.of_environment(&name, &text) {
                Ok(values) => {
                    let (key, origin) = (key.name.to_owned(), Origin::Environment(name));
                    own.push(Setting { key, values, origin });
                }
                Err(diagnostic) => wrong.push(*diagnostic),
            }
        }
        self.adopt(own);
        let rank = |setting: &Setting| KEYS.iter().position(|it| it.name == setting.key);
        self.settings.sort_by_key(rank);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Adds settings that override the earlier ones.
    fn adopt(&mut self, own: Vec<Setting>) {
        for setting in own {
            let excluded = EXCLUSIVE.iter().find(|keys| keys.contains(&&*setting.key));
            if let Some(keys) = excluded.filter(|_| setting.is_on()) {
                self.settings.retain(|it| !keys.contains(&&*it.key));
            }
            match self.settings.iter_mut().find(|known| known.key == setting.key) {
                Some(known) => *known = setting,
                None => self.settings.push(setting),
            }
        }
    }

    /// Returns the fields of the context about which there is a warning.
    pub fn warned_context(&self) -> Vec<String> {
        let of_calls = self.defaults.iter().filter(|(entry, _)| entry.key == "context");
        let fields = of_calls.flat_map(|(entry, _)| entry.value.entries());
        let fields = fields.filter(|it| misspelt_context_field(&it.key).is_some());
        fields.map(|it| it.key.to_string()).collect()
    }

    /// Returns the setting of a key.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// Returns the paths of a key; wildcards are expanded.
    pub fn paths(&self, key: &str) -> Vec<PathBuf> {
        self.get(key).map(Setting::paths).unwrap_or_default()
    }
}

/// Reports a default of a call that has the wrong type.
fn check_default(entry: &Entry<'_>, decoder: &mut Decoder) {
    let name = format!("`{}`", entry.key);
    match (&*entry.key, &entry.value.kind) {
        ("context", Kind::Object(_)) => check_context(&entry.value, decoder),
        ("variables", Kind::Object(_)) | ("strict", Kind::Boolean(_)) => {}
        ("context" | "variables", _) => {
            decoder.unexpected(&name, &entry.value, "a table of names and values");
        }
        ("strict", _) => decoder.unexpected(&name, &entry.value, "true or false"),
        ("timeoutMs" | "maxActions" | "seed", Kind::Number(_)) => {}
        ("timeoutMs" | "maxActions" | "seed", _) => {
            let message =
                format!("{name} is {}, expected a number", entry.value.describe());
            let help = "write a whole number, without quotes";
            decoder.error(entry.value.span, message).help = Some(help.into());
        }
        _ => {
            decoder.text_of(&entry.key, &entry.value);
        }
    }
}

/// Reports misspelt fields of the context.
fn check_context(context: &Node<'_>, decoder: &mut Decoder) {
    for entry in context.entries() {
        if let Some(near) = misspelt_context_field(&entry.key) {
            let message = format!("unknown context field `{}`", entry.key);
            decoder.warning(entry.key_span, message, &format!("did you mean `{near}`?"));
        }
    }
}

/// Overrides a default; `context` and `variables` are merged by name.
fn override_with(
    known: &mut (Entry<'static>, Origin),
    own: Entry<'static>,
    origin: Origin,
) {
    let earlier = match &known.0.value.kind {
        Kind::Object(entries) => entries.clone(),
        _ => Vec::new(),
    };
    *known = (own, origin);
    if let Kind::Object(entries) = &mut known.0.value.kind {
        let has =
            |entries: &[Entry<'_>], key: &str| entries.iter().any(|it| it.key == key);
        for entry in earlier {
            if !has(entries, &entry.key) {
                entries.push(entry);
            }
        }
    }
}

fn members<'n, 's>(
    node: &'n Node<'s>,
    what: &str,
    decoder: &mut Decoder,
) -> &'n [Entry<'s>] {
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected(what, node, "a table of names and values");
    }
    node.entries()
}

/// Adds a value, or replaces the one with its key.
fn put(settings: &mut Vec<Setting>, setting: Setting) {
    match settings.iter_mut().find(|known| known.key == setting.key) {
        Some(known) => *known = setting,
        None => settings.push(setting),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
flows = ["flows", "more/*.yaml"]
fixtures = "org.yaml"
jobs = 2
[set]
queue = "Support"
name = "Main"
[defaults]
context = { from = "+15551234567", channel = "voice" }
strict = true
[profile.ci]
jobs = 4
report = ["junit=out/junit.xml", "github"]
coverage-min = { nodes = 90, paths = 80 }
set = { queue = "Sales" }
defaults = { context = { from = "+15550000000" } }
"#;

    fn load(text: &str, profile: Option<&str>) -> Result<Settings, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        let environment = |name: &str| (name == "FLOWSIM_TAG").then(|| "a, b".to_owned());
        Settings::load(Some(&path), profile, &environment, &mut Files::new()).map_err(
            |found| {
                let line = |it: Diagnostic| {
                    format!("{}|{}", it.message, it.help.as_deref().unwrap_or(""))
                };
                found.into_iter().map(line).collect()
            },
        )
    }

    #[test]
    fn a_profile_overrides_the_file_and_the_environment_both() {
        let plain = load(FILE, None).unwrap();
        assert_eq!(plain.get("jobs").unwrap().values, ["2"]);
        assert!(plain.get("report").is_none());
        assert_eq!(plain.get("tag").unwrap().values, ["a", "b"]);
        let ci = load(FILE, Some("ci")).unwrap();
        assert_eq!(ci.get("jobs").unwrap().values, ["4"]);
        let report = &ci.get("report").unwrap().values;
        assert!(
            report[0].starts_with("junit=/") && report[0].ends_with("/out/junit.xml")
        );
        assert_eq!(report[1], "github");
        assert_eq!(ci.get("coverage-min").unwrap().values, ["nodes=90,paths=80"]);
        let set: Vec<_> = ci.set.iter().map(|it| (&*it.key, &*it.values[0])).collect();
        assert_eq!(set, [("queue", "Sales"), ("name", "Main")]);
        let (context, origin) = &ci.defaults[0];
        let number = context.value.get("from").and_then(Node::as_str);
        assert_eq!(number, Some("+15550000000"));
        assert_eq!(context.value.get("channel").and_then(Node::as_str), Some("voice"));
        assert!(matches!(origin, Origin::Profile(name, _) if name == "ci"));
    }

    #[test]
    fn mistakes_are_reported_with_the_probable_correction() {
        assert_eq!(
            load("flow = []\n[profile.ci]\njob = 1\n[defaults]\nstrict = 1\n", None)
                .unwrap_err(),
            [
                "the project file has no key `flow`|did you mean `flows`?",
                "`strict` is a number, expected true or false|",
                "the profile `ci` has no key `job`|did you mean `jobs`?",
            ]
        );
        assert_eq!(
            load(&FILE.replace("ci]", "production]"), Some("productoin")).unwrap_err(),
            ["the project file has no profile `productoin`|did you mean `production`?"]
        );
    }

    #[test]
    fn the_nearest_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
        let found = Settings::find(&deep).unwrap();
        assert_eq!(found, deep.join("../..").join(FILE_NAME));
    }
}
