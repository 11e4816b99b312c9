//! Scenario files and fixtures: completion, explanations, definitions.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::{Editor, address, labels};
use super::{FLOW, codes};

const SCENARIO: &str = "\
flows: desk.yaml
fixtures: world.yaml
tests:
  - name: passes
    flow: Front desk
    expect:
      status: completed
      path:
        - Hello
      routing: {queueName: Support}
      variables:
        Flow.language: de
";

const WORLD: &str = "\
queues:
  - name: Support
    agents: [{name: Ada}]
dataActions:
  Get Customer: {output: {name: Ada}}
";

/// The flow with a queue that fixtures lack, and an action with outputs.
fn flow() -> String {
    let transfer = "- transferToAcd:\n              name: To sales\n              \
                    targetQueue:\n                lit:\n                  name: Sales\n          \
                    - disconnect:";
    FLOW.replace("- disconnect:", transfer)
}

struct Desk {
    folder: tempfile::TempDir,
    editor: Editor,
    test: PathBuf,
}

impl Desk {
    /// Opens the scenario file of a flow and fixtures.
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("desk.yaml"), flow()).unwrap();
        fs::write(folder.path().join("world.yaml"), WORLD).unwrap();
        let other =
            flow().replace("Front desk", "Back office").replace("Hello", "Bonjour");
        fs::write(folder.path().join("other.yaml"), other).unwrap();
        let test = folder.path().join("a.test.yaml");
        fs::write(&test, SCENARIO).unwrap();
        let mut editor = Editor::start(folder.path());
        assert_eq!(editor.open(&test, SCENARIO), json!([]));
        Self { folder, editor, test }
    }

    /// Replaces a part of the scenario, and completes after the new part.
    fn completed(&mut self, old: &str, new: &str) -> Value {
        self.editor.replace(&self.test, old, new);
        let place = self.editor.at(&self.test, new, 0);
        self.editor.request("textDocument/completion", place)
    }

    fn at(&mut self, method: &str, needle: &str) -> Value {
        let place = self.editor.at(&self.test, needle, 0);
        self.editor.request(&format!("textDocument/{method}"), place)
    }

    fn explanation(&mut self, needle: &str) -> String {
        let hover = self.at("hover", needle);
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The file and the line of the only definition.
    fn definition(&mut self, needle: &str) -> (String, u64) {
        let found = self.at("definition", needle);
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        let file = found[0]["uri"].as_str().unwrap().rsplit('/').next().unwrap();
        let line = found[0]["range"]["start"]["line"].as_u64().unwrap();
        (file.to_owned(), line + 1)
    }
}

#[test]
fn keys_words_and_names_of_a_scenario_are_completed() {
    let mut desk = Desk::open();
    let items = desk.completed("    flow: Front desk", "    fl");
    assert!(labels(&items).contains(&"flow"), "{items}");
    assert!(!labels(&items).contains(&"queueName"), "{items}");
    let flow = items.as_array().unwrap().iter().find(|it| it["label"] == "flow").unwrap();
    assert_eq!(flow["textEdit"]["newText"], "flow:");
    assert!(flow["documentation"].as_str().unwrap().starts_with("Flow to start"));
    desk.completed("    fl", "    flow: Front desk");

    let items = desk.completed("status: completed", "status: ");
    assert_eq!(labels(&items), ["completed", "error", "timeout"]);
    desk.completed("status: ", "status: completed");
    let items = desk.completed("flow: Front desk", "flow: ");
    assert_eq!(labels(&items), ["Front desk"], "only the flows that the file names");
    desk.completed("flow: ", "flow: Front desk");

    let items = desk.completed("- Hello", "- Go");
    for name in ["Front desk", "Start", "Go on", "To sales", "Goodbye"] {
        assert!(labels(&items).contains(&name), "{name}: {items}");
    }
    assert!(!labels(&items).contains(&"Bonjour"), "{items}");
    desk.completed("- Go", "- Hello");
    let items = desk.completed("{queueName: Support}", "{queueName: S");
    assert_eq!(labels(&items), ["Support", "Sales"]);
    desk.completed("{queueName: S", "{queueName: Support}");
    let items = desk.completed("        Flow.language: de", "        Fl");
    assert!(labels(&items).contains(&"Flow.language"), "{items}");
    let items = desk.completed("        Fl", "    calls: [Get");
    assert!(labels(&items).contains(&"Get Customer"), "{items}");
    let items = desk.completed("    calls: [Get", "    context: {");
    assert!(labels(&items).len() > 3, "the fields of contexts: {items}");
    assert_eq!(desk.editor.end(), 0);
}

#[test]
fn names_of_a_scenario_are_explained_and_lead_to_their_definitions() {
    let mut desk = Desk::open();
    let status = desk.explanation("stat");
    assert!(status.contains("Final status of the call."), "{status}");
    assert!(status.contains("One of `completed`, `error`, `timeout`"), "{status}");
    let queue = desk.explanation("queueNa");
    assert!(queue.contains("Name of the queue"), "{queue}");
    assert!(!queue.contains("One of"), "a name is not one of the words: {queue}");
    let hello = desk.explanation("- Hel");
    assert!(
        hello.contains("playAudio of `Front desk` (`desk.yaml`, line 15)"),
        "{hello}"
    );
    let queue = desk.explanation("Suppo");
    assert!(queue.contains("`queues` of `world.yaml`, line 2"), "{queue}");
    assert_eq!(desk.definition("- Hel"), ("desk.yaml".into(), 15));
    assert_eq!(desk.definition("flow: Front"), ("desk.yaml".into(), 2));
    assert_eq!(desk.definition("Suppo"), ("world.yaml".into(), 2));
    assert_eq!(desk.definition("Flow.lang"), ("desk.yaml".into(), 7));
    assert_eq!(desk.definition("fixtures: wor"), ("world.yaml".into(), 1));
    assert_eq!(desk.at("hover", "- name: pass"), Value::Null);
    assert_eq!(desk.at("definition", "status: com"), json!([]));
    desk.editor.replace(&desk.test, "queueName: Support", "queueName: Sales");
    let (file, _) = desk.definition("queueName: Sal");
    assert_eq!(file, "desk.yaml", "the use, because no fixtures define it");
    assert_eq!(desk.editor.end(), 0);
}

#[test]
fn the_outline_has_tests_and_entries_of_fixtures() {
    let mut desk = Desk::open();
    let outline = |desk: &mut Desk, path: &Path| {
        let document = json!({"textDocument": {"uri": address(path)}});
        let symbols = desk.editor.request("textDocument/documentSymbol", document);
        let symbols = symbols.as_array().unwrap().iter();
        let shown = symbols.map(|it| {
            let last = it["range"]["end"]["line"].as_u64().unwrap() + 1;
            let text = |key: &str| it[key].as_str().unwrap().to_owned();
            format!("{} {} to line {last}", text("detail"), text("name"))
        });
        shown.collect::<Vec<_>>()
    };
    let test = desk.test.clone();
    assert_eq!(outline(&mut desk, &test), ["test passes to line 12"]);
    let world = desk.folder.path().join("world.yaml");
    desk.editor.open(&world, WORLD);
    assert_eq!(
        outline(&mut desk, &world),
        ["queues Support to line 3", "dataActions Get Customer to line 5"]
    );
    assert_eq!(desk.editor.end(), 0);
}

#[test]
fn fixtures_are_completed_with_the_names_that_flows_use() {
    let mut desk = Desk::open();
    let world = desk.folder.path().join("world.yaml");
    let text = format!("{WORLD}actions:\n  To sales: {{path: x}}\nskills:\n");
    let problems = desk.editor.open(&world, &text);
    assert_eq!(problems, json!([]), "a scenario file names it, so it is fixtures");
    let complete = |desk: &mut Desk, old: &str, new: &str| {
        desk.editor.replace(&world, old, new);
        let place = desk.editor.at(&world, new, 0);
        desk.editor.request("textDocument/completion", place)
    };
    let items = complete(&mut desk, "- name: Support", "- name: S");
    assert!(labels(&items).contains(&"Sales"), "{items}");
    let items = complete(&mut desk, "path: x", "path: ");
    assert_eq!(labels(&items), ["failure"], "{items}");
    let items = complete(&mut desk, "skills:", "pol");
    assert!(labels(&items).contains(&"policies"), "{items}");
    let problems = desk.editor.replace(&world, "pol", "polices: {}");
    assert_eq!(codes(&problems), ["INVALID_FIXTURES"], "{problems}");
    assert_eq!(desk.editor.end(), 0);
}
