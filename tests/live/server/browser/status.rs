//! The status page in a real browser, used as people use it.

use serde_json::json;

use super::{alder_clinic, count, with_page};
use crate::browser::{Page, browser};
use crate::server::service::{Reaction, Service};
use crate::server::support::{Local, draft};

const HOSTILE: &str = "</script><script>document.title='obeyed'</script><img src=x onerror=\"document.title='obeyed'\">{{1}}";

#[test]
#[ignore = "needs Chromium"]
fn it_shows_the_loaded_flows_and_advances_the_clock() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        page.wait_for_text("#flows-shown", "3 flows");
        let list = page.text("#flows-list");
        assert!(
            list.contains("Inbound_Flow_A") && list.contains("INBOUNDCALL"),
            "{list}"
        );
        let cards = page.text("#cards");
        assert!(cards.contains(&server.url) && cards.contains("queues 2"), "{cards}");
        page.wait_for_text("#now", "2026-01-05 09:00:00");
        page.click("#passing button");
        page.wait_for_text("#now", "09:00:05");

        page.click("#flows-q");
        page.type_text("flow_b");
        page.wait_for_text("#flows-shown", "1 flow matching");
        assert!(page.text("#flows-list").contains("Inbound_Flow_B"));
    });
}

#[test]
#[ignore = "needs Chromium"]
fn a_call_by_hand_continues_step_by_step_to_its_end() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        page.click("a[href='#call']");
        page.wait_for("document.getElementById('dial-flow')?.value");
        let chosen = "document.getElementById('dial-flow').selectedOptions[0].text";
        assert_eq!(page.value(chosen), "Inbound_Flow_A · INBOUNDCALL");
        page.click("#dial > button");

        page.wait_for_text(".chat", "Press 1 now.");
        assert!(page.text(".asked").starts_with("GatherInput waits 10 s for 1 key"));
        assert_eq!(count(page, ".lines > li"), 3);
        assert!(!page.text(".lines").contains("RouteToAgent"));
        assert!(page.text("#instances").contains("waiting at GatherInput"));

        // The key is pressed on the dial pad; `1` on the keyboard has the same effect.
        page.click(".pad button");
        page.wait_for_text(".lines", "RouteToAgent");
        page.wait_for_text(
            ".outcome",
            "Call ended: completed after 0 s. Routed to Support.",
        );
        let lines = page.text(".lines");
        assert!(
            lines.contains("caller pressed 1") && lines.contains("ends the flow"),
            "{lines}"
        );
        page.wait_for_text("#instances", "completed, routed to Support");
        assert_eq!(page.value("document.activeElement.id"), "conversation");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn keys_silence_and_hanging_up_can_be_entered() {
    let server = Local::shared_flow();
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    with_page(&server, |page| {
        // Silence advances the time of this caller only.
        page.open(&format!("{}/#instance-{id}", server.url));
        page.click(".silence");
        page.wait_for_text(".chat", "silence for 10 s");
        assert_eq!(
            server.get("/__flowsim/clock").body["now"],
            "2026-01-05T09:00:00.000Z"
        );

        let typed = server.converse(&server.flow_id("Inbound_Flow_A"));
        page.open(&format!("{}/#instance-{typed}", server.url));
        page.wait_for_text(".chat", "Press 1 now.");
        page.wait_for("document.querySelectorAll('.chat li').length === 2");
        page.type_text("1");
        page.wait_for_text(".outcome", "Routed to Support.");

        let left = server.converse(&server.flow_id("Inbound_Flow_A"));
        page.open(&format!("{}/#instance-{left}", server.url));
        page.wait_for("document.querySelectorAll('.chat li').length === 2");
        page.click(".hang-up");
        page.wait_for_text(".outcome", "The caller hung up.");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn while_a_service_is_called_there_are_no_keys() {
    let service = Service::new(|_, _| Reaction::Silence);
    let server = Local::shared_flow();
    let registered = json!({ "Inbound_Flow_A": service.url });
    assert_eq!(server.put("/__flowsim/webhooks", &registered).status, 200);
    let id = server.converse(&server.flow_id("Inbound_Flow_A"));
    with_page(&server, |page| {
        page.open(&format!("{}/#instance-{id}", server.url));
        page.wait_for("document.querySelectorAll('.chat li').length === 2");
        page.click(".pad button");
        page.wait_for_text(
            ".outcome",
            "GatherInput is calling its webhook with the keys 1.",
        );
        assert_eq!(page.value("document.querySelector('.keys').hidden"), true);
        page.wait_for_text("#instances", "GatherInput is calling its webhook");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn architect_menus_offer_their_choices_and_longer_entries_are_sent_together() {
    let server = alder_clinic();
    let mut long = draft("Long");
    long["draft"]["nodes"]["Ask"]["properties"]["maxDigits"] = json!(4);
    let made = server.post("/api/v2/flows", &long).body;
    let flow = made["id"].as_str().unwrap();
    server.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    with_page(&server, |page| {
        page.open(&format!("{}/#call={flow}", server.url));
        page.wait_for("document.getElementById('dial-flow')?.value");
        page.click("#dial-add");
        page.type_text("greeting");
        page.click(".variable input:nth-child(2)");
        page.type_text("friend");
        page.click("#dial > button");
        page.wait_for_text(".asked", "4 keys");
        page.click(".pad button:nth-child(2)");
        page.click(".pad button:nth-child(3)");
        assert_eq!(page.text(".entered output"), "23");
        page.click(".erase");
        page.click(".enter");
        page.wait_for_text(".chat", "You pressed 2, friend.");

        let main = server.flow_id("Alder%20Clinic%20Main%20Line");
        page.open(&format!("{}/#call={main}", server.url));
        page.wait_for(&format!(
            "document.getElementById('dial-flow')?.value === '{main}'"
        ));
        assert_eq!(count(page, ".variable"), 0, "those of another flow are not its");
        page.click("#dial > button");
        page.wait_for("document.querySelectorAll('.choices button').length > 1");
        let before = count(page, ".chat > li").as_u64().unwrap();
        page.click(".choices button");
        page.wait_for(&format!(
            "document.querySelectorAll('.chat > li').length > {before}"
        ));
        page.wait_for("document.querySelector('.chat kbd')");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_request_log_can_be_filtered_and_inspected() {
    let server = Local::shared_flow();
    server.get("/api/v2/nowhere");
    server.get("/api/v2/flows?name=Inbound_Flow_A");
    with_page(&server, |page| {
        page.click("#to-requests");
        page.wait_for_text("#requests", "/api/v2/nowhere");
        assert!(page.text("#requests").contains("name=Inbound_Flow_A"));
        page.click("#statuses button:nth-child(4)");
        page.wait_for(
            "!document.getElementById('requests').innerText.includes('Inbound_Flow_A')",
        );
        let list = page.text("#requests");
        assert!(
            list.contains("404") && list.contains("is not supported by flowsim"),
            "{list}"
        );
        page.click("#requests a");
        page.wait_for_text("#request", "Response");
        assert!(page.text("#request pre").contains("\"code\": \"not.found\""));
        // New requests are shown if they match the filter.
        server.get("/api/v2/elsewhere");
        page.wait_for_text("#requests", "/api/v2/elsewhere");
        page.click("#status");
        page.type_text("405");
        page.wait_for_text("#requests", "No requests with status 405.");
    });
}

/// Opens the page with a script that runs first.
fn open_with(page: &mut Page, server: &Local, script: &str) {
    page.command("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": script }));
    page.open(&format!("{}/?again#requests", server.url));
    page.wait_for(
        "location.search === '?again' && document.getElementById('now')?.textContent",
    );
}

#[test]
#[ignore = "needs Chromium"]
fn changes_are_shown_when_they_are_announced() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        // The timers of the page never end, and connections are noted.
        let script = "window.setInterval = () => 0; window.sockets = []; \
            window.WebSocket = class extends WebSocket { \
            constructor(address) { super(address); window.sockets.push(this); } };";
        open_with(page, &server, script);
        page.wait_for("window.sockets[0]?.readyState === WebSocket.OPEN");
        server.get("/api/v2/first");
        page.wait_for_text("#requests", "/api/v2/first");
        page.value("document.getElementById('main').dataset.same = 'yes'");
        for number in 0..20 {
            server.get(&format!("/api/v2/n{number}"));
        }
        page.wait_for_text("#requests", "/api/v2/n19");
        assert_eq!(page.value("document.getElementById('main').dataset.same"), "yes");
        assert_eq!(page.value("window.sockets.length"), 1);
    });
}

#[test]
#[ignore = "needs Chromium"]
fn changes_are_shown_without_a_connection_for_announcements() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        open_with(
            page,
            &server,
            "window.WebSocket = class { constructor() { throw 1; } };",
        );
        server.get("/api/v2/first");
        page.wait_for_text("#requests", "/api/v2/first");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn a_connection_that_is_lost_begins_again() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        let script = "window.sockets = []; window.WebSocket = class extends WebSocket { \
            constructor(address) { super(address); window.sockets.push(this); } };";
        open_with(page, &server, script);
        page.wait_for("window.sockets[0]?.readyState === WebSocket.OPEN");
        page.value("window.sockets[0].close()");
        page.wait_for("window.sockets[1]?.readyState === WebSocket.OPEN");
        server.get("/api/v2/first");
        page.wait_for_text("#requests", "/api/v2/first");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn a_server_that_stops_is_reported() {
    let server = Local::shared_flow();
    let address = server.url.clone();
    let mut page = Page::new(&browser());
    page.open(&address);
    page.wait_for("document.getElementById('now')?.textContent");
    server.stop();
    page.wait_for_text("#alarm", "The server is not responding.");
}

#[test]
#[ignore = "needs Chromium"]
fn markup_in_names_is_shown_as_text() {
    let server = Local::shared_flow();
    let mut hostile = draft(HOSTILE);
    hostile["draft"]["nodes"]["Ask"]["properties"]["promptText"] =
        json!(HOSTILE.replace("{{1}}", ""));
    let made = server.post("/api/v2/flows", &hostile);
    assert_eq!(made.status, 200, "{made:?}");
    let flow = made.body["id"].as_str().unwrap().to_owned();
    server.post(&format!("/api/v2/flows/{flow}/publish"), &json!({}));
    let id = server.converse(&flow);
    server.get("/api/v2/%3Cimg%20src=x%20onerror=alert(1)%3E?a=%3Cimg%3E");
    with_page(&server, |page| {
        for (hash, place) in [
            ("overview", "#flows-list"),
            (&*format!("call={flow}"), "#dial-flow"),
            (&*format!("instance-{id}"), ".chat"),
            ("requests", "#requests"),
        ] {
            page.open(&format!("{}/#{hash}", server.url));
            page.wait_for(&format!(
                "document.querySelector({place:?})?.textContent.includes('<img')"
            ));
            assert_eq!(count(page, "img"), 0, "{hash}");
            assert_eq!(count(page, "script"), 1, "{hash}");
            assert_eq!(page.value("document.title"), "flowsim serve", "{hash}");
        }
    });
}

#[test]
#[ignore = "needs Chromium"]
fn many_waiting_instances_are_listed_in_pages() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    for _ in 0..130 {
        server.converse(&flow);
    }
    with_page(&server, |page| {
        page.open(&format!("{}/#conversations?state=waiting", server.url));
        page.wait_for_text("#instances-pager", "1 of 6");
        assert_eq!(count(page, "#instances > li"), 25);
        page.click("#instances-pager button:last-child");
        page.wait_for_text("#instances-pager", "2 of 6");
        page.click("#instances a");
        page.wait_for_text(".chat", "Press 1 now.");
        page.click("#to-requests");
        page.wait_for("document.querySelectorAll('#requests > li').length === 50");
        page.click("#more");
        page.wait_for("document.querySelectorAll('#requests > li').length === 100");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_page_fits_the_width_of_a_phone() {
    let server = alder_clinic();
    let id = server.converse(&server.flow_id("Alder%20Clinic%20Main%20Line"));
    let mut long = draft(&"Very_long_name_without_a_blank".repeat(6));
    long["draft"]["nodes"]["Ask"]["properties"]["promptText"] = json!("w".repeat(300));
    server.post("/api/v2/flows", &long);
    server.get(&format!("/api/v2/{}", "nowhere".repeat(40)));
    with_page(&server, |page| {
        let phone = json!({ "width": 375, "height": 740, "deviceScaleFactor": 1, "mobile": true });
        page.command("Emulation.setDeviceMetricsOverride", &phone);
        let instance = format!("instance-{id}");
        for (hash, place) in [
            ("overview", "#flows-list tr"),
            ("conversations", "#instances a"),
            ("call", "#dial-flow option"),
            (&*instance, ".drawing .box"),
            ("requests", "#requests a"),
            ("request-1", "#request h2"),
            ("tools", "#webhooks-text"),
        ] {
            page.open(&format!("{}/#{hash}", server.url));
            page.wait_for(&format!("document.querySelector({place:?})"));
            let width = page.value("document.documentElement.scrollWidth");
            assert_eq!(width, 375, "{hash}");
        }
    });
}
