//! The status page in a real browser, used with the keyboard alone.

use serde_json::{Value, json};

use super::{alder_clinic, count, with_page};
use crate::browser::Page;
use crate::server::support::Local;

/// Maximum number of controls in a view.
const MAX_CONTROLS: usize = 150;

/// Describes the focused control.
const FOCUSED: &str = "(() => { const it = document.activeElement; \
    return it && it !== document.body \
    ? it.getAttribute('href') || it.id || it.className || it.textContent : ''; })()";

/// The controls that are shown and not disabled, without those of closed sections.
const CONTROLS: &str = "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')] \
    .filter((it) => !it.disabled && it.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))";

/// Presses Tab until the focused control matches a selector.
fn tab_to(page: &mut Page, selector: &str) {
    page.wait_for(&format!("document.querySelector({selector:?})"));
    let is_there = format!("document.activeElement.matches({selector:?})");
    let mut passed = Vec::new();
    while page.value(&is_there) != true {
        assert!(passed.len() < MAX_CONTROLS, "no {selector} among {passed:?}");
        page.press("Tab");
        passed.push(page.value(FOCUSED));
    }
}

/// Goes to a control and activates it.
fn enter(page: &mut Page, selector: &str) {
    tab_to(page, selector);
    page.press("Enter");
}

/// Goes to an input field, and replaces its contents.
fn write(page: &mut Page, selector: &str, text: &str) {
    tab_to(page, selector);
    page.value("document.activeElement.select()");
    page.type_text(text);
}

#[test]
#[ignore = "needs Chromium"]
fn a_call_is_made_with_the_keyboard() {
    let server = Local::shared_flow();
    let wanted = server.flow_id("Inbound_Flow_B");
    with_page(&server, |page| {
        enter(page, "#cards a[href='#call']");
        page.wait_for("document.activeElement.id === 'dial-flow'");
        let chosen = "document.getElementById('dial-flow').selectedOptions[0].text";
        assert_eq!(page.value(chosen), "Inbound_Flow_A · INBOUNDCALL");
        page.press("ArrowDown");
        page.wait_for(&format!(
            "document.getElementById('dial-flow').value === {wanted:?}"
        ));
        write(page, "#dial-from", "+15550001");
        enter(page, "#dial > button.main");
        page.wait_for_text(".asked", "GatherInput waits");
        assert!(page.text("#conversation h2").contains("Inbound_Flow_B"));

        // A key of the keyboard is a key of the phone; so is one of the dial pad.
        page.type_text("9");
        page.wait_for_text(".outcome", "Call ended");
        enter(page, ".past summary");
        enter(page, ".inputs button");
        page.wait_for_text(".facts", "branch at answer 1");
        enter(page, ".pad button:nth-child(1)");
        page.wait_for_text(".outcome", "Call ended");
        assert!(page.text(".chat").contains('1'));

        enter(page, ".attributes summary");
        write(page, ".attribute .name", "tier");
        write(page, ".attribute .value", "gold");
        enter(page, ".attribute button");
        page.wait_for_text(".attributes summary", "Participant data (1)");
        enter(page, ".attributes .remove button");
        page.wait_for_text(".attributes summary", "Participant data (0)");
        enter(page, ".test summary");
        page.wait_for("document.querySelector('.scenario').value.includes('tests:')");
        enter(page, ".facts a");
        page.wait_for_text(".past summary", "Answers so far");
        assert_eq!(count(page, "#instances [aria-current]"), 1);
    });
}

#[test]
#[ignore = "needs Chromium"]
fn settings_and_requests_are_reached_with_the_keyboard() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        enter(page, "#to-tools");
        for (tool, text, action) in [
            ("fixtures", r#"{"queues": {"q9": {"name": "Ninth"}}}"#, "Merge"),
            ("faults", r#"{"GET /api/v2/flows": [503]}"#, "Set"),
            ("stubs", r#"{"GET /api/v2/quality/forms": {"body": {}}}"#, "Set"),
            ("webhooks", r#"{"Inbound_Flow_A": "http://127.0.0.1:9/hook"}"#, "Set"),
        ] {
            write(page, &format!("#{tool}-text"), text);
            enter(page, &format!("#{tool}-tool button[aria-label='{action} {tool}']"));
            page.wait_for_text(&format!("#{tool}-tool .said"), "Done.");
        }
        assert_eq!(server.get("/api/v2/routing/queues?name=Ninth").body["total"], 1);
        assert_eq!(server.get("/api/v2/flows").status, 503);
        assert_eq!(server.get("/api/v2/quality/forms").status, 200);
        assert!(page.text("#webhooks-tool .current").contains("127.0.0.1:9"));

        enter(page, "#passing button");
        page.wait_for_text("#now", "09:00:05");
        enter(page, "#to-requests");
        write(page, "#status", "503");
        page.wait_for("document.querySelectorAll('#requests > li').length === 1");
        enter(page, "#requests a");
        page.wait_for_text("#request", "Response");
    });
}

/// Visits all controls of a view with Tab, and returns those that were not focused. The
/// first press continues where the focus was last, which may be in the middle of the page.
/// Areas that scroll are visited too. Two rounds are enough.
fn missed(page: &mut Page) -> Vec<Value> {
    page.value("window.seen = new Set(); 0");
    let missed = format!(
        "{CONTROLS}.filter((it) => !window.seen.has(it)).map((it) => it.outerHTML)"
    );
    for _ in 0..2 * MAX_CONTROLS {
        page.press("Tab");
        page.value("window.seen.add(document.activeElement), 0");
        if page.value(&missed).as_array().is_some_and(Vec::is_empty) {
            break;
        }
    }
    page.value(&missed).as_array().unwrap().clone()
}

#[test]
#[ignore = "needs Chromium"]
fn tab_reaches_every_control() {
    let server = alder_clinic();
    let id = server.converse(&server.flow_id("Alder%20Clinic%20Main%20Line"));
    server.press(&id, &json!(["1"]));
    server.get("/api/v2/nowhere");
    with_page(&server, |page| {
        let instance = format!("instance-{id}");
        for (hash, place) in [
            ("overview", "#flows-list tr"),
            ("conversations", "#instances a"),
            ("call", "#dial-flow option"),
            (&*instance, ".drawing .box"),
            ("requests", "#requests a"),
            ("tools", "#webhooks-text"),
        ] {
            page.open(&format!("{}/#{hash}", server.url));
            page.wait_for(&format!("document.querySelector({place:?})"));
            page.value(
                "document.querySelectorAll('details').forEach((it) => { it.open = true; })",
            );
            let missed = missed(page);
            assert!(missed.is_empty(), "{hash}: {missed:?}");
        }
    });
}

/// Focuses a control, changes what its view shows, and waits until the change is shown.
fn stays(
    page: &mut Page,
    place: &str,
    selector: &str,
    change: impl FnOnce(),
    shown: &str,
) {
    tab_to(page, selector);
    let before = page.value(FOCUSED);
    change();
    page.wait_for(shown);
    assert_eq!(page.value(FOCUSED), before, "{place}");
    assert_eq!(
        page.value(&format!("document.activeElement.matches({selector:?})")),
        true,
        "{place}"
    );
}

fn set_participant_data(server: &Local, id: &str) {
    let path = format!("/__flowsim/instances/{id}/participantData");
    let answer = server.send("PATCH", &path, Some(r#"{"a": "b"}"#), &[]);
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
#[ignore = "needs Chromium"]
fn the_focus_stays_while_views_are_refreshed() {
    let server = Local::shared_flow();
    let flow = server.flow_id("Inbound_Flow_A");
    let id = server.converse(&flow);
    let call = || {
        server.converse(&flow);
    };
    with_page(&server, |page| {
        let rows = "document.querySelectorAll('#instances > li').length";
        let waiting = "document.querySelector('#cards').innerText.includes('2 waiting')";
        stays(page, "overview", "#cards a[href='#call']", call, waiting);
        enter(page, "#to-conversations");
        page.wait_for(&format!("{rows} === 2"));
        let link = format!("#instances a[href='#instance-{id}']");
        stays(page, "list", &link, call, &format!("{rows} === 3"));
        page.press("Enter");
        page.wait_for("document.querySelector('.drawing .box')");
        let counted =
            "document.querySelector('.attributes summary').textContent.includes('(1)')";
        let set = || set_participant_data(&server, &id);
        stays(page, "call", ".pad button:nth-child(5)", set, counted);
        let ended =
            "document.querySelector('.outcome').textContent.includes('Call ended')";
        let press = || {
            server.press(&id, &json!(["1"]));
        };
        stays(page, "drawing", ".canvas", press, ended);
    });
}

#[test]
#[ignore = "needs Chromium"]
fn the_focus_stays_while_requests_are_logged() {
    let server = Local::shared_flow();
    with_page(&server, |page| {
        enter(page, "#to-requests");
        page.wait_for("document.querySelector('#requests a')");
        let logged = "document.querySelector('#requests').innerText.includes('nowhere')";
        let ask = || {
            server.get("/api/v2/nowhere");
        };
        stays(page, "requests", "#requests a", ask, logged);
    });
}
