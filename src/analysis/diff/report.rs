//! What changed, as data: the document `flowsim.diff/1`.

use std::collections::BTreeMap;

use serde::Serialize;

/// What changed between two versions of one or more flows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Name and version of this form: `flowsim.diff/1`.
    pub schema: &'static str,
    /// Flows that only the new version has.
    pub added_flows: Vec<FlowName>,
    /// Flows that only the old version has.
    pub removed_flows: Vec<FlowName>,
    /// Flows of both versions that are not the same, or of which something was ignored.
    pub flows: Vec<FlowDiff>,
}

/// A flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowName {
    /// The name.
    pub name: String,
    /// The type, as written.
    #[serde(rename = "type")]
    pub flow_type: String,
}

/// What changed in a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowDiff {
    /// The flow as it is in the new version.
    #[serde(flatten)]
    pub flow: FlowName,
    /// The name that it had, if that was another one.
    pub old_name: Option<String>,
    /// Nodes, units and actions that only the new version has.
    pub added_nodes: Vec<NodeName>,
    /// Those that only the old version has.
    pub removed_nodes: Vec<NodeName>,
    /// Those that do the same under another id or name.
    pub renamed_nodes: Vec<RenamedNode>,
    /// Actions that stand in another place.
    pub moved_nodes: Vec<MovedNode>,
    /// What callers hear.
    pub changed_prompts: Vec<Change>,
    /// Where conversations are routed to, and with what.
    pub changed_routing: Vec<Change>,
    /// What decides where a call goes: conditions, cases, schedules, keys of menus.
    pub changed_conditions: Vec<Change>,
    /// Where a call goes: the property is the path.
    pub rewired: Vec<Change>,
    /// Variables, and what they are set to.
    pub changed_variables: Vec<Change>,
    /// All other properties.
    pub changed_settings: Vec<Change>,
    /// What is not the same but makes no difference.
    pub ignored: Vec<Ignored>,
}

/// A node, unit or action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeName {
    /// The id of a node; the name of a unit or action, with a number behind it from the second
    /// of a name on, as traces have it.
    pub node: String,
    /// The name, if it has one.
    pub name: Option<String>,
    /// The type.
    #[serde(rename = "type")]
    pub node_type: String,
    /// Where an action stands: `Main, behind Greeting`.
    pub place: Option<String>,
    #[serde(skip)]
    pub(super) order: usize,
}

/// A node that is known by another id or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedNode {
    /// The node as it is now.
    #[serde(flatten)]
    pub node: NodeName,
    /// What it was called.
    pub old: String,
}

/// An action that stands in another place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedNode {
    /// The action, and where it stands now.
    #[serde(flatten)]
    pub node: NodeName,
    /// Where it stood.
    pub old: String,
}

/// A property that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The node; none where it is the flow itself.
    pub node: Option<String>,
    /// What has changed of it.
    pub property: String,
    /// What it was, if it was there.
    pub old: Option<String>,
    /// What it is, if it is there.
    pub new: Option<String>,
    /// The type of the node.
    #[serde(skip)]
    pub(super) node_type: String,
    #[serde(skip)]
    pub(super) order: usize,
}

/// What was ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// What it is.
    pub property: String,
    /// In how many places.
    pub count: usize,
}

impl Diff {
    /// Whether nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.added_flows.is_empty()
            && self.removed_flows.is_empty()
            && self.flows.iter().all(FlowDiff::is_empty)
    }

    /// The document, with two spaces of indentation and a line break at its end.
    pub fn to_json(&self) -> String {
        // It has text keys and no fallible serialisers: writing it into memory cannot fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }
}

impl FlowDiff {
    /// Whether nothing has changed but what is ignored.
    pub fn is_empty(&self) -> bool {
        self.old_name.is_none()
            && self.added_nodes.is_empty()
            && self.removed_nodes.is_empty()
            && self.renamed_nodes.is_empty()
            && self.moved_nodes.is_empty()
            && self.changes().next().is_none()
    }

    /// All changes of properties, each with what it is about.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&'static str, &Change)> {
        let lists = [
            ("prompt", &self.changed_prompts),
            ("routing", &self.changed_routing),
            ("condition", &self.changed_conditions),
            ("rewired", &self.rewired),
            ("variable", &self.changed_variables),
            ("setting", &self.changed_settings),
        ];
        lists.into_iter().flat_map(|(about, list)| list.iter().map(move |it| (about, it)))
    }
}

/// All that is told of one node, or of the flow itself.
pub(super) struct Entry<'d> {
    pub(super) sign: Sign,
    /// The node; none for the flow.
    pub(super) node: Option<&'d str>,
    pub(super) node_type: &'d str,
    /// Where it stands, if it has come or gone.
    pub(super) place: Option<&'d str>,
    /// What it was called.
    pub(super) old_name: Option<&'d str>,
    /// Where it stood, and where it stands.
    pub(super) moved: Option<(&'d str, &'d str)>,
    pub(super) changes: Vec<(&'static str, &'d Change)>,
}

/// What has happened to a node or flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Added,
    Removed,
    Changed,
}

impl FlowDiff {
    /// What is told of each node, in the order of the new version; what is gone comes last.
    pub(super) fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries: BTreeMap<usize, Entry<'_>> = BTreeMap::new();
        let come = self.added_nodes.iter().map(|node| (Sign::Added, node));
        let gone = self.removed_nodes.iter().map(|node| (Sign::Removed, node));
        for (sign, node) in come.chain(gone) {
            let place = node.place.as_deref();
            entries.insert(node.order, Entry { sign, place, ..Entry::of(node) });
        }
        for it in &self.renamed_nodes {
            let entry =
                entries.entry(it.node.order).or_insert_with(|| Entry::of(&it.node));
            entry.old_name = Some(&it.old);
        }
        for it in &self.moved_nodes {
            let entry =
                entries.entry(it.node.order).or_insert_with(|| Entry::of(&it.node));
            entry.moved = Some((&it.old, it.node.place.as_deref().unwrap_or_default()));
        }
        for (about, change) in self.changes() {
            let entry = entries
                .entry(change.order)
                .or_insert_with(|| Entry::new(change.node.as_deref(), &change.node_type));
            entry.changes.push((about, change));
        }
        entries.into_values().collect()
    }
}

impl<'d> Entry<'d> {
    fn new(node: Option<&'d str>, node_type: &'d str) -> Self {
        Self {
            sign: Sign::Changed,
            node,
            node_type,
            place: None,
            old_name: None,
            moved: None,
            changes: Vec::new(),
        }
    }

    fn of(node: &'d NodeName) -> Self {
        Self::new(Some(&node.node), &node.node_type)
    }
}

impl Diff {
    /// How many flows changed, came and went, in words.
    pub(super) fn summary(&self) -> String {
        let changed = self.flows.iter().filter(|flow| !flow.is_empty()).count();
        let counts = [
            (changed, "changed"),
            (self.added_flows.len(), "added"),
            (self.removed_flows.len(), "removed"),
        ];
        let parts = counts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, what)| {
                let flows = if count == 1 { "flow" } else { "flows" };
                format!("{count} {flows} {what}")
            })
            .collect();
        if parts.is_empty() { "no differences".into() } else { parts.join(", ") }
    }
}

impl FlowDiff {
    /// What was ignored, in words: `version, id (3)`.
    pub(super) fn ignored_words(&self) -> String {
        let word = |it: &Ignored| match it.count {
            1 => it.property.clone(),
            count => format!("{} ({count})", it.property),
        };
        self.ignored.iter().map(word).collect::<Vec<_>>().join(", ")
    }
}
