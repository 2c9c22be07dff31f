//! The sources of scripts, shared by all workers; each worker's interpreter keeps what it compiled of them.
//!
//! A script is found by its SHA-1, or by its text, which spares EVAL the SHA-1 of a text that it has seen before.

use super::interpreter::Script;
use super::shebang;
use hematite_commands::Error;
use parking_lot::RwLock;
use sha1::{Digest, Sha1};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Every script known.
#[derive(Default)]
pub(crate) struct Scripts {
    known: RwLock<Known>,
    next_id: AtomicU64,
    /// How often all scripts were forgotten: interpreters that lag behind forget too.
    pub forgotten: AtomicU64,
}

#[derive(Default)]
struct Known {
    by_sha: HashMap<String, Arc<Script>>,
    by_body: HashMap<Body, Arc<Script>>,
}

/// A script, found by its text.
struct Body(Arc<Script>);

impl std::borrow::Borrow<[u8]> for Body {
    fn borrow(&self) -> &[u8] {
        &self.0.body
    }
}
impl std::hash::Hash for Body {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.body[..].hash(state);
    }
}
impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.0.body == other.0.body
    }
}
impl Eq for Body {}

/// Forty hexadecimal digits.
pub(crate) fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Scripts {
    /// A script of this text, not yet known to others.
    pub fn prepare(&self, body: &[u8]) -> Result<Arc<Script>, Error> {
        let (flags, code_at) = shebang::of_script(body)?;
        let id = self.next_id();
        Ok(Arc::new(Script { id, sha: sha1_hex(body), body: body.into(), code_at, flags }))
    }
    /// A number that no script and no library has.
    pub fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Relaxed) + 1
    }
    /// Makes a script known; the one that others will find.
    pub fn add(&self, script: Arc<Script>) -> Arc<Script> {
        let mut known = self.known.write();
        if let Some(earlier) = known.by_sha.get(&script.sha) {
            return Arc::clone(earlier);
        }
        known.by_sha.insert(script.sha.clone(), Arc::clone(&script));
        known.by_body.insert(Body(Arc::clone(&script)), Arc::clone(&script));
        script
    }
    /// By its SHA-1 in hexadecimal digits of any case.
    pub fn find(&self, sha: &[u8]) -> Option<Arc<Script>> {
        let known = self.known.read();
        let sha = std::str::from_utf8(sha).ok().filter(|sha| sha.len() == 40)?;
        known.by_sha.get(sha).or_else(|| known.by_sha.get(&sha.to_ascii_lowercase())).cloned()
    }
    /// By its text.
    pub fn find_body(&self, body: &[u8]) -> Option<Arc<Script>> {
        self.known.read().by_body.get(body).cloned()
    }
    /// Forgets all.
    pub fn clear(&self) {
        let old = std::mem::take(&mut *self.known.write());
        self.forgotten.fetch_add(1, Relaxed);
        drop(old);
    }
    /// Number of scripts and bytes of their texts.
    pub fn sizes(&self) -> (usize, usize) {
        let known = self.known.read();
        let bytes = known.by_sha.values().map(|script| script.body.len() + script.sha.len()).sum();
        (known.by_sha.len(), bytes)
    }
}
