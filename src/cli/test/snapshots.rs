//! The snapshots of tests: what is written, reviewed and cleared away.

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::output;
use crate::runner::Library;
use crate::suite::snapshot::{self, SnapshotMode};

/// What is to be done with snapshots.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Wanted {
    /// Accept what calls do now: write the snapshots that differ or are missing
    #[arg(long, conflicts_with = "check_snapshots")]
    update: bool,

    /// Write no snapshots, not even those to be reviewed; the default where CI is set
    #[arg(long)]
    check_snapshots: bool,

    /// Show snapshots that wait for a review one by one, and accept or reject them; runs no
    /// tests
    #[arg(
        long,
        conflicts_with_all = [
            "update", "check_snapshots", "report", "html", "coverage", "coverage_out",
            "coverage_min", "decisions"
        ]
    )]
    review: bool,

    /// Delete snapshots that no test has any more; runs no tests
    #[arg(
        long,
        conflicts_with_all = [
            "update", "check_snapshots", "review", "report", "html", "coverage", "coverage_out",
            "coverage_min", "decisions"
        ]
    )]
    delete_unreferenced: bool,
}

impl Wanted {
    /// Tells that snapshots cannot be accepted where nobody looks at them: a run that accepts
    /// whatever calls do passes whatever they do.
    pub(super) fn forbidden(&self) -> Option<Exit> {
        let flag = match () {
            () if !output::is_ci() => return None,
            () if self.update => "--update",
            () if self.review => "--review",
            () => return None,
        };
        let text = format!(
            "{flag} accepts snapshots, and under CI none are written; accept them on your \
             machine and commit them, or unset CI, as in `CI= flowsim test {flag}`"
        );
        output::message("error", &text);
        Some(Exit::Usage)
    }

    /// What becomes of snapshots that are not as the calls went.
    pub(super) fn mode(&self) -> SnapshotMode {
        if self.update {
            SnapshotMode::Update
        } else if self.check_snapshots || output::is_ci() {
            SnapshotMode::Check
        } else {
            SnapshotMode::Pending
        }
    }

    /// Whether something else is done than running tests.
    pub(super) fn runs_no_tests(&self) -> bool {
        self.review || self.delete_unreferenced
    }

    /// What is done instead of running tests, if anything. `searched` are the paths that
    /// scenario files were looked for in.
    pub(super) fn instead(
        &self,
        library: &Library,
        searched: &[PathBuf],
    ) -> io::Result<Option<Exit>> {
        let is_broken = super::is_broken(library);
        if self.review {
            review(library)?;
        } else if self.delete_unreferenced {
            clear_away(library, searched, is_broken)?;
        } else {
            return Ok(None);
        }
        if !is_broken {
            return Ok(Some(Exit::Success));
        }
        let left = if self.review { "not reviewed" } else { "left alone" };
        let text = format!("snapshots of what does not load were {left}");
        output::message("note", &text);
        Ok(Some(Exit::Input))
    }
}

fn review(library: &Library) -> io::Result<()> {
    let pending = snapshot::pending(&library.suites);
    if pending.is_empty() {
        return output::result("no snapshots wait for a review\n");
    }
    let reviewed =
        snapshot::review(&pending, &mut io::stdin().lock(), &mut io::stdout())?;
    output::result(&format!(
        "{} accepted, {} rejected, {} left\n",
        reviewed.accepted, reviewed.rejected, reviewed.skipped
    ))
}

fn clear_away(
    library: &Library,
    searched: &[PathBuf],
    is_broken: bool,
) -> io::Result<()> {
    let unreferenced = snapshot::unreferenced(&library.suites, searched);
    let mut told = String::new();
    for path in &unreferenced {
        told.push_str(&format!("deleted {}\n", path.display()));
    }
    snapshot::delete(&unreferenced)?;
    if unreferenced.is_empty() {
        told.push_str(if is_broken {
            "nothing was deleted\n"
        } else {
            "every snapshot belongs to a test\n"
        });
    }
    output::result(&told)
}

/// Tells of snapshots that wait for a review, and of those that no test has any more.
/// `searched` are the paths that scenario files were looked for in, if all their tests ran.
pub(super) fn tell(library: &Library, searched: Option<&[PathBuf]>) {
    let pending = snapshot::pending(&library.suites).len();
    if pending > 0 {
        let are = if pending == 1 { "snapshot waits" } else { "snapshots wait" };
        let text = format!("{pending} {are} for a review: flowsim test --review");
        output::message("note", &text);
    }
    let unreferenced = searched
        .map_or(0, |searched| snapshot::unreferenced(&library.suites, searched).len());
    if unreferenced > 0 {
        let belong =
            if unreferenced == 1 { "snapshot belongs" } else { "snapshots belong" };
        let text = format!(
            "{unreferenced} {belong} to no test: flowsim test --delete-unreferenced"
        );
        output::message("note", &text);
    }
}
