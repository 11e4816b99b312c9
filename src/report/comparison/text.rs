//! Comparisons as text for the terminal.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use super::{ComparisonReporter, render_text};
use crate::analysis::comparison::Verdict;
use crate::diagnostic::visible::one_line;
use crate::report::words::{common_folder, counted, path_of};
use crate::runner::{Compared, Group, Judgement, Summary};
use crate::trace::observation::UNKNOWN_END;

/// Maximum number of recordings that are listed; the summary counts all.
const MAX_SHOWN: usize = 20;

/// Maximum number of groups in the summary.
const MAX_GROUPS: usize = 20;

/// Maximum width of the recording column.
const MAX_WIDTH: usize = 60;

/// Writes the differences, then a summary.
pub struct Text<W> {
    out: W,
    color: bool,
    /// Whether there is only one recording, which is then shown completely.
    is_alone: bool,
    /// Common parent folder of all recordings, printed once.
    folder: PathBuf,
    /// Width of the recording column.
    width: usize,
    shown: usize,
}

impl<W: Write> Text<W> {
    /// Creates a report of one recording (`is_alone`) or of several.
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

    /// Writes the line of a recording.
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
            Some(_) if group.from == UNKNOWN_END => {
                ("the recorded end is unknown".into(), ", first difference at".to_owned())
            }
            Some(_) => (
                format!("end{s} as before ({})", group.from),
                format!(", but differ{s} first at"),
            ),
            None => ("cannot be replayed to the end".into(), ", first at".into()),
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

/// Describes how the end of the call changed: `Sales → Billing`.
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

fn name(path: &Path, folder: &Path) -> String {
    one_line(&path_of(path.strip_prefix(folder).unwrap_or(path)))
}

impl<W: Write> ComparisonReporter for Text<W> {
    fn compared(&mut self, compared: &Compared) -> io::Result<()> {
        // Problems of a file are reported on standard error, with their place.
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
            writeln!(self.out, "  and {more} more, included in the summary")?;
        }
        if self.shown > 0 {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{}", headline(summary))?;
        if let Some(unchecked) = unchecked(summary) {
            writeln!(self.out, "{unchecked}")?;
        }
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

/// Formats a headline such as "37 of 10,000 calls would end elsewhere; 9,960 equal, 40
/// different".
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

/// Formats a line such as "not compared in equal calls: prompts (3), times (40)"; `None`
/// if everything was compared.
pub(super) fn unchecked(summary: &Summary) -> Option<String> {
    let parts = summary.unchecked.iter();
    let parts = parts.map(|(kind, count)| format!("{kind} ({})", counted(*count)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    (!parts.is_empty()).then(|| format!("not compared in equal calls: {parts}"))
}

/// Formats a line such as "stale: 3 older than --max-age, 1 of another version of the
/// flow".
pub(super) fn stale(summary: &Summary) -> String {
    let words = |name: &str| match name {
        "old" => "older than --max-age",
        "unmatched" => "of a flow that is not loaded",
        "version" => "of another version of the flow",
        _ => "with answers that are no longer requested",
    };
    let parts = summary.stale.iter();
    let parts = parts.map(|(name, count)| format!("{} {}", counted(*count), words(name)));
    format!("stale: {}", parts.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_folder_is_printed_once() {
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
