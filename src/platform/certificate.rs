//! Whom to trust besides the authorities that everybody trusts.

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// Certificates of authorities, such as that of a company's proxy.
#[derive(Debug, Clone)]
pub struct Certificates(Vec<Certificate<'static>>);

/// Reads the certificates of a PEM file.
///
/// # Errors
/// The text is broken, or holds no certificate.
pub fn certificates(pem: &str) -> Result<Certificates, String> {
    let mut found = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err("it is no PEM file, or a broken one".to_owned()),
        }
    }
    if found.is_empty() {
        Err("it holds no certificate".to_owned())
    } else {
        Ok(Certificates(found))
    }
}

/// The authorities that a client trusts: Mozilla's, and these.
pub(super) fn roots(more: Option<&Certificates>) -> RootCerts {
    let Some(Certificates(more)) = more else { return RootCerts::WebPki };
    let known = TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der));
    RootCerts::from(known.chain(more.iter().cloned()))
}
