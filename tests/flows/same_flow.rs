//! The same flow in Archy YAML and in Architect's JSON has the same model.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]
#![expect(clippy::print_stderr, reason = "a test without its data says so")]

use std::collections::BTreeMap;
use std::path::Path;

use flowsim::expr::architect::{Declarations, canonical};
use flowsim::flow::architect::{Action, ArchitectFlow, Setting, Settings, Variable};
use flowsim::flow::read::{archy, config};
use flowsim::source::{Files, read_json, read_yaml};

use crate::shared::shared;

/// A flow in both forms, and the differences of its documents.
struct Pair {
    archy: &'static str,
    export: &'static str,
    /// Number of equal entries; fewer mean that something is lost.
    same: usize,
    /// Number of different entries.
    different: usize,
    /// The reason for the differences.
    reason: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair {
        archy: "GenesysCloudBlueprints__update-gc-presence-on-communicate-call-activity-blueprint/Set_GC_User_to_Available.yaml",
        export: "GenesysCloudBlueprints__update-gc-presence-on-communicate-call-activity-blueprint/Set_GC_User_to_Available.i3WorkFlow",
        same: 20,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__update-gc-presence-on-communicate-call-activity-blueprint/Set_GC_User_to_Busy.yaml",
        export: "GenesysCloudBlueprints__update-gc-presence-on-communicate-call-activity-blueprint/Set_GC_User_to_Busy.i3WorkFlow",
        same: 95,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__ani-blacklist/terraform/modules/flow/blacklist.yaml",
        export: "GenesysCloudBlueprints__ani-blacklist/exports/Blacklist.i3WorkFlow",
        same: 25,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__automated-callback-blueprint/files/automated-powershell-script/flows/Proactive_callback_connect.yaml",
        export: "GenesysCloudBlueprints__automated-callback-blueprint/files/Proactive_callback_v1-0.i3OutboundFlow",
        same: 27,
        different: 2,
        reason: "another greeting, and a skill in the export alone",
    },
    Pair {
        archy: "GenesysCloudBlueprints__automated-callback-blueprint/files/automated-powershell-script/flows/Proactive_callback_offer.yaml",
        export: "GenesysCloudBlueprints__automated-callback-blueprint/files/Proactive_callbacks_v1-0.i3InQueueFlow",
        same: 48,
        different: 11,
        reason: "another waiting time and action; the YAML does not declare the variables of its start-up task",
    },
    Pair {
        archy: "GenesysCloudBlueprints__automated-callback-blueprint/files/automated-powershell-script/flows/Proactive_callback_workbin.yaml",
        export: "GenesysCloudBlueprints__automated-callback-blueprint/files/Proactive_callback_v1-0.i3WorkFlow",
        same: 41,
        different: 2,
        reason: "data actions are renamed",
    },
    Pair {
        archy: "GenesysCloudBlueprints__automated-callback-blueprint/files/automated-powershell-script/flows/Trigger_proactive_callback_workflow.yaml",
        export: "GenesysCloudBlueprints__automated-callback-blueprint/files/Trigger_proactive_callback_workflow_v1-0.i3InboundFlow",
        same: 13,
        different: 2,
        reason: "a data action is renamed",
    },
    Pair {
        archy: "GenesysCloudBlueprints__callback-prioritization/terraform/Callback-Prioritization-Workflow.yaml",
        export: "GenesysCloudBlueprints__callback-prioritization/exports/Callback-Prioritization.i3WorkFlow",
        same: 62,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__design-architect-flow-data-actions-for-resiliency/blueprint/src/CacheExampleFlow.yaml",
        export: "GenesysCloudBlueprints__design-architect-flow-data-actions-for-resiliency/blueprint/src/CacheExample.i3InboundFlow",
        same: 72,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__merge-ephemeral-message-to-external-contact-blueprint/modules/common-module/ResolveContact.yaml",
        export: "GenesysCloudBlueprints__merge-ephemeral-message-to-external-contact-blueprint/exports/ResolveContact.i3CommonModuleFlow",
        same: 47,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__merge-ephemeral-message-to-external-contact-blueprint/modules/inbound-message-flow/MergeExternalContactMessageFlow.yaml",
        export: "GenesysCloudBlueprints__merge-ephemeral-message-to-external-contact-blueprint/exports/MergeExternalContactMessageFlow.i3InboundMessage",
        same: 25,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__negative-sentiment-callback/terraform/modules/flow/Send_SMS_and_Create_Supervisor_Callback.yaml",
        export: "GenesysCloudBlueprints__negative-sentiment-callback/exports/Send_SMS_and_Create_Supervisor_Callback.i3WorkFlow",
        same: 71,
        different: 0,
        reason: "the same",
    },
    Pair {
        archy: "GenesysCloudBlueprints__terminate-voice-calls-with-no-queue/terraform-with-pbx/modules/flow/terminate-outbound-call-missing-queue-with-pstn-call-leg-check.yaml",
        export: "GenesysCloudBlueprints__terminate-voice-calls-with-no-queue/exports/Terminate_Outbound_Call_Missing_Queue_with_PSTN_Call_Leg_Check.i3WorkFlow",
        same: 28,
        different: 4,
        reason: "the export does not have the inputs of the workflow",
    },
    Pair {
        archy: "GenesysCloudBlueprints__terminate-voice-calls-with-no-queue/terraform-without-pbx/modules/flow/terminate-outbound-call-missing-queue.yaml",
        export: "GenesysCloudBlueprints__terminate-voice-calls-with-no-queue/exports/Terminate_Outbound_Call_Missing_Queue.i3WorkFlow",
        same: 16,
        different: 4,
        reason: "the export does not have the inputs of the workflow",
    },
];

#[test]
#[ignore = "needs ../shared/data"]
fn both_forms_of_a_flow_have_the_same_model() {
    let folder = shared("flows");
    let mut wrong = String::new();
    for pair in PAIRS {
        let archy = read_archy(&folder.join(pair.archy));
        let export = read_export(&folder.join(pair.export));
        let names = declarations([&archy, &export]);
        let (one, other) = (places(&archy, names.clone()), places(&export, names));
        let (same, differences) = compare(&one, &other);
        let summary = format!(
            "{}: {same} places are the same, {} differ ({})\n",
            pair.archy,
            differences.len(),
            pair.reason
        );
        eprint!("{summary}");
        if (same, differences.len()) != (pair.same, pair.different) {
            wrong = format!("{wrong}{summary}{}\n", differences.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "- Archy YAML, + export\n{wrong}");
}

/// Returns the number of equal entries, and a line for each different one.
fn compare(one: &Places, other: &Places) -> (usize, Vec<String>) {
    let mut same = 0;
    let mut differences = Vec::new();
    let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
    for name in names {
        match (one.get(name), other.get(name)) {
            (Some(one), Some(other)) if is_same(one, other) => same += 1,
            (None, Some(export)) if is_left_out(name, export) => {}
            // An export contains it only if it is true.
            (Some(archy), None)
                if name.ends_with(".globalSpeechRecTerms") && archy == "false" => {}
            (one, other) => {
                let show = |it: Option<&String>| {
                    it.map_or("nothing".into(), |it| it.replace('\n', "⏎"))
                };
                differences.push(format!("  {name}: - {} + {}", show(one), show(other)));
            }
        }
    }
    (same, differences)
}

/// Templates have placeholders where an export has names, and an export has a name for an
/// action that has none in the source.
fn is_same(archy: &str, export: &str) -> bool {
    let is_placeholder =
        ["\"TPL_", "\"<", "{\"name\":\"<", "{\"name\":\"TPL_", "speech TPL_"]
            .iter()
            .any(|start| archy.starts_with(start));
    let kind = archy.strip_suffix(' ').map(|kind| format!("{kind} "));
    let is_unnamed = kind.is_some_and(|kind| export.starts_with(&kind));
    archy == export || is_placeholder || is_unnamed
}

/// Parts that Archy YAML omits: ids, timeouts that the author did not set, and settings
/// with these default values.
fn is_left_out(place: &str, export: &str) -> bool {
    let ids = [".actionId", ".datatableId", ".flowId", ".timeout"];
    let defaults = [
        (".appendSkills", "false"),
        (".flowDebugPublished", "false"),
        (".flowOutOfService", "false"),
        (".includeTerminatingDtmfInResultData", "false"),
        (".messageBodyStyle", "\"notice\""),
        (".priority", "0"),
        (".useDefaultHandling", "true"),
        (".useSuggestedTimeout", "true"),
    ];
    let is_default =
        |(name, value): &(&str, &str)| place.ends_with(name) && export == *value;
    ids.iter().any(|name| place.ends_with(name)) || defaults.iter().any(is_default)
}

/// The variables of both forms. Those of a start-up task are not declared in Archy YAML.
fn declarations(flows: [&ArchitectFlow; 2]) -> Declarations {
    let mut names = Declarations::new();
    for flow in flows {
        let within = flow.units.iter().flat_map(|unit| &unit.variables);
        for variable in flow.variables.iter().chain(within) {
            names.declare(&variable.name.value, variable.value_type);
        }
    }
    names
}

fn read_archy(path: &Path) -> ArchitectFlow {
    let text = std::fs::read_to_string(path).unwrap();
    let (_, names) = archy::substitute(&text, &[]);
    let values: Vec<_> =
        names.into_iter().map(|name| (name.clone(), format!("TPL_{name}"))).collect();
    let (text, _) = archy::substitute(&text, &values);
    let mut files = Files::new();
    let file = files.add("flow.yaml", text);
    archy::read(&read_yaml(&file).unwrap(), &mut Vec::new()).unwrap()
}

fn read_export(path: &Path) -> ArchitectFlow {
    let text = config::decode(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut files = Files::new();
    let file = files.add("flow.json", text);
    config::read(&read_json(&file).unwrap(), &mut Vec::new()).unwrap()
}

/// The paths in a flow and their values, without ids and positions.
type Places = BTreeMap<String, String>;

/// Builds the paths and values of one flow.
struct Outline<'f> {
    flow: &'f ArchitectFlow,
    names: Declarations,
    places: Places,
}

fn places(flow: &ArchitectFlow, names: Declarations) -> Places {
    let mut outline = Outline { flow, names, places: Places::new() };
    outline.places.insert("type".into(), flow.flow_type.to_string());
    let start = flow.start.as_ref().map(|start| outline.unit(start.unit.as_deref()));
    outline.places.insert("start".into(), start.unwrap_or_default());
    outline.variables("flow", &flow.variables);
    for unit in &flow.units {
        let name = outline.unit(Some(&unit.key));
        outline.variables(&name, &unit.variables);
        outline.actions(&name, &unit.actions);
        for (index, choice) in unit.choices.iter().enumerate() {
            let place = format!("{name} choice {}", index + 1);
            outline.action(&place, &choice.action);
            let digit = choice.digit.as_ref().map(|digit| digit.value);
            let keys = format!("{digit:?} {} {}", choice.is_global, choice.is_default);
            outline.places.insert(format!("{place} key"), keys);
        }
        outline.settings(&name, &unit.settings);
    }
    outline.places
}

impl Outline<'_> {
    /// Returns the kind and name of a unit. Units that have no name in Archy YAML have
    /// none here.
    fn unit(&self, key: Option<&str>) -> String {
        let Some(unit) = key.and_then(|key| self.flow.unit(key)) else {
            return "nothing".into();
        };
        let is_start = self.flow.start.as_ref().and_then(|it| it.unit.as_ref());
        match is_start == Some(&unit.key) {
            true => format!("{:?} at the start", unit.kind),
            false => format!("{:?} {}", unit.kind, unit.name),
        }
    }

    fn variables(&mut self, owner: &str, variables: &[Variable]) {
        for variable in variables {
            let place = format!("{owner} {}", variable.name.value);
            let about = format!(
                "{} input {} output {}",
                variable.value_type, variable.is_input, variable.is_output
            );
            self.places.insert(place.clone(), about);
            if let Some(initial) = &variable.initial {
                self.setting(&format!("{place} initially"), &initial.value);
            }
        }
    }

    fn actions(&mut self, owner: &str, actions: &[Action]) {
        for (index, action) in actions.iter().enumerate() {
            self.action(&format!("{owner} / {}", index + 1), action);
        }
    }

    fn action(&mut self, place: &str, action: &Action) {
        let name = action.name.as_deref().unwrap_or_default();
        self.places.insert(place.to_owned(), format!("{} {name}", action.kind.value));
        self.settings(place, &action.settings);
        for output in &action.outputs {
            let place = format!("{place} [{}]", output.label);
            if let Some(value) = &output.value {
                self.setting(&place, &value.value);
            }
            self.actions(&place, &output.actions);
        }
    }

    fn settings(&mut self, place: &str, settings: &Settings) {
        for (name, setting) in &settings.entries {
            self.setting(&format!("{place} .{name}"), &setting.value);
        }
    }

    /// Settings without a value are omitted, as one form leaves them out.
    fn setting(&mut self, place: &str, setting: &Setting) {
        let text = match setting {
            Setting::NoValue | Setting::None => return,
            Setting::Literal(value) => value.to_string(),
            Setting::Expression(text, _) => self.expression(text),
            Setting::Variable(name) => format!("variable {name}"),
            Setting::Speech(text) => format!("speech {text}"),
            Setting::Prompt(name) => format!("prompt {name}"),
            Setting::Unit(unit) => self.unit(unit.unit.as_deref()),
            Setting::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.setting(&format!("{place} {}", index + 1), &item.value);
                }
                return;
            }
            Setting::Audio(audio) => {
                self.setting(place, &audio.default.value);
                for (language, audio) in &audio.alternates {
                    self.setting(&format!("{place}.{language}"), &audio.value);
                }
                return;
            }
            Setting::Group(settings) => return self.settings(place, settings),
        };
        // Exports write the region of a language in upper case.
        self.places.insert(place.replace(".en-US", ".en-us"), text);
    }

    /// Returns an expression in Architect's canonical form.
    fn expression(&mut self, text: &str) -> String {
        canonical(text, &mut self.names, None).unwrap_or_else(|_| text.into())
    }
}
