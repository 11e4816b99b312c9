//! The outline of a document: its flows, their tasks and menus, and the actions; the tests
//! of a scenario file; the entries of fixtures.

use std::path::Path;

use lsp_types::{DocumentSymbol, FoldingRange, Range, SymbolKind};

use super::documents;
use super::text::{Text, indentation};
use super::workspace::Workspace;
use crate::flow::architect::{Action, ArchitectFlow, Unit, UnitKind};
use crate::source::{Span, nested};

/// Returns the outline of an open document.
pub(super) fn symbols(workspace: &Workspace, path: &Path) -> Vec<DocumentSymbol> {
    let Some(text) = workspace.text(path) else { return Vec::new() };
    let outline = Outline { workspace, text, ends: ends(text) };
    if workspace.form(path).is_some() {
        return outline.document(path);
    }
    workspace.flows_of(path).iter().map(|flow| outline.flow(flow)).collect()
}

/// Returns the parts of a document that an editor can fold: every key with content below.
pub(super) fn folds(text: &Text) -> Vec<FoldingRange> {
    let folds = ends(text).into_iter().enumerate().filter(|(first, last)| last > first);
    let fold = |(first, last)| FoldingRange {
        start_line: number(first),
        end_line: number(last),
        ..FoldingRange::default()
    };
    folds.map(fold).collect()
}

struct Outline<'w> {
    workspace: &'w Workspace,
    text: &'w Text,
    /// The last line of the content of each line.
    ends: Vec<usize>,
}

/// Returns, for each line, the last line that is indented below it without a gap.
fn ends(text: &Text) -> Vec<usize> {
    let mut ends: Vec<usize> = (0..text.lines()).collect();
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut last = 0;
    let mut close = |open: &mut Vec<(usize, usize)>, depth: usize, last: usize| {
        while let Some((first, _)) = open.pop_if(|(_, own)| *own >= depth) {
            ends[first] = last;
        }
    };
    for line in 0..text.lines() {
        let content = text.line(line);
        if !content.trim().is_empty() {
            close(&mut open, indentation(content), last);
            open.push((line, indentation(content)));
            last = line;
        }
    }
    close(&mut open, 0, last);
    ends
}

impl Outline<'_> {
    /// The tests of a scenario file, and the entries of fixtures.
    fn document(&self, path: &Path) -> Vec<DocumentSymbol> {
        let tests = documents::tests(path, self.text.as_str(), self.workspace.project());
        let mut symbols: Vec<DocumentSymbol> = Vec::new();
        for (start, name) in tests {
            let own = self.text.range(start, start);
            // The rows of a table begin at the same place.
            if symbols.last().is_none_or(|last| last.selection_range != own) {
                let range = self.whole(own);
                let (detail, kind) = ("test".to_owned(), SymbolKind::FUNCTION);
                symbols.push(symbol(&name, detail, kind, (range, own), Vec::new()));
            }
        }
        let entries = self.workspace.outline(path).map(|it| it.entries());
        symbols.extend(entries.unwrap_or_default().iter().map(|entry| {
            let (detail, own) = (entry.section.clone(), entry.range);
            let places = (self.whole(own), own);
            symbol(&entry.name, detail, SymbolKind::OBJECT, places, Vec::new())
        }));
        symbols
    }

    fn flow(&self, flow: &ArchitectFlow) -> DocumentSymbol {
        let children = flow.units.iter().map(|unit| self.unit(unit)).collect();
        let detail = flow.flow_type.to_string();
        self.symbol(&flow.name.value, detail, SymbolKind::MODULE, flow.span, children)
    }

    fn unit(&self, unit: &Unit) -> DocumentSymbol {
        let kind = match unit.kind {
            UnitKind::Menu => SymbolKind::CLASS,
            _ => SymbolKind::FUNCTION,
        };
        let choices = unit.choices.iter().map(|choice| self.action(&choice.action));
        let children = self.actions(&unit.actions).into_iter().chain(choices).collect();
        self.symbol(&unit.name, unit.kind.name().to_owned(), kind, unit.span, children)
    }

    /// Recurses with the nesting of the actions.
    fn actions(&self, actions: &[Action]) -> Vec<DocumentSymbol> {
        actions.iter().map(|action| self.action(action)).collect()
    }

    fn action(&self, action: &Action) -> DocumentSymbol {
        let outputs = action.outputs.iter().filter(|output| !output.actions.is_empty());
        let children = outputs.map(|output| {
            let children = nested(|| self.actions(&output.actions));
            let kind = SymbolKind::ENUM_MEMBER;
            self.symbol(&output.label, String::new(), kind, output.span, children)
        });
        let detail = action.kind.value.to_string();
        let kind = SymbolKind::EVENT;
        self.symbol(action.title(), detail, kind, action.span, children.collect())
    }

    fn symbol(
        &self,
        name: &str,
        detail: String,
        kind: SymbolKind,
        span: Span,
        children: Vec<DocumentSymbol>,
    ) -> DocumentSymbol {
        let (_, own) = self.workspace.range(span);
        symbol(name, detail, kind, (self.extent(own), own), children)
    }

    /// The lines from a key to the last one that is indented below it.
    fn extent(&self, own: Range) -> Range {
        self.up_to(
            own,
            self.ends.get(own.start.line as usize).copied().unwrap_or_default(),
        )
    }

    /// The lines of a key with its content, or those of the item of a list: its keys are
    /// equally deep.
    fn whole(&self, own: Range) -> Range {
        let first = own.start.line as usize;
        let content = self.text.line(first);
        if !content.trim_start().starts_with('-') {
            return self.extent(own);
        }
        let depth = indentation(content);
        let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let following = (first + 1..self.text.lines())
            .filter(|line| !self.text.line(*line).trim().is_empty());
        let inside = following.take_while(|line| spaces(self.text.line(*line)) >= depth);
        self.up_to(own, inside.last().unwrap_or(first))
    }

    /// The place from the start of another one to the end of a line.
    fn up_to(&self, own: Range, last: usize) -> Range {
        if number(last) <= own.end.line {
            return own;
        }
        let end = self.text.line_end(last);
        Range { start: own.start, end }
    }
}

/// Returns a symbol. Its places are the whole one, and that of its name.
fn symbol(
    name: &str,
    detail: String,
    kind: SymbolKind,
    (range, selection_range): (Range, Range),
    children: Vec<DocumentSymbol>,
) -> DocumentSymbol {
    // An editor shows nothing for an empty name, or rejects it.
    let name = if name.is_empty() { "(no name)" } else { name }.to_owned();
    #[expect(deprecated, reason = "the field has no default")]
    DocumentSymbol {
        name,
        detail: Some(detail).filter(|detail| !detail.is_empty()),
        kind,
        tags: None,
        deprecated: None,
        range,
        selection_range,
        children: Some(children),
    }
}

fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_with_content_below_can_be_folded() {
        let folds = folds(&Text::new("a:\n  b:\n    c: 1\n\n  d: 2\ne: 3\n"));
        let lines: Vec<_> = folds.iter().map(|it| (it.start_line, it.end_line)).collect();
        assert_eq!(lines, [(0, 4), (1, 2)]);
    }
}
