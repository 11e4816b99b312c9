//! Plain words: rejects openings and phrases that make readers solve a sentence.
//!
//! The rules and the words to use are in `CONTRIBUTING.md`, "Plain words". The test reads
//! comments, string literals and function names of Rust files, and the prose of Markdown
//! files (code blocks and inline code are left out).

#![expect(
    clippy::unwrap_used,
    reason = "a source tree that cannot be read fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// First words that a doc comment or a table cell must not have: start with the noun or
/// the verb.
const OPENINGS: &[&str] = &[
    "what",
    "whatever",
    "whoever",
    "who",
    "which",
    "how",
    "where",
    "of which",
    "that which",
];

/// Phrases, with the words that may precede or follow them.
const PHRASES: &[(&str, Allowed)] = &[
    ("is no", Allowed { before: &["there"], after: &["longer"] }),
    ("are no", Allowed { before: &["there"], after: &["longer"] }),
    ("was no", Allowed { before: &["there"], after: &["longer"] }),
    ("is none", NEVER),
    ("are none", Allowed { before: &["there"], after: &[] }),
    ("tell", NEVER),
    ("tells", NEVER),
    ("told", NEVER),
    ("stand", NEVER),
    ("stands", NEVER),
    ("stood", NEVER),
    ("go on", NEVER),
    ("goes on", NEVER),
    ("going on", NEVER),
    ("went on", NEVER),
    ("whoever", NEVER),
    ("nobody", NEVER),
    ("somebody", NEVER),
    ("room", NEVER),
    ("rooms", NEVER),
    ("house", NEVER),
    ("legend", NEVER),
    ("fate", NEVER),
    ("so many", NEVER),
    ("how many", NEVER),
    ("how manieth", NEVER),
    ("a text", NEVER),
    ("texts", NEVER),
    ("made again", NEVER),
    ("make again", NEVER),
    ("brings along", NEVER),
    ("bring along", NEVER),
    ("brought along", NEVER),
    ("of its own", NEVER),
    ("of their own", NEVER),
    ("of his own", NEVER),
    ("of our own", NEVER),
    ("of your own", NEVER),
    ("laid over", NEVER),
    ("chance", NEVER),
    ("augend", NEVER),
    ("addend", NEVER),
    ("outside failed", NEVER),
    ("nothing if", NEVER),
    ("asked for", NEVER),
    ("asks for", NEVER),
    ("asked of", NEVER),
    ("asks of", NEVER),
    ("come of", NEVER),
    ("comes of", NEVER),
    ("came of", NEVER),
    ("that which", NEVER),
    ("of which", NEVER),
    ("besides", NEVER),
    ("behind", NEVER),
    ("said", NEVER),
    ("ways", NEVER),
];

const NEVER: Allowed = Allowed { before: &[], after: &[] };

struct Allowed {
    before: &'static [&'static str],
    after: &'static [&'static str],
}

/// Places that need such a word: the end of the path, a part of the line, the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("tests/rules/words.rs", "", "lists the words"),
    ("CONTRIBUTING.md", "| write", "the table of words to use lists those to avoid"),
];

#[test]
fn comments_messages_and_docs_use_plain_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "examples", "docs", "fuzz/fuzz_targets"] {
        collect(&root.join(folder), &mut files);
    }
    for name in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        files.push(root.join(name));
    }
    let mut found = Vec::new();
    for file in &files {
        let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(file).unwrap();
        let is_rust = name.ends_with(".rs");
        let pieces =
            if is_rust { rust_pieces(&text, &name) } else { prose_pieces(&text) };
        for piece in pieces {
            let line = text.lines().nth(piece.line - 1).unwrap_or_default();
            if is_exception(&name, line) {
                continue;
            }
            if let Some(banned) = banned(&piece) {
                found.push(format!(
                    "{name}:{}: `{banned}` in: {}",
                    piece.line, piece.text
                ));
            }
        }
    }
    let count = found.len();
    assert!(found.is_empty(), "{count} places:\n{}\n", found.join("\n"));
}

#[test]
fn the_test_finds_what_it_bans() {
    let piece = |text: &str, is_opening| Piece { line: 1, text: text.into(), is_opening };
    assert_eq!(banned(&piece("What is read.", true)), Some("what".into()));
    assert_eq!(banned(&piece("knows What is read.", false)), None);
    assert_eq!(banned(&piece("The value is no object.", false)), Some("is no".into()));
    assert_eq!(banned(&piece("There is no object.", false)), None);
    assert_eq!(banned(&piece("It is no longer read.", false)), None);
    assert_eq!(banned(&piece("errors-are told", false)), Some("told".into()));
    let code = "/// Reads.\nfn tells_apart() {\n    say(\"a text\"); // stands\n}\n";
    let pieces = rust_pieces(code, "src/a.rs");
    let found: Vec<_> = pieces.iter().filter_map(banned).collect();
    assert_eq!(found, ["tells", "a text", "stands"]);
    let prose = "| What | a |\n\n```\ntold\n```\nAnd `told`.\n";
    let found: Vec<_> = prose_pieces(prose).iter().filter_map(banned).collect();
    assert_eq!(found, ["what"]);
}

/// A sentence or a part of one.
struct Piece {
    line: usize,
    text: String,
    /// Whether a doc comment or a table cell begins here.
    is_opening: bool,
}

fn banned(piece: &Piece) -> Option<String> {
    let words: Vec<String> = piece
        .text
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let line = format!(" {} ", words.join(" "));
    if piece.is_opening {
        let opening = OPENINGS.iter().find(|it| line.starts_with(&format!(" {it} ")));
        if let Some(opening) = opening {
            return Some((*opening).to_owned());
        }
    }
    for (phrase, allowed) in PHRASES {
        let needle = format!(" {phrase} ");
        for (at, _) in line.match_indices(&needle) {
            let before = line[..at].rsplit(' ').next().unwrap_or_default();
            let after = line[at + needle.len()..].split(' ').next().unwrap_or_default();
            if !allowed.before.contains(&before) && !allowed.after.contains(&after) {
                return Some((*phrase).to_owned());
            }
        }
    }
    None
}

fn is_exception(name: &str, line: &str) -> bool {
    EXCEPTIONS.iter().any(|(file, part, _)| name.ends_with(file) && line.contains(part))
}

/// Comments, function names, and outside tests string literals of a Rust file.
fn rust_pieces(text: &str, name: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut is_in_comment = false;
    let mut is_test = !name.starts_with("src/") || name.ends_with("tests.rs");
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let trimmed = line.trim_start();
        is_test |= trimmed.starts_with("mod tests {");
        let comment = ["///", "//!", "//"].iter().find_map(|it| trimmed.strip_prefix(it));
        if let Some(comment) = comment {
            let is_doc = !trimmed.starts_with("// ");
            let is_opening = is_doc && !is_in_comment;
            let text = without_code(comment);
            pieces.push(Piece { line: line_number, text, is_opening });
            is_in_comment = !comment.trim().is_empty();
            continue;
        }
        is_in_comment = false;
        let (strings, comment) = strings_and_comment(line);
        let names = trimmed.split_once("fn ").map(|(_, rest)| rest);
        let name = names.and_then(|rest| rest.split(['(', '<']).next());
        let mut texts: Vec<String> = name.into_iter().map(spaced).collect();
        if !is_test {
            texts.extend(strings.iter().map(|it| without_code(it)));
        }
        texts.extend(comment.map(|it| without_code(&it)));
        let piece = |text| Piece { line: line_number, text, is_opening: false };
        pieces.extend(texts.into_iter().map(piece));
    }
    pieces
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// The string literals of a line that hold more than one word, and the comment at its end.
fn strings_and_comment(line: &str) -> (Vec<String>, Option<String>) {
    let mut strings = Vec::new();
    let mut current: Option<String> = None;
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (&mut current, character) {
            (Some(text), '\\') => text.extend(characters.next().map(|_| ' ')),
            (Some(_), '"') => strings.extend(current.take()),
            (Some(text), _) => text.push(character),
            (None, '"') => current = Some(String::new()),
            (None, '/') if line[at..].starts_with("// ") => {
                return (strings, Some(line[at + 3..].to_owned()));
            }
            (None, _) => {}
        }
    }
    // A literal that continues on the next line counts as far as it is on this one.
    strings.extend(current);
    strings.retain(|text| text.trim().contains(' '));
    (strings, None)
}

/// Lines of prose, and the cells of tables, of a Markdown file.
fn prose_pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut is_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code {
            continue;
        }
        let line_number = index + 1;
        let text = without_code(line);
        if line.starts_with('|') {
            let cells = text.split('|').filter(|cell| !cell.trim().is_empty());
            let piece = |cell: &str| Piece {
                line: line_number,
                text: cell.to_owned(),
                is_opening: true,
            };
            pieces.extend(cells.map(piece));
        } else {
            pieces.push(Piece { line: line_number, text, is_opening: false });
        }
    }
    pieces
}

/// The text with `inline code` replaced by a dot.
fn without_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { " · " }).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs" || it == "md") {
            files.push(path);
        }
    }
}
