//! The YAML in a document.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]

use std::fs;
use std::path::Path;

/// Every `yaml` block of a Markdown document, with the line that it begins after.
pub(crate) fn yaml_blocks(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    let mut blocks: Vec<(usize, String)> = Vec::new();
    let mut is_yaml = false;
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with("```") {
            is_yaml = line == "```yaml";
            if is_yaml {
                blocks.push((number, String::new()));
            }
        } else if is_yaml && let Some((_, block)) = blocks.last_mut() {
            block.push_str(line);
            block.push('\n');
        }
    }
    blocks
}
