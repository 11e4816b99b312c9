//! Counts of keys by decision.

use std::collections::BTreeMap;

use crate::analysis::decisions::Decision;
use crate::value::Text;

/// Maximum length of keys that are shown. Longer ones are counted by length, because they
/// are individual and possibly private numbers.
const MAX_KEYS: usize = 4;

/// Maximum number of distinct keys and decisions; further ones are counted together.
const MAX_DISTINCT: usize = 1_000;

/// Label of entries that are counted together.
const OTHER: &str = "(other)";

/// Counts of keys that led to one decision.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cell {
    /// Number of occurrences.
    pub count: u64,
    /// Sum and number of the logged queue occupancies.
    occupancy: (f64, u64),
}

impl Cell {
    /// Returns the average queue occupancy, if any was logged.
    pub fn occupancy(&self) -> Option<f64> {
        let (sum, count) = self.occupancy;
        #[expect(clippy::cast_precision_loss, reason = "an average need not be exact")]
        let count = (count > 0).then_some(count as f64)?;
        Some(sum / count)
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.occupancy.0 += other.occupancy.0;
        self.occupancy.1 += other.occupancy.1;
    }
}

/// A row: keys in telephone order, then lengths, then the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    /// Length, sort key, and the keys themselves.
    Keys(usize, String, Text),
    Length(usize),
    Other,
}

impl Row {
    fn of(keys: &Text) -> Self {
        match keys.chars().count() {
            length if length > MAX_KEYS => Self::Length(length),
            length => {
                // Digits come first, then letters, then `*` and `#`.
                let rank = |key| match key {
                    '*' => '\u{10fffe}',
                    '#' => char::MAX,
                    key => key,
                };
                let order = keys.chars().map(rank).collect();
                Self::Keys(length, order, keys.clone())
            }
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Keys(0, ..) => "(none)".into(),
            Self::Keys(_, _, keys) => keys.to_string(),
            Self::Length(length) => format!("({length} keys)"),
            Self::Other => OTHER.into(),
        }
    }
}

/// A column: decisions by name, then the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Decision(Text),
    Other,
}

/// Counts of keys by decision.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: BTreeMap<Row, u64>,
    columns: BTreeMap<Column, u64>,
    cells: BTreeMap<(Row, Column), Cell>,
}

/// A table as displayed.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Keys.
    pub rows: Vec<String>,
    /// Decisions.
    pub columns: Vec<String>,
    /// Cells by row and column.
    pub cells: Vec<Vec<Cell>>,
}

impl Table {
    /// Adds a decision.
    pub fn add(&mut self, decision: &Decision) {
        let row = distinct(&self.rows, Row::of(&decision.dtmf), Row::Other);
        let column = Column::Decision(decision.routing_decision.clone());
        let column = distinct(&self.columns, column, Column::Other);
        let occupancy = decision.queue_occupancy.map_or((0.0, 0), |number| (number, 1));
        *self.rows.entry(row.clone()).or_default() += 1;
        *self.columns.entry(column.clone()).or_default() += 1;
        self.cells.entry((row, column)).or_default().add(&Cell { count: 1, occupancy });
    }

    /// Returns the number of counted decisions.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }

    /// Returns the table with at most the given number of rows and columns; the least
    /// frequent ones are combined.
    pub fn view(&self, max_rows: usize, max_columns: usize) -> View {
        let rows = frequent(&self.rows, max_rows, &Row::Other);
        let columns = frequent(&self.columns, max_columns, &Column::Other);
        let place = |found: Option<usize>, count: usize| {
            found.unwrap_or_else(|| count.saturating_sub(1))
        };
        let mut cells = vec![vec![Cell::default(); columns.len()]; rows.len()];
        for ((row, column), cell) in &self.cells {
            let row = place(rows.iter().position(|it| it == row), rows.len());
            let column = place(columns.iter().position(|it| it == column), columns.len());
            if let Some(place) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
                place.add(cell);
            }
        }
        let label = |column: &Column| match column {
            Column::Decision(decision) if decision.is_empty() => "(none)".into(),
            Column::Decision(decision) => decision.to_string(),
            Column::Other => OTHER.into(),
        };
        View {
            rows: rows.iter().map(Row::label).collect(),
            columns: columns.iter().map(label).collect(),
            cells,
        }
    }
}

impl View {
    /// Returns the largest count of a cell.
    pub fn largest(&self) -> u64 {
        self.cells.iter().flatten().map(|cell| cell.count).max().unwrap_or(0)
    }

    /// Returns the total of a row.
    pub(crate) fn row_total(&self, row: usize) -> Cell {
        let mut total = Cell::default();
        self.cells.get(row).into_iter().flatten().for_each(|cell| total.add(cell));
        total
    }

    /// Returns the total of a column.
    pub(crate) fn column_total(&self, column: usize) -> Cell {
        let mut total = Cell::default();
        let cells = self.cells.iter().filter_map(|row| row.get(column));
        cells.for_each(|cell| total.add(cell));
        total
    }

    /// Returns the total of the table.
    pub fn total(&self) -> Cell {
        let mut total = Cell::default();
        self.cells.iter().flatten().for_each(|cell| total.add(cell));
        total
    }
}

/// Returns the key if it is known or can be added, and otherwise `other`.
fn distinct<K: Ord>(known: &BTreeMap<K, u64>, key: K, other: K) -> K {
    if known.len() < MAX_DISTINCT || known.contains_key(&key) { key } else { other }
}

/// Returns the displayed keys in order. If there are too many, the last one represents
/// all others.
fn frequent<K: Ord + Clone>(counts: &BTreeMap<K, u64>, most: usize, other: &K) -> Vec<K> {
    if counts.len() <= most {
        return counts.keys().cloned().collect();
    }
    let mut by_count: Vec<(&K, u64)> = counts
        .iter()
        .filter(|(key, _)| *key != other)
        .map(|(key, count)| (key, *count))
        .collect();
    by_count.sort_by(|(one, more), (two, less)| less.cmp(more).then(one.cmp(two)));
    by_count.truncate(most.saturating_sub(1));
    let mut keys: Vec<K> = by_count.into_iter().map(|(key, _)| key.clone()).collect();
    keys.sort();
    keys.push(other.clone());
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: impl IntoIterator<Item = (String, String, Option<f64>)>) -> Table {
        let mut table = Table::default();
        for (dtmf, decision, queue_occupancy) in entries {
            table.add(&Decision {
                timestamp: Text::new(),
                flow_instance_id: Text::new(),
                dtmf: dtmf.into(),
                queue_occupancy,
                routing_decision: decision.into(),
                state: Text::new(),
            });
        }
        table
    }

    fn row(
        dtmf: &str,
        decision: &str,
        occupancy: Option<f64>,
    ) -> (String, String, Option<f64>) {
        (dtmf.into(), decision.into(), occupancy)
    }

    #[test]
    fn keys_are_counted_by_decision() {
        let table = table([
            row("2", "vm", None),
            row("10", "queue", None),
            row("1", "queue", Some(3.0)),
            row("1", "queue", Some(4.0)),
            row("1", "vm", None),
            row("4111111111", "queue", None),
            row("4222222222", "queue", None),
            row("", "queue", None),
            row("#", "vm", None),
            row("*", "vm", None),
        ]);
        let view = table.view(40, 12);
        assert_eq!(view.rows, ["(none)", "1", "2", "*", "#", "10", "(10 keys)"]);
        assert_eq!(view.columns, ["queue", "vm"]);
        let counts =
            |row: &Vec<Cell>| row.iter().map(|cell| cell.count).collect::<Vec<_>>();
        let counts: Vec<_> = view.cells.iter().map(counts).collect();
        assert_eq!(counts, [[1, 0], [2, 1], [0, 1], [0, 1], [0, 1], [1, 0], [2, 0]]);
        assert_eq!(view.cells[1][0].occupancy(), Some(3.5));
        assert_eq!(view.cells[1][1].occupancy(), None);
        assert_eq!((view.largest(), view.total().count, table.total()), (2, 10, 10));
        assert_eq!((view.row_total(1).count, view.column_total(1).count), (3, 4));
        assert_eq!(view.row_total(1).occupancy(), Some(3.5));
    }

    #[test]
    fn the_rarest_are_combined() {
        let table = table((0..9).flat_map(|key| {
            (0..=key).map(move |_| row(&key.to_string(), &format!("d{key}"), Some(2.0)))
        }));
        let view = table.view(3, 2);
        assert_eq!(view.rows, ["7", "8", "(other)"]);
        assert_eq!(view.columns, ["d8", "(other)"]);
        let counts: Vec<u64> =
            view.cells.iter().flatten().map(|cell| cell.count).collect();
        assert_eq!(counts, [0, 8, 9, 0, 0, 28]);
        assert_eq!(view.cells[2][1].occupancy(), Some(2.0));
    }

    #[test]
    fn table_size_is_bounded() {
        let table =
            table((0..5_000).map(|key| row(&key.to_string(), &key.to_string(), None)));
        let view = table.view(usize::MAX, usize::MAX);
        assert_eq!((view.rows.len(), view.columns.len()), (1_001, 1_001));
        assert_eq!(table.total(), 5_000);
        assert_eq!(view.rows.last().unwrap(), "(other)");
        assert_eq!(view.total().count, 5_000);
    }
}
