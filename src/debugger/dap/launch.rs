//! Attributes of the request `launch`.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value as Document};

use crate::debugger::{Launch, Origin};
use crate::engine::Limits;
use crate::runner::ProjectContext;
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Input;

/// A launch, and how the session behaves.
#[derive(Debug, Clone)]
pub(super) struct Attributes {
    pub(super) launch: Launch,
    /// Whether the call stops before its first action.
    pub(super) stop_on_entry: bool,
    /// Whether the session stays at the end of the call, so that one can step back.
    pub(super) stop_at_end: bool,
    /// Whether nothing stops the call but a question.
    pub(super) no_debug: bool,
}

impl Attributes {
    /// Reads the attributes. Unknown ones are ignored, because editors add some.
    ///
    /// # Errors
    /// An attribute has a wrong value; the message says what was expected.
    pub(super) fn read(
        arguments: &Document,
        project: &Arc<ProjectContext>,
    ) -> Result<Self, String> {
        let empty = Map::new();
        let given = Given(arguments.as_object().unwrap_or(&empty));
        let folder = PathBuf::from(given.text("cwd")?.unwrap_or_default());
        let path = |text: String| folder.join(text);
        let paths =
            |key| Ok::<_, String>(given.list(key)?.into_iter().map(path).collect());
        let file = |key| Ok::<_, String>(given.text(key)?.map(path));
        let mut project = ProjectContext::clone(project);
        project.placeholders.values.splice(0..0, given.strings("set")?);
        let mut flows: Vec<PathBuf> = paths("flow")?;
        if flows.is_empty() {
            flows.clone_from(&project.defaults.flows);
        }
        let mut fixtures = project.defaults.fixtures.clone();
        fixtures.extend::<Vec<PathBuf>>(paths("fixtures")?);
        let origin =
            origin(&given, file("test")?, file("recording")?, file("exploration")?)?;
        let launch = Launch {
            flows,
            fixtures,
            start: given.text("start")?,
            context: given.values("context")?,
            variables: given.values("variables")?,
            at: given.time("at")?,
            seed: given.number("seed", i64::MAX)?.unwrap_or_default().unsigned_abs(),
            max_actions: given
                .number("maxActions", Limits::MOST_ACTIONS.into())?
                .and_then(|number| u32::try_from(number).ok()),
            inputs: given.inputs()?,
            origin,
            project: Arc::new(project),
        };
        let no_debug = given.truth("noDebug")?.unwrap_or(false);
        Ok(Self {
            launch,
            stop_on_entry: given.truth("stopOnEntry")?.unwrap_or(false) && !no_debug,
            stop_at_end: given.truth("stopAtEnd")?.unwrap_or(!no_debug),
            no_debug,
        })
    }
}

fn origin(
    given: &Given<'_>,
    test: Option<PathBuf>,
    recording: Option<PathBuf>,
    exploration: Option<PathBuf>,
) -> Result<Origin, String> {
    let count = [&test, &recording, &exploration].into_iter().flatten().count();
    if count > 1 {
        return Err("`test`, `recording` and `exploration` exclude each other".into());
    }
    // Editors give every configuration a `name`, which need not be meant for an
    // exploration.
    Ok(match (test, recording, exploration) {
        (Some(file), ..) => {
            let name = given.text("testName")?;
            Origin::Test(file, name.or(given.text("name")?))
        }
        (_, Some(file), _) => Origin::Recording(file),
        (.., Some(file)) => Origin::Exploration(file, given.text("action")?),
        _ => Origin::Flow,
    })
}

/// The attributes as the editor gives them.
struct Given<'g>(&'g Map<String, Document>);

impl Given<'_> {
    fn get(&self, key: &str) -> Option<&Document> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<String>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| expected(key, "a string"))?;
        Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
    }

    /// One string or a list of strings.
    fn list(&self, key: &str) -> Result<Vec<String>, String> {
        let wrong = || expected(key, "a string or a list of strings");
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Document::String(one)) => Ok(vec![one.clone()]),
            Some(Document::Array(items)) => {
                let strings = items.iter().map(|it| it.as_str().map(str::to_owned));
                strings.collect::<Option<_>>().ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    fn truth(&self, key: &str) -> Result<Option<bool>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| expected(key, "true or false"))
    }

    fn number(&self, key: &str, most: i64) -> Result<Option<i64>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_i64().filter(|number| (0..=most).contains(number));
        let what = format!("a whole number from 0 to {most}");
        number.map(Some).ok_or_else(|| expected(key, &what))
    }

    fn time(&self, key: &str) -> Result<Option<DateTime>, String> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let what = "a time such as 2026-01-05T09:00:00Z";
        DateTime::parse(&text).map(Some).ok_or_else(|| expected(key, what))
    }

    fn entries(&self, key: &str) -> Result<Vec<(&String, &Document)>, String> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Document::Object(entries)) => Ok(entries.iter().collect()),
            Some(_) => Err(expected(key, "an object")),
        }
    }

    fn values(&self, key: &str) -> Result<Vec<(Text, Value)>, String> {
        let values = self.entries(key)?.into_iter().map(|(name, value)| {
            let json = Json::parse(&value.to_string()).unwrap_or_default();
            (Text::from(name.as_str()), Value::from(json))
        });
        Ok(values.collect())
    }

    fn strings(&self, key: &str) -> Result<Vec<(String, String)>, String> {
        let strings = self.entries(key)?.into_iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
        Ok(strings.collect())
    }

    /// The caller's inputs: strings in the notation of `flowsim run --input`, numbers, or
    /// `null` for silence.
    fn inputs(&self) -> Result<Vec<Input>, String> {
        let items = match self.get("input") {
            None => return Ok(Vec::new()),
            Some(Document::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let inputs = items.iter().map(|item| match item {
            Document::Null => Ok(Input::Silence),
            Document::String(text) => Input::parse(text),
            Document::Number(number) => Input::parse(&number.to_string()),
            _ => Err(expected("input", "a list of strings")),
        });
        inputs.collect()
    }
}

fn expected(key: &str, what: &str) -> String {
    format!("`{key}` must be {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(arguments: &Document) -> Result<Attributes, String> {
        Attributes::read(arguments, &Arc::default())
    }

    #[test]
    fn attributes_are_read() {
        let arguments = json!({
            "type": "flowsim", "name": "A", "flow": "a.yaml", "cwd": "/flows",
            "input": ["1", null, 2], "context": {"from": "+1"}, "stopOnEntry": true,
            "fixtures": ["f.yaml"], "maxActions": 5, "__sessionId": "x",
        });
        let Attributes { launch, stop_on_entry, stop_at_end, .. } =
            read(&arguments).unwrap();
        assert_eq!(launch.flows, [PathBuf::from("/flows/a.yaml")]);
        assert_eq!(launch.fixtures, [PathBuf::from("/flows/f.yaml")]);
        let keys = |text: &str| Input::Keys(text.into());
        assert_eq!(launch.inputs, [keys("1"), Input::Silence, keys("2")]);
        assert_eq!(launch.context, [("from".into(), Value::from("+1"))]);
        assert_eq!(launch.origin, Origin::Flow);
        assert_eq!(launch.max_actions, Some(5));
        assert!(stop_on_entry && stop_at_end);
        let test = read(&json!({"test": "a.test.yaml", "name": "one"})).unwrap();
        let expected = Origin::Test("a.test.yaml".into(), Some("one".into()));
        assert_eq!(test.launch.origin, expected);
    }

    #[test]
    fn wrong_attributes_are_explained() {
        for (arguments, message) in [
            (json!({"flow": 1}), "`flow` must be a string or a list of strings"),
            (json!({"stopOnEntry": "yes"}), "`stopOnEntry` must be true or false"),
            (json!({"at": "noon"}), "`at` must be a time such as 2026-01-05T09:00:00Z"),
            (json!({"context": []}), "`context` must be an object"),
            (json!({"seed": -1}), "`seed` must be a whole number from 0 to"),
            (json!({"test": "a", "recording": "b"}), "exclude each other"),
        ] {
            let problem = read(&arguments).unwrap_err();
            assert!(problem.contains(message), "{problem}");
        }
    }
}
