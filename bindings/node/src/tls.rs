//! TLS of the pump's listeners: what TypeScript has read from files goes in as texts.

use crate::engine::NativeEngine;
use hematite_pump::tls::{ClientCertificates, TlsFactory, TlsSettings, TlsVersion, UserField};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::Arc;

/// What TLS listeners are made from.
#[napi(object)]
pub struct NativeTls {
    /// The server's certificate chain, PEM.
    pub certificates: Buffer,
    /// Its key, PEM, not encrypted.
    pub key: Buffer,
    /// The authorities of clients, PEM.
    pub authorities: Buffer,
    /// `no`, `optional` or `yes`.
    pub client_certificates: String,
    /// `off`, `cn` or `uri`.
    pub user_field: String,
    /// `1.2`, `1.3`; none: both.
    pub versions: Vec<String>,
    /// OpenSSL's names of TLS 1.2 suites; none: all.
    pub ciphers: Vec<String>,
    /// Names of TLS 1.3 suites; none: all.
    pub cipher_suites: Vec<String>,
    pub prefer_server_ciphers: bool,
    /// Sessions remembered; 0: none.
    pub sessions_max: u32,
}

fn settings(tls: NativeTls) -> TlsSettings {
    let version = |version: &String| if version == "1.2" { TlsVersion::V1_2 } else { TlsVersion::V1_3 };
    TlsSettings {
        certificates: tls.certificates.to_vec(),
        key: tls.key.to_vec(),
        authorities: tls.authorities.to_vec(),
        client_certificates: match tls.client_certificates.as_str() {
            "no" => ClientCertificates::No,
            "optional" => ClientCertificates::Optional,
            _ => ClientCertificates::Required,
        },
        user_field: match tls.user_field.as_str() {
            "cn" => Some(UserField::CommonName),
            "uri" => Some(UserField::Uri),
            _ => None,
        },
        versions: tls.versions.iter().map(version).collect(),
        ciphers: tls.ciphers,
        cipher_suites: tls.cipher_suites,
        prefer_server_ciphers: tls.prefer_server_ciphers,
        sessions_max: tls.sessions_max as usize,
    }
}

#[napi]
impl NativeEngine {
    /// Sets what TLS listeners make connections with from now on, those that are open too. What is wrong with it, in which
    /// case nothing has changed.
    #[napi]
    pub fn set_tls(&self, tls: NativeTls) -> Option<String> {
        let settings = settings(tls);
        let mut network = self.core().network.lock();
        let outcome = match &network.tls {
            Some(factory) => factory.reload(&settings),
            None => TlsFactory::new(&settings).map(|factory| network.tls = Some(Arc::new(factory))),
        };
        outcome.err()
    }
}
