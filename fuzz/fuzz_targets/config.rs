//! Flows in Architect's own JSON: passes every object to the reader.

#![no_main]

use flowsim::flow::check::check_architect;
use flowsim::flow::read::config::{embedded, read};
use flowsim::source::{Files, read_json};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let file = Files::new().add("flow.json", text);
    let Ok(document) = read_json(&file) else { return };
    let mut diagnostics = Vec::new();
    let documents = std::iter::once(&document).chain(embedded(&document));
    let flows: Vec<_> =
        documents.filter_map(|document| read(document, &mut diagnostics)).collect();
    check_architect(&flows);
});
