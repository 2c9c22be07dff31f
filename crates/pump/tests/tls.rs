//! The TLS codec without a socket: handshakes in pieces, large messages both ways, certificates of clients, bytes that are
//! no TLS, and factories that are made from material that is no good.

use hematite_pump::codec::{Codec, CodecFactory};
use hematite_pump::tls::{ClientCertificates, TlsFactory, TlsSettings, TlsVersion, UserField};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::io::{Read, Write};
use std::sync::Arc;

struct Issued {
    certificate: String,
    key: String,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("there is chance");
        let certificate = params.self_signed(&key).expect("it can be signed").pem();
        Authority { issuer: Issuer::new(params, key), certificate }
    }
    fn issue(&self, common_name: &str, uri: Option<&str>) -> Issued {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::OrganizationName, "Test");
        params.distinguished_name.push(DnType::CommonName, common_name);
        let uri = uri.map(|uri| SanType::URI(uri.try_into().expect("it is ASCII")));
        params.subject_alt_names.extend(uri);
        let key = KeyPair::generate().expect("there is chance");
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed").pem();
        Issued { certificate, key: key.serialize_pem() }
    }
    fn settings(&self) -> TlsSettings {
        let own = self.issue("server", None);
        TlsSettings {
            certificates: own.certificate.into_bytes(),
            key: own.key.into_bytes(),
            authorities: self.certificate.clone().into_bytes(),
            client_certificates: ClientCertificates::No,
            user_field: None,
            versions: Vec::new(),
            ciphers: Vec::new(),
            cipher_suites: Vec::new(),
            prefer_server_ciphers: false,
            sessions_max: 16,
        }
    }
    fn client(&self, own: Option<&Issued>) -> ClientConnection {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("PEM")).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).expect("PEM")];
                let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("PEM");
                builder.with_client_auth_cert(chain, key).expect("they belong together")
            }
        };
        let mut client = ClientConnection::new(Arc::new(config), "localhost".try_into().expect("a name"))
            .expect("it can begin");
        client.set_buffer_limit(None);
        client
    }
}

/// A codec and a client, and what each has got from the other.
struct Wire {
    codec: Box<dyn Codec>,
    client: ClientConnection,
    at_server: Vec<u8>,
    at_client: Vec<u8>,
}

impl Wire {
    fn new(codec: Box<dyn Codec>, client: ClientConnection) -> Wire {
        Wire { codec, client, at_server: Vec::new(), at_client: Vec::new() }
    }
    /// Carries bytes in pieces until neither has more to say.
    fn carry(&mut self, piece: usize) -> Result<(), String> {
        while self.client.wants_write() {
            let mut sent = Vec::new();
            self.client.write_tls(&mut sent).expect("a vector takes everything");
            for part in sent.chunks(piece) {
                let mut wire = Vec::new();
                let outcome = self.codec.inbound(part, &mut self.at_server, &mut wire);
                self.hear(&wire)?;
                outcome?;
            }
        }
        Ok(())
    }
    fn hear(&mut self, mut wire: &[u8]) -> Result<(), String> {
        while !wire.is_empty() {
            self.client.read_tls(&mut wire).map_err(|error| error.to_string())?;
            self.client.process_new_packets().map_err(|error| error.to_string())?;
            let mut chunk = [0; 4096];
            while let Ok(read @ 1..) = self.client.reader().read(&mut chunk) {
                self.at_client.extend_from_slice(&chunk[..read]);
            }
        }
        Ok(())
    }
}

fn large(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 31 % 251) as u8).collect()
}

#[test]
fn handshakes_and_messages_in_pieces_of_any_size() {
    let authority = Authority::new();
    let factory = TlsFactory::new(&authority.settings()).expect("it is right");
    for piece in [1, 2, 7, 100, 16 << 10, 1 << 20] {
        let mut wire = Wire::new(factory.open(), authority.client(None));
        let (question, answer) = (large(100_000), large(300_000));
        // Said before the handshake is over: it is kept until then.
        wire.client.writer().write_all(&question).expect("it is kept");
        wire.carry(piece).expect("they understand each other");
        wire.carry(piece).expect("they understand each other");
        assert!(wire.at_server == question, "in pieces of {piece}");
        let mut sent = Vec::new();
        wire.codec.outbound(&answer, &mut sent).expect("it goes out");
        for part in sent.chunks(piece) {
            wire.hear(part).expect("it is understood");
        }
        assert!(wire.at_client == answer, "in pieces of {piece}");
        assert!(!wire.codec.has_ended());
        wire.client.send_close_notify();
        wire.carry(piece).expect("goodbye is understood");
        assert!(wire.codec.has_ended());
        let mut farewell = Vec::new();
        wire.codec.finish(&mut farewell);
        assert!(!farewell.is_empty());
    }
}

#[test]
fn certificates_of_clients_are_asked_for_as_said() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (known, unknown) = (authority.issue("ann", None), stranger.issue("ann", None));
    for (wanted, own, is_let_in) in [
        (ClientCertificates::No, None, true),
        (ClientCertificates::Optional, None, true),
        (ClientCertificates::Optional, Some(&known), true),
        (ClientCertificates::Optional, Some(&unknown), false),
        (ClientCertificates::Required, None, false),
        (ClientCertificates::Required, Some(&known), true),
        (ClientCertificates::Required, Some(&unknown), false),
    ] {
        let settings = TlsSettings { client_certificates: wanted, ..authority.settings() };
        let factory = TlsFactory::new(&settings).expect("it is right");
        let mut wire = Wire::new(factory.open(), authority.client(own));
        wire.client.writer().write_all(b"PING").expect("it is kept");
        let outcome = wire.carry(1 << 20).and_then(|()| wire.carry(1 << 20));
        assert_eq!(outcome.is_ok(), is_let_in, "{wanted:?} {outcome:?}");
        assert_eq!(wire.at_server == b"PING", is_let_in);
    }
}

#[test]
fn names_in_certificates_become_known_once() {
    let authority = Authority::new();
    let own = authority.issue("ann", Some("urn:user:bob"));
    for (field, names) in [
        (None, Vec::new()),
        (Some(UserField::CommonName), vec![b"ann".to_vec()]),
        (Some(UserField::Uri), vec![b"urn:user:bob".to_vec()]),
    ] {
        let settings = TlsSettings {
            client_certificates: ClientCertificates::Required,
            user_field: field,
            ..authority.settings()
        };
        let factory = TlsFactory::new(&settings).expect("it is right");
        let mut wire = Wire::new(factory.open(), authority.client(Some(&own)));
        wire.carry(1 << 20).expect("they understand each other");
        assert_eq!(wire.codec.take_users(), names);
        assert!(wire.codec.take_users().is_empty());
    }
}

#[test]
fn what_is_reloaded_holds_for_new_connections_only() {
    let (old, new) = (Authority::new(), Authority::new());
    let factory = TlsFactory::new(&old.settings()).expect("it is right");
    let mut before = Wire::new(factory.open(), old.client(None));
    factory.reload(&new.settings()).expect("it is right");
    before.carry(1 << 20).expect("it began with the old certificate");
    Wire::new(factory.open(), new.client(None)).carry(1 << 20).expect("it gets the new one");
    assert!(Wire::new(factory.open(), old.client(None)).carry(1 << 20).is_err(), "nobody gets the old one");
    let broken = TlsSettings { key: b"no key".to_vec(), ..new.settings() };
    assert!(factory.reload(&broken).is_err());
    Wire::new(factory.open(), new.client(None)).carry(1 << 20).expect("it is still there");
}

#[test]
fn bytes_that_are_no_tls_are_an_error() {
    let factory = TlsFactory::new(&Authority::new().settings()).expect("it is right");
    for bytes in
        [&b"PING\r\nPING\r\nPING\r\n"[..], &[0xff; 40_000], b"*1\r\n$4\r\nPING\r\n", &[22, 3, 1, 255, 255]]
    {
        let (mut plain, mut wire) = (Vec::new(), Vec::new());
        let mut codec = factory.open();
        let outcome = codec.inbound(bytes, &mut plain, &mut wire);
        assert!(outcome.is_err() || bytes.len() == 5, "{bytes:?}");
        assert!(plain.is_empty());
    }
}

#[test]
fn material_that_is_no_good_is_refused_with_a_reason() {
    let (authority, other) = (Authority::new(), Authority::new());
    let right = authority.settings();
    let wrong = |change: &dyn Fn(&mut TlsSettings)| {
        let mut settings = right.clone();
        change(&mut settings);
        TlsFactory::new(&settings).err().unwrap_or_else(|| "nothing".into())
    };
    assert!(wrong(&|s| s.certificates.clear()).starts_with("Failed to load certificate: there is none"));
    assert!(wrong(&|s| s.key.clear()).starts_with("Failed to load private key"));
    assert!(wrong(&|s| s.key = other.settings().key).contains("not that of the certificate"));
    assert!(wrong(&|s| s.ciphers = vec!["HIGH".into()]).starts_with("Failed to configure ciphers: HIGH"));
    assert!(
        wrong(&|s| s.cipher_suites = vec!["X".into()]).starts_with("Failed to configure ciphersuites: X")
    );
    let no_authority = |s: &mut TlsSettings| {
        s.client_certificates = ClientCertificates::Required;
        s.authorities.clear();
    };
    assert!(wrong(&no_authority).starts_with("Failed to load CA certificate(s)"));
    assert_eq!(wrong(&|s| s.versions = vec![TlsVersion::V1_2]), "nothing");
    assert_eq!(wrong(&|s| s.ciphers = vec!["ECDHE-ECDSA-AES128-GCM-SHA256".into()]), "nothing");
    assert_eq!(wrong(&|s| s.cipher_suites = vec!["TLS_AES_128_GCM_SHA256".into()]), "nothing");
}
