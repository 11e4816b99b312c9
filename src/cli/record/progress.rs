//! Progress: a bar on a terminal, occasional lines in logs.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output;

/// Maximum number of progress lines in a log.
const LINES: usize = 20;

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    done: Mutex<usize>,
    all: usize,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        let bar = output::is_watched().then(|| {
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            let style =
                ProgressStyle::with_template("{bar:40} {pos} of {len}, {eta} left");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        Self { bar, done: Mutex::new(0), all }
    }

    /// Counts one finished item.
    pub(super) fn step(&self) {
        if let Some(bar) = &self.bar {
            return bar.inc(1);
        }
        let mut done = output::locked(&self.done);
        *done += 1;
        let lines = |done: usize| done * LINES / self.all.max(1);
        if self.all <= LINES || lines(*done) > lines(*done - 1) {
            output::aside(&format!("{} of {}\n", *done, self.all));
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
