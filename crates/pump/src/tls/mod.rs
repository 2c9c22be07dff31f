//! TLS, as a codec over a listener's connections; rustls does the work.
//!
//! A listener keeps its [`TlsFactory`] for good. What the factory makes connections with can be exchanged at any time
//! (new certificates, other versions): connections that are there stay as they are, new ones get the new.
//!
//! **Certificates come in as PEM texts**; whoever calls has read the files and taken a passphrase off the key.

mod certificate;
mod codec;
mod settings;

use crate::codec::{Codec, CodecFactory};
use codec::TlsCodec;
use hematite_engine::Transport;
use rustls::ServerConfig;
pub use settings::{ClientCertificates, TlsSettings, TlsVersion, UserField};
use std::sync::{Arc, RwLock};

/// What connections are made with.
struct Current {
    config: Arc<ServerConfig>,
    user_field: Option<UserField>,
}

/// Makes the codecs of a TLS listener.
pub struct TlsFactory {
    current: RwLock<Arc<Current>>,
}

impl TlsFactory {
    /// A factory for these settings.
    ///
    /// # Errors
    ///
    /// What is wrong with certificates, key, versions or ciphers, in words for the log.
    pub fn new(settings: &TlsSettings) -> Result<TlsFactory, String> {
        Ok(TlsFactory { current: RwLock::new(Arc::new(make(settings)?)) })
    }
    /// Has connections from now on made with other settings.
    ///
    /// # Errors
    ///
    /// As [`TlsFactory::new`]; nothing has changed then.
    pub fn reload(&self, settings: &TlsSettings) -> Result<(), String> {
        let next = Arc::new(make(settings)?);
        *self.current.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = next;
        Ok(())
    }
}

fn make(settings: &TlsSettings) -> Result<Current, String> {
    Ok(Current { config: Arc::new(settings.server_config()?), user_field: settings.user_field })
}

impl CodecFactory for TlsFactory {
    fn transport(&self) -> Transport {
        Transport::Tls
    }
    fn open(&self) -> Box<dyn Codec> {
        let current = Arc::clone(&self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()));
        Box::new(TlsCodec::new(Arc::clone(&current.config), current.user_field))
    }
}
