//! From texts and names to a configuration of rustls.

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{
    ClientHello, NoServerSessionStorage, ResolvesServerCert, ServerSessionMemoryCache, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use rustls::{
    Error, InconsistentKeys, RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion,
    version,
};
use std::sync::Arc;

/// Whether clients show certificates: `tls-auth-clients`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They are not asked for.
    No,
    /// They may; one that is shown must be right.
    Optional,
    /// They must.
    Required,
}

/// The part of a client's certificate that names its user: `tls-auth-clients-user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserField {
    /// The common name of its subject.
    CommonName,
    /// A URI among its alternative names.
    Uri,
}

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2
    V1_2,
    /// TLS 1.3
    V1_3,
}

/// What a TLS listener is made from.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// The server's certificate and those that lead to its authority, PEM.
    pub certificates: Vec<u8>,
    /// Its private key, PEM, not encrypted.
    pub key: Vec<u8>,
    /// Certificates of the authorities that vouch for clients, PEM; other PEM blocks are passed over.
    pub authorities: Vec<u8>,
    /// Whether clients show certificates.
    pub client_certificates: ClientCertificates,
    /// What of them names a user, if anything.
    pub user_field: Option<UserField>,
    /// Versions to speak; empty: all.
    pub versions: Vec<TlsVersion>,
    /// Cipher suites of TLS 1.2 under OpenSSL's names, in the order of preference; empty: all.
    pub ciphers: Vec<String>,
    /// Cipher suites of TLS 1.3, in the order of preference; empty: all.
    pub cipher_suites: Vec<String>,
    /// The server's order of ciphers counts, not the client's.
    pub prefer_server_ciphers: bool,
    /// Sessions remembered so that clients can resume them; 0: none can.
    pub sessions_max: usize,
}

/// TLS 1.2 suites by OpenSSL's names, and those of the standard.
const OPENSSL_NAMES: [(&str, &str); 6] = [
    ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    ("ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
];

impl TlsSettings {
    pub(super) fn server_config(&self) -> Result<ServerConfig, String> {
        let provider = Arc::new(self.provider()?);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.protocol_versions())
            .map_err(|error| format!("Failed to configure protocols: {error}"))?;
        let builder = match self.client_certificates {
            ClientCertificates::No => builder.with_no_client_auth(),
            wanted => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(self.roots()?.into(), Arc::clone(&provider));
                let verifier = match wanted {
                    ClientCertificates::Optional => verifier.allow_unauthenticated(),
                    _ => verifier,
                };
                builder.with_client_cert_verifier(verifier.build().map_err(|error| error.to_string())?)
            }
        };
        let own = Own(Arc::new(self.certified_key(&provider)?));
        let mut config = builder.with_cert_resolver(Arc::new(own));
        config.ignore_client_order = self.prefer_server_ciphers;
        if self.sessions_max == 0 {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        } else {
            config.session_storage = ServerSessionMemoryCache::new(self.sessions_max);
        }
        Ok(config)
    }

    fn protocol_versions(&self) -> Vec<&'static SupportedProtocolVersion> {
        let wants = |version| self.versions.is_empty() || self.versions.contains(&version);
        let mut versions = Vec::new();
        versions.extend(wants(TlsVersion::V1_3).then_some(&version::TLS13));
        versions.extend(wants(TlsVersion::V1_2).then_some(&version::TLS12));
        versions
    }

    fn provider(&self) -> Result<CryptoProvider, String> {
        let mut provider = rustls::crypto::ring::default_provider();
        let of_name = |name: &str| {
            let mut known = provider.cipher_suites.iter();
            known
                .find(|suite| {
                    format!("{:?}", suite.suite())
                        == name.replace("TLS_AES", "TLS13_AES").replace("TLS_CHACHA20", "TLS13_CHACHA20")
                })
                .copied()
        };
        let by_name = |names: &[String], standard: &dyn Fn(&str) -> Option<String>| {
            let found = names.iter().filter_map(|name| of_name(&standard(name)?));
            found.collect::<Vec<SupportedCipherSuite>>()
        };
        let openssl = |name: &str| {
            let known = OPENSSL_NAMES.iter().find(|(openssl, _)| *openssl == name)?;
            Some(known.1.to_owned())
        };
        let mut suites = Vec::new();
        for (names, chosen, directive) in [
            (
                &self.cipher_suites,
                by_name(&self.cipher_suites, &|name| Some(name.to_owned())),
                "ciphersuites",
            ),
            (&self.ciphers, by_name(&self.ciphers, &openssl), "ciphers"),
        ] {
            let is_of_13 = directive == "ciphersuites";
            if names.is_empty() {
                let all = provider.cipher_suites.iter();
                suites.extend(all.filter(|suite| suite.tls13().is_some() == is_of_13));
            } else if chosen.is_empty() {
                return Err(format!("Failed to configure {directive}: {}", names.join(":")));
            } else {
                suites.extend(chosen);
            }
        }
        provider.cipher_suites = suites;
        Ok(provider)
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.authorities) {
            let certificate =
                certificate.map_err(|error| format!("Failed to load CA certificate(s): {error}"))?;
            roots.add(certificate).map_err(|error| format!("Failed to load CA certificate(s): {error}"))?;
        }
        if roots.is_empty() {
            return Err("Failed to load CA certificate(s): there is none".into());
        }
        Ok(roots)
    }

    fn certified_key(&self, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("Failed to load certificate: {error}");
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.certificates).collect();
        let chain = chain.map_err(|error| wrong(&error))?;
        if chain.is_empty() {
            return Err(wrong(&"there is none"));
        }
        let wrong = |error: &dyn std::fmt::Display| format!("Failed to load private key: {error}");
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| wrong(&error))?;
        let key = provider.key_provider.load_private_key(key).map_err(|error| wrong(&error))?;
        let certified = CertifiedKey::new(chain, key);
        // A certificate in an old form can't be compared; whoever connects will judge it.
        match certified.keys_match() {
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                Err(wrong(&"it is not that of the certificate"))
            }
            _ => Ok(certified),
        }
    }
}

/// The one certificate that every client is shown.
#[derive(Debug)]
struct Own(Arc<CertifiedKey>);

impl ResolvesServerCert for Own {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
