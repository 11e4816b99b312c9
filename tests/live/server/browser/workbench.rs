//! The tools of the status page in a real browser: branches, tests, chats, and the settings
//! of tests.

use serde_json::json;

use super::{alder_clinic, count, with_page};
use crate::browser::Page;
use crate::server::support::Local;

/// Opens a conversation.
pub(super) fn open_call(page: &mut Page, server: &Local, id: &str) {
    page.open(&format!("{}/#instance-{id}", server.url));
    page.wait_for("document.querySelectorAll('.chat > li').length > 0");
    page.wait_for("document.querySelector('.drawing .box')");
}

#[test]
#[ignore = "needs Chromium"]
fn an_answer_can_be_given_differently() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    server.press(&id, &json!(["9"]));
    with_page(&server, |page| {
        open_call(page, &server, &id);
        page.wait_for("document.querySelector('.past').open = true");
        page.wait_for_text(".inputs", "GatherInput: 9");
        page.click(".inputs button");
        page.wait_for(
            "document.querySelector('.facts')?.innerText.includes('branch at answer 1')",
        );
        assert_ne!(page.value("location.hash"), format!("#instance-{id}"));
        page.wait_for_text(".asked", "GatherInput waits");
        page.click(".pad button");
        page.wait_for_text(".outcome", "Routed to Support.");
        // The first call is one link away.
        page.click(".facts a");
        page.wait_for(&format!("location.hash === '#instance-{id}'"));
    });
}

/// The name in the box that is marked as the place of the call. A box shows the number of
/// its node before the name.
const MARKED: &str = "document.querySelector('.drawing [data-now] .title')\
    ?.textContent.replace(/^\\d+ /, '')";

/// Waits until the drawing marks a node.
fn wait_for_mark(page: &mut Page, node: &str) {
    page.wait_for(&format!("{MARKED} === {node:?}"));
}

#[test]
#[ignore = "needs Chromium"]
fn the_drawing_and_the_trace_follow_a_call() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    with_page(&server, |page| {
        page.open(&format!("{}/#call={flow}", server.url));
        page.wait_for("document.getElementById('dial-flow')?.value");
        page.click("#dial > button");
        // The call waits in the module that the flow calls.
        wait_for_mark(page, "GatherInput");
        assert_eq!(page.text(".flow-name"), "Shared_Module_Language_Select");
        assert_eq!(page.text(".at"), "At GatherInput");
        let before = count(page, ".lines > li").as_u64().unwrap();
        assert!(!page.text(".lines").contains("PlayGoodbye"));
        assert_eq!(count(page, ".drawing .way.seen"), 1, "from the greeting");

        page.type_text("9");
        page.wait_for_text(".lines", "PlayGoodbye");
        wait_for_mark(page, "EndFlow");
        page.wait_for_text(".flow-name", "Inbound_Flow_A");
        assert!(count(page, ".lines > li").as_u64().unwrap() > before);
        assert!(!page.text(".lines").contains("RouteToAgent"));
        let seen = "[...document.querySelectorAll('.drawing .box.seen')].length";
        page.wait_for(&format!("{seen} === 3"));

        // Back at the question, another key leads another way.
        page.click(".past summary");
        page.click(".inputs button");
        page.wait_for_text(".facts", "branch at answer 1");
        wait_for_mark(page, "GatherInput");
        assert_eq!(page.text(".flow-name"), "Shared_Module_Language_Select");
        assert!(!page.text(".lines").contains("PlayGoodbye"));
        page.type_text("1");
        page.wait_for_text(".lines", "RouteToAgent");
        page.wait_for(&format!("{seen} === 4"));
        assert_eq!(page.value(MARKED), "EndFlow");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_drawing_follows_the_tasks_and_menus_of_a_call() {
    let server = alder_clinic();
    let id = server.converse(&server.flow_id("Alder%20Clinic%20Main%20Line"));
    with_page(&server, |page| {
        open_call(page, &server, &id);
        wait_for_mark(page, "Language");
        let drawing = "document.querySelector('.canvas').getAttribute('aria-label')";
        let first = page.value(drawing);
        page.type_text("1");
        wait_for_mark(page, "Main Menu");
        // A key that another client presses is followed too.
        server.press(&id, &json!(["1"]));
        wait_for_mark(page, "Appointments");
        assert_ne!(page.value(drawing), first);
        // The user looks at another part, which stays until the user follows the call again.
        page.click(".parts button:nth-child(2)");
        page.wait_for("!document.querySelector('.drawing [data-now]')");
        server.press(&id, &json!(["*"]));
        page.wait_for_text(".at", "At Main Menu");
        assert_eq!(count(page, ".drawing [data-now]"), 0);
        page.click(".parts button");
        wait_for_mark(page, "Main Menu");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn a_call_is_saved_as_a_test() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    server.press(&id, &json!(["1"]));
    with_page(&server, |page| {
        open_call(page, &server, &id);
        page.click(".test summary");
        page.wait_for("document.querySelector('.scenario').value.includes('tests:')");
        let text = page.value("document.querySelector('.scenario').value");
        let saved = server.get(&format!("/__flowsim/instances/{id}/scenario")).body;
        assert_eq!(text, saved["scenario"]);
        assert_eq!(
            page.value("document.querySelector('.download').download"),
            "calls.test.yaml"
        );
        page.wait_for("document.querySelector('.download').href.startsWith('blob:')");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn participant_data_is_shown() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let conversation = server.get(&format!("/api/v2/conversations/{id}")).body;
    let customer = conversation["participants"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v2/conversations/{id}/participants/{customer}/attributes");
    let body = json!({ "attributes": { "tier": "gold" } }).to_string();
    let written = server.send("PATCH", &path, Some(&body), &[]);
    assert_eq!(written.status, 200, "{written:?}");
    with_page(&server, |page| {
        open_call(page, &server, &id);
        page.click(".attributes summary");
        page.wait_for_text(".attributes", "gold");
        assert!(page.text(".attributes summary").contains("Participant data (1)"));
    });
}

#[test]
#[ignore = "needs Chromium"]
fn participant_data_is_edited() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    let data = || {
        server.get(&format!("/__flowsim/instances/{id}")).body["participantData"].clone()
    };
    with_page(&server, |page| {
        open_call(page, &server, &id);
        page.click(".attributes summary");
        page.click(".attribute .name");
        page.type_text("tier");
        page.click(".attribute .value");
        page.type_text("gold");
        page.press("Enter");
        page.wait_for_text(".attributes summary", "Participant data (1)");
        assert_eq!(data(), json!({ "tier": "gold" }));
        assert!(page.text(".attributes table").contains("gold"));
        page.wait_for("document.activeElement.className === 'name'");
        page.click(".attributes .remove button");
        page.wait_for_text(".attributes summary", "Participant data (0)");
        assert_eq!(data(), json!({}));
    });
}

#[test]
#[ignore = "needs Chromium"]
fn messages_are_written_in_a_chat() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    with_page(&server, |page| {
        page.open(&format!("{}/#call={flow}", server.url));
        page.wait_for("document.getElementById('dial-flow')?.value");
        assert_eq!(page.value("document.getElementById('dial-message').hidden"), true);
        page.value("document.getElementById('dial-media').value = 'message'");
        page.value(
            "document.getElementById('dial-media').dispatchEvent(new Event('change'))",
        );
        page.click("#dial-message");
        page.type_text("Hello there");
        page.click("#dial > button");
        page.wait_for_text(".chat", "Press 1 now.");
        // The first message begins the chat.
        assert!(page.text(".chat > li").contains("Hello there"));
        assert_eq!(page.value("document.querySelector('.pad').offsetHeight"), 0);
        assert_eq!(page.text(".silence"), "Do not answer");
        // A node that listens for keys takes a written key.
        page.click(".say input");
        page.type_text("1");
        page.press("Enter");
        page.wait_for_text(".outcome", "Routed to Support.");
    });
}

/// Sets the text of a tool, and sends it.
fn set(page: &mut Page, tool: &str, text: &str, action: &str) {
    page.wait_for(&format!("document.getElementById('{tool}-text')"));
    page.click(&format!("#{tool}-text"));
    page.value(&format!("document.getElementById('{tool}-text').select()"));
    page.type_text(text);
    page.click(&format!("#{tool}-tool button[aria-label='{action} {tool}']"));
}

#[test]
#[ignore = "needs Chromium"]
fn faults_stubs_and_webhooks_are_edited() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        page.click("#to-tools");
        page.wait_for(
            "document.getElementById('fixtures-text')?.value.includes('queues')",
        );

        set(page, "faults", r#"{"GET /api/v2/flows": [503, 429]}"#, "Set");
        page.wait_for_text("#faults-tool .current", "GET /api/v2/flows: 503, 429");
        assert_eq!(server.get("/api/v2/flows").status, 503);
        page.wait_for_text("#faults-tool .current", "GET /api/v2/flows: 429");
        set(page, "faults", "{}", "Set");
        page.wait_for(
            "document.querySelector('#faults-tool .current').children.length === 0",
        );
        assert_eq!(server.get("/api/v2/flows").status, 200);

        set(
            page,
            "stubs",
            r#"{"GET /api/v2/quality/forms": {"body": {"name": "Survey"}}}"#,
            "Set",
        );
        page.wait_for_text(
            "#stubs-tool .current",
            "GET /api/v2/quality/forms (request): 0 answers",
        );
        assert_eq!(server.get("/api/v2/quality/forms").body["name"], "Survey");
        page.wait_for_text("#stubs-tool .current", "1 answer");
        page.wait_for("document.getElementById('stubs-text').value.includes('Survey')");

        set(page, "webhooks", r#"{"Inbound_Flow_A": "http://127.0.0.1:9/hook"}"#, "Set");
        page.wait_for_text(
            "#webhooks-tool .current",
            "Inbound_Flow_A: http://127.0.0.1:9/hook (flow)",
        );
    });
}

#[test]
#[ignore = "needs Chromium"]
fn fixtures_are_merged_and_their_mistakes_shown() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        page.click("#to-tools");
        page.wait_for(
            "document.getElementById('fixtures-text')?.value.includes('queues')",
        );
        set(page, "fixtures", r#"{"queues": {"q9": {"name": "Ninth"}}}"#, "Merge");
        page.wait_for_text("#fixtures-tool .said", "Done.");
        let queues = server.get("/api/v2/routing/queues?name=Ninth").body;
        assert_eq!(queues["total"], 1, "{queues}");
        set(page, "fixtures", r#"{"queues": 7}"#, "Merge");
        page.wait_for_text("#fixtures-tool .mistakes", "line 1, column");
        set(page, "fixtures", "{", "Merge");
        page.wait_for_text("#fixtures-tool .said", "Not JSON");
        // The browser reports the refused request.
        page.console().retain(|entry| !entry.contains("400 (Bad Request)"));
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_focus_stays_while_lists_change() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    server.converse(&flow);
    with_page(&server, |page| {
        page.click("#to-conversations");
        page.wait_for("document.querySelectorAll('#instances > li').length === 1");
        page.value("document.querySelectorAll('#states button')[1].focus()");
        server.converse(&flow);
        page.wait_for("document.querySelectorAll('#instances > li').length === 2");
        page.wait_for_text("#states", "waiting 2");
        assert_eq!(page.value("document.activeElement.dataset.key"), "waiting");

        // Text that is being edited is not replaced.
        page.click("#to-tools");
        page.wait_for("document.getElementById('faults-text')");
        page.click("#faults-text");
        page.type_text("draft");
        server.post("/__flowsim/faults", &json!({ "GET /api/v2/flows": [503] }));
        page.wait_for_text("#faults-tool .current", "503");
        assert_eq!(page.value("document.getElementById('faults-text').value"), "draft");
        assert_eq!(page.value("document.activeElement.id"), "faults-text");
    });
}

/// The views of the page with a waiting call, a chat, and a call that is over.
fn views([waiting, chat, over]: [&str; 3]) -> Vec<(String, &'static str)> {
    let views = [
        ("overview", "#flows-list tr"),
        ("conversations", "#instances a"),
        ("call", "#dial-flow option"),
        (waiting, ".drawing .box"),
        (chat, ".say input"),
        (over, ".outcome"),
        ("requests", "#requests a"),
        ("request-1", "#request h2"),
        ("tools", "#webhooks-text"),
    ];
    views.map(|(hash, place)| (hash.to_owned(), place)).to_vec()
}

/// Runs axe-core. Returns its serious findings.
fn serious(page: &mut Page) -> Vec<String> {
    let found = page.value(
        "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => \
         `${impact} ${id}: ${nodes.map(({ target }) => target).join(' ')}`))",
    );
    let found =
        found.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned());
    found.filter(|it| it.starts_with("serious") || it.starts_with("critical")).collect()
}

/// The checks of axe-core, whose script is named by `AXE_CORE`.
#[test]
#[ignore = "needs Chromium"]
fn axe_finds_nothing_serious() {
    let Some(axe) = std::env::var_os("AXE_CORE") else {
        eprintln!("SKIPPED axe-core: AXE_CORE does not name its script");
        return;
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    let server = alder_clinic();
    let id = server.converse(&server.flow_id("Alder%20Clinic%20Main%20Line"));
    server.press(&id, &json!(["1"]));
    let flow = server.flow_id("Alder%20Clinic%20Main%20Line");
    let begun = json!({ "flowId": flow, "media": "message" });
    let chat = server.post("/__flowsim/instances", &begun).body["id"].clone();
    let over = server.converse(&flow);
    server.post(&format!("/__flowsim/instances/{over}/disconnect"), &json!({}));
    let ids = [id.as_str(), chat.as_str().unwrap(), over.as_str()];
    let ids = ids.map(|id| format!("instance-{id}"));
    let ids = ids.each_ref().map(String::as_str);
    with_page(&server, |page| {
        let still = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
        page.command("Emulation.setEmulatedMedia", &still);
        for width in [1300, 375] {
            let size = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
            page.command("Emulation.setDeviceMetricsOverride", &size);
            for theme in ["light", "dark"] {
                for (hash, place) in views(ids) {
                    page.open(&format!("{}/#{hash}", server.url));
                    page.wait_for(&format!("document.querySelector({place:?})"));
                    page.value(&format!(
                        "document.documentElement.dataset.theme = {theme:?}"
                    ));
                    page.value("document.querySelectorAll('details').forEach((it) => { it.open = true; })");
                    page.value(&format!(
                        "window.axe ? 0 : ((function () {{ {axe} }}).call(window), 0)"
                    ));
                    let serious = serious(page);
                    assert!(serious.is_empty(), "{width} {theme} {hash}: {serious:?}");
                }
            }
        }
    });
}
