//! Turns of conversations with bots, and the settings of execution documents.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::Local;

const BOT: &str = "digitalBot:
  name: Amounts
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - integerVariable: {name: Slot.Amount}
  settingsErrorHandling: {errorHandling: {exit: {none: true}}}
  settingsUserInput:
    noMatchesMax: {lit: 1}
    noInputsMax: {lit: 1}
    noInputsTimeout: {lit: {seconds: 5}}
    noMatchApology: {exp: 'MakeCommunication(\"Sorry.\")'}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
          - communicate: {name: Greet, communication: {lit: Hello}}
          - askForSlot:
              name: Ask
              slot: {name: Amount}
              question: {exp: 'MakeCommunication(\"How much?\")'}
              outputs:
                maxNoInputs: {enabled: true}
          - askForSlot:
              name: Once more
              slot: {name: Amount}
              question: {exp: 'MakeCommunication(\"And now?\")'}
              outputs:
                maxNoInputs: {enabled: true}
";

/// Returns the main fields of turns.
fn short(turns: &Value) -> Vec<Value> {
    let turns = turns["entities"].as_array().unwrap().iter();
    let short = |turn: &Value| {
        json!([turn["botPrompts"], turn["userInput"], turn["askActionResult"]])
    };
    turns.map(short).collect()
}

#[test]
fn turns_of_a_bot_are_listed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bot.yaml");
    std::fs::write(&path, BOT).unwrap();
    let server = Local::with(&["shared-flow/flows", path.to_str().unwrap()], &[]);
    let flow = server.flow_id("Amounts");
    let path = format!("/api/v2/analytics/botflows/{flow}/reportingturns");
    assert_eq!(server.get(&path).body["entities"], json!([]));
    let run = server.post("/api/v2/flows/executions", &json!({ "flowId": flow })).body;
    let id = run["id"].as_str().unwrap();
    assert_eq!(server.get(&path).body["entities"], json!([]), "nobody said anything yet");
    server.press(id, &json!(["say:lots"]));
    let unclear = json!([["Hello", "How much?"], "lots", "NoMatchCollection"]);
    assert_eq!(short(&server.get(&path).body), std::slice::from_ref(&unclear));
    server.press(id, &json!(["say:25", null, null]));
    let all = server.get(&path).body;
    let second = json!([["Sorry.", "How much?"], "25", "SuccessCollection"]);
    let third = json!([["And now?", "And now?"], null, "NoInputCollection"]);
    assert_eq!(short(&all), [unclear, second.clone(), third]);
    let turn = &all["entities"][2];
    assert_eq!(turn["askAction"]["actionName"], "Once more");
    assert_eq!(turn["askAction"]["actionType"], "AskForSlotAction");
    // A silence that a client gives takes no time of the server.
    assert_eq!(turn["dateCompleted"], "2026-01-05T09:00:00.000Z");

    let first = server.get(&format!("{path}?pageSize=1")).body;
    let next = server.get(first["nextUri"].as_str().unwrap()).body;
    assert_eq!(short(&next), std::slice::from_ref(&second));
    let by = |query: &str| short(&server.get(&format!("{path}?{query}")).body);
    assert_eq!(by("askActionResults=successcollection"), [second]);
    assert_eq!(by(&format!("sessionId={id}")).len(), 3);
    assert!(by("sessionId=other").is_empty());
    assert!(by("interval=2026-01-06T00:00:00.000Z/2026-01-07T00:00:00.000Z").is_empty());
    for wrong in ["interval=today", "pageSize=0", "after=other"] {
        assert_eq!(server.get(&format!("{path}?{wrong}")).status, 400, "{wrong}");
    }
    let other = server.flow_id("Inbound_Flow_A");
    let path = format!("/api/v2/analytics/botflows/{other}/reportingturns");
    assert_eq!(server.get(&path).status, 404, "it is no bot");
}

#[test]
fn log_levels_are_set_and_reset() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let own = format!("/api/v2/flows/{flow}/instances/settings/loglevels");
    let all = "/api/v2/flows/instances/settings/loglevels";
    let default = format!("{all}/default");
    let level = |name: &str| json!({ "logLevelCharacteristics": { "level": name } });
    let says = |body: &Value| body["logLevelCharacteristics"].clone();

    assert_eq!(says(&server.get(&default).body)["level"], "All");
    assert_eq!(server.get(&own).status, 404);
    assert_eq!(server.post(&own, &level("Loud")).status, 400);
    assert_eq!(server.post(&own, &json!({})).status, 400);
    let set = server.post(&own, &level("notes")).body;
    assert_eq!(says(&set)["level"], "Notes");
    assert_eq!(says(&set)["characteristics"]["variables"], true);
    assert_eq!(says(&set)["characteristics"]["communications"], false);
    assert_eq!((&set["id"], &set["type"]), (&json!(flow), &json!("inboundcall")));
    let mut more = level("Base");
    more["logLevelCharacteristics"]["characteristics"] =
        json!({ "communications": true });
    let more = says(&server.put(&own, &more).body);
    assert_eq!(more["characteristics"]["communications"], true);
    assert_eq!(server.get(all).body["total"], 1);
    assert_eq!(server.delete(&own).status, 204);
    assert_eq!(server.delete(&own).status, 404);
    assert_eq!(server.get(all).body["total"], 0);

    assert_eq!(says(&server.put(&default, &level("Base")).body)["level"], "Base");
    assert_eq!(says(&server.get(&default).body)["level"], "Base");
    assert_eq!(server.delete(&default).status, 204);
    assert_eq!(says(&server.get(&default).body)["level"], "All");
    let known = server.get(&format!("{all}/characteristics")).body;
    assert_eq!(known["logLevels"].as_array().unwrap().len(), 5);

    let data = "/api/v2/flows/instances/settings/executiondata";
    let off = server.send("PATCH", data, Some("{\"enabled\": false}"), &[]);
    assert_eq!((off.status, &off.body["enabled"]), (200, &json!(false)));
    assert_eq!(server.get(data).body["enabled"], false);
    assert_eq!(server.send("PATCH", data, Some("{}"), &[]).status, 400);
}
