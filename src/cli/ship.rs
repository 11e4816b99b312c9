//! `flowsim ship`

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::output;
use super::record::service::{RetryArgs, variable};
use crate::analysis::decisions::{self, Decision, INDEX, Item};
use crate::diagnostic::Severity;
use crate::platform::{
    Failure, Secret, Shipped, Stop, Store, StoreCredentials, SystemClock,
};
use crate::source::Files;

/// Number of decisions per request.
const BATCH: usize = 1_000;

/// Upload decision logs to Elasticsearch or a compatible store.
///
/// Uploading the same log again creates no duplicates. If the store requires
/// authentication, set ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and
/// ELASTICSEARCH_PASSWORD, in the environment.
///
/// Exits with 0 if the store has all decisions, 2 if the arguments are invalid, 3 if a
/// file does not load, 4 if there are no decisions, 5 if the store cannot be reached or
/// rejects documents.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Decision logs: .csv, or one JSON object per line
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,

    /// Address of the store, such as https://search.example.com:9200
    #[arg(long, value_name = "URL")]
    #[expect(rustdoc::bare_urls, reason = "the comment is the help of the flag")]
    to: String,

    /// Index to write to
    #[arg(long, value_name = "NAME", default_value = INDEX)]
    index: String,

    #[command(flatten)]
    patience: RetryArgs,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let options = match arguments.patience.options() {
        Ok(options) => options,
        Err(exit) => return Ok(exit),
    };
    let clock = Arc::new(SystemClock::new(Stop::default()));
    let credentials = credentials();
    let store = credentials.and_then(|it| {
        Store::new(&arguments.to, &arguments.index, it.as_ref(), &options, clock)
    });
    let store = match store {
        Ok(store) => store,
        Err(problem) => {
            output::message("error", &problem);
            return Ok(Exit::Usage);
        }
    };
    let mut shipping = Shipping::new(store);
    let mut exit = Exit::Success;
    for path in &arguments.logs {
        exit = shipping.ship(path);
        if exit != Exit::Success {
            break;
        }
    }
    shipping.finish(&arguments.index, exit)
}

/// Reads the credentials from the environment; returns `None` if they are not set.
/// Flags do not accept them because other users of the machine can see command lines.
fn credentials() -> Result<Option<StoreCredentials>, String> {
    if let Some(key) = variable("ELASTICSEARCH_API_KEY") {
        return Ok(Some(StoreCredentials::ApiKey(Secret::new(key))));
    }
    let user = variable("ELASTICSEARCH_USERNAME");
    match (user, variable("ELASTICSEARCH_PASSWORD")) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => {
            Ok(Some(StoreCredentials::Basic(user, Secret::new(password))))
        }
        (None, Some(_)) => Err("ELASTICSEARCH_USERNAME is not set".to_owned()),
        (Some(_), None) => Err("ELASTICSEARCH_PASSWORD is not set".to_owned()),
    }
}

/// State of an upload.
struct Shipping {
    store: Store,
    /// Decisions of the next request.
    batch: Vec<Decision>,
    /// Number of decisions of the current log that were sent.
    sent: u64,
    shipped: Shipped,
    failure: Option<Failure>,
}

impl Shipping {
    fn new(store: Store) -> Self {
        let (batch, shipped) = (Vec::new(), Shipped::default());
        Self { store, batch, sent: 0, shipped, failure: None }
    }

    /// Reads a log and uploads it, as long as the store can be reached.
    fn ship(&mut self, path: &Path) -> Exit {
        self.sent = 0;
        let mut diagnostics = decisions::read(path, &mut |found| {
            match found {
            Item::Decision(decision) => {
                self.batch.push(decision);
                if self.batch.len() >= BATCH {
                    self.send();
                }
                Ok(())
            }
            Item::Document(_) => Err("not a decision: decisions have `dtmf` and \
                                       `routing_decision`; `flowsim run --decisions FILE` \
                                       writes them"
                .to_owned()),
        }
        });
        self.send();
        let is_unread = diagnostics.iter().any(|it| it.severity == Severity::Error);
        let failure = self.failure.take();
        diagnostics.extend(failure.iter().map(Failure::diagnostic));
        output::diagnostics(&diagnostics, &Files::new());
        match failure {
            Some(_) => Exit::External,
            None if is_unread => Exit::Input,
            None => Exit::Success,
        }
    }

    fn send(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if self.failure.is_none() && !batch.is_empty() {
            let sent = self.store.ship(&batch, self.sent, &mut self.shipped);
            self.failure = sent.err();
        }
        self.sent += u64::try_from(batch.len()).unwrap_or(u64::MAX);
    }

    /// Prints the summary of the upload and returns the exit code.
    fn finish(&self, index: &str, exit: Exit) -> io::Result<Exit> {
        let Shipped { created, there, refused, reasons } = &self.shipped;
        let all = created + there + refused;
        if all == 0 {
            if exit == Exit::Success {
                output::message("error", "nothing to upload: found no decisions");
                return Ok(Exit::Nothing);
            }
            return Ok(exit);
        }
        let mut text = format!("{created} new in {index}, {there} already present");
        if *refused > 0 {
            text += &format!(", {refused} rejected");
        }
        output::result(&format!("{text}\n"))?;
        for reason in reasons {
            output::message("error", &format!("the store rejected documents: {reason}"));
        }
        Ok(if exit == Exit::Success && *refused > 0 { Exit::External } else { exit })
    }
}
