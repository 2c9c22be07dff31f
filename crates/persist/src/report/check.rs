//! Check: what a file that is whole holds, in numbers.
//!
//! ```text
//!   {"version":11,"bytes":1234,"checksum":"0123456789abcdef","isChecked":true,"keys":3,"expires":1,"expired":0,"empty":0,
//!    "functions":0,"databases":[{"db":0,"keys":3}],"types":[{"type":"string","keys":3}],
//!    "aux":[{"name":"redis-ver","value":"7.2.4"}],"modules":["name"]}
//! ```

use super::json;
use crate::rdb::{Sink, Summary};
use hematite_keyspace::{Entry, EntryExt};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A sink that counts.
pub(super) struct Counts {
    now_ms: i64,
    expires: u64,
    expired: u64,
    databases: BTreeMap<usize, u64>,
    types: BTreeMap<&'static str, u64>,
    aux: Vec<(Vec<u8>, Vec<u8>)>,
    modules: Vec<String>,
}

impl Counts {
    pub fn new(now_ms: i64) -> Counts {
        Counts {
            now_ms,
            expires: 0,
            expired: 0,
            databases: BTreeMap::new(),
            types: BTreeMap::new(),
            aux: Vec::new(),
            modules: Vec::new(),
        }
    }

    pub fn to_json(&self, summary: &Summary) -> String {
        let Summary { version, bytes, checksum, is_checked, keys, empty, functions, .. } = summary;
        let (expires, expired) = (self.expires, self.expired);
        let mut out = format!(
            "{{\"version\":{version},\"bytes\":{bytes},\"checksum\":\"{checksum:016x}\",\"isChecked\":{is_checked},\
             \"keys\":{keys},\"expires\":{expires},\"expired\":{expired},\"empty\":{empty},\"functions\":{functions}"
        );
        list(&mut out, "databases", &self.databases, |out, (db, keys)| {
            let _ = write!(out, "\"db\":{db},\"keys\":{keys}");
        });
        list(&mut out, "types", &self.types, |out, (name, keys)| {
            let _ = write!(out, "\"type\":\"{name}\",\"keys\":{keys}");
        });
        list(&mut out, "aux", &self.aux, |out, (name, value)| {
            out.push_str("\"name\":");
            json::bytes(out, name);
            out.push_str(",\"value\":");
            json::bytes(out, value);
        });
        list(&mut out, "modules", &self.modules, |out, name| {
            out.push_str("\"name\":");
            json::text(out, name);
        });
        out.push('}');
        out
    }
}

/// Appends a field that is an array of objects.
fn list<T>(out: &mut String, name: &str, items: impl IntoIterator<Item = T>, write: impl Fn(&mut String, T)) {
    let _ = write!(out, ",\"{name}\":[");
    for (at, item) in items.into_iter().enumerate() {
        out.push_str(if at == 0 { "{" } else { ",{" });
        write(out, item);
        out.push('}');
    }
    out.push(']');
}

impl Sink for Counts {
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        *self.databases.entry(db).or_default() += 1;
        *self.types.entry(entry.kind().name()).or_default() += 1;
        self.expires += u64::from(entry.expires_at().is_some());
        self.expired += u64::from(entry.is_expired(self.now_ms));
        Ok(())
    }
    fn aux(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        self.aux.push((key.to_vec(), value.to_vec()));
        Ok(())
    }
    fn module_aux(&mut self, module: &str) {
        self.modules.push(module.to_owned());
    }
}
