//! `flowsim init --from` in repositories of third parties with Terraform. The flows are
//! those of the shared data; the Terraform is written for this test, in the form that the
//! provider documents. *Source: the pages of the resources of `genesyscloud`.*

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::folder::copy;

/// A repository, its Terraform, and the expected beginning of the report.
struct Repository {
    folder: &'static str,
    terraform: &'static [(&'static str, &'static str)],
    /// The first lines of the report of `flowsim init --from .`.
    found: &'static str,
    read: &'static str,
    /// The number of values that only Terraform knows, or nothing.
    unknown: &'static str,
}

const REPOSITORIES: &[Repository] = &[
    Repository {
        folder: "GenesysCloudBlueprints__ani-blacklist",
        terraform: &[
            (
                "terraform/main.tf",
                r#"
variable "division" { default = "Home" }
locals { language = "en-us" }
resource "genesyscloud_architect_datatable" "blacklist" {
  name = "Blacklist"
  properties {
    name  = "key"
    type  = "string"
    title = "ANI"
  }
  properties {
    name  = "blocked"
    type  = "boolean"
    title = "Blocked"
  }
}
resource "genesyscloud_architect_datatable_row" "callers" {
  for_each        = toset(["+15551230000", "+15551230001"])
  datatable_id    = genesyscloud_architect_datatable.blacklist.id
  key_value       = each.value
  properties_json = jsonencode({ blocked = true })
}
resource "genesyscloud_integration_action" "disconnect" {
  name            = "Disconnect Interaction"
  category        = "Blacklist"
  contract_input  = jsonencode({ type = "object", properties = { id = { type = "string" } } })
  contract_output = jsonencode({ type = "object", properties = {} })
}
module "flow" {
  source               = "./modules/flow"
  flow_name            = "Blacklist"
  division             = var.division
  default_language     = local.language
  data_table           = genesyscloud_architect_datatable.blacklist.name
  data_action_category = genesyscloud_integration_action.disconnect.category
  data_action_name     = genesyscloud_integration_action.disconnect.name
}
"#,
            ),
            (
                "terraform/modules/flow/main.tf",
                r#"
variable "flow_name" { type = string }
variable "division" { type = string }
variable "default_language" { type = string }
variable "data_table" { type = string }
variable "data_action_category" { type = string }
variable "data_action_name" { type = string }
resource "genesyscloud_flow" "flow" {
  filepath = "${path.module}/blacklist.yaml"
  substitutions = {
    flow_name            = var.flow_name
    division             = var.division
    default_language     = var.default_language
    data_table           = var.data_table
    data_action_category = var.data_action_category
    data_action_name     = var.data_action_name
  }
}
"#,
            ),
        ],
        found: "1 flow in 1 file",
        read: "5 resources of Terraform in 2 files: 1 flow, 1 data table, 2 data table \
               rows, 1 data action",
        unknown: "",
    },
    Repository {
        folder: "GenesysCloudBlueprints__web-messaging-triage-bot-blueprint",
        terraform: &[(
            "terraform/main.tf",
            r#"
data "genesyscloud_auth_division_home" "home" {}
resource "genesyscloud_routing_skill" "billing" { name = "Billing" }
resource "genesyscloud_user" "agents" {
  count = 2
  name  = "Agent ${count.index}"
  email = "agent${count.index}@example.com"
}
resource "genesyscloud_routing_queue" "triage" {
  name = "Triage"
  members {
    user_id  = genesyscloud_user.agents[0].id
    ring_num = 1
  }
}
resource "genesyscloud_integration_action" "lookup" {
  name            = "Find the customer"
  category        = "Triage"
  contract_input  = jsonencode({ type = "object", properties = { id = { type = "string" } } })
  contract_output = jsonencode({ type = "object", properties = { tier = { type = "string" } } })
}
resource "genesyscloud_flow" "bot" {
  filepath = "./modules/flow/web-messaging-triage-bot.yaml"
  substitutions = {
    flow_name            = "Triage bot"
    division             = data.genesyscloud_auth_division_home.home.name
    default_language     = lower("EN-US")
    data_action_category = genesyscloud_integration_action.lookup.category
    data_action_name     = genesyscloud_integration_action.lookup.name
    queue_name           = genesyscloud_routing_queue.triage.name
  }
}
"#,
        )],
        found: "1 flow in 1 file",
        read: "6 resources of Terraform in 1 file: 1 flow, 1 queue, 1 skill, 2 users, 1 data action",
        unknown: "1",
    },
    Repository {
        folder: "GenesysCloudBlueprints__callback-prioritization",
        terraform: &[
            (
                "terraform/main.tf",
                r#"
variable "actions" {
  type = map(string)
}
resource "genesyscloud_integration_action" "actions" {
  for_each        = var.actions
  name            = each.value
  category        = "Callbacks"
  contract_input  = jsonencode({ type = "object", properties = { id = { type = "string" } } })
  contract_output = jsonencode({ type = "object", properties = { state = { type = "string" } } })
}
resource "genesyscloud_flow" "workflow" {
  filepath = "./Callback-Prioritization-Workflow.yaml"
  substitutions = {
    flow_name                = "Callback prioritization"
    division                 = "Home"
    default_language         = "en-us"
    data_action_category     = "Callbacks"
    get_callback_priority    = genesyscloud_integration_action.actions["priority"].name
    get_interaction_state    = genesyscloud_integration_action.actions["state"].name
    update_callback_priority = genesyscloud_integration_action.actions["update"].name
  }
}
"#,
            ),
            (
                "terraform/terraform.tfvars",
                "actions = {\n  priority = \"Get Priority\"\n  state = \"Get State\"\n  \
                 update = \"Update Priority\"\n}\n",
            ),
        ],
        found: "2 flows in 2 files",
        read: "4 resources of Terraform in 1 file: 1 flow, 3 data actions",
        unknown: "",
    },
    Repository {
        folder: "GenesysCloudBlueprints__negative-sentiment-callback",
        terraform: &[(
            "terraform/main.tf",
            r#"
locals {
  names = ["Create Callback", "Get Sentiment", "Send SMS", "Send Notification", "Update Tag"]
}
resource "genesyscloud_routing_queue" "callbacks" { name = "Callbacks" }
resource "genesyscloud_integration_action" "actions" {
  count           = length(local.names)
  name            = local.names[count.index]
  category        = "Sentiment"
  contract_input  = jsonencode({ type = "object", properties = {} })
  contract_output = jsonencode({ type = "object", properties = {} })
}
resource "genesyscloud_flow" "workflow" {
  filepath = "./modules/flow/Send_SMS_and_Create_Supervisor_Callback.yaml"
  substitutions = {
    flow_name                      = "Supervisor callback"
    division                       = "Home"
    default_language               = "en-us"
    sms_number                     = "+15550100"
    callback_queue                 = genesyscloud_routing_queue.callbacks.name
    data_action_category           = genesyscloud_integration_action.actions[0].category
    create_scheduled_callback_name = genesyscloud_integration_action.actions[0].name
    get_sentiment_name             = genesyscloud_integration_action.actions[1].name
    send_agentless_sms_name        = genesyscloud_integration_action.actions[2].name
    send_chat_group_notif_name     = genesyscloud_integration_action.actions[3].name
    update_external_tag_name       = genesyscloud_integration_action.actions[4].name
  }
}
"#,
        )],
        found: "2 flows in 2 files",
        read: "7 resources of Terraform in 1 file: 1 flow, 1 queue, 5 data actions",
        unknown: "",
    },
    Repository {
        folder: "GenesysCloudBlueprints__set-emergency-group-lambda-blueprint",
        terraform: &[(
            "blueprint/terraform/main.tf",
            r#"
variable "client_id" { type = string }
variable "client_secret" {
  type      = string
  sensitive = true
}
variable "prefix" { default = "Demo" }
resource "genesyscloud_flow" "spare" { filepath = "./flows/spare_flow.yml" }
resource "genesyscloud_architect_emergencygroup" "group" {
  name    = "${var.prefix} emergency"
  enabled = false
}
resource "genesyscloud_flow" "main" {
  filepath = "./flows/main_flow.yaml"
  substitutions = {
    clientId     = var.client_id
    clientSecret = var.client_secret
    groupID      = genesyscloud_architect_emergencygroup.group.id
    prefix       = var.prefix
  }
}
resource "genesyscloud_architect_schedules" "week" {
  name  = "Weekdays"
  start = "2026-01-05T08:00:00.000000"
  end   = "2026-01-05T17:00:00.000000"
  rrule = "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR"
}
resource "genesyscloud_architect_schedulegroups" "open" {
  name              = "Open hours"
  time_zone         = "Europe/London"
  open_schedules_id = [genesyscloud_architect_schedules.week.id]
}
resource "genesyscloud_architect_ivr" "line" {
  name               = "Line"
  dnis               = ["+15550111"]
  open_hours_flow_id = genesyscloud_flow.main.id
  schedule_group_id  = genesyscloud_architect_schedulegroups.open.id
}
"#,
        )],
        found: "2 flows in 2 files",
        read: "6 resources of Terraform in 1 file: 2 flows, 1 schedule, 1 schedule group, 1 emergency group, 1 IVR route",
        unknown: "4",
    },
    Repository {
        folder: "carnellj-genesys__dr-ivr-backup",
        terraform: &[(
            "blueprint/terraform-ivr/main.tf",
            r#"
resource "genesyscloud_architect_user_prompt" "prompts" {
  for_each = {
    greeting = "Welcome"
    failure  = "We are sorry"
  }
  name = "DR_${each.key}"
  resources {
    language   = "en-us"
    tts_string = each.value
  }
}
resource "genesyscloud_routing_language" "english" { name = "English" }
resource "genesyscloud_routing_wrapupcode" "done" { name = "Done" }
resource "genesyscloud_group" "staff" { name = "Staff" }
resource "genesyscloud_flow" "emergency" {
  filepath = "./DR-Emergency-IVR.yaml"
  substitutions = {
    ivr_initial_greeting = format("%s, and thank you.", "Welcome")
    ivr_failure          = "We are sorry."
    ivr_callback         = join(" ", ["call", "back"])
  }
}
"#,
        )],
        found: "3 flows in 3 files",
        read: "6 resources of Terraform in 1 file: 1 flow, 1 language skill, 1 wrap-up code, 1 group, 2 prompts",
        unknown: "",
    },
];

fn flowsim(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).args(arguments).output().unwrap()
}

/// Every flow loads, and every resource is read or has a reason.
#[test]
#[ignore = "needs ../shared/data"]
fn repositories_with_terraform_become_projects() {
    let mut wrong = Vec::new();
    for it in REPOSITORIES {
        let folder = tempfile::tempdir().unwrap();
        copy(&crate::shared::shared("flows").join(it.folder), folder.path());
        for (path, text) in it.terraform {
            fs::write(folder.path().join(path), text).unwrap();
        }
        let output = flowsim(folder.path(), &["init", "--from", "."]);
        let report = String::from_utf8(output.stdout).unwrap();
        let problems = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{}: {report}{problems}", it.folder);
        let line = |start: &str| {
            let line = report.lines().find_map(|line| line.strip_prefix(start));
            line.unwrap_or_default().trim().to_owned()
        };
        let unknown = line("unknown").split(' ').next().unwrap_or_default().to_owned();
        let expected = (it.found, it.read, it.unknown);
        let actual = (&*line("found"), &*line("read"), &*unknown);
        if actual != expected {
            wrong.push(format!("{}: {report}{problems}", it.folder));
        }
        // Nothing that forbids running is left.
        let check = flowsim(&folder.path().join("flowsim"), &["check"]);
        if !check.status.success() {
            let found = String::from_utf8(check.stdout).unwrap();
            wrong.push(format!("{}: {found}", it.folder));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
