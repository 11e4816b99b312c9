//! What the targets share: a file of any bytes, loaded and checked.

use flowsim::diagnostic::{Style, render_text};
use flowsim::flow::check::{check, check_architect};
use flowsim::flow::read::load_text;
use flowsim::flow::write::model;
use flowsim::source::Files;

/// Loads the flows of a file and shows everything that is wrong with them, as `flowsim check`
/// does it, and what was read. Bytes that are no UTF-8 never come so far.
pub fn load(path: &str, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut files = Files::new();
    let file = files.add(path, text);
    let mut loaded = load_text(&file, &[], &mut files);
    loaded.diagnostics.extend(check(&loaded.flows));
    loaded.diagnostics.extend(check_architect(&loaded.architect));
    render_text(&loaded.diagnostics, &files, Style::default());
    for flow in &loaded.architect {
        model(flow);
    }
}
