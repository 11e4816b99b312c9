//! Comparisons for people.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use super::ComparisonReporter;
use crate::analysis::comparison::{Verdict, render_text};
use crate::diagnostic::visible::one_line;
use crate::report::words::{counted, path_of};
use crate::runner::{Compared, Group, Judgement, Summary};

/// How many recordings are shown one by one; the summary counts all.
const MAX_SHOWN: usize = 20;

/// How many groups of the summary are shown.
const MAX_GROUPS: usize = 20;

/// How wide the column of the recordings gets at most.
const MAX_WIDTH: usize = 60;

/// Writes what differs, then what it comes to.
pub struct Text<W> {
    out: W,
    color: bool,
    /// Whether there is one recording only, which is shown in whole.
    is_alone: bool,
    /// The folder that all recordings are in, told once.
    folder: PathBuf,
    /// How wide the column of the recordings is.
    width: usize,
    shown: usize,
}

impl<W: Write> Text<W> {
    /// A report of one recording, or of several.
    pub fn new(out: W, color: bool, is_alone: bool, paths: &[PathBuf]) -> Self {
        let folder = common_folder(paths);
        let width = paths.iter().map(|path| name(path, &folder).chars().count()).max();
        let width = width.unwrap_or_default().min(MAX_WIDTH);
        Self { out, color, is_alone, folder, width, shown: 0 }
    }

    fn ink(&self, style: Style, text: &str) -> String {
        let text = one_line(text);
        if self.color { format!("{style}{text}{style:#}") } else { text }
    }

    /// A line of a recording.
    fn judged(&mut self, compared: &Compared, judgement: &Judgement) -> io::Result<()> {
        let folder = one_line(&path_of(&self.folder));
        if self.shown == 1 && !folder.is_empty() {
            writeln!(self.out, "{folder}")?;
        }
        let verdict = match judgement.comparison.verdict {
            Verdict::Unreplayable => "unreplayable",
            _ => "different   ",
        };
        let verdict = self.ink(AnsiColor::Red.on_default().bold(), verdict);
        let (name, width) = (name(&compared.path, &self.folder), self.width);
        let ends = one_line(&ends(judgement));
        writeln!(self.out, "  {verdict}  {name:width$}  {ends}")
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let s = if group.count == 1 { "s" } else { "" };
        let (what, first) = match &group.to {
            Some(to) if group.is_elsewhere() => {
                (format!("from {} to {to}", group.from), ", first at".to_owned())
            }
            Some(_) => (
                format!("end{s} as before ({})", group.from),
                format!(", but differ{s} first at"),
            ),
            None => ("cannot be played to the end".into(), ", first at".into()),
        };
        let at = group.at.as_ref().map(|at| format!("{first} `{at}`"));
        let line = one_line(&format!("{what}{}", at.unwrap_or_default()));
        writeln!(self.out, "  {:>6}  {line}", counted(group.count))?;
        if let Some(why) = &group.why {
            writeln!(self.out, "          {}", one_line(why))?;
        }
        let example = format!("such as {}", path_of(&group.example));
        let example = self.ink(Style::new().dimmed(), &example);
        writeln!(self.out, "          {example}")
    }
}

/// What became of the end: `Sales → Billing`.
fn ends(judgement: &Judgement) -> String {
    let recorded = &judgement.recorded_end;
    match &judgement.local_end {
        None => format!("{recorded} → ?"),
        Some(local) if judgement.is_elsewhere() => format!("{recorded} → {local}"),
        Some(_) => match judgement.place() {
            Some(at) => format!("{recorded}, differs at `{at}`"),
            None => recorded.to_string(),
        },
    }
}

/// The longest folder that all paths are in.
fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let mut paths = paths.iter();
    let first = paths.next().and_then(|path| path.parent());
    let first = first.unwrap_or(Path::new("")).to_owned();
    paths.fold(first, |folder, path| {
        let pairs = folder.components().zip(path.components());
        pairs.take_while(|(one, other)| one == other).map(|(part, _)| part).collect()
    })
}

fn name(path: &Path, folder: &Path) -> String {
    one_line(&path_of(path.strip_prefix(folder).unwrap_or(path)))
}

impl<W: Write> ComparisonReporter for Text<W> {
    fn compared(&mut self, compared: &Compared) -> io::Result<()> {
        // What is wrong with a file goes to standard error, with its place.
        let Ok(judgement) = &compared.result else { return Ok(()) };
        if self.is_alone {
            let text = render_text(&judgement.comparison, self.color);
            return self.out.write_all(text.as_bytes());
        }
        if judgement.comparison.verdict != Verdict::Equal {
            self.shown += 1;
            if self.shown <= MAX_SHOWN {
                self.judged(compared, judgement)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        if self.is_alone {
            return self.out.flush();
        }
        if self.shown > MAX_SHOWN {
            let more = counted(self.shown - MAX_SHOWN);
            writeln!(self.out, "  and {more} more, which the summary counts")?;
        }
        if self.shown > 0 {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{}", headline(summary))?;
        let groups = summary.groups();
        if !groups.is_empty() {
            writeln!(self.out)?;
        }
        for group in groups.iter().take(MAX_GROUPS) {
            self.group(group)?;
        }
        if groups.len() > MAX_GROUPS {
            let more = counted(groups.len() - MAX_GROUPS);
            writeln!(self.out, "  and {more} more groups")?;
        }
        if !summary.stale.is_empty() {
            writeln!(self.out, "\n{}", stale(summary))?;
        }
        self.out.flush()
    }
}

/// "37 of 10,000 calls would end elsewhere; 9,960 equal, 40 different".
pub(super) fn headline(summary: &Summary) -> String {
    let parts = [
        (summary.equal, "equal"),
        (summary.different, "different"),
        (summary.unreplayable, "unreplayable"),
        (summary.unreadable, "unreadable"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", counted(count)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let s = if summary.total == 1 { "" } else { "s" };
    let total = counted(summary.total);
    match summary.elsewhere() {
        0 => format!("{total} recording{s}: {parts}"),
        count => {
            format!("{} of {total} call{s} would end elsewhere; {parts}", counted(count))
        }
    }
}

/// "stale: 3 older than is wanted, 1 of another version of the flow".
pub(super) fn stale(summary: &Summary) -> String {
    let words = |name: &str| match name {
        "old" => "older than is wanted",
        "unmatched" => "of a flow that is not here",
        "version" => "of another version of the flow",
        _ => "with answers that nobody asks for any more",
    };
    let parts = summary.stale.iter();
    let parts = parts.map(|(name, count)| format!("{} {}", counted(*count), words(name)));
    format!("stale: {}", parts.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_paths_have_in_common_is_told_once() {
        let common = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            path_of(&common_folder(&paths))
        };
        assert_eq!(common(&["a/b/x", "a/b/y"]), "a/b");
        assert_eq!(common(&["a/b/x", "a/c/x"]), "a");
        assert_eq!(common(&["a/b/x", "a/b"]), "a/b");
        assert_eq!(common(&["x", "y"]), "");
        assert_eq!(common(&["a/b/x", "c"]), "");
        assert_eq!(common(&[]), "");
        assert_eq!(name(Path::new("a/b/x"), Path::new("a")), "b/x");
        assert_eq!(name(Path::new("a/b"), Path::new("a/b")), "");
    }
}
