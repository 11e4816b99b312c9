//! YAML 1.2, parsed by `saphyr-parser`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Range, Tag};

use super::brackets::{counterpart, unclosed};
use super::file::File;
use super::nesting::{Levels, MAX_DEPTH, nested, too_deep};
use super::node::{Entry, Kind, Node};
use super::read::{Nested, Problem, ProblemKind};
use super::span::Span;

/// The maximum number of nodes that the aliases of one document may add.
const MAX_ALIASED_NODES: usize = 100_000;

/// The maximum number of nodes in the anchored values of one document. A value is kept
/// for its aliases, and a node inside several anchored values is kept for each of them.
const MAX_ANCHORED_NODES: usize = 1_000_000;

pub(super) fn read<'s>(
    file: &'s File,
    sequences: &'static [&'static str],
) -> Result<Nested<'s>, Problem> {
    let mut reader = Reader {
        file,
        parser: Parser::new_from_str(file.text()),
        levels: Levels::new(sequences),
        anchors: BTreeMap::new(),
        anchored: 0,
        aliased: 0,
        items: Vec::new(),
        entries: Vec::new(),
    };
    loop {
        match reader.next()? {
            (Event::DocumentStart(_) | Event::StreamStart | Event::Nothing, _) => {}
            (Event::StreamEnd | Event::DocumentEnd, _) => {
                let message = "the file contains no value".into();
                return Err(problem(file.span(), message, None));
            }
            (event, range) => {
                let document = reader.node(event, range, None)?;
                reader.finish()?;
                return Ok(Nested { document, too_deep: reader.levels.too_deep() });
            }
        }
    }
}

struct Reader<'s> {
    file: &'s File,
    parser: Parser<'s, saphyr_parser::StrInput<'s>>,
    /// The nodes with an anchor.
    anchors: BTreeMap<usize, Anchored<'s>>,
    levels: Levels,
    anchored: usize,
    aliased: usize,
    /// The values of the lists and objects that are still open, each after the one that
    /// contains it. Each list gets its memory in one allocation, when its length is
    /// known.
    items: Vec<Node<'s>>,
    entries: Vec<Entry<'s>>,
}

/// A node with an anchor.
struct Anchored<'s> {
    node: Node<'s>,
    /// The number of nodes in it, including itself.
    size: usize,
    /// The nesting of its lists and objects.
    depth: usize,
}

impl<'s> Reader<'s> {
    fn next(&mut self) -> Result<(Event<'s>, Range), Problem> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, Range::default())),
        }
    }

    /// Reads up to the end of the file. Another document would be ignored, so it is an error,
    /// unless it is empty.
    fn finish(&mut self) -> Result<(), Problem> {
        loop {
            let (event, range) = self.next()?;
            let is_empty = match &event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => true,
                Event::Scalar(text, ..) => text.is_empty(),
                _ => false,
            };
            if !is_empty {
                let message = "the file contains more than one YAML document".into();
                let hint = "put what follows `---` in another file".into();
                return Err(problem(self.span(range), message, Some(hint)));
            }
        }
    }

    fn node(
        &mut self,
        event: Event<'s>,
        range: Range,
        key: Option<&str>,
    ) -> Result<Node<'s>, Problem> {
        let span = self.span(range);
        let (anchor, kind, end) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.as_written(text, style, span);
                (anchor, scalar(text, style, tag.as_deref()), span.end)
            }
            Event::SequenceStart(anchor, _) => {
                let (items, end) = nested(|| self.items(key, span))?;
                (anchor, Kind::Array(items), end)
            }
            Event::MappingStart(anchor, _) => {
                let (entries, end) = nested(|| self.entries(key, span))?;
                (anchor, Kind::Object(entries), end)
            }
            _ => (0, Kind::Null, span.end),
        };
        let node = Node { span: Span { end: end.max(span.end), ..span }, kind };
        if anchor > 0 {
            let (size, depth) = measure(&node);
            if depth > MAX_DEPTH {
                return Err(too_deep(span, MAX_DEPTH));
            }
            self.anchored += size;
            if self.anchored > MAX_ANCHORED_NODES {
                return Err(too_many(
                    "anchored values contain",
                    MAX_ANCHORED_NODES,
                    span,
                ));
            }
            let node = node.clone();
            self.anchors.insert(anchor, Anchored { node, size, depth });
        }
        Ok(node)
    }

    fn items(
        &mut self,
        key: Option<&str>,
        span: Span,
    ) -> Result<(Vec<Node<'s>>, u32), Problem> {
        self.levels.open(key, span)?;
        let first = self.items.len();
        loop {
            match self.next()? {
                (Event::SequenceEnd, range) => {
                    self.levels.close();
                    let items = self.items.split_off(first);
                    let last = items.last().map(|item| item.span.end);
                    return Ok((items, self.end(range, last)));
                }
                (event, range) => {
                    let item = self.node(event, range, None)?;
                    self.items.push(item);
                }
            }
        }
    }

    fn entries(
        &mut self,
        key: Option<&str>,
        span: Span,
    ) -> Result<(Vec<Entry<'s>>, u32), Problem> {
        self.levels.open(key, span)?;
        let first = self.entries.len();
        loop {
            let (event, range) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                self.levels.close();
                let entries = self.entries.split_off(first);
                let last = entries.last().map(|entry| entry.value.span.end);
                return Ok((entries, self.end(range, last)));
            }
            let Event::Scalar(key, style, ..) = event else {
                let message = "a key must be a plain string".into();
                return Err(problem(self.span(range), message, None));
            };
            let key_span = self.span(range);
            let key = self.as_written(key, style, key_span);
            let (event, range) = self.next()?;
            let value = self.node(event, range, Some(&key))?;
            self.entries.push(Entry { key, key_span, value });
        }
    }

    /// Borrows a string from the file if it is there verbatim or in quotes. The parser
    /// copies each string, and a document has thousands of them.
    fn as_written(
        &self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        span: Span,
    ) -> Cow<'s, str> {
        let quote = match style {
            ScalarStyle::Plain => 0,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
            ScalarStyle::Literal | ScalarStyle::Folded => return text,
        };
        let (start, end) = (span.start as usize + quote, span.end as usize);
        match self.file.text().get(start..end.saturating_sub(quote)) {
            Some(written) if *written == *text => Cow::Borrowed(written),
            _ => text,
        }
    }

    /// Copies the anchored node. The total size of all copies is limited: a few nested
    /// aliases could otherwise represent more nodes than fit into any memory.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node<'s>, Problem> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            let message = "an alias cannot be inside the value that it names".into();
            return Err(problem(span, message, None));
        };
        self.aliased += anchored.size;
        self.levels.repeat(anchored.depth, span);
        if self.aliased > MAX_ALIASED_NODES {
            return Err(too_many("aliases expand to", MAX_ALIASED_NODES, span));
        }
        Ok(anchored.node.clone())
    }

    fn span(&self, range: Range) -> Span {
        let start = self.file.offset(range.start.line(), range.start.col());
        let end = self.file.offset(range.end.line(), range.end.col());
        Span::new(self.file.id(), start, end)
    }

    /// The end of a list or an object: after its bracket. Without a bracket, it ends with
    /// its last value, because the parser reports the start of the next token.
    fn end(&self, range: Range, last: Option<u32>) -> u32 {
        match last {
            Some(last) if range.start == range.end => last,
            _ => self.span(range).end,
        }
    }

    fn syntax(&self, error: &ScanError) -> Problem {
        let mark = error.marker();
        let at = self.file.offset(mark.line(), mark.col());
        let span = Span::new(self.file.id(), at, at);
        let before = self.file.text().get(..at).unwrap_or_default();
        // The parser reads many brackets ahead, and fails before it returns them.
        if deepest(before) > MAX_DEPTH {
            return too_deep(span, MAX_DEPTH);
        }
        let tab = self.tab(at, error.info());
        let hint = tab.map(|_| "indent with spaces, not tabs".into());
        let span = tab.map_or(span, |tab| Span::new(self.file.id(), tab, tab + 1));
        let found = problem(span, format!("this is not YAML: {}", error.info()), hint);
        match unclosed(self.file.text(), at) {
            Some(bracket) if tab.is_none() => self.open(bracket, error.info(), found),
            _ => found,
        }
    }

    /// Adds an open bracket to an error inside it. In another line, the bracket is the
    /// place of the error: the parser reads on until a line cannot be in brackets.
    fn open(
        &self,
        (start, bracket): (usize, char),
        info: &str,
        found: Problem,
    ) -> Problem {
        let place = Span::new(self.file.id(), start, start + 1);
        let message = format!("`{bracket}` is not closed");
        let line = |span: Span| self.file.position(span.start).line;
        if line(place) == line(found.span) {
            return Problem { other: Some((place, message)), ..found };
        }
        let hint = Some(format!("close it with `{}`", counterpart(bracket)));
        let other = Some((found.span, info.to_owned()));
        Problem { other, ..problem(place, format!("this is not YAML: {message}"), hint) }
    }

    /// Returns the tab that is the reason for an error: in the same line before it, or, if
    /// the message is about a tab, the next one in this line or the following line.
    fn tab(&self, at: usize, message: &str) -> Option<usize> {
        let (before, after) = self.file.text().split_at_checked(at)?;
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        if let Some(tab) = before[line..].find('\t') {
            return Some(line + tab);
        }
        let next = after.match_indices('\n').nth(1).map_or(after.len(), |(end, _)| end);
        let tab = after[..next].find('\t').filter(|_| message.contains("tab"))?;
        Some(at + tab)
    }
}

/// Returns the largest number of lists and objects inside each other, up to the first
/// syntax error.
fn deepest(text: &str) -> usize {
    let mut parser = Parser::new_from_str(text);
    let (mut open, mut deepest) = (0_usize, 0);
    while let Some(Ok((event, _))) = parser.next_event() {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => open += 1,
            Event::SequenceEnd | Event::MappingEnd => open = open.saturating_sub(1),
            Event::StreamEnd => break,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn too_many(what: &str, most: usize, span: Span) -> Problem {
    let message = format!("{what} more than {most} values");
    Problem { kind: ProblemKind::TooLarge, span, message, hint: None, other: None }
}

/// Returns the number of nodes in a value, and the nesting of its lists and objects.
fn measure(node: &Node<'_>) -> (usize, usize) {
    let (mut size, mut deepest) = (0, 0);
    let mut open = vec![(node, 0)];
    while let Some((node, depth)) = open.pop() {
        size += 1;
        deepest = deepest.max(depth);
        let values = node.entries().iter().map(|entry| &entry.value);
        open.extend(values.chain(node.items()).map(|node| (node, depth + 1)));
    }
    (size, deepest)
}

/// Interprets a scalar by the core schema of YAML 1.2. Quoted scalars and those tagged
/// `!!str` are strings.
fn scalar<'s>(text: Cow<'s, str>, style: ScalarStyle, tag: Option<&Tag>) -> Kind<'s> {
    let is_string = tag.is_some_and(|tag| tag.suffix == "str");
    if style != ScalarStyle::Plain || is_string {
        return Kind::String(text);
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Boolean(true),
        "false" | "False" | "FALSE" => Kind::Boolean(false),
        _ if is_json_number(&text) => Kind::Number(text),
        _ => Kind::String(text),
    }
}

/// Whether the text is a number in JSON's notation. YAML's other spellings (`+1`, `0x1F`,
/// `.5`, `007`) stay strings: in a flow they are telephone numbers and codes.
fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| {
        text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
    };
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.starts_with('0')) {
        return false;
    }
    let mut rest = &unsigned[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

fn problem(span: Span, message: String, hint: Option<String>) -> Problem {
    Problem { kind: ProblemKind::YamlSyntax, span, message, hint, other: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Files;

    fn kind_of(text: &str) -> Kind<'static> {
        let file = Files::new().add("a.yaml", format!("k: {text}\n"));
        let document = read(&file, &[]).unwrap().document;
        match document.get("k").unwrap().kind.clone() {
            Kind::String(text) => Kind::String(text.into_owned().into()),
            Kind::Number(text) => Kind::Number(text.into_owned().into()),
            Kind::Boolean(value) => Kind::Boolean(value),
            Kind::Null => Kind::Null,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_tab_is_reported_at_its_position() {
        for text in ["a:\n  b:\n\tc: 1\n", "a:\n  b: x\n\t  c: 1\n", "a:\tb: 1\n"] {
            let file = Files::new().add("a.yaml", text);
            let problem = read(&file, &[]).unwrap_err();
            let tab = text.find('\t').unwrap();
            assert_eq!(problem.span.start as usize, tab, "{text:?}");
            assert!(problem.hint.is_some_and(|hint| hint.contains("tabs")), "{text:?}");
        }
        let file = Files::new().add("a.yaml", "a: 1\n b: 2\n");
        assert_eq!(read(&file, &[]).unwrap_err().hint, None);
    }

    #[test]
    fn a_second_document_is_an_error() {
        for text in ["a: 1\n---\nb: 2\n", "a: 1\n...\n---\n- b\n", "1\n--- x\n"] {
            let file = Files::new().add("a.yaml", text);
            let problem = read(&file, &[]).unwrap_err();
            assert_eq!(problem.message, "the file contains more than one YAML document");
            assert!(problem.span.start as usize > text.find('1').unwrap(), "{text:?}");
        }
        let file = Files::new().add("a.yaml", "a: 1\n---\n}}}} : [\n");
        assert!(read(&file, &[]).is_err(), "a broken second document");
        for text in
            ["---\na: 1\n", "a: 1\n...\n", "a: 1\n---\n", "%YAML 1.2\n---\na: 1\n"]
        {
            let file = Files::new().add("a.yaml", text);
            assert!(read(&file, &[]).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn an_open_bracket_is_the_place_of_errors_in_later_lines() {
        let found = |text: &str| {
            let file = Files::new().add("a.yaml", text);
            let problem = read(&file, &[]).unwrap_err();
            let (other, _) = problem.other.clone().unwrap();
            (problem.span.start, other.start, problem.message)
        };
        let (start, other, message) = found("a:\n  b: [1, 2\n  c: 3\n");
        assert_eq!((start, other), (8, 17));
        assert_eq!(message, "this is not YAML: `[` is not closed");
        let (start, other, _) = found("a: {b: 1\nc:\n  - d\n");
        assert_eq!((start, other), (3, 10));
        let (start, other, message) = found("a: {b: [1, 2}\nc: 3\n");
        assert_eq!((start, other), (12, 7), "the place in the same line is exact");
        assert!(message.contains("expected ',' or ']'"), "{message}");
        let file = Files::new().add("a.yaml", "a: {\n  b: 1\n  c: 2\n  }\n");
        assert_eq!(read(&file, &[]).unwrap_err().other, None, "it is closed");
    }

    #[test]
    fn scalars_follow_the_core_schema() {
        for text in [
            "yes",
            "no",
            "on",
            "+15551234567",
            "007",
            "1.2.3",
            ".5",
            "0x1F",
            "'1'",
            "\"true\"",
        ] {
            assert!(matches!(kind_of(text), Kind::String(_)), "{text}");
        }
        for text in ["1", "-1", "0", "1.50", "1e3", "-0.5E-2"] {
            assert_eq!(kind_of(text), Kind::Number(text.to_owned().into()));
        }
        assert_eq!(kind_of("~"), Kind::Null);
        assert_eq!(kind_of("True"), Kind::Boolean(true));
    }

    #[test]
    fn places_are_exact_beside_other_alphabets() {
        let mut files = Files::new();
        let text = "größe: {tür: \"1\"}\nlist:\n  - ä: [x, 'y z']\n  - z\nend: 1\n";
        let file = files.add("a.yaml", text);
        let document = read(&file, &[]).unwrap().document;
        assert_eq!(
            files.text(document.get("größe").unwrap().get("tür").unwrap().span),
            "\"1\""
        );
        assert_eq!(files.text(document.entries()[0].value.entries()[0].key_span), "tür");
        let list = document.get("list").unwrap();
        assert_eq!(
            files.text(list.items()[0].get("ä").unwrap().items()[1].span),
            "'y z'"
        );
        assert_eq!(files.text(list.items()[1].span), "z");
        assert_eq!(files.position(document.get("end").unwrap().span).line, 5);
    }

    #[test]
    fn only_strings_with_escapes_are_copied() {
        let text = "plain: a b\nsingle: 'a b'\ndouble: \"a b\"\nempty: ''\nö: é\n\
                    number: 15\nescape: \"a\\tb\"\ntwice: 'it''s'\nlines: a\n  b\nblock: |\n  a\n  b\n";
        let file = Files::new().add("a.yaml", text);
        let document = read(&file, &[]).unwrap().document;
        let texts = document.entries().iter().map(|entry| {
            assert!(matches!(entry.key, Cow::Borrowed(_)), "{}", entry.key);
            match &entry.value.kind {
                Kind::String(text) | Kind::Number(text) => {
                    (&**text, matches!(text, Cow::Borrowed(_)))
                }
                other => panic!("{other:?}"),
            }
        });
        let texts: Vec<_> = texts.collect();
        let (as_written, copied) = texts.split_at(6);
        let as_written: Vec<_> = as_written.to_vec();
        assert_eq!(
            as_written,
            [
                ("a b", true),
                ("a b", true),
                ("a b", true),
                ("", true),
                ("é", true),
                ("15", true)
            ]
        );
        assert_eq!(
            copied,
            [("a\tb", false), ("it's", false), ("a b", false), ("a\nb\n", false)]
        );
    }

    #[test]
    fn aliases_are_copied_up_to_a_limit() {
        let file = Files::new().add("a.yaml", "a: &x {k: 1}\nb: *x\n");
        let document = read(&file, &[]).unwrap().document;
        assert_eq!(
            document.get("b").unwrap().get("k").unwrap().kind,
            Kind::Number("1".into())
        );

        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let refs = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        let file = Files::new().add("bomb.yaml", bomb);
        assert_eq!(read(&file, &[]).unwrap_err().kind, ProblemKind::TooLarge);
    }

    #[test]
    fn nested_anchors_are_kept_up_to_a_limit() {
        let items = vec!["x"; 20_000].join(",");
        let open: String = (0..100).map(|level| format!("&a{level} [")).collect();
        let text = format!("{open}{items}{}", "]".repeat(100));
        let file = Files::new().add("anchors.yaml", text);
        assert_eq!(read(&file, &[]).unwrap_err().kind, ProblemKind::TooLarge);
    }

    #[test]
    fn sequences_are_nested_deeper_than_values() {
        let nested = |count: usize| {
            let line = |level: usize| format!("{}- actions:\n", " ".repeat(level * 2));
            let lines: String = (0..count).map(line).collect();
            format!("{lines}{}- 1\n", " ".repeat(count * 2))
        };
        let read_kind = |text: String, sequences| {
            let file = Files::new().add("deep.yaml", text);
            read(&file, sequences).map(drop).map_err(|problem| problem.kind)
        };
        assert_eq!(read_kind(nested(2_000), &["actions"]), Ok(()));
        assert_eq!(read_kind(nested(2_000), &[]), Err(ProblemKind::TooLarge));
        let aliased = nested(2_000).replacen("- actions", "- &x\n  actions", 1);
        assert_eq!(read_kind(aliased, &["actions"]), Err(ProblemKind::TooLarge));
    }

    #[test]
    fn deep_nesting_is_reported_as_such() {
        let read_kind = |text: String| {
            let file = Files::new().add("deep.yaml", text);
            read(&file, &[]).unwrap_err().kind
        };
        for brackets in [MAX_DEPTH + 2, 255, 256, 10_000] {
            let open = "[".repeat(brackets);
            assert_eq!(read_kind(format!("a: {open}")), ProblemKind::TooLarge);
            assert_eq!(read_kind(format!("a: {open}'x")), ProblemKind::TooLarge);
        }
        let in_a_string = "[".repeat(1000);
        let broken = format!("a: '{in_a_string}'\nb: [1");
        assert_eq!(read_kind(broken), ProblemKind::YamlSyntax);
        assert_eq!(read_kind("[".repeat(20)), ProblemKind::YamlSyntax);
    }

    #[test]
    fn broken_yaml_is_a_problem_with_a_place() {
        let mut files = Files::new();
        let file = files.add("a.yaml", "a: 1\nb: [1, 2\nc: 3\n");
        let problem = read(&file, &[]).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::YamlSyntax);
        assert!(files.position(problem.span).line >= 2);
    }
}
