//! Snapshots of tests: accepting, reviewing and deleting them.

use std::io;
use std::path::PathBuf;

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::output;
use crate::runner::{Library, LoadedSuite};
use crate::source::Files;
use crate::suite::snapshot::{self, SnapshotMode};

/// Snapshot options of the command line.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct SnapshotOptions {
    /// Accept the current behaviour: write snapshots that differ or are missing
    #[arg(long, conflicts_with = "check_snapshots")]
    update: bool,

    /// Write no snapshots, not even pending ones; the default under CI
    #[arg(long)]
    check_snapshots: bool,

    /// Review pending snapshots one by one and accept or reject them; runs no tests
    #[arg(
        long,
        conflicts_with_all = [
            "update", "check_snapshots", "report", "html", "coverage", "coverage_out",
            "coverage_min", "decisions"
        ]
    )]
    review: bool,

    /// Delete snapshots that no test refers to; runs no tests
    #[arg(
        long,
        conflicts_with_all = [
            "update", "check_snapshots", "review", "report", "html", "coverage", "coverage_out",
            "coverage_min", "decisions"
        ]
    )]
    delete_unreferenced: bool,
}

impl SnapshotOptions {
    /// Rejects accepting snapshots under CI: without a review the run could
    /// never fail.
    pub(super) fn forbidden(&self) -> Option<Exit> {
        let flag = match () {
            () if !output::is_ci() => return None,
            () if self.update => "--update",
            () if self.review => "--review",
            () => return None,
        };
        let text = format!(
            "{flag} is not allowed under CI; accept snapshots on your \
             machine and commit them, or unset CI, as in `CI= flowsim test {flag}`"
        );
        output::message("error", &text);
        Some(Exit::Usage)
    }

    /// Returns how snapshots that differ from the calls are handled.
    pub(super) fn mode(&self) -> SnapshotMode {
        if self.update {
            SnapshotMode::Update
        } else if self.check_snapshots || output::is_ci() {
            SnapshotMode::Check
        } else {
            SnapshotMode::Pending
        }
    }

    /// Returns whether the options replace running tests.
    pub(super) fn runs_no_tests(&self) -> bool {
        self.review || self.delete_unreferenced
    }

    /// Does the work that replaces running tests, if any. `searched` holds the paths in
    /// which scenario files were searched.
    pub(super) fn instead(
        &self,
        LoadedSuite { library, files }: LoadedSuite<'_>,
        searched: &[PathBuf],
    ) -> io::Result<Option<Exit>> {
        let is_broken = super::is_broken(library);
        if self.review {
            review(library, files)?;
        } else if self.delete_unreferenced {
            delete_unreferenced(library, searched, is_broken)?;
        } else {
            return Ok(None);
        }
        if !is_broken {
            return Ok(Some(Exit::Success));
        }
        let left = if self.review { "not reviewed" } else { "not deleted" };
        let text = format!("snapshots of files that do not load were {left}");
        output::message("note", &text);
        Ok(Some(Exit::Input))
    }
}

fn review(library: &Library, files: &Files) -> io::Result<()> {
    let pending = snapshot::pending(&library.suites);
    if pending.is_empty() {
        return output::result("no snapshots are pending review\n");
    }
    let reviewed =
        snapshot::review(&pending, files, &mut io::stdin().lock(), &mut io::stdout())?;
    output::result(&format!(
        "{} accepted, {} rejected, {} left\n",
        reviewed.accepted, reviewed.rejected, reviewed.skipped
    ))
}

fn delete_unreferenced(
    library: &Library,
    searched: &[PathBuf],
    is_broken: bool,
) -> io::Result<()> {
    let unreferenced = snapshot::unreferenced(&library.suites, searched);
    let mut report = String::new();
    for path in &unreferenced {
        report.push_str(&format!("deleted {}\n", path.display()));
    }
    snapshot::delete(&unreferenced)?;
    if unreferenced.is_empty() {
        report.push_str(if is_broken {
            "nothing was deleted\n"
        } else {
            "every snapshot belongs to a test\n"
        });
    }
    output::result(&report)
}

/// Writes notes on pending snapshots and on snapshots without a test. `searched` holds
/// the paths in which scenario files were searched, if all their tests ran.
pub(super) fn show_notes(library: &Library, searched: Option<&[PathBuf]>) {
    let pending = snapshot::pending(&library.suites).len();
    if pending > 0 {
        let are = if pending == 1 { "snapshot is" } else { "snapshots are" };
        let text = format!("{pending} {are} pending review: flowsim test --review");
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
