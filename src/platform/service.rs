//! Where a service is.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::diagnostic::nearest;

/// The regions of Genesys Cloud and their domains. *Source: "AWS regions for Genesys
/// Cloud" of the resource center.*
pub const REGIONS: &[(&str, &str)] = &[
    ("us-east-1", "mypurecloud.com"),
    ("us-east-2", "use2.us-gov-pure.cloud"),
    ("us-west-2", "usw2.pure.cloud"),
    ("ca-central-1", "cac1.pure.cloud"),
    ("mx-central-1", "mxc1.pure.cloud"),
    ("sa-east-1", "sae1.pure.cloud"),
    ("eu-west-1", "mypurecloud.ie"),
    ("eu-west-2", "euw2.pure.cloud"),
    ("eu-central-1", "mypurecloud.de"),
    ("eu-central-2", "euc2.pure.cloud"),
    ("me-central-1", "mec1.pure.cloud"),
    ("ap-south-1", "aps1.pure.cloud"),
    ("ap-southeast-1", "apse1.pure.cloud"),
    ("ap-southeast-2", "mypurecloud.com.au"),
    ("ap-northeast-1", "mypurecloud.jp"),
    ("ap-northeast-2", "apne2.pure.cloud"),
    ("ap-northeast-3", "apne3.pure.cloud"),
];

/// The addresses of a service, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Where the API is: `https://api.mypurecloud.de`.
    pub(super) api: String,
    /// Where tokens are given out: `https://login.mypurecloud.de`.
    pub(super) login: String,
}

impl Service {
    /// Genesys Cloud in a region, by the region's name or domain.
    ///
    /// # Errors
    /// The region is none of [`REGIONS`]: a mistyped one must not get the secret.
    pub fn of_region(region: &str) -> Result<Self, String> {
        let wanted = region.trim().to_ascii_lowercase();
        let known = |(name, domain): &&(&str, &str)| wanted == *name || wanted == *domain;
        if let Some((_, domain)) = REGIONS.iter().find(known) {
            return Ok(Self::of_domain(domain));
        }
        let all = REGIONS.iter().flat_map(|(name, domain)| [*name, *domain]);
        Err(match nearest(&wanted, all) {
            Some(near) => format!("`{region}` is no region; did you mean `{near}`?"),
            None => {
                format!(
                    "`{region}` is no region; write one as `eu-central-1` or its domain"
                )
            }
        })
    }

    /// A service by the address of its API. That of Genesys Cloud gives out tokens at the
    /// login of its region, any other where its API is.
    ///
    /// # Errors
    /// It is no address of a server, or one that would be sent the secret unencrypted.
    pub fn of_base_url(url: &str) -> Result<Self, String> {
        let address = url.trim().trim_end_matches('/');
        let uri = check(address)?;
        if uri.query().is_some() {
            return Err(format!("`{url}` has a query; write the address alone"));
        }
        let host = uri.host().unwrap_or_default();
        let domain = host.strip_prefix("api.");
        match domain.filter(|it| REGIONS.iter().any(|(_, domain)| it == domain)) {
            Some(domain) => Ok(Self::of_domain(domain)),
            None => Ok(Self { api: address.to_owned(), login: address.to_owned() }),
        }
    }

    fn of_domain(domain: &str) -> Self {
        Self {
            api: format!("https://api.{domain}"),
            login: format!("https://login.{domain}"),
        }
    }

    /// The address of its API.
    pub fn base_url(&self) -> &str {
        &self.api
    }

    /// Whether an address is the API's own, which may see the token.
    pub(super) fn owns(&self, address: &str) -> bool {
        let own = address.strip_prefix(&self.api);
        own.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// An address that may be asked: encrypted, or on this machine.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(address: &str) -> Result<Uri, String> {
    let uri = check_open(address)?;
    if uri.scheme_str() == Some("https")
        || is_this_machine(uri.host().unwrap_or_default())
    {
        return Ok(uri);
    }
    Err(format!(
        "`{address}` is not encrypted; `http` is for servers on this machine alone"
    ))
}

/// An address that may be asked where there is no secret, encrypted or not.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_open(address: &str) -> Result<Uri, String> {
    let uri: Uri = address.parse().map_err(|_| format!("`{address}` is no address"))?;
    let host = uri.host().unwrap_or_default();
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("an address must not hold a user or a password".to_owned());
    }
    match uri.scheme_str() {
        Some("https" | "http") if !host.is_empty() => Ok(uri),
        _ => Err(format!(
            "`{address}` is no address of a server; write `https://` and its host"
        )),
    }
}

/// Refuses an address that webhooks are not sent to: one that is neither on this machine nor
/// on one of these hosts.
///
/// # Errors
/// What is wrong with it.
pub fn check_webhook(address: &str, hosts: &[String]) -> Result<(), String> {
    let uri: Uri = address.parse().map_err(|_| format!("`{address}` is no address"))?;
    let host = uri.host().unwrap_or_default();
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("an address must not hold a user or a password".to_owned());
    }
    if host.is_empty() || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(format!(
            "`{address}` is no address of a server; write `http://` and its host"
        ));
    }
    let is_named = hosts.iter().any(|named| named.eq_ignore_ascii_case(host));
    if is_named || is_this_machine(host) {
        return Ok(());
    }
    Err(format!("`{host}` is not this machine; --webhook-host {host} lets it be called"))
}

fn is_this_machine(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = plain.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback || plain.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(service: Result<Service, String>) -> (String, String) {
        let service = service.unwrap();
        (service.api, service.login)
    }

    #[test]
    fn regions_have_a_login_of_their_own() {
        let expected = (
            "https://api.mypurecloud.de".to_owned(),
            "https://login.mypurecloud.de".to_owned(),
        );
        for region in ["eu-central-1", "mypurecloud.de", " MyPureCloud.de "] {
            assert_eq!(both(Service::of_region(region)), expected, "{region}");
        }
        assert_eq!(both(Service::of_base_url("https://api.mypurecloud.de/")), expected);
        let error = Service::of_region("eu-central-9").unwrap_err();
        assert!(error.contains("did you mean `eu-central-"), "{error}");
    }

    #[test]
    fn other_servers_give_out_their_own_tokens() {
        for url in
            ["http://127.0.0.1:8080", "http://[::1]:8080", "https://api.example.com"]
        {
            assert_eq!(both(Service::of_base_url(url)), (url.to_owned(), url.to_owned()));
        }
    }

    #[test]
    fn a_secret_does_not_travel_in_the_open() {
        for url in [
            "http://example.com",
            "http://127.0.0.1.example.com",
            "ftp://localhost",
            "localhost:8080",
            "https://",
            "https://me:it@example.com",
            "https://example.com?x=1",
            "",
        ] {
            assert!(Service::of_base_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn only_its_own_addresses_are_its_own() {
        let service = Service::of_base_url("https://api.example.com").unwrap();
        assert!(service.owns("https://api.example.com/api/v2/downloads/1"));
        for other in [
            "https://api.example.com.evil.org/api",
            "https://api.example.com@evil.org/",
            "http://api.example.com/",
        ] {
            assert!(!service.owns(other), "{other}");
        }
    }
}
