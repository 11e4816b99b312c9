//! The page of an exploration.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::sync::Arc;

use flowsim::explore::Options;
use flowsim::explore::suite::found_calls;
use flowsim::flow::read::load;
use flowsim::flow::write::Graph;
use flowsim::program::Program;
use flowsim::report::exploration::render_html;
use flowsim::source::Files;
use flowsim::world::Fixtures;
use serde_json::{Value, json};

use crate::explore::{OPTIONS, call, decision, disconnect, explored, flow, task, update};

/// Returns the content of the page, without the style and the script.
fn page_of(flow: &Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flow.to_string()).unwrap();
    let loaded = load(&[path], &[], &mut Files::new());
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let exploration = explored(&program, Options { is_fixed: false, ..OPTIONS });
    let calls = found_calls(&program, &[call()], &Fixtures::default(), &exploration);
    let graphs: Vec<Graph> = loaded.architect.iter().map(Graph::of_architect).collect();
    let page = render_html(&exploration, &calls, &program.symbols, &graphs).unwrap();
    let (_, body) = page.split_once("<main").unwrap();
    let (body, _) = body.split_once("</main>").unwrap();
    format!("<main{body}</main>\n")
}

fn example() -> Value {
    let choice = |digit: u32, actions: &[Value]| {
        json!({"menuTask": {"name": format!("Choice {digit}"), "dtmf": format!("digit_{digit}"),
            "task": {"actions": actions}}})
    };
    let menu = json!({"menu": {"name": "Main <Menu>", "refId": "m0", "audio": {"tts": "1 or 2, & more."},
        "settingsMenu": {"repeatCount": {"lit": 0}},
        "choices": [choice(1, &[disconnect("Bye")]), choice(2, &[update("Count", "Flow.a", "1")])]}});
    let never = decision("Never?", "Flow.a == 1", &[disconnect("Lost")], &[]);
    let known = "Reverse(Call.Ani) == \"1+\" and Call.Ani != \"+1\"";
    let open = decision("Odd?", known, &[disconnect("Odd")], &[]);
    let jump = json!({"jumpToMenu": {"name": "To the menu", "targetMenuRef": "/inboundCall/menus/menu[m0]"}});
    flow(&[task(0, &[never, open, jump])], &[menu])
}

/// The drawn flow has verdicts, and links to the calls.
#[test]
fn the_page_shows_flows_with_verdicts_and_calls() {
    insta::assert_snapshot!(page_of(&example()));
}

/// Each link leads to a call on the page, and everything reachable has one.
#[test]
fn every_reachable_action_is_a_link_to_its_call() {
    let page = page_of(&example());
    let links: Vec<&str> = page.split("href=\"#").skip(1).collect();
    let targets = links.iter().map(|it| it.split_once('"').unwrap().0);
    for target in targets {
        assert!(
            page.contains(&format!("id=\"{target}\"")) || target == "main",
            "{target}"
        );
    }
    let (drawings, list) = page.split_once("<details").unwrap();
    assert!(drawings.contains("<a href=\"#call-"));
    for row in list.split("<tr>").skip(1) {
        let is_link = row.contains("<a href=\"#call-");
        assert_eq!(is_link, row.contains("class=\"reachable\""), "{row}");
    }
    assert!(!page.contains("<Menu>"), "names are text");
}
