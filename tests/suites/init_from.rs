//! `flowsim init --from`, `flowsim fixtures missing`, and the guide that uses them.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::Path;
use std::process::Command;

const FLOW: &str = "inboundCall:
  name: \"{{flow_name}}\"
  startUpRef: ./tasks/task[main]
  variables:
    - decimalVariable: {name: Flow.balance, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.queue, initialValue: {noValue: true}}
    - stringVariable: {name: Flow.tier, initialValue: {noValue: true}}
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Greet, audio: {exp: Prompt.Welcome}}
          - playAudio: {name: Music, audio: {exp: PromptSystem.on_hold_music}}
          - playAudio: {name: Number, audio: {exp: Call.Ani}}
          - getResponse: {name: Canned, responseText: {var: Flow.tier}}
          - getParticipantData:
              name: Tier
              attributes:
                - attribute: {name: {lit: tier}, variable: Flow.tier}
          - callData:
              name: Balance
              category:
                Banking:
                  dataAction:
                    Get Balance:
                      inputs: {}
                      successOutputs: {account.balance: {var: Flow.balance}}
          - dataTableLookup:
              name: Find
              lookupValue: {lit: \"1\"}
              dataTable: {Routes: {foundOutputs: {Queue: {var: Flow.queue}}}}
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Support}}}
          - transferToAcd: {name: Other, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: End}
";

const TERRAFORM: &str = r#"
resource "genesyscloud_routing_queue" "sales" { name = "Sales" }
resource "genesyscloud_flow_outcome" "done" { name = "Done" }
resource "genesyscloud_knowledge_knowledgebase" "answers" { name = "Answers" }
resource "genesyscloud_flow" "main" {
  filepath      = "../flows/main.yaml"
  substitutions = { flow_name = "Main", other = var.nothing }
}
"#;

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("flows/main.yaml", FLOW),
        ("exports/copy.yaml", &FLOW.replace("{{flow_name}}", "Main")),
        ("terraform/main.tf", TERRAFORM),
        ("README.md", "# Nothing"),
        (".git/HEAD", ""),
    ] {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn flowsim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).env_remove("CLICOLOR_FORCE");
    let output = command.args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_repository_becomes_a_project_in_which_flows_run() {
    let repository = repository();
    let root = repository.path();
    let (code, out, err) = flowsim(root, &["init", "--from", "."]);
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    insta::assert_snapshot!("report", out);
    insta::assert_snapshot!("project", read(root, "flowsim/flowsim.toml"));
    insta::assert_snapshot!("fixtures", read(root, "flowsim/fixtures.yaml"));
    let project = root.join("flowsim");
    let (code, out, err) = flowsim(&project, &["check"]);
    assert_eq!((code, &*out, &*err), (Some(0), "", "no findings\n"));
    let (code, out, err) = flowsim(&project, &["run", "--flow", "Main"]);
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    assert!(out.contains("routed to Support"), "{out}");
    let (code, out, err) = flowsim(&project, &["fixtures", "missing"]);
    assert_eq!(
        (code, &*err),
        (Some(0), "nothing is missing; flows read 2 fields of the context of a call\n"),
        "{out}"
    );
    assert!(out.contains("tier") && out.contains("from"), "{out}");
}

#[test]
fn a_second_run_adds_only_new_entries() {
    let repository = repository();
    let root = repository.path();
    flowsim(root, &["init", "--from", "."]);
    let first = read(root, "flowsim/fixtures.yaml");
    let (code, out, _) = flowsim(root, &["init", "--from", "."]);
    assert_eq!(code, Some(0));
    assert!(out.contains("kept     flowsim/flowsim.toml"), "{out}");
    assert!(out.contains("kept     flowsim/fixtures.yaml\n"), "{out}");
    assert_eq!(read(root, "flowsim/fixtures.yaml"), first);
    // The author's changes stay.
    let own = first.replace("name: \"Support\"", "name: \"Support\", answerAfterMs: 5");
    assert_ne!(own, first);
    write(root, "flowsim/fixtures.yaml", &own);
    let more = FLOW.replace("{name: Support}", "{name: Billing}");
    write(root, "flows/more.yaml", &more.replace("{{flow_name}}", "More"));
    let (_, out, _) = flowsim(root, &["init", "--from", "."]);
    assert!(
        out.contains("added to flowsim/fixtures.yaml: 1 in queues, 1 in actions"),
        "{out}"
    );
    let added = read(root, "flowsim/fixtures.yaml");
    assert!(added.contains("answerAfterMs: 5"), "{added}");
    assert_eq!(added.matches("Billing").count(), 1, "{added}");
    let lines = [
        "  - {name: \"Billing\"}  # flows/more.yaml:33\n",
        "  \"More/Canned\": {path: \"success\", outputs: {responseText: \"responseText\"}}  \
         # flows/more.yaml:16\n",
    ];
    let without = lines.iter().fold(added, |text, line| text.replace(line, ""));
    assert_eq!(without, own);
}

#[test]
fn missing_fixtures_are_listed_as_json() {
    let repository = repository();
    let arguments =
        ["fixtures", "missing", "flows", "--terraform", "terraform", "--format", "json"];
    let (code, out, _) = flowsim(repository.path(), &arguments);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["schema"], "flowsim.missing/1");
    let entries = json["missing"].as_array().unwrap();
    let names: Vec<String> = entries
        .iter()
        .map(|it| {
            format!(
                "{} {}",
                it["section"].as_str().unwrap(),
                it["name"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            "queues Support",
            "prompts Welcome",
            "systemPrompts on_hold_music",
            "dataTables Routes",
            "dataActions Get Balance",
            "actions Main/Canned",
            "context from",
            "participantData tier",
        ]
    );
    assert_eq!(
        entries[4]["value"],
        serde_json::json!({"output": {"account": {"balance": 1}}})
    );
    assert_eq!(
        entries[5]["value"],
        serde_json::json!({"path": "success", "outputs": {"responseText": "responseText"}})
    );
    assert_eq!(entries[0]["line"], 33);
}

#[test]
fn a_folder_without_flows_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = flowsim(folder.path(), &["init", "--from", "."]);
    assert_eq!(code, Some(4), "{err}");
    assert!(err.contains("no flows in `.`"), "{err}");
    assert!(!folder.path().join("flowsim").exists());
    let (code, ..) = flowsim(folder.path(), &["init", "--from", "gone"]);
    assert_eq!(code, Some(3));
}

/// Draft flows need fixtures too.
#[test]
fn draft_flows_become_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let flow = r#"{"name": "Draft", "type": "inbound", "draft": {"startNode": "Route", "nodes": {
        "Route": {"id": "Route", "type": "Route", "properties": {"queueId": "support"},
          "onComplete": "End"},
        "End": {"id": "End", "type": "End", "properties": {"endType": "normal"}}}}}"#;
    write(folder.path(), "flows/draft.json", flow);
    let (code, out, err) = flowsim(folder.path(), &["init", "--from", ".", "project"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("1 in queues"), "{out}");
    let (code, out, err) = flowsim(&folder.path().join("project"), &["run"]);
    assert_eq!(code, Some(0), "{out}{err}");
}

/// Runs the commands of docs/from-your-repository.md in the repository that the page
/// describes. Blocks in `sh` are commands; a comment `# exit N` is the exit code. Blocks in
/// YAML and HCL with a file name in their first comment are files.
#[test]
fn the_commands_of_the_guide_work() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/from-your-repository.md");
    let text = fs::read_to_string(page).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let mut place = folder.path().to_owned();
    let mut commands = 0;
    for block in text.split("\n```").collect::<Vec<_>>().chunks(2) {
        let [_, block] = block else { continue };
        let (language, content) = block.split_once('\n').unwrap();
        if let Some(name) =
            content.lines().next().and_then(|it| it.strip_prefix("# file: "))
        {
            write(&place, name, &format!("{content}\n"));
            continue;
        }
        for line in content.lines().filter(|_| language == "sh") {
            if let Some(folder) = line.strip_prefix("cd ") {
                place = place.join(folder);
                continue;
            }
            let (command, expected) = line.split_once("  # exit ").unwrap_or((line, "0"));
            let arguments = words(command.strip_prefix("flowsim ").unwrap());
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (code, out, err) = flowsim(&place, &arguments);
            let expected = expected.split(':').next().unwrap().trim().parse().ok();
            assert_eq!(code, expected, "{line}\n{out}{err}");
            commands += 1;
        }
    }
    assert!(commands >= 7, "{commands} commands");
}

/// Splits a command at blanks outside of quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut is_quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A file that is not Terraform is reported with its line, by `init` and by every command that
/// reads the folder. A repository may lack a `.git`, and flows may be beside the module.
#[test]
fn a_broken_file_of_terraform_is_reported() {
    let folder = repository();
    fs::remove_dir_all(folder.path().join(".git")).unwrap();
    write(folder.path(), "project/README.md", "");
    let project = folder.path().join("project");
    let (code, out, error) =
        flowsim(&project, &["check", "--terraform", "../terraform", "../flows"]);
    assert_eq!(
        (code, out.contains("TERRAFORM_SYNTAX")),
        (Some(0), false),
        "{out}{error}"
    );
    let broken =
        "resource \"genesyscloud_user\" \"ann\" { name = \"Ann\" email = \"a\" }\n";
    write(folder.path(), "terraform/broken.tf", broken);
    let (code, out, error) =
        flowsim(&project, &["check", "--terraform", "../terraform", "../flows"]);
    assert_eq!(code, Some(3), "{out}{error}");
    assert!(out.contains("TERRAFORM_SYNTAX"), "{out}{error}");
    assert!(out.contains("broken.tf:1:51"), "{out}{error}");
    fs::remove_file(folder.path().join("terraform/main.tf")).unwrap();
    let (_, out, error) = flowsim(folder.path(), &["init", "--from", "."]);
    assert!(out.contains("terraform/broken.tf:1"), "{out}");
    assert!(error.contains("terraform/broken.tf:1:51"), "{error}");
    assert!(error.contains("email = \"a\""), "{error}");
    assert!(error.contains("help: correct this file"), "{error}");
}

/// Terraform may be in the working folder itself. A copy names the file that is kept.
#[test]
fn a_repository_may_have_its_terraform_at_the_top() {
    let folder = tempfile::tempdir().unwrap();
    let queue = "resource \"genesyscloud_routing_queue\" \"q\" { name = \"Support\" }\n";
    write(folder.path(), "main.tf", queue);
    let flow = FLOW.replace("{{flow_name}}", "Main");
    write(folder.path(), "flows/a.yaml", &flow);
    write(folder.path(), "flows/b.yaml", &flow);
    let (code, out, error) = flowsim(folder.path(), &["init", "--from", "."]);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("1 queue"), "{out}");
    assert!(
        out.contains("left out flows/b.yaml: flows/a.yaml has the same flow"),
        "{out}"
    );
}
