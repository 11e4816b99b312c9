//! Differences as data: the document `flowsim.diff/1`.

use std::collections::BTreeMap;

use serde::Serialize;

/// The differences between two versions of one or more flows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Name and version of this format: `flowsim.diff/1`.
    pub schema: &'static str,
    /// Flows that only the new version has.
    pub added_flows: Vec<FlowName>,
    /// Flows that only the old version has.
    pub removed_flows: Vec<FlowName>,
    /// Flows of both versions that differ, or that have ignored differences.
    pub flows: Vec<FlowDiff>,
}

/// The name and type of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowName {
    /// Name.
    pub name: String,
    /// Type, as written.
    #[serde(rename = "type")]
    pub flow_type: String,
}

/// The differences of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowDiff {
    /// Flow in the new version.
    #[serde(flatten)]
    pub flow: FlowName,
    /// Old name, if it differs.
    pub old_name: Option<String>,
    /// Nodes, units and actions that only the new version has.
    pub added_nodes: Vec<NodeName>,
    /// Nodes, units and actions that only the old version has.
    pub removed_nodes: Vec<NodeName>,
    /// Nodes, units and actions with the same behaviour under another id or name.
    pub renamed_nodes: Vec<RenamedNode>,
    /// Actions in another place.
    pub moved_nodes: Vec<MovedNode>,
    /// Prompts that callers hear.
    pub changed_prompts: Vec<Change>,
    /// Routing targets and their settings.
    pub changed_routing: Vec<Change>,
    /// Conditions, cases, schedules and menu keys, which decide where a call goes.
    pub changed_conditions: Vec<Change>,
    /// Targets of paths; the property is the path.
    pub rewired: Vec<Change>,
    /// Variables and their values.
    pub changed_variables: Vec<Change>,
    /// All other properties.
    pub changed_settings: Vec<Change>,
    /// Insignificant differences.
    pub ignored: Vec<Ignored>,
}

/// The name of a node, unit or action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeName {
    /// Id of a node, or name of a unit or action. Repeated names are numbered from the
    /// second on, as in traces.
    pub node: String,
    /// Name, if there is one.
    pub name: Option<String>,
    /// Type.
    #[serde(rename = "type")]
    pub node_type: String,
    /// Place of an action: `Main, after Greeting`.
    pub place: Option<String>,
    #[serde(skip)]
    pub(super) order: usize,
}

/// A node with another id or name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedNode {
    /// Node in the new version.
    #[serde(flatten)]
    pub node: NodeName,
    /// Old id or name.
    pub old: String,
}

/// An action in another place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedNode {
    /// Action with its new place.
    #[serde(flatten)]
    pub node: NodeName,
    /// Old place.
    pub old: String,
}

/// A changed property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Node; `None` for the flow itself.
    pub node: Option<String>,
    /// Property.
    pub property: String,
    /// Old value, if there was one.
    pub old: Option<String>,
    /// New value, if there is one.
    pub new: Option<String>,
    /// Type of the node.
    #[serde(skip)]
    pub(super) node_type: String,
    #[serde(skip)]
    pub(super) order: usize,
}

/// An ignored property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Property.
    pub property: String,
    /// Number of places.
    pub count: usize,
}

impl Diff {
    /// Returns whether there are no differences.
    pub fn is_empty(&self) -> bool {
        self.added_flows.is_empty()
            && self.removed_flows.is_empty()
            && self.flows.iter().all(FlowDiff::is_empty)
    }

    /// Returns the document, indented by two spaces and with a final line break.
    pub fn to_json(&self) -> String {
        // All keys are strings and no serialiser is fallible, so writing into memory
        // cannot fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }
}

impl FlowDiff {
    /// Returns whether there are no differences except ignored ones.
    pub fn is_empty(&self) -> bool {
        self.old_name.is_none()
            && self.added_nodes.is_empty()
            && self.removed_nodes.is_empty()
            && self.renamed_nodes.is_empty()
            && self.moved_nodes.is_empty()
            && self.changes().next().is_none()
    }

    /// Returns all changed properties, with their subjects.
    fn changes(&self) -> impl Iterator<Item = (&'static str, &Change)> {
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

/// All differences of one node, or of the flow itself.
#[derive(Debug)]
pub struct Entry<'d> {
    /// Kind of change.
    pub sign: Sign,
    /// Node; `None` for the flow.
    pub node: Option<&'d str>,
    /// Type of the node.
    pub node_type: &'d str,
    /// Place of an added or removed node.
    pub place: Option<&'d str>,
    /// Old name.
    pub old_name: Option<&'d str>,
    /// Old and new place.
    pub moved: Option<(&'d str, &'d str)>,
    /// Changed properties, each with its subject.
    pub changes: Vec<(&'static str, &'d Change)>,
}

/// The kind of change of a node or flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Only in the new version.
    Added,
    /// Only in the old version.
    Removed,
    /// In both versions.
    Changed,
}

impl FlowDiff {
    /// Returns the differences of each node, in the order of the new version; removed
    /// nodes come last.
    pub fn entries(&self) -> Vec<Entry<'_>> {
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
