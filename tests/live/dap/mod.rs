//! `flowsim dap`, used as an editor would use it. *Source of the messages: the Debug
//! Adapter Protocol, version 1.71.*

#![expect(clippy::unwrap_used, reason = "an unexpected answer fails the test")]

mod client;
mod drafts;

use std::fs;
use std::path::{Path, PathBuf};

use client::Client;
use serde_json::{Value, json};

/// A flow with a menu, a called task, a loop and expressions.
const FLOW: &str = r#"inboundCall:
  name: Front desk
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Start_1]"
  variables:
    - integerVariable:
        name: Flow.count
        initialValue:
          lit: 0
    - stringCollectionVariable:
        name: Flow.names
        initialValue:
          noValue: true
  tasks:
    - task:
        name: Start
        refId: Start_1
        actions:
          - collectInput:
              name: Which door?
              inputData:
                var: Flow.door
              digits:
                exact:
                  lit: 1
              inputAudio:
                tts: Press a key.
              outputs:
                success:
                  actions:
                    - playAudio:
                        name: Heard
                        audio:
                          tts: Thank you.
          - updateData:
              name: Names
              statements:
                - stringCollection:
                    variable: Flow.names
                    value:
                      exp: MakeList("a", "b")
          - loop:
              name: Three times
              currentIndex:
                var: Task.index
              loopCount:
                lit: 3
              outputs:
                loop:
                  actions:
                    - callTask:
                        name: Count it
                        targetTaskRef: "/inboundCall/tasks/task[Count_2]"
          - disconnect:
              name: Goodbye
    - task:
        name: Count
        refId: Count_2
        actions:
          - updateData:
              name: Add one
              statements:
                - integer:
                    variable: Flow.count
                    value:
                      exp: Flow.count + 1
          - endTask:
              name: Done
"#;

/// The flow with its variables for the keys and the index.
fn flow() -> String {
    FLOW.replace(
        "  tasks:\n    - task:\n        name: Start\n        refId: Start_1\n",
        "    - stringVariable:\n        name: Flow.door\n        initialValue:\n          noValue: true\n  \
         tasks:\n    - task:\n        name: Start\n        refId: Start_1\n        variables:\n          - \
         integerVariable:\n              name: Task.index\n              initialValue:\n                noValue: true\n",
    )
}

struct Desk {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("desk.yaml");
        fs::write(&path, flow()).unwrap();
        Self { folder, path }
    }

    /// Launches a call with these attributes.
    fn launched(&self, more: Value, set: impl FnOnce(&mut Client)) -> Client {
        let mut client = Client::start();
        let mut arguments = json!({"type": "flowsim", "name": "Desk", "flow": self.path});
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        client.launch(arguments, set);
        client
    }
}

#[test]
fn a_call_stops_on_entry_at_breakpoints_and_at_its_end() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"stopOnEntry": true, "input": ["7"]}), |it| {
        let set = it.set_breakpoints(&desk.path, &[("name: Add one", json!({}))]);
        assert_eq!(set[0]["verified"], true);
        assert_eq!(set[0]["line"], 69, "the line of the action, not that of its name");
    });
    let stop = client.event("stopped");
    assert_eq!((&stop["reason"], &stop["threadId"]), (&json!("entry"), &json!(1)));
    assert_eq!(client.top().1, "Which door? · Front desk · Start");
    let stop = client.moves("continue");
    assert_eq!(stop["reason"], "breakpoint");
    assert_eq!(stop["hitBreakpointIds"], json!([1]));
    assert_eq!(client.top(), (69, "Add one · Front desk · Count".to_owned()));
    let stack = client.request("stackTrace", json!({"threadId": 1}));
    assert_eq!(stack["totalFrames"], 2);
    let caller = &stack["stackFrames"][1];
    assert_eq!(caller["name"], "Count it · Front desk · Start");
    assert_eq!(caller["source"]["path"], desk.path.to_str().unwrap());
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "0");
    client.moves("continue");
    client.moves("continue");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "2");
    let stop = client.moves("continue");
    assert_eq!(stop["description"], "End of the call");
    assert!(
        client.console.contains("caller: 7\nflow: Thank you.\n"),
        "{}",
        client.console
    );
    assert!(client.console.contains("tests:\n  - name: \"Front desk completed\"\n"));
    client.request("continue", json!({"threadId": 1}));
    assert_eq!(client.event("exited"), json!({"exitCode": 0}));
    client.event("terminated");
    assert_eq!(client.end(), 0);
}

#[test]
fn steps_go_into_over_out_and_back() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        it.set_breakpoints(&desk.path, &[("name: Count it", json!({}))]);
    });
    client.event("stopped");
    let count_it = client.top();
    assert_eq!(count_it.1, "Count it · Front desk · Start");
    client.moves("stepIn");
    assert_eq!(client.top().1, "Add one · Front desk · Count");
    client.moves("next");
    assert_eq!(client.top().1, "Done · Front desk · Count");
    client.moves("stepBack");
    assert_eq!(client.top().1, "Add one · Front desk · Count");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "0");
    client.moves("stepBack");
    assert_eq!(client.top(), count_it);
    client.moves("stepIn");
    client.moves("stepOut");
    assert_eq!(client.top().1, "Three times, next round · Front desk · Start");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "1");
    client.moves("stepBack");
    assert_eq!(client.top(), count_it, "back over the task that it called");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "0");
    client.moves("next");
    client.moves("next");
    let stop = client.moves("reverseContinue");
    assert_eq!(stop["reason"], "breakpoint");
    assert_eq!(client.top(), count_it);
    let stop = client.moves("reverseContinue");
    assert_eq!(stop["description"], "Begin of the call");
    assert_eq!(client.end(), 0);
}

#[test]
fn conditions_hits_logs_and_names_decide_where_a_call_stops() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        let log = "count is {Flow.count}, {Upper(\"x\")}";
        let set = it.set_breakpoints(
            &desk.path,
            &[
                ("name: Add one", json!({"condition": "Flow.count == 1"})),
                ("name: Done", json!({"logMessage": log})),
                ("name: Count it", json!({"hitCondition": ">= 3"})),
            ],
        );
        assert!(set.as_array().unwrap().iter().all(|it| it["verified"] == true));
        let names = json!({"breakpoints": [{"name": "goodbye"}]});
        it.request("setFunctionBreakpoints", names);
    });
    client.event("stopped");
    let count = |it: &mut Client| it.variable("Flow variables", "Flow.count").unwrap();
    assert_eq!(client.top().1, "Add one · Front desk · Count");
    assert_eq!(count(&mut client), "1");
    client.moves("continue");
    assert_eq!(client.top().1, "Count it · Front desk · Start");
    assert_eq!(count(&mut client), "2");
    client.moves("continue");
    assert_eq!(client.top().1, "Goodbye · Front desk · Start");
    let logs: Vec<&str> =
        client.console.lines().filter(|it| it.starts_with("count")).collect();
    assert_eq!(logs, ["count is 1, X", "count is 2, X", "count is 3, X"]);
    client.moves("reverseContinue");
    assert_eq!(client.top().1, "Count it · Front desk · Start");
    client.moves("reverseContinue");
    assert_eq!(client.top().1, "Add one · Front desk · Count");
    assert_eq!(count(&mut client), "1");
    assert_eq!(client.end(), 0);
}

#[test]
fn wrong_breakpoints_are_explained() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"stopOnEntry": true}), |it| {
        let set = it.set_breakpoints(
            &desk.path,
            &[
                ("name: Goodbye", json!({"condition": "Flow.cuont == 1"})),
                ("name: Names", json!({"hitCondition": "often"})),
                ("name: Done", json!({"logMessage": "{Flow.count"})),
            ],
        );
        let messages = [
            "did you mean `Flow.count`",
            "expected a number such as `3` or `>= 3`, found `often`",
            "`}` is missing",
        ];
        for (point, message) in set.as_array().unwrap().iter().zip(messages) {
            assert_eq!(point["verified"], false);
            assert!(point["message"].as_str().unwrap().contains(message), "{point}");
        }
        let names = json!({"breakpoints": [{"name": "Hello"}]});
        let set = it.request("setFunctionBreakpoints", names);
        assert_eq!(set["breakpoints"][0]["message"], "no action is called `Hello`");
    });
    client.event("stopped");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_variable_is_watched_forwards_and_backwards() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"stopOnEntry": true, "input": ["7"]}), |_| {});
    client.event("stopped");
    let scope = client.scope("Flow variables").unwrap();
    let arguments = json!({"variablesReference": scope, "name": "Flow.count"});
    let info = client.request("dataBreakpointInfo", arguments);
    let arguments = json!({"breakpoints": [{"dataId": info["dataId"]}]});
    let set = client.request("setDataBreakpoints", arguments);
    assert_eq!(set["breakpoints"][0]["verified"], true);
    for count in ["1", "2", "3"] {
        assert_eq!(client.moves("continue")["reason"], "data breakpoint");
        assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), count);
    }
    client.moves("continue");
    assert_eq!(client.moves("reverseContinue")["reason"], "data breakpoint");
    assert_eq!(client.top().1, "Add one · Front desk · Count");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "2");
    client.moves("reverseContinue");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "1");
    assert_eq!(client.end(), 0);
}

#[test]
fn values_have_parts_and_can_be_set_and_evaluated() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        it.set_breakpoints(&desk.path, &[("name: Count it", json!({}))]);
    });
    client.event("stopped");
    let scope = client.scope("Flow variables").unwrap();
    let all = client.request("variables", json!({"variablesReference": scope}));
    let names = &all["variables"].as_array().unwrap();
    let names = names.iter().find(|it| it["name"] == "Flow.names").unwrap();
    assert_eq!(names["type"], "String[]");
    let reference = names["variablesReference"].as_u64().unwrap();
    let parts = client.request("variables", json!({"variablesReference": reference}));
    assert_eq!(parts["variables"][1]["name"], "[1]");
    assert_eq!(parts["variables"][1]["value"], "\"b\"");
    let mut evaluate = |text: &str, context: &str| {
        let arguments = json!({"expression": text, "frameId": 1, "context": context});
        client.ask("evaluate", arguments)
    };
    assert_eq!(evaluate("Flow.count + 40", "repl")["body"]["result"], "40");
    assert_eq!(evaluate("Flow.door", "hover")["body"]["result"], "\"7\"");
    assert_eq!(evaluate("= 1", "repl")["body"]["result"], "1");
    let failed = evaluate("Flow.dor", "watch");
    assert_eq!(failed["success"], false);
    assert!(failed["message"].as_str().unwrap().contains("Flow.door"));
    let arguments = json!({"variablesReference": scope, "name": "Flow.count", "value": "Flow.count + 7"});
    let set = client.request("setVariable", arguments);
    assert_eq!((&set["value"], &set["type"]), (&json!("7"), &json!("Integer")));
    let arguments =
        json!({"variablesReference": scope, "name": "Flow.count", "value": "\"x\""});
    assert!(!client.refused("setVariable", arguments).is_empty());
    client.moves("next");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "8");
    assert_eq!(client.variable("Clock", "branch").unwrap(), "1");
    assert!(client.variable("Caller", "Call.Language").is_some());
    assert_eq!(client.end(), 0);
}

#[test]
fn a_question_is_answered_in_the_console_and_another_answer_is_a_branch() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({}), |_| {});
    let stop = client.event("stopped");
    assert_eq!(stop["description"], "The caller is asked");
    let answers = client.request("flowsim/answers", json!({}));
    assert_eq!(answers["question"], "Which door?");
    assert_eq!(answers["answers"][0]["answer"], "1");
    assert_eq!(answers["known"], Value::Null);
    let completions = client.request("completions", json!({"text": "hang", "column": 5}));
    assert_eq!(completions["targets"][0]["text"], "hang up");
    let evaluate = |client: &mut Client, text: &str| {
        let arguments = json!({"expression": text, "frameId": 1, "context": "repl"});
        client.request("evaluate", arguments)["result"].clone()
    };
    assert_eq!(evaluate(&mut client, "Flow.count"), "0", "an expression is no answer");
    assert_eq!(evaluate(&mut client, "4"), "caller: 4");
    client.event("continued");
    assert_eq!(client.event("stopped")["description"], "End of the call");
    assert_eq!(client.variable("Flow variables", "Flow.door").unwrap(), "\"4\"");
    let names = json!({"breakpoints": [{"name": "Heard"}]});
    client.request("setFunctionBreakpoints", names);
    client.moves("reverseContinue");
    assert_eq!(client.moves("stepBack")["description"], "The caller is asked");
    let answers = client.request("flowsim/answers", json!({}));
    assert_eq!(answers["known"], "4");
    client.request("flowsim/answer", json!({"answer": "5"}));
    client.event("stopped");
    assert_eq!(client.variable("Flow variables", "Flow.door").unwrap(), "\"5\"");
    let branches = client.request("flowsim/branches", json!({}));
    let ids: Vec<&Value> =
        branches["branches"].as_array().unwrap().iter().map(|it| &it["branch"]).collect();
    assert_eq!(ids, [1, 2]);
    assert_eq!(branches["branches"][1]["from"], 1);
    client.request("flowsim/switchBranch", json!({"branch": 1}));
    assert_eq!(client.event("stopped")["description"], "End of the call");
    assert_eq!(client.variable("Flow variables", "Flow.door").unwrap(), "\"4\"");
    assert_eq!(client.end(), 0);
}

#[test]
fn prompts_and_errors_are_exceptions() {
    let desk = Desk::new();
    let text = flow().replace("exp: Flow.count + 1", "exp: Flow.count / 0");
    fs::write(&desk.path, text).unwrap();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        it.request("setExceptionBreakpoints", json!({"filters": ["prompts", "errors"]}));
    });
    assert_eq!(client.event("stopped")["description"], "Prompt");
    client.moves("continue");
    let stop = client.moves("continue");
    assert_eq!(
        (&stop["reason"], &stop["description"]),
        (&json!("exception"), &json!("Error"))
    );
    let info = client.request("exceptionInfo", json!({"threadId": 1}));
    assert_eq!(info["exceptionId"], "DIVISION_BY_ZERO");
    assert_eq!(client.end(), 0);
}

#[test]
fn the_scenario_at_the_end_passes_as_a_test_and_can_be_debugged() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["3"]}), |_| {});
    client.event("stopped");
    let scenario = client.request("flowsim/scenario", json!({}));
    let file = desk.folder.path().join("desk.test.yaml");
    fs::write(&file, scenario["scenario"].as_str().unwrap()).unwrap();
    assert_eq!(client.end(), 0);
    let tested = assert_cmd::Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .arg("test")
        .arg(&file)
        .assert()
        .success();
    let out = String::from_utf8_lossy(&tested.get_output().stdout).into_owned();
    assert!(out.contains("1 passed"), "{out}");
    let mut client = Client::start();
    let arguments = json!({"test": file, "name": "Front desk completed"});
    client.launch(arguments, |it| {
        it.set_breakpoints(&desk.path, &[("name: Goodbye", json!({}))]);
    });
    assert_eq!(client.event("stopped")["reason"], "breakpoint");
    assert_eq!(client.variable("Flow variables", "Flow.door").unwrap(), "\"3\"");
    assert_eq!(client.end(), 0);
    let mut client = Client::start();
    let problem = client.refused("launch", json!({"test": file, "name": "Front"}));
    assert!(problem.contains("INVALID_LAUNCH"), "{problem}");
    assert!(problem.contains("has no test `Front`"), "{problem}");
}

#[test]
fn a_restart_reads_the_flow_again_and_keeps_breakpoints() {
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        it.set_breakpoints(&desk.path, &[("name: Goodbye", json!({}))]);
    });
    client.event("stopped");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "3");
    fs::write(&desk.path, flow().replace("Flow.count + 1", "Flow.count + 5")).unwrap();
    client.request("restart", json!({}));
    assert_eq!(client.event("stopped")["reason"], "breakpoint");
    assert_eq!(client.variable("Flow variables", "Flow.count").unwrap(), "15");
    assert_eq!(client.end(), 0);
}

#[test]
fn a_call_without_debugging_runs_to_its_end() {
    let desk = Desk::new();
    let more = json!({"noDebug": true, "stopOnEntry": true, "input": ["7"]});
    let mut client = desk.launched(more, |it| {
        it.set_breakpoints(&desk.path, &[("name: Goodbye", json!({}))]);
    });
    assert_eq!(client.event("exited"), json!({"exitCode": 0}));
    client.event("terminated");
    assert!(client.console.contains("flow: Thank you."), "{}", client.console);
    assert_eq!(client.end(), 0);
}

#[test]
fn an_explored_call_is_debugged() {
    let desk = Desk::new();
    let explored = assert_cmd::Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["explore", "--format", "json"])
        .arg(&desk.path)
        .assert();
    let file = desk.folder.path().join("explored.json");
    fs::write(&file, &explored.get_output().stdout).unwrap();
    let more = json!({"exploration": file, "action": "Heard"});
    let mut client = desk.launched(more, |it| {
        let names = json!({"breakpoints": [{"name": "Heard"}]});
        it.request("setFunctionBreakpoints", names);
    });
    assert_eq!(client.event("stopped")["reason"], "breakpoint");
    assert_eq!(client.top().1, "Heard · Front desk · Start");
    assert_eq!(client.end(), 0);
}

#[test]
fn wrong_requests_are_refused_and_broken_input_ends_the_session() {
    let mut client = Client::start();
    assert!(client.refused("threads", json!({})).contains("send `launch` first"));
    let problem = client.refused("launch", json!({"flow": "no such file.yaml"}));
    assert!(problem.contains("FILE_UNREADABLE"), "{problem}");
    assert!(client.refused("launch", json!({"input": [true]})).contains("`input`"));
    assert!(client.refused("launch", json!({})).contains("no flow to debug"));
    assert_eq!(client.close(), 1);
    let mut client = Client::raw();
    client.write(b"hello\r\n\r\n");
    assert_eq!(client.close(), 1);
    let desk = Desk::new();
    let mut client = desk.launched(json!({"input": ["7"]}), |it| {
        let arguments = json!({"source": {"path": Path::new("/none.yaml")}, "breakpoints": [{"line": 1}]});
        let set = it.request("setBreakpoints", arguments);
        assert_eq!(set["breakpoints"][0]["verified"], false);
    });
    client.event("stopped");
    for (command, arguments) in [
        ("frobnicate", json!({})),
        ("variables", json!({"variablesReference": 99})),
        ("setVariable", json!({"variablesReference": -1, "name": "x", "value": "1"})),
        ("evaluate", json!({"expression": "((("})),
        ("flowsim/answer", json!({"answer": "1"})),
        ("flowsim/switchBranch", json!({"branch": 7})),
        ("setBreakpoints", json!(null)),
        ("stackTrace", json!("x")),
    ] {
        // Nothing that an editor sends ends the session.
        client.ask(command, arguments);
    }
    assert_eq!(client.end(), 0);
}
