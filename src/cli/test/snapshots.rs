//! The snapshots of tests: what is written, reviewed and cleared away.

use std::io;

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
    #[arg(long, conflicts_with_all = ["update", "check_snapshots"])]
    review: bool,

    /// Delete snapshots that no test has any more; runs no tests
    #[arg(long, conflicts_with_all = ["update", "check_snapshots", "review"])]
    delete_unreferenced: bool,
}

impl Wanted {
    /// What becomes of snapshots that are not as the calls went.
    pub(super) fn mode(&self) -> SnapshotMode {
        if self.update {
            SnapshotMode::Update
        } else if self.check_snapshots || std::env::var_os("CI").is_some() {
            SnapshotMode::Check
        } else {
            SnapshotMode::Pending
        }
    }

    /// Whether something else is done than running tests.
    pub(super) fn runs_no_tests(&self) -> bool {
        self.review || self.delete_unreferenced
    }

    /// What is done instead of running tests, if anything.
    pub(super) fn instead(&self, library: &Library) -> io::Result<Option<Exit>> {
        if self.review {
            review(library)?;
        } else if self.delete_unreferenced {
            clear_away(library)?;
        } else {
            return Ok(None);
        }
        Ok(Some(Exit::Success))
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

fn clear_away(library: &Library) -> io::Result<()> {
    let unreferenced = snapshot::unreferenced(&library.suites);
    let mut told = String::new();
    for path in &unreferenced {
        told.push_str(&format!("deleted {}\n", path.display()));
    }
    snapshot::delete(&unreferenced)?;
    if unreferenced.is_empty() {
        told.push_str("every snapshot belongs to a test\n");
    }
    output::result(&told)
}

/// Tells of snapshots that wait for a review, and of those that no test has any more.
pub(super) fn tell(library: &Library, is_whole: bool) {
    let pending = snapshot::pending(&library.suites).len();
    if pending > 0 {
        let are = if pending == 1 { "snapshot waits" } else { "snapshots wait" };
        let text = format!("{pending} {are} for a review: flowsim test --review");
        output::message("note", &text);
    }
    let unreferenced =
        if is_whole { snapshot::unreferenced(&library.suites).len() } else { 0 };
    if unreferenced > 0 {
        let belong =
            if unreferenced == 1 { "snapshot belongs" } else { "snapshots belong" };
        let text = format!(
            "{unreferenced} {belong} to no test: flowsim test --delete-unreferenced"
        );
        output::message("note", &text);
    }
}
