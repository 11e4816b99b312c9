//! The status page in a real browser. These tests are ignored; `.ci/run` runs them with the
//! others whose name contains `browser`.

use flowsim::value::DateTime;
use serde_json::Value;

use super::support::{Local, organisation};
use crate::browser::{Page, browser};

mod keyboard;
mod status;
mod workbench;

/// Opens the page of a server and performs an action.
/// Afterwards the console must be empty except for expected error answers.
fn with_page(server: &Local, deed: impl FnOnce(&mut Page)) {
    let mut page = Page::new(&browser());
    page.open(&server.url);
    page.wait_for("document.getElementById('now')?.textContent");
    deed(&mut page);
    assert_eq!(*page.console(), [""; 0]);
}

/// The clinic during opening hours.
fn alder_clinic() -> Local {
    let mut organisation =
        organisation(&["alder-clinic/flows"], &["alder-clinic/fixtures.yaml"]);
    organisation.start_at(DateTime::parse("2026-03-10T14:00:00Z").unwrap());
    Local::of(organisation)
}

fn count(page: &mut Page, selector: &str) -> Value {
    page.value(&format!("document.querySelectorAll({selector:?}).length"))
}
