//! Coverage in the `lcov` format, for tools that show source code with its coverage.
//!
//! Lines of nodes are lines of code. Paths out of nodes and choices of menus are
//! branches. Tasks, menus and draft flows are functions. *Source: the tracefile format in
//! `geninfo(1)`.*

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::analysis::coverage::{FlowReport, Kind, NodeReport, Report, sum};

/// First lines of a tracefile up to the path, and without the optional name of the test.
const BEGINNINGS: [&str; 2] = ["TN:\nSF:", "SF:"];

/// Returns whether a file that starts like this is a tracefile.
pub(super) fn is_beginning(start: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
}

/// The entries of a file.
#[derive(Default)]
struct File<'r> {
    /// Number of visits of each line.
    lines: BTreeMap<u32, u64>,
    functions: Vec<(u32, String, u64)>,
    /// Line, node, count of the node, counts of its branches.
    nodes: Vec<(u32, &'r NodeReport)>,
    names: BTreeSet<String>,
}

/// Renders the report as an `lcov` tracefile. Files have the paths from which they were
/// loaded.
pub fn render_lcov(report: &Report) -> String {
    let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for flow in report.flows.iter().filter(|flow| !flow.file.is_empty()) {
        files.entry(flow.file.as_str()).or_default().add(flow);
    }
    let mut out = String::new();
    for (path, file) in &files {
        file.write(path, &mut out);
    }
    out
}

impl<'r> File<'r> {
    fn add(&mut self, flow: &'r FlowReport) {
        let is_function =
            |node: &NodeReport| matches!(node.kind, Some(Kind::Tasks | Kind::Menus));
        if !flow.nodes.iter().any(is_function) {
            self.function(flow.line, flow.name.to_string(), flow.count);
        }
        for node in flow.nodes.iter().filter(|node| node.kind.is_some()) {
            if is_function(node) {
                let name = format!("{}/{}", flow.name, node.id);
                self.function(node.line, name, node.count);
            }
            let count = self.lines.entry(node.line).or_default();
            *count = sum(*count, node.count);
            self.nodes.push((node.line, node));
        }
    }

    /// Adds a function with a unique name without commas. A comma would end the name, and
    /// tools keep only one of two functions with the same name.
    fn function(&mut self, line: u32, name: String, count: u64) {
        let is_plain = |c: char| c != ',' && !c.is_control();
        let plain: String =
            name.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
        let mut name = plain.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{plain} ({number})");
        }
        self.functions.push((line, name, count));
    }

    // Writing into a string cannot fail.
    fn write(&self, path: &str, out: &mut String) {
        let _ = writeln!(out, "{}{path}", BEGINNINGS[0]);
        for (line, name, _) in &self.functions {
            let _ = writeln!(out, "FN:{line},{name}");
        }
        for (_, name, count) in &self.functions {
            let _ = writeln!(out, "FNDA:{count},{name}");
        }
        let hit = self.functions.iter().filter(|(_, _, count)| *count > 0).count();
        let _ = writeln!(out, "FNF:{}\nFNH:{hit}", self.functions.len());
        self.write_branches(out);
        for (line, count) in &self.lines {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let hit = self.lines.values().filter(|count| **count > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", self.lines.len());
    }

    fn write_branches(&self, out: &mut String) {
        let (mut found, mut hit) = (0, 0);
        for (block, (line, node)) in self.nodes.iter().enumerate() {
            let ways = node.parts.iter().filter(|part| {
                matches!(part.kind, Kind::Paths | Kind::Choices) // both lead to a next step
            });
            for (branch, way) in ways.enumerate() {
                let taken = match node.count == 0 && way.count == 0 {
                    true => "-".to_owned(),
                    false => way.count.to_string(),
                };
                let _ = writeln!(out, "BRDA:{line},{block},{branch},{taken}");
                found += 1;
                hit += usize::from(way.count > 0);
            }
        }
        let _ = writeln!(out, "BRF:{found}\nBRH:{hit}");
    }
}
