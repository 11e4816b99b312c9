//! Names of the organisation in flows: from fixtures and Terraform.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::client::{Editor, labels};
use super::{FLOW, codes};

const WORLD: &str = "\
queues:
  - name: Support
  - name: Sales & Service
dataActions:
  Get Customer: {output: {name: Ada}}
dataTables:
  Opening hours: {key: string, rows: []}
";

const TERRAFORM: &str = r#"
resource "genesyscloud_routing_queue" "billing" {
  name = "Billing"
}
resource "genesyscloud_flow" "desk" {
  filepath      = "../desk.yaml"
  substitutions = { language = "Upper(Flow.langage)" }
}
"#;

/// A transfer to a queue, and a lookup in a data table.
const ACTIONS: &str = "\
- transferToAcd:
              name: Transfer
              targetQueue:
                lit:
                  name: Support
          - dataTableLookup:
              name: Lookup
              lookupValue: {lit: x}
              dataTable:
                Opening hours:
                  foundOutputs:
          - disconnect:";

struct Desk {
    _folder: tempfile::TempDir,
    editor: Editor,
    path: PathBuf,
    problems: Value,
}

impl Desk {
    fn open(flow: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let project = "flows = [\"desk.yaml\"]\nfixtures = [\"world.yaml\"]\n\
                       terraform = [\"terraform\"]\n";
        write("flowsim.toml", project);
        write("world.yaml", WORLD);
        write("terraform/main.tf", TERRAFORM);
        let path = write("desk.yaml", flow);
        let mut editor = Editor::start(folder.path());
        let problems = editor.open(&path, flow);
        Self { _folder: folder, editor, path, problems }
    }

    /// Replaces a part of the flow, and completes after the new part.
    fn completed(&mut self, old: &str, new: &str) -> Value {
        self.editor.replace(&self.path, old, new);
        self.at("completion", new)
    }

    fn at(&mut self, method: &str, needle: &str) -> Value {
        let place = self.editor.at(&self.path, needle, 0);
        self.editor.request(&format!("textDocument/{method}"), place)
    }

    /// The explanation of a name, and the file and line of its definition.
    fn known(&mut self, needle: &str) -> (String, String) {
        let hover = self.at("hover", needle)["contents"]["value"].clone();
        let found = self.at("definition", needle);
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        let file = found[0]["uri"].as_str().unwrap().rsplit('/').next().unwrap();
        let line = found[0]["range"]["start"]["line"].as_u64().unwrap() + 1;
        (hover.as_str().unwrap_or_default().to_owned(), format!("{file}:{line}"))
    }
}

#[test]
fn names_of_a_flow_are_explained_and_lead_to_fixtures_and_terraform() {
    let mut desk = Desk::open(&FLOW.replace("- disconnect:", ACTIONS));
    assert_eq!(desk.problems, json!([]));
    let (support, place) = desk.known("name: Supp");
    assert!(support.starts_with("**Support**"), "{support}");
    assert!(support.contains("`queues` of `world.yaml`, line 2"), "{support}");
    assert_eq!(place, "world.yaml:2");
    let (table, place) = desk.known("Opening ho");
    assert!(table.contains("`dataTables` of `world.yaml`, line 7"), "{table}");
    assert_eq!(place, "world.yaml:7");
    desk.editor.replace(&desk.path, "name: Support", "name: billing");
    let (billing, place) = desk.known("name: bill");
    assert!(billing.contains("`queues` of `main.tf`, line 2"), "{billing}");
    assert_eq!(place, "main.tf:2", "names have no case");
    desk.editor.replace(&desk.path, "name: billing", "name: Nobody");
    assert_eq!(desk.at("definition", "name: Nob"), json!([]));
    assert_eq!(desk.editor.end(), 0);
}

#[test]
fn names_of_a_flow_are_completed_from_fixtures_and_terraform() {
    let mut desk = Desk::open(&FLOW.replace("- disconnect:", ACTIONS));
    let items = desk.completed("name: Support", "name: Su");
    let mut names = labels(&items);
    names.sort_unstable();
    assert_eq!(names, ["Billing", "Sales & Service", "Support"]);
    let item = |name: &str| {
        let mut items = items.as_array().unwrap().iter();
        items.find(|it| it["label"] == name).unwrap()["textEdit"]["newText"].clone()
    };
    assert_eq!(item("Support"), "Support");
    assert_eq!(item("Sales & Service"), "\"Sales & Service\"", "YAML needs quotes");
    // The same in one line.
    let block = "targetQueue:\n                lit:\n                  name: Su";
    let items = desk.completed(block, "targetQueue: {lit: {name: Su");
    assert_eq!(labels(&items).len(), 3, "{items}");
    desk.completed("{name: Su", "{name: Support}}");
    let items = desk.completed("                Opening hours:", "                Op");
    assert_eq!(labels(&items), ["Opening hours"]);
    assert_eq!(items[0]["textEdit"]["newText"], "Opening hours:");
    let items = desk.completed("lit: de", "lit: S");
    assert!(!labels(&items).contains(&"Support"), "a string is not a queue: {items}");
    assert_eq!(desk.editor.end(), 0);
}

#[test]
fn placeholders_have_the_values_of_terraform() {
    let flow = FLOW.replace("Upper(Flow.language)", "{{language}}");
    let desk = Desk::open(&flow);
    assert_eq!(codes(&desk.problems), ["UNKNOWN_VARIABLE"], "{}", desk.problems);
    assert_eq!(desk.editor.end(), 0);
}
