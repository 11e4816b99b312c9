//! Addresses of services.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::diagnostic::nearest;

/// Regions of Genesys Cloud and their domains. *Source: "AWS regions for Genesys Cloud"
/// of the resource center.*
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

/// Addresses of a service, without a final slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Address of the API: `https://api.mypurecloud.de`.
    pub(super) api: String,
    /// Address of the token endpoint: `https://login.mypurecloud.de`.
    pub(super) login: String,
}

impl Service {
    /// Returns the service of a Genesys Cloud region, by the region's name or domain.
    ///
    /// # Errors
    ///
    /// Returns an error if the region is not in [`REGIONS`], so that the secret is never
    /// sent to a mistyped address.
    pub fn of_region(region: &str) -> Result<Self, String> {
        let wanted = region.trim().to_ascii_lowercase();
        let known = |(name, domain): &&(&str, &str)| wanted == *name || wanted == *domain;
        if let Some((_, domain)) = REGIONS.iter().find(known) {
            return Ok(Self::of_domain(domain));
        }
        let all = REGIONS.iter().flat_map(|(name, domain)| [*name, *domain]);
        Err(match nearest(&wanted, all) {
            Some(near) => format!("unknown region `{region}`; did you mean `{near}`?"),
            None => {
                format!(
                    "unknown region `{region}`; write a region such as `eu-central-1`, or its domain"
                )
            }
        })
    }

    /// Returns the service at a base URL. Genesys Cloud issues tokens at the login
    /// address of the region, any other service at the base URL itself.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL is invalid, or if the secret would be sent to it
    /// unencrypted.
    pub fn of_base_url(url: &str) -> Result<Self, String> {
        let address = url.trim().trim_end_matches('/');
        let uri = check(address)?;
        if uri.query().is_some() {
            return Err(format!("`{url}` has a query; write the address without it"));
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

    /// Returns whether another address names the same service: in other capitals, with the
    /// default port, or by another name of this machine.
    pub fn is_same(&self, other: &str) -> bool {
        let parts = |address: &str| {
            let uri = address.trim().trim_end_matches('/').parse::<Uri>().ok()?;
            let scheme = uri.scheme_str()?.to_lowercase();
            let host = uri.host()?.trim_end_matches('.').to_lowercase();
            let host = if is_this_machine(&host) { "localhost".into() } else { host };
            let default = if scheme == "https" { 443 } else { 80 };
            let port = uri.port_u16().unwrap_or(default);
            Some((scheme, host, port, uri.path().trim_end_matches('/').to_owned()))
        };
        parts(&self.api).is_some_and(|own| parts(other) == Some(own))
    }

    /// Returns the address of the API.
    pub fn base_url(&self) -> &str {
        &self.api
    }

    /// Returns whether an address belongs to the API, which may receive the token.
    pub(super) fn owns(&self, address: &str) -> bool {
        let own = address.strip_prefix(&self.api);
        own.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Checks an address that receives secrets: it must be encrypted or on this machine.
///
/// # Errors
///
/// Returns a message if the address is invalid.
pub(super) fn check(address: &str) -> Result<Uri, String> {
    let uri = check_unencrypted(address)?;
    if uri.scheme_str() == Some("https")
        || is_this_machine(uri.host().unwrap_or_default())
    {
        return Ok(uri);
    }
    Err(format!(
        "`{address}` is not encrypted; `http` is only allowed for servers on this machine"
    ))
}

/// Checks an address that receives no secrets; it need not be encrypted.
///
/// # Errors
///
/// Returns a message if the address is invalid.
pub(super) fn check_unencrypted(address: &str) -> Result<Uri, String> {
    let uri: Uri =
        address.parse().map_err(|_| format!("`{address}` is not an address"))?;
    let host = uri.host().unwrap_or_default();
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("an address must not contain a user or a password".to_owned());
    }
    match uri.scheme_str() {
        Some("https" | "http") if !host.is_empty() => Ok(uri),
        _ => Err(format!(
            "`{address}` is not the address of a server; write `https://` and its host"
        )),
    }
}

/// Checks the address of a webhook: its host must be this machine or one of `hosts`.
///
/// # Errors
///
/// Returns a message if the address is invalid or not allowed.
pub fn check_webhook(address: &str, hosts: &[String]) -> Result<(), String> {
    let uri: Uri =
        address.parse().map_err(|_| format!("`{address}` is not an address"))?;
    let host = uri.host().unwrap_or_default();
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err("an address must not contain a user or a password".to_owned());
    }
    if host.is_empty() || !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(format!(
            "`{address}` is not the address of a server; write `http://` and its host"
        ));
    }
    let is_named = hosts.iter().any(|named| named.eq_ignore_ascii_case(host));
    if is_named || is_this_machine(host) {
        return Ok(());
    }
    Err(format!("`{host}` is not this machine; pass --webhook-host {host} to allow it"))
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
    fn regions_have_a_separate_login() {
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
