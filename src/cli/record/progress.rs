//! How far it is: a bar for people who watch, a line now and then for logs.

use std::io::{self, IsTerminal};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::output;

/// How many lines a log gets at most.
const LINES: usize = 20;

pub(super) struct Progress {
    bar: Option<ProgressBar>,
    done: Mutex<usize>,
    all: usize,
}

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        let is_watched = io::stderr().is_terminal() && !output::is_ci();
        let bar = is_watched.then(|| {
            let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
            let style =
                ProgressStyle::with_template("{bar:40} {pos} of {len}, {eta} left");
            style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
        });
        Self { bar, done: Mutex::new(0), all }
    }

    /// One thing more is done.
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
