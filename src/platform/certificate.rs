//! Additional trusted certificate authorities.

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Certificates of authorities, such as that of a company's proxy.
#[derive(Debug, Clone)]
pub struct Certificates(Vec<Certificate<'static>>);

/// Reads the certificates of a PEM file.
///
/// # Errors
///
/// Returns an error if the PEM text is invalid or contains no certificate.
pub fn certificates(pem: &str) -> Result<Certificates, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("not a valid PEM file".to_owned()),
        }
    }
    if found.is_empty() {
        Err("no certificate found".to_owned())
    } else {
        Ok(Certificates(found))
    }
}

/// Returns the certificate authorities that a client trusts: Mozilla's, and the
/// additional ones.
pub(super) fn roots(more: Option<&Certificates>) -> RootCerts {
    let Some(Certificates(more)) = more else { return RootCerts::WebPki };
    let known = TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der));
    RootCerts::from(known.chain(more.iter().cloned()))
}
