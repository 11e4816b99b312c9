//! Connection settings of a live service.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::numbers::whole;
use crate::cli::output;
use crate::platform::{
    Certificates, Client, Credentials, Options, Secret, Service, Stop, SystemClock,
    certificates,
};

/// Address of the service.
#[derive(Debug, Args)]
pub(super) struct ServiceArgs {
    /// Base URL of the service's API [default: GENESYS_BASE_URL]
    #[arg(long, value_name = "URL", conflicts_with = "region")]
    base_url: Option<String>,

    /// Genesys Cloud region, such as `eu-central-1` or `mypurecloud.de` [default:
    /// GENESYS_REGION or GENESYS_ENVIRONMENT]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// Request settings.
#[derive(Debug, Args)]
pub(super) struct RequestArgs {
    /// Maximum number of requests per second
    #[arg(long, value_name = "N", default_value_t = 2.5, value_parser = rate)]
    rate: f64,

    /// Maximum number of parallel requests
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = whole(1..=64_u8)
    )]
    concurrency: u8,

    #[command(flatten)]
    patience: RetryArgs,
}

/// Timeout, retries and trusted certificates of a live service.
#[derive(Debug, Args)]
pub(in crate::cli) struct RetryArgs {
    /// Timeout of a request in ms
    #[arg(
        long,
        value_name = "N",
        default_value_t = 30_000,
        value_parser = whole(1..=3_600_000_u64)
    )]
    timeout_ms: u64,

    /// Maximum number of attempts per request, if the service does not answer, is
    /// overloaded or fails
    #[arg(
        long,
        value_name = "N",
        default_value_t = 5,
        value_parser = whole(1..=20_u8)
    )]
    max_attempts: u8,

    /// PEM file with additional trusted certificate authorities [default: SSL_CERT_FILE]
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl RetryArgs {
    /// Returns the options; the others have the defaults for sequential requests.
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

/// Builds the client; reports missing or invalid settings.
pub(super) fn client(
    place: &ServiceArgs,
    manner: &RequestArgs,
    stop: &Stop,
) -> Result<Client, Exit> {
    let service = place.service().map_err(|problem| show_error(&problem, Exit::Usage))?;
    let credentials =
        credentials().map_err(|problem| show_error(&problem, Exit::Usage))?;
    let (rate, concurrency) = (manner.rate, manner.workers());
    let options = Options { rate, concurrency, ..manner.patience.options()? };
    let clock = Arc::new(SystemClock::new(stop.clone()));
    Ok(Client::new(service, credentials, &options, clock))
}

impl ServiceArgs {
    /// Returns the service; the command line overrides the environment.
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
            None => {
                Err("no service given; name it with --region or --base-url".to_owned())
            }
        }
    }
}

impl RequestArgs {
    /// Returns the number of parallel workers.
    pub(super) fn workers(&self) -> usize {
        usize::from(self.concurrency)
    }
}

/// Reads the certificate authorities of a PEM file, or of the file that the environment
/// names.
fn trusted(ca: Option<&Path>) -> Result<Option<Certificates>, Exit> {
    let from_environment = || variable("SSL_CERT_FILE").map(PathBuf::from);
    let Some(path) = ca.map(Path::to_path_buf).or_else(from_environment) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    let read = text.and_then(|text| certificates(&text));
    read.map(Some).map_err(|problem| {
        show_error(&format!("certificates of {}: {problem}", path.display()), Exit::Input)
    })
}

/// Reads the credentials from the environment. Flags do not accept them because other
/// users of the machine can see command lines.
fn credentials() -> Result<Credentials, String> {
    let needed = |name| variable(name).ok_or_else(|| format!("{name} is not set"));
    Ok(Credentials {
        client_id: needed("GENESYS_CLIENT_ID")?,
        client_secret: Secret::new(needed("GENESYS_CLIENT_SECRET")?),
    })
}

/// Returns an environment variable; `None` if it is empty.
pub(in crate::cli) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

fn show_error(problem: &str, exit: Exit) -> Exit {
    output::message("error", problem);
    exit
}
