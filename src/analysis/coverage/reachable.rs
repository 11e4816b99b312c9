//! Coverage of what calls can reach: items that an exploration proved unreachable do not
//! count.

use std::collections::BTreeSet;

use super::kind::Kind;
use super::report::{NodeReport, Report};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Node;
use crate::value::Text;

/// The form of explorations, `flowsim.exploration/1`.
const SCHEMA: &str = "flowsim.exploration/1";

/// Nodes and outputs that no call reaches, by the name of the flow, the id of the node, and
/// the name of the output.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unreachable(BTreeSet<(Text, Text, Option<Text>)>);

impl Unreachable {
    /// Reads an exploration.
    ///
    /// # Errors
    /// The document is not an exploration.
    pub fn read(document: &Node<'_>) -> Result<Self, Vec<Diagnostic>> {
        let schema = document.get("schema").and_then(Node::as_str);
        let nodes = document.get("nodes").map(Node::items);
        let outputs = document.get("outputs").map(Node::items);
        let (Some(SCHEMA), Some(nodes), Some(outputs)) = (schema, nodes, outputs) else {
            let message = format!("this is not a `{SCHEMA}` document");
            let help = "use a file written by `flowsim explore --format json --out FILE`";
            let diagnostic = Diagnostic::new(Code::INVALID_COVERAGE, message);
            return Err(vec![diagnostic.at(document.span).help(help)]);
        };
        let text = |goal: &Node<'_>, key: &str| {
            goal.get(key).and_then(Node::as_str).map(Text::from)
        };
        let goals = nodes.iter().chain(outputs).filter_map(|goal| {
            let is_it = text(goal, "verdict")? == "unreachable";
            let name = (text(goal, "flow")?, text(goal, "nodeId")?, text(goal, "path"));
            is_it.then_some(name)
        });
        Ok(Self(goals.collect()))
    }

    fn has(&self, flow: &Text, node: &NodeReport, output: Option<&Text>) -> bool {
        self.0.contains(&(flow.clone(), node.id.clone(), output.cloned()))
    }
}

impl Report {
    /// Removes the items that no call reaches, and returns their number. An item that a
    /// call reached stays: the exploration was about another version of the flow, or
    /// about other calls.
    pub fn remove_unreachable(&mut self, unreachable: &Unreachable) -> usize {
        let names: Vec<Text> = self.flows.iter().map(|it| self.shown_name(it)).collect();
        let mut removed = 0;
        for (flow, name) in self.flows.iter_mut().zip(&names) {
            for node in &mut flow.nodes {
                removed += remove(unreachable, name, node);
            }
            flow.nodes.retain(|node| node.kind.is_some() || !node.parts.is_empty());
        }
        removed
    }
}

/// Removes the unreachable items of a node.
fn remove(unreachable: &Unreachable, flow: &Text, node: &mut NodeReport) -> usize {
    let is_reached = node.count > 0 || node.parts.iter().any(|part| part.count > 0);
    let before = node.parts.len() + usize::from(node.kind.is_some());
    if !is_reached && unreachable.has(flow, node, None) {
        node.kind = None;
        node.parts.clear();
        return before;
    }
    let parts = std::mem::take(&mut node.parts);
    let is_output = |kind: Kind| matches!(kind, Kind::Paths | Kind::Choices);
    let stays = parts.into_iter().filter(|part| {
        part.count > 0
            || !is_output(part.kind)
            || !unreachable.has(flow, node, Some(&part.name))
    });
    node.parts = stays.collect();
    before - node.parts.len() - usize::from(node.kind.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::coverage::{FlowReport, PartReport};
    use crate::source::{Files, read_json};

    fn node(id: &str, count: u64, outputs: &[(&str, u64)]) -> NodeReport {
        let part = |(name, count): &(&str, u64)| PartReport {
            kind: Kind::Paths,
            name: (*name).into(),
            text: None,
            count: *count,
        };
        let parts = outputs.iter().map(part).collect();
        NodeReport { id: id.into(), kind: Some(Kind::Nodes), line: 1, count, parts }
    }

    fn read(text: &str) -> Result<Unreachable, Vec<Diagnostic>> {
        let mut files = Files::new();
        let file = files.add("exploration.json", text.to_owned());
        Unreachable::read(&read_json(&file).unwrap())
    }

    #[test]
    fn proved_items_do_not_count_unless_a_call_reached_them() {
        let unreachable = read(
            r#"{"schema": "flowsim.exploration/1", "nodes": [
                {"flow": "F", "nodeId": "lost", "verdict": "unreachable"},
                {"flow": "F", "nodeId": "open", "verdict": "undecided"},
                {"flow": "F", "nodeId": "seen", "verdict": "unreachable"}],
                "outputs": [
                {"flow": "F", "nodeId": "ask", "path": "no", "verdict": "unreachable"},
                {"flow": "F", "nodeId": "ask", "path": "yes", "verdict": "reachable"}]}"#,
        );
        let flow = FlowReport {
            id: "f".into(),
            name: "F".into(),
            flow_type: "t".into(),
            file: "f".into(),
            line: 1,
            count: 1,
            nodes: vec![
                node("ask", 1, &[("yes", 1), ("no", 0)]),
                node("lost", 0, &[("next", 0)]),
                node("open", 0, &[("next", 0)]),
                node("seen", 1, &[("next", 1)]),
            ],
        };
        let mut report = Report { calls: 1, flows: vec![flow] };
        assert_eq!(report.remove_unreachable(&unreachable.unwrap()), 3);
        let ids: Vec<&str> = report.flows[0].nodes.iter().map(|it| &*it.id).collect();
        assert_eq!(ids, ["ask", "open", "seen"]);
        let share = report.share(Kind::Nodes);
        assert_eq!((share.covered, share.total), (2, 3));
        let share = report.share(Kind::Paths);
        assert_eq!((share.covered, share.total), (2, 3));
    }

    #[test]
    fn other_documents_are_refused() {
        for text in ["{}", "[]", r#"{"schema": "flowsim.coverage/1"}"#] {
            let found = read(text).unwrap_err();
            assert_eq!(found[0].code, Code::INVALID_COVERAGE, "{text}");
        }
    }
}
