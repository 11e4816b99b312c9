//! Terraform of CX as Code: the organisation, the placeholders and the routes of a
//! repository. *Source: the documented resources of the provider `genesyscloud`.*

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flowsim::project::Terraform;
use flowsim::source::Files;

pub(super) const FLOW: &str = "inboundCall:
  name: \"{{flow_name}}\"
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Greet, audio: {tts: \"{{greeting}}\"}}
          - transferToAcd:
              name: Route
              targetQueue: {lit: {name: \"{{queue}}\"}}
          - disconnect: {name: End}
";

/// A repository with the forms that people write.
const FILES: [(&str, &str); 9] = [
    ("flows/main.yaml", FLOW),
    (
        "terraform/main.tf",
        r#"
terraform {
  required_version = ">= 1.5"
}
module "queues" {
  source = "./modules/queues"
  names  = var.queues
  agent  = genesyscloud_user.ann.id
}
resource "genesyscloud_user" "ann" {
  name  = "Ann"
  email = "ann@example.com"
  routing_skills {
    skill_id    = genesyscloud_routing_skill.billing.id
    proficiency = 4
  }
}
resource "genesyscloud_routing_skill" "billing" { name = title("billing") }
resource "genesyscloud_flow" "main" {
  for_each          = { day = "Welcome.", night = "We are closed." }
  filepath          = "../flows/main.yaml"
  file_content_hash = filesha256("../flows/main.yaml")
  substitutions = {
    flow_name = format("Main %s", each.key)
    greeting  = each.value
    queue     = module.queues.names[0]
    secret    = data.aws_secret.x.value
  }
}
"#,
    ),
    (
        "terraform/variables.tf",
        "variable \"queues\" {\n  type = list(string)\n  default = [\"None\"]\n}\n\
         variable \"prefix\" { default = \"P\" }\nvariable \"missing\" {}\n",
    ),
    ("terraform/terraform.tfvars", "queues = [\"Support\", \"Sales\"]\n"),
    (
        "terraform/modules/queues/main.tf",
        r#"
variable "names" {}
variable "agent" {}
resource "genesyscloud_routing_queue" "queue" {
  count = length(var.names)
  name  = var.names[count.index]
  dynamic "members" {
    for_each = toset([var.agent])
    content {
      user_id  = members.value
      ring_num = 1
    }
  }
}
output "names" { value = genesyscloud_routing_queue.queue[*].name }
"#,
    ),
    (
        "terraform/tables.tf.json",
        r#"{"resource": {
  "genesyscloud_architect_datatable": {"routes": {
    "name": "Routes",
    "properties": [
      {"name": "key", "type": "string", "title": "Number"},
      {"name": "Priority", "type": "integer", "default": "5"}]}},
  "genesyscloud_architect_datatable_row": {"one": {
    "datatable_id": "${genesyscloud_architect_datatable.routes.id}",
    "key_value": "${upper(\"a\")}",
    "properties_json": "${jsonencode({\"Priority\": 1})}"}}}}"#,
    ),
    (
        "terraform/hours.tf",
        r#"
locals {
  start = "2026-01-05T09:00:00.000000"
  ends  = yamldecode(file("${path.module}/hours.yaml")).end
}
resource "genesyscloud_architect_schedules" "week" {
  name  = "Weekdays"
  start = local.start
  end   = local.ends
  rrule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
}
resource "genesyscloud_architect_schedulegroups" "hours" {
  name              = "Hours"
  time_zone         = "Europe/Berlin"
  open_schedules_id = [genesyscloud_architect_schedules.week.id]
}
resource "genesyscloud_architect_ivr" "line" {
  name                 = "Main line"
  dnis                 = ["+15551234567"]
  schedule_group_id    = genesyscloud_architect_schedulegroups.hours.id
  open_hours_flow_id   = genesyscloud_flow.main["day"].id
  closed_hours_flow_id = genesyscloud_flow.main["night"].id
}
resource "genesyscloud_architect_user_prompt" "hello" {
  name = "Hello"
  resources {
    language   = "en-us"
    tts_string = "Hello there"
  }
}
"#,
    ),
    ("terraform/hours.yaml", "end: 2026-01-05T17:00:00\n"),
    (
        "terraform/actions.tf",
        r#"
resource "genesyscloud_integration_action" "get" {
  name           = "Get Balance"
  category       = "REST"
  integration_id = data.genesyscloud_integration.rest.id
  contract_output = <<EOF
{"type": "object", "properties": {
  "balance": {"type": "number"}, "name": {"type": "string"},
  "open": {"type": "boolean"}, "tags": {"type": "array", "items": {"type": "string"}}}}
EOF
}
data "genesyscloud_routing_queue" "vip" { name = "VIP" }
"#,
    ),
];

pub(super) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

pub(super) fn load(folder: PathBuf, set: &[(&str, &str)]) -> Terraform {
    let set: Vec<(String, String)> =
        set.iter().map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
    let environment =
        |name: &str| (name == "TF_VAR_prefix").then(|| "environment".to_owned());
    Terraform::load(&[folder], &set, &environment, &mut Files::new()).unwrap()
}

pub(super) fn unknowns(terraform: &Terraform) -> Vec<String> {
    let all = terraform.report.unknowns.iter();
    all.map(|it| format!("{}: {}", it.address, it.reason)).collect()
}

pub(super) fn fixtures(terraform: &Terraform) -> serde_json::Value {
    serde_json::from_str(&terraform.fixtures.text).unwrap()
}

#[test]
fn resources_become_fixtures() {
    let repository = repository(&FILES);
    let terraform = load(repository.path().join("terraform"), &[]);
    insta::assert_json_snapshot!(fixtures(&terraform));
    let unknowns = unknowns(&terraform);
    assert_eq!(
        unknowns,
        [
            "var.missing: no value: write it in a .tfvars file, or set TF_VAR_missing",
            "genesyscloud_flow.main[\"day\"].substitutions.secret: `data.aws_secret.x.value` is a data source",
            "genesyscloud_flow.main[\"night\"].substitutions.secret: `data.aws_secret.x.value` is a data source",
        ]
    );
}

#[test]
fn a_file_is_a_flow_for_each_of_its_resources() {
    let repository = repository(&FILES);
    let terraform = load(repository.path().join("terraform"), &[]);
    let values: Vec<&str> = terraform
        .flows
        .iter()
        .flat_map(|flow| flow.values.iter().map(|(_, value)| value.as_str()))
        .collect();
    let [day, night] = ["Main day", "Main night"];
    assert_eq!(values, [day, "Welcome.", "Support", night, "We are closed.", "Support"]);
}

pub(super) fn flowsim(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).env_remove("CLICOLOR_FORCE");
    let output = command.args(line.split(' ')).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_dialled_number_starts_the_flow_of_its_route() {
    let repository = repository(&FILES);
    let project = "flows = \"flows\"\nterraform = \"terraform\"\ntests = \".\"\n";
    fs::write(repository.path().join("flowsim.toml"), project).unwrap();
    let dial = |line: &str| flowsim(repository.path(), line);
    let (code, out, err) = dial("run --to +15551234567");
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    assert!(out.contains("Main day") && out.contains("“Welcome.”"), "{out}");
    assert!(out.contains("routed to Support"), "{out}");
    // 18:30 in Berlin
    let (_, out, _) = dial("run --to +15551234567 --at 2026-01-05T17:30:00Z");
    assert!(out.contains("“We are closed.”"), "{out}");
    let (code, _, err) = dial("run --to +15559999999");
    assert_eq!(code, Some(2));
    assert!(err.contains("no IVR route has the number +15559999999"), "{err}");
    let tests = "tests:
  - name: open
    context: {to: \"+15551234567\"}
    expect: {prompts: [Welcome.], routing: {queueName: Support}}
  - name: closed
    context: {to: \"tel:+15551234567\"}
    at: 2026-01-10T12:00:00Z
    expect: {prompts: [We are closed.]}
";
    fs::write(repository.path().join("line.test.yaml"), tests).unwrap();
    let (code, out, err) = dial("test");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("2 tests: 2 passed"), "{out}");
}

/// A mistake is reported at its resource, in the folder of a project and in the Terraform
/// that a fixtures document names.
#[test]
fn mistakes_are_reported_at_their_resources() {
    let table = "locals {\n  kind = \"int\"\n}\n\
                 resource \"genesyscloud_architect_datatable\" \"t\" {\n  name = \"T\"\n  \
                 properties {\n    name = \"Size\"\n    type = local.kind\n  }\n}\n";
    let repository = repository(&[("flows/main.yaml", FLOW), ("t/tables.tf", table)]);
    let (_, out, err) = flowsim(repository.path(), "check flows/main.yaml --terraform t");
    assert!(out.contains("the type of `Size` is `int`"), "{out}{err}");
    assert!(out.contains("t/tables.tf:4"), "{out}{err}");
    fs::write(repository.path().join("org.yaml"), "terraform: t\n").unwrap();
    let (code, out, err) =
        flowsim(repository.path(), "check flows/main.yaml --fixtures org.yaml");
    assert_eq!(code, Some(3), "{out}{err}");
    let message = "`t/tables.tf`, line 4: the type of `Size` is `int`";
    assert!(err.contains(message), "{out}{err}");
}

/// `jsonencode` of known and unknown cells, as rows of several organisations have them.
#[test]
fn unknown_cells_are_reported_and_the_others_are_kept() {
    let text = r#"
resource "genesyscloud_architect_datatable" "t" {
  name = "T"
  properties {
    name = "key"
    type = "string"
  }
}
resource "genesyscloud_architect_datatable_row" "r" {
  datatable_id    = genesyscloud_architect_datatable.t.id
  key_value       = "1"
  properties_json = jsonencode({ Queue = "Support", Id = aws_thing.x.id })
}
resource "genesyscloud_architect_datatable_row" "s" {
  datatable_id    = genesyscloud_architect_datatable.t.id
  key_value       = "2"
  properties_json = "Queue"
}
resource "genesyscloud_routing_queue" "nameless" {}
"#;
    let repository = repository(&[("main.tf", text)]);
    let terraform = load(repository.path().to_owned(), &[]);
    let rows = &fixtures(&terraform)["dataTables"]["T"]["rows"];
    assert_eq!(rows, &serde_json::json!([{"key": "1", "Queue": "Support"}]));
    assert_eq!(
        unknowns(&terraform),
        [
            "genesyscloud_architect_datatable_row.r.properties_json.Id: `aws_thing.x.id`: this folder declares no `aws_thing`",
            "genesyscloud_routing_queue.nameless.name: the resource has no `name`",
            "genesyscloud_architect_datatable_row.s.properties_json: not a JSON object: use `jsonencode({…})`",
        ]
    );
}

/// A fixtures document may name the folder of a module: its objects are those of `--terraform`
/// without the routes, which need the files of flows.
#[test]
fn fixtures_name_a_folder_of_terraform() {
    let repository = repository(&FILES);
    let organisation =
        "terraform: terraform\nqueues:\n  Support: {answerAfterMs: 5}\n  Sales: null\n";
    fs::write(repository.path().join("org.yaml"), organisation).unwrap();
    let values = "--set queue=Support --set greeting=Hi --set flow_name=Main";
    let line = format!("run flows/main.yaml --fixtures org.yaml {values}");
    let (code, out, err) = flowsim(repository.path(), &line);
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    assert!(out.contains("routed to Support"), "{out}");
    let line = line.replace("queue=Support", "queue=Sales").replace("run ", "check ");
    let (_, out, err) = flowsim(repository.path(), &line);
    assert!(format!("{out}{err}").contains("`Sales`"), "{out}{err}");
    let (code, out, err) =
        flowsim(repository.path(), &format!("{line} --to +15551234567"));
    assert_eq!(code, Some(2), "{out}{err}");
}

/// Source: `genesyscloud_architect_emergencygroup` of the provider, and Genesys' help on
/// emergency groups.
#[test]
fn an_active_emergency_group_answers_with_its_flow() {
    let repository = repository(&FILES);
    let group = |enabled: bool| {
        let text = format!(
            "resource \"genesyscloud_architect_emergencygroup\" \"fire\" {{
  name    = \"Fire\"
  enabled = {enabled}
  emergency_call_flows {{
    emergency_flow_id = genesyscloud_flow.main[\"night\"].id
    ivr_ids           = [genesyscloud_architect_ivr.line.id]
  }}
}}
"
        );
        fs::write(repository.path().join("terraform/emergency.tf"), text).unwrap();
        let dial = "run --to +15551234567 --terraform terraform flows";
        let (code, out, err) = flowsim(repository.path(), dial);
        assert_eq!((code, &*err), (Some(0), ""), "{out}");
        out
    };
    let (out, evacuated) = (group(false), group(true));
    assert!(out.contains("“Welcome.”"), "{out}");
    assert!(evacuated.contains("“We are closed.”"), "{evacuated}");
}

#[test]
fn set_overrides_files_and_the_environment() {
    let files = [(
        "main.tf",
        "variable \"name\" {}\nvariable \"prefix\" { default = \"default\" }\n\
         resource \"genesyscloud_routing_queue\" \"q\" {\n  name = \"${var.prefix} ${var.name}\"\n}\n",
    )];
    let repository = repository(&files);
    let name = |set: &[(&str, &str)]| {
        let terraform = load(repository.path().to_owned(), set);
        fixtures(&terraform)["queues"][0]["name"].as_str().map(str::to_owned)
    };
    assert_eq!(name(&[("name", "set")]).as_deref(), Some("environment set"));
    fs::write(repository.path().join("terraform.tfvars"), "prefix = \"main\"").unwrap();
    assert_eq!(name(&[("name", "set")]).as_deref(), Some("main set"));
    let auto = "prefix = \"auto\"\nname = \"auto\"\n";
    fs::write(repository.path().join("b.auto.tfvars"), auto).unwrap();
    assert_eq!(name(&[("name", "set")]).as_deref(), Some("auto set"));
    assert_eq!(name(&[]).as_deref(), Some("auto auto"));
}

#[test]
fn files_outside_the_repository_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.txt");
    fs::write(&secret, "secret").unwrap();
    let text = format!(
        "resource \"genesyscloud_routing_queue\" \"a\" {{\n  name = file(\"{0}\")\n}}\n\
         resource \"genesyscloud_routing_queue\" \"b\" {{\n  name = file(\"../../../../../../etc/hostname\")\n}}\n\
         resource \"genesyscloud_routing_queue\" \"c\" {{\n  name = templatefile(\"{0}\", {{}})\n}}\n\
         resource \"genesyscloud_flow\" \"d\" {{\n  filepath = \"{0}\"\n}}\n\
         module \"e\" {{\n  source = \"../../../../../..{1}\"\n}}\n",
        secret.display(),
        outside.path().display(),
    );
    let repository = repository(&[("main.tf", &text)]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, repository.path().join("link")).unwrap();
    let terraform = load(repository.path().to_owned(), &[]);
    assert_eq!(terraform.fixtures.text, "");
    let reasons = unknowns(&terraform);
    assert_eq!(reasons.len(), 5, "{reasons:#?}");
    for reason in &reasons {
        let is_refused = reason.contains("outside the repository")
            || reason.contains("does not exist");
        assert!(is_refused, "{reason}");
    }
    assert!(!terraform.report.unknowns.iter().any(|it| it.reason.contains("secret\n")));
}

#[test]
fn a_module_that_calls_itself_ends() {
    let own =
        "module \"again\" { source = \"./.\" }\nmodule \"a\" { source = \"./a\" }\n";
    let back = "module \"back\" { source = \"../b\" }\n";
    let other = "module \"forth\" { source = \"../a\" }\n";
    let repository =
        repository(&[("main.tf", own), ("a/main.tf", back), ("b/main.tf", other)]);
    let terraform = load(repository.path().to_owned(), &[]);
    assert_eq!(
        unknowns(&terraform),
        [
            "module.again: `./.` calls itself",
            "module.a.module.back.module.forth: `../a` calls itself",
        ]
    );
}

#[test]
fn a_state_file_is_refused_at_once() {
    let repository = repository(&[("main.tf", "locals {}\n")]);
    let state = repository.path().join("terraform.tfstate");
    // Only the name and the size decide.
    fs::File::create(&state).unwrap().set_len(50 * 1024 * 1024).unwrap();
    let line = format!("check . --terraform {}", state.display());
    let (code, _, err) = flowsim(repository.path(), &line);
    assert_eq!(code, Some(3));
    assert!(err.contains("a state file is not Terraform configuration"), "{err}");
    fs::rename(&state, repository.path().join("big.tf.json")).unwrap();
    let terraform = load(repository.path().to_owned(), &[]);
    let reasons = unknowns(&terraform);
    assert!(reasons[0].contains("a Terraform file at most 16777216"), "{reasons:?}");
}

#[test]
fn broken_files_are_reported_and_the_others_are_read() {
    let deep = format!("a = {}", "[".repeat(100_000));
    let repository = repository(&[
        ("a.tf", "resource \"x\" {\n  name = \n}\n"),
        ("b.tf", &deep),
        ("c.tf.json", "{\"resource\": "),
        (
            "d.tf",
            "resource \"genesyscloud_routing_queue\" \"q\" { name = \"Support\" }\n",
        ),
        ("e.tf", "locals {\n  a = local.b\n  b = local.a\n  c = nofunction(1)\n}\n"),
    ]);
    let terraform = load(repository.path().to_owned(), &[]);
    assert_eq!(fixtures(&terraform)["queues"][0]["name"], "Support");
    let reasons = unknowns(&terraform);
    assert_eq!(reasons.len(), 6, "{reasons:#?}");
    assert_eq!(terraform.report.unknowns[0].place.line, 2);
    assert!(
        reasons[5].contains("flowsim does not evaluate `nofunction(…)`"),
        "{reasons:#?}"
    );
}

/// Exports of large organisations have thousands of rows.
#[test]
fn thousands_of_resources_are_read_in_time() {
    let mut text = String::from(
        "resource \"genesyscloud_architect_datatable\" \"t\" {\n  name = \"T\"\n  \
         properties {\n    name = \"key\"\n    type = \"string\"\n  }\n}\n",
    );
    for index in 0..1_000 {
        text += &format!(
            "resource \"genesyscloud_user\" \"u{index}\" {{\n  name = \"User {index}\"\n  \
             email = \"u{index}@example.com\"\n}}\n\
             resource \"genesyscloud_architect_datatable_row\" \"r{index}\" {{\n  \
             datatable_id = genesyscloud_architect_datatable.t.id\n  key_value = \"{index}\"\n  \
             properties_json = jsonencode({{}})\n}}\n"
        );
    }
    let repository = repository(&[("main.tf", &text)]);
    let terraform = load(repository.path().to_owned(), &[]);
    assert_eq!(unknowns(&terraform), [""; 0]);
    let fixtures = fixtures(&terraform);
    assert_eq!(fixtures["users"].as_array().unwrap().len(), 1_000);
    assert_eq!(fixtures["dataTables"]["T"]["rows"].as_array().unwrap().len(), 1_000);
}

/// Broken files never panic or hang: each case cuts, repeats or replaces a part.
#[test]
fn broken_terraform_never_panics() {
    let texts: Vec<&str> = FILES
        .iter()
        .filter(|(name, _)| name.contains(".tf"))
        .map(|(_, text)| *text)
        .collect();
    let folder = repository(&[("a.tf", ""), ("b.tf.json", "")]);
    let mut seed = 7_usize;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        (seed >> 33) % below.max(1)
    };
    for _ in 0..600 {
        let text = texts[random(texts.len())];
        let (start, end) = (random(text.len()), random(text.len()));
        let (start, end) = (start.min(end), start.max(end));
        let (Some(before), Some(part), Some(after)) =
            (text.get(..start), text.get(start..end), text.get(end..))
        else {
            continue;
        };
        let other = ["", "}", "\"${", "[0]", "\u{fffd}", "count = 1e9\n", "var.x[*].y"];
        let other = other[random(7)];
        let broken = match random(3) {
            0 => format!("{before}{other}{after}"),
            1 => format!("{before}{part}{other}{part}{after}"),
            _ => format!("{before}{other}"),
        };
        let name = if text.starts_with('{') { "b.tf.json" } else { "a.tf" };
        fs::write(folder.path().join(name), &broken).unwrap();
        let mut files = Files::new();
        let terraform = load(folder.path().to_owned(), &[]);
        terraform.organisation(&mut files);
    }
}

/// Mistakes of Terraform are findings of the check, in every format.
#[test]
fn mistakes_of_terraform_are_findings() {
    let broken = "resource \"genesyscloud_routing_queue\" \"x\" {\n  name = \n}\n";
    let resource = "resource \"genesyscloud_flow\" \"main\" {\n  \
                    filepath = \"${path.module}/../flows/Main.yaml\"\n}\n";
    let flow = FLOW.replace("{{flow_name}}", "Main");
    let flow = flow.replace("{{greeting}}", "Hi").replace("{{queue}}", "Support");
    let values = "greeting = \n";
    for (name, text, message, of_check) in [
        ("terraform/bad.tf", broken, "error[TERRAFORM_SYNTAX]: invalid Terraform", 3),
        ("terraform/a.auto.tfvars", values, "error[TERRAFORM_SYNTAX]", 3),
        ("terraform/bad.tf.json", "{\"a\": ", "error[JSON_SYNTAX]", 3),
        ("terraform/flow.tf", resource, "does not exist", 0),
    ] {
        let queue =
            "resource \"genesyscloud_routing_queue\" \"s\" { name = \"Support\" }\n";
        let files =
            [("flows/main.yaml", &*flow), ("terraform/q.tf", queue), (name, text)];
        let repository = repository(&files);
        let check = "check flows --terraform terraform";
        let (code, out, _) = flowsim(repository.path(), check);
        assert_eq!(code, Some(of_check), "{out}");
        assert!(out.contains(message) && out.contains(name), "{out}");
        let (code, out, _) =
            flowsim(repository.path(), &format!("{check} --deny warnings --format json"));
        assert_eq!(code, Some(of_check.max(1)), "{out}");
        assert!(out.contains(name), "{out}");
    }
}
