//! Snapshots: the whole keyspace as the bytes of an RDB file, and back.

use crate::clock;
use crate::engine::NativeEngine;
use hematite_engine::Keep;
use napi::bindgen_prelude::Buffer;
use napi::{Error, Result};
use napi_derive::napi;

#[napi]
impl NativeEngine {
    /// The whole keyspace as an RDB file.
    #[napi]
    pub fn save_snapshot(&self) -> Result<Buffer> {
        let file = self.with_worker(|worker| worker.save_rdb(clock::now()))?;
        Ok(file.into())
    }

    /// Replaces the whole keyspace by what an RDB file holds; the number of keys. A file that cannot be read leaves
    /// everything as it was, and the error tells the offset.
    #[napi]
    pub fn load_snapshot(&self, file: Buffer) -> Result<f64> {
        let loaded =
            self.with_worker(|worker| worker.load_rdb(&mut &file[..], clock::now(), Keep::Nothing))?;
        loaded
            .map(|loaded| loaded.summary.keys as f64)
            .map_err(|error| Error::from_reason(format!("the snapshot cannot be read: {error}")))
    }
}
