//! Required coverage: `nodes=90,paths=80`.

use super::kind::Kind;
use super::report::{Report, Share};
use crate::diagnostic::nearest;

/// The required coverage of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimum {
    /// Kind of items.
    pub kind: Kind,
    /// Percentage from 0 to 100.
    pub percent: u8,
}

/// A minimum that was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// Required coverage.
    pub minimum: Minimum,
    /// Actual coverage.
    pub share: Share,
}

impl std::fmt::Display for Shortfall {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { minimum: Minimum { kind, percent }, share } = self;
        let (covered, total) = (share.covered, share.total);
        let name = kind.name();
        let found = share.percent();
        write!(
            formatter,
            "{name}: {found} % covered ({covered} of {total}), expected at least {percent} %"
        )
    }
}

/// Parses `nodes=90,paths=80`.
///
/// # Errors
/// A message for the user that describes the mistake.
pub fn parse_minimums(text: &str) -> Result<Vec<Minimum>, String> {
    let mut minimums: Vec<Minimum> = Vec::new();
    for item in text.split(',') {
        let item = item.trim();
        let (name, percent) = item.split_once('=').ok_or_else(|| {
            format!("`{item}` is not of the form KIND=PERCENT, such as nodes=90")
        })?;
        let name = name.trim();
        let kind = Kind::from_name(name).ok_or_else(|| unknown(name))?;
        let percent = percent.trim();
        let percent = percent.strip_suffix('%').unwrap_or(percent).trim_end();
        let number = percent.parse().ok().filter(|number| *number <= 100);
        let percent = number.ok_or_else(|| {
            format!("`{percent}` is not a whole percentage from 0 to 100")
        })?;
        if minimums.iter().any(|minimum| minimum.kind == kind) {
            return Err(format!("`{name}` is given twice"));
        }
        minimums.push(Minimum { kind, percent });
    }
    Ok(minimums)
}

fn unknown(name: &str) -> String {
    let names = Kind::ALL.map(Kind::name);
    let help = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", names.join(", ")),
    };
    format!("unknown coverage kind `{name}`; {help}")
}

/// Returns the minimums that a report does not reach.
pub fn judge(report: &Report, minimums: &[Minimum]) -> Vec<Shortfall> {
    let shares = report.shares();
    let short = minimums.iter().map(|minimum| {
        let share = shares[minimum.kind.index()];
        Shortfall { minimum: *minimum, share }
    });
    short.filter(|it| it.share.percent() < it.minimum.percent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimums_are_kinds_and_percentages() {
        let nodes = Minimum { kind: Kind::Nodes, percent: 90 };
        let handlers = Minimum { kind: Kind::ErrorHandlers, percent: 0 };
        let read = parse_minimums("nodes=90, errorHandlers = 0 %");
        assert_eq!(read, Ok(vec![nodes, handlers]));
        let wrong = |text| parse_minimums(text).unwrap_err();
        assert!(wrong("nodse=90").ends_with("did you mean `nodes`?"));
        assert!(wrong("wrenches=90").contains("expected one of nodes, paths, "));
        for text in
            ["", "nodes", "nodes=", "nodes=101", "nodes=-1", "nodes=9.5", "nodes=9,"]
        {
            assert!(parse_minimums(text).is_err(), "{text}");
        }
        assert!(wrong("nodes=1,nodes=2").contains("twice"));
    }

    #[test]
    fn hundred_percent_means_all() {
        let share = |covered, total| Share { covered, total }.percent();
        assert_eq!(share(999, 1000), 99);
        assert_eq!(share(1000, 1000), 100);
        assert_eq!(share(1, 1000), 0);
        assert_eq!(share(0, 0), 100);
    }
}
