//! Comparisons for people.

use std::io::{self, Write};

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

/// Writes what differs, then what it comes to.
pub struct Text<W> {
    out: W,
    color: bool,
    /// Whether there is one recording only, which is shown in whole.
    is_alone: bool,
    shown: usize,
}

impl<W: Write> Text<W> {
    /// A report of one recording, or of several.
    pub fn new(out: W, color: bool, is_alone: bool) -> Self {
        Self { out, color, is_alone, shown: 0 }
    }

    fn ink(&self, style: Style, text: &str) -> String {
        let text = one_line(text);
        if self.color { format!("{style}{text}{style:#}") } else { text }
    }

    fn judged(&mut self, compared: &Compared, judgement: &Judgement) -> io::Result<()> {
        let verdict = match judgement.comparison.verdict {
            Verdict::Equal => return Ok(()),
            Verdict::Different => "different",
            Verdict::Unreplayable => "unreplayable",
        };
        let verdict = self.ink(AnsiColor::Red.on_default().bold(), verdict);
        let path = one_line(&path_of(&compared.path));
        let ends = judgement.local_end.as_ref();
        let ends = ends.filter(|end| **end != judgement.recorded_end);
        let ends = ends.map(|end| format!("  {} → {end}", judgement.recorded_end));
        let ends = one_line(&ends.unwrap_or_default());
        writeln!(self.out, "{verdict}  {path}{ends}")?;
        if let Some(cause) = &judgement.comparison.cause {
            writeln!(self.out, "  {}", one_line(&cause.text))?;
        }
        Ok(())
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let to = match &group.to {
            Some(to) if group.is_elsewhere() => format!("from {} to {to}", group.from),
            Some(_) => format!("to {} by another way", group.from),
            None => "cannot be made to their end".into(),
        };
        let at = group.at.as_ref().map(|at| format!(", first at `{at}`"));
        let line = one_line(&format!("{to}{}", at.unwrap_or_default()));
        writeln!(self.out, "  {:>6}  {line}", counted(group.count))?;
        if let Some(why) = &group.why {
            let dim = self.ink(Style::new().dimmed(), why);
            writeln!(self.out, "          {dim}")?;
        }
        let example = format!("such as {}", path_of(&group.example));
        let example = self.ink(Style::new().dimmed(), &example);
        writeln!(self.out, "          {example}")
    }
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
            writeln!(self.out, "and {more} more, which the summary counts")?;
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
fn headline(summary: &Summary) -> String {
    let parts = [
        (summary.equal, "equal"),
        (summary.different, "different"),
        (summary.unreplayable, "unreplayable"),
        (summary.unreadable, "unreadable"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", counted(count)));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let total = counted(summary.total);
    match summary.elsewhere() {
        0 => format!("{total} compared: {parts}"),
        count => {
            format!("{} of {total} calls would end elsewhere; {parts}", counted(count))
        }
    }
}

/// "stale: 3 are older than is wanted, 1 of another version of its flow".
fn stale(summary: &Summary) -> String {
    let words = |name: &str| match name {
        "old" => "older than is wanted",
        "unmatched" => "of flows that are not here",
        "version" => "of another version of their flow",
        _ => "with answers that nobody asks for any more",
    };
    let parts = summary.stale.iter();
    let parts = parts.map(|(name, count)| format!("{} {}", counted(*count), words(name)));
    format!("stale: {}", parts.collect::<Vec<_>>().join(", "))
}
