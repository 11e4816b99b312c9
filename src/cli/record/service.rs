//! Which service is asked, as whom, and how.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::output;
use crate::platform::{
    Certificates, Client, Credentials, Options, Secret, Service, Stop, SystemClock,
    certificates,
};

/// Which service.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The service, by the address of its API [default: GENESYS_BASE_URL]
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,

    /// The region of Genesys Cloud, as `eu-central-1` or `mypurecloud.de` [default:
    /// GENESYS_REGION or GENESYS_ENVIRONMENT]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// How it is asked.
#[derive(Debug, Args)]
pub(super) struct Manner {
    /// How many requests there may be in a second
    #[arg(long, value_name = "N", default_value_t = 2.5, value_parser = rate)]
    rate: f64,

    /// How many requests there may be at a time
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = clap::value_parser!(u8).range(1..=64)
    )]
    concurrency: u8,

    #[command(flatten)]
    patience: Patience,
}

/// How long to wait for a live service, how often to ask it, and whom to take for it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Patience {
    /// How long an answer may take
    #[arg(
        long,
        value_name = "N",
        default_value_t = 30_000,
        value_parser = clap::value_parser!(u64).range(1..=3_600_000)
    )]
    timeout_ms: u64,

    /// How often a request is made at most, if it is not answered, or the service has too much
    /// to do or fails
    #[arg(
        long,
        value_name = "N",
        default_value_t = 5,
        value_parser = clap::value_parser!(u8).range(1..=20)
    )]
    max_attempts: u8,

    /// A PEM file of authorities to trust besides those that everybody trusts [default:
    /// SSL_CERT_FILE]
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl Patience {
    /// The rest is as for whoever asks one thing after the other.
    pub(in crate::cli) fn options(&self) -> Result<Options, Exit> {
        Ok(Options {
            attempts: usize::from(self.max_attempts),
            timeout: Duration::from_millis(self.timeout_ms),
            certificates: trusted(self.ca.as_deref())?,
            ..Options::default()
        })
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.01..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("expected a number from 0.01 to 1000".to_owned()),
    }
}

/// The client; what is missing or wrong is told.
pub(super) fn client(
    place: &Place,
    manner: &Manner,
    stop: &Stop,
) -> Result<Client, Exit> {
    let service = place.service().map_err(|problem| told(&problem, Exit::Usage))?;
    let credentials = credentials().map_err(|problem| told(&problem, Exit::Usage))?;
    let (rate, concurrency) = (manner.rate, manner.workers());
    let options = Options { rate, concurrency, ..manner.patience.options()? };
    let clock = Arc::new(SystemClock::new(stop.clone()));
    Ok(Client::new(service, credentials, &options, clock))
}

impl Place {
    /// What the command line says comes before what the environment says.
    fn service(&self) -> Result<Service, String> {
        match (&self.base_url, &self.region) {
            (Some(url), _) => return Service::of_base_url(url),
            (None, Some(region)) => return Service::of_region(region),
            (None, None) => {}
        }
        if let Some(url) = variable("GENESYS_BASE_URL") {
            return Service::of_base_url(&url);
        }
        match variable("GENESYS_REGION").or_else(|| variable("GENESYS_ENVIRONMENT")) {
            Some(region) => Service::of_region(&region),
            None => Err("which service? Name it with --region or --base-url".to_owned()),
        }
    }
}

impl Manner {
    /// How many workers are worth having.
    pub(super) fn workers(&self) -> usize {
        usize::from(self.concurrency)
    }
}

/// The authorities of a PEM file, or of the one that the environment names.
fn trusted(ca: Option<&Path>) -> Result<Option<Certificates>, Exit> {
    let from_environment = || variable("SSL_CERT_FILE").map(PathBuf::from);
    let Some(path) = ca.map(Path::to_path_buf).or_else(from_environment) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    let read = text.and_then(|text| certificates(&text));
    read.map(Some).map_err(|problem| {
        told(&format!("certificates of {}: {problem}", path.display()), Exit::Input)
    })
}

/// Who asks. There are no flags for it: other users of a machine can see command lines.
fn credentials() -> Result<Credentials, String> {
    let needed = |name| variable(name).ok_or_else(|| format!("{name} is not set"));
    Ok(Credentials {
        client_id: needed("GENESYS_CLIENT_ID")?,
        client_secret: Secret::new(needed("GENESYS_CLIENT_SECRET")?),
    })
}

/// A variable of the environment; one that is empty is none.
pub(in crate::cli) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

fn told(problem: &str, exit: Exit) -> Exit {
    output::message("error", problem);
    exit
}
