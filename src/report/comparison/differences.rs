//! Terminal output of the comparison of one call.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::analysis::comparison::{
    Comparison, Difference, DifferenceKind, Verdict, value_text,
};
use crate::diagnostic::visible;

/// Maximum number of displayed differences.
const MAX_DIFFERENCES: usize = 40;

/// Renders the comparison: the verdict, the cause, the first difference, then all others.
/// Colours only repeat what the words say.
pub fn render_text(comparison: &Comparison, color: bool) -> String {
    let mut page = Page { out: String::new(), color };
    page.verdict(comparison);
    if let Some(cause) = &comparison.cause {
        page.out.push_str("\n  ");
        page.ink(Style::new().bold(), "why");
        let _ = writeln!(page.out, "  {}", visible::one_line(&cause.text));
    }
    page.differences(comparison);
    page.out
}

/// Renders the comparison without the cause, and without colours.
pub(in crate::report) fn render_differences(comparison: &Comparison) -> String {
    let mut page = Page { out: String::new(), color: false };
    page.verdict(comparison);
    page.differences(comparison);
    page.out
}

fn differences(count: usize) -> String {
    match count {
        1 => "1 difference".into(),
        _ => format!("{count} differences"),
    }
}

struct Page {
    out: String,
    color: bool,
}

impl Page {
    fn ink(&mut self, style: Style, text: &str) {
        let text = visible::one_line(text);
        let _ = match self.color {
            true => write!(self.out, "{style}{text}{style:#}"),
            false => write!(self.out, "{text}"),
        };
    }

    /// Writes the verdict and the number of differences.
    fn verdict(&mut self, comparison: &Comparison) {
        let green = AnsiColor::Green.on_default().bold();
        let red = AnsiColor::Red.on_default().bold();
        match comparison.verdict {
            Verdict::Equal => self.ink(green, "equal"),
            Verdict::Different => self.ink(red, "different"),
            Verdict::Unreplayable => self.ink(red, "unreplayable"),
        }
        let count = comparison.differences.len();
        if count == 0 && !comparison.unchecked.is_empty() {
            let unchecked = comparison.unchecked.join(", ");
            let _ = write!(self.out, "; not compared: {unchecked}");
        }
        let _ = match (count, comparison.path_diverges_at) {
            (0, _) => Ok(()),
            (_, Some(step)) => {
                write!(self.out, ": {}, paths diverge at step {step}", differences(count))
            }
            (_, None) => write!(self.out, ": {}, same path", differences(count)),
        };
        self.out.push('\n');
    }

    /// Writes the first difference and the rest.
    fn differences(&mut self, comparison: &Comparison) {
        for it in &comparison.renamed {
            let words = format!("`{}` is `{}` locally", it.recorded, it.local);
            let _ = writeln!(self.out, "\n  renamed  {}", visible::one_line(&words));
        }
        if let Some(first) = &comparison.first_difference {
            self.out.push_str("\n  first ");
            self.difference(first, "  ");
        }
        self.rest(comparison);
    }

    /// Writes the subject of a difference, and the values of both sides below it.
    fn difference(&mut self, it: &Difference, indent: &str) {
        let words = subject(it);
        self.ink(Style::new().bold(), &words);
        self.out.push('\n');
        let number = |step: Option<usize>| {
            step.map_or_else(String::new, |step| format!("  (step {step})"))
        };
        let is_local_only = it.step.is_none() && it.local_step.is_some();
        let recorded = if is_local_only { None } else { Some(&it.recorded) };
        let (minus, plus) = (AnsiColor::Red.on_default(), AnsiColor::Green.on_default());
        if let Some(value) = recorded {
            let _ = write!(self.out, "{indent}  ");
            self.ink(minus, &format!("- recorded {}", value_text(value.as_ref())));
            self.out.push_str(&number(it.step));
            self.out.push('\n');
        }
        let _ = write!(self.out, "{indent}  ");
        self.ink(plus, &format!("+ local    {}", value_text(it.local.as_ref())));
        self.out.push_str(&number(it.local_step));
        self.out.push('\n');
        let _ = write!(self.out, "{indent}  ");
        self.ink(Style::new().dimmed(), &format!("at {}", it.pointer));
        self.out.push('\n');
    }

    /// Writes the remaining differences, one line each, and the reasons for ignored
    /// values.
    fn rest(&mut self, comparison: &Comparison) {
        let rest = comparison.differences.get(1..).unwrap_or_default();
        if !rest.is_empty() {
            self.out.push_str("\n  then\n");
        }
        for it in rest.iter().take(MAX_DIFFERENCES) {
            let step = it.step.or(it.local_step);
            let step = step.map_or_else(|| "end".into(), |step| step.to_string());
            let _ = write!(self.out, "  {step:>5}  ");
            let values = match it.kind {
                DifferenceKind::MissingStep | DifferenceKind::InsertedStep => {
                    String::new()
                }
                _ => format!(
                    "  {} → {}",
                    value_text(it.recorded.as_ref()),
                    value_text(it.local.as_ref())
                ),
            };
            self.ink(Style::new(), &format!("{}{values}", subject(it)));
            self.out.push('\n');
        }
        if let Some(more) =
            rest.len().checked_sub(MAX_DIFFERENCES).filter(|more| *more > 0)
        {
            let _ = writeln!(self.out, "         and {more} more");
        }
        if !comparison.ignored.is_empty() {
            let all = comparison.ignored.iter();
            let all: Vec<String> =
                all.map(|it| format!("{} ({})", it.reason, it.count)).collect();
            self.out.push_str("\n  ");
            self.ink(Style::new().dimmed(), &format!("not compared: {}", all.join(", ")));
            self.out.push('\n');
        }
    }
}

/// Describes the subject of a difference.
pub(crate) fn subject(it: &Difference) -> String {
    let name = &it.name;
    let node = it.node_name.as_ref().or(it.node_id.as_ref());
    let of = node.map_or_else(String::new, |node| format!(" of `{node}`"));
    let step = node.map_or_else(|| "a step".into(), |node| format!("`{node}`"));
    match it.kind {
        DifferenceKind::MissingStep => format!("{step} is missing locally"),
        DifferenceKind::InsertedStep => format!("{step} is new locally"),
        DifferenceKind::MovedStep => format!("{step} has moved"),
        DifferenceKind::Type => format!("the type{of}"),
        DifferenceKind::Time => format!("the time{of}"),
        DifferenceKind::Start => format!("`{name}` at the start{of}"),
        DifferenceKind::Operand => format!("`{name}`, read by {step}"),
        DifferenceKind::Input => format!("input `{name}`{of}"),
        DifferenceKind::Prompt => format!("prompt at {step}"),
        DifferenceKind::CallerInput => format!("caller input at {step}"),
        DifferenceKind::Answer => format!("answer `{name}`, to {step}"),
        DifferenceKind::Output => format!("output `{name}`{of}"),
        DifferenceKind::Variable => format!("`{name}`, set by {step}"),
        DifferenceKind::Routing => format!("routing `{name}`{of}"),
        DifferenceKind::Error => format!("the error{of}"),
        DifferenceKind::End => format!("end of the flow at {step}"),
        DifferenceKind::Path => format!("the path from {step}"),
        DifferenceKind::Destination => "destination of the call".into(),
        DifferenceKind::Status => "status of the call".into(),
        DifferenceKind::CallError => "the error of the call".into(),
        DifferenceKind::FinalVariable => format!("`{name}` at the end"),
        DifferenceKind::Elapsed => "duration of the call".into(),
    }
}
