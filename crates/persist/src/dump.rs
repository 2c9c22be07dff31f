//! DUMP payloads: one value, with a version and a checksum behind it.
//!
//! ```text
//!   type:u8  value ...  version:u16  crc64:u64        both little endian; the checksum covers all before it
//! ```
//!
//! A payload says the lowest version whose readers understand its value, so that it can be restored wherever that is
//! possible at all: 10 (Redis 7.0) for nearly everything. Small sets are written member by member, which loses nothing;
//! streams carry 11 (Redis 7.2) only where a consumer was seen at another time than it was active, which 10 cannot say,
//! and 13 or 14 (Redis 8.6, 8.8) where a stream's producers number their messages or a group has released entries.

use crate::rdb::{self, Encodings, Input, Options};
use crate::{Crc64, Error};
use hematite_keyspace::{Body, Entry, Value};
use hematite_structures::stream::{Group, Stream};

const FOOTER: usize = 10;

/// The payload of an entry's value. Of the options, `compression` and `version` matter: no higher version is said.
pub fn dump(entry: &Entry, options: &Options) -> Vec<u8> {
    let options = options_of(entry, options);
    let kind = rdb::kind_of(entry, &options);
    let mut payload = vec![kind];
    rdb::encode_value(&mut payload, entry, &options);
    seal(&mut payload, &options);
    payload
}

/// The options with which an entry's value is written.
pub(crate) fn options_of(entry: &Entry, options: &Options) -> Options {
    let version = if options.version >= rdb::VERSION && tells_more(entry) {
        options.version
    } else {
        rdb::VERSION_REDIS_7_0
    };
    Options { version, ..*options }
}

/// Appends version and checksum to type and value, written with these options.
pub(crate) fn seal(payload: &mut Vec<u8>, options: &Options) {
    let said = rdb::version_of(payload[0], options);
    payload.extend_from_slice(&said.to_le_bytes());
    let crc = Crc64::of(payload);
    payload.extend_from_slice(&crc.to_le_bytes());
}

/// Whether a value holds what version 10 cannot say.
fn tells_more(entry: &Entry) -> bool {
    match entry.body() {
        Body::Value(Value::Hash(table)) => table.fields.deadlines() > 0,
        Body::Value(Value::Stream(stream)) => {
            let has_active_times =
                |group: &Group| group.consumers().any(|(_, c)| c.active_time_ms != c.seen_time_ms);
            is_new_to_reference(stream) || stream.groups().any(|(_, group)| has_active_times(group))
        }
        _ => false,
    }
}

/// Whether a stream holds what the reference did not have before version 8.
pub(crate) fn is_new_to_reference(stream: &Stream) -> bool {
    stream.idempotency().is_some() || stream.groups().any(|(_, group)| group.released_len() > 0)
}

/// Whether version and checksum of a payload are right.
pub fn is_intact(payload: &[u8]) -> bool {
    let Some(split) = payload.len().checked_sub(FOOTER) else { return false };
    let footer = &payload[split..];
    let version = u16::from_le_bytes([footer[0], footer[1]]);
    let told = u64::from_le_bytes([
        footer[2], footer[3], footer[4], footer[5], footer[6], footer[7], footer[8], footer[9],
    ]);
    rdb::is_readable(version) && (told == 0 || told == Crc64::of(&payload[..split + 2]))
}

/// Restores a value under a key.
pub fn restore(
    payload: &[u8],
    key: &[u8],
    expires_at: Option<i64>,
    encodings: &Encodings,
) -> Result<Entry, Error> {
    let split = payload.len().saturating_sub(FOOTER);
    if !is_intact(payload) {
        return Err(Error::new(split as u64, "version or checksum are wrong"));
    }
    let version = u16::from_le_bytes([payload[split], payload[split + 1]]);
    let (mut source, source_bytes) = (&payload[..split], split as u64 / 8);
    let mut input = Input::new(&mut source);
    input.set_source_bytes(source_bytes);
    let kind = input.byte()?;
    let decoded = rdb::Decoder::new(encodings, version).entry(&mut input, kind, key, expires_at)?;
    if !input.is_at_end()? {
        return Err(input.error("bytes after the value"));
    }
    match decoded {
        rdb::Decoded::Entry(entry) => Ok(entry),
        rdb::Decoded::Empty => Err(input.error("a collection without elements")),
    }
}
/// The payload of libraries of functions: each as a file of snapshots has it.
pub fn dump_functions<'c>(codes: impl IntoIterator<Item = &'c [u8]>) -> Vec<u8> {
    let mut payload = Vec::new();
    for code in codes {
        rdb::write_function(&mut payload, code, true);
    }
    payload.extend_from_slice(&rdb::VERSION_REDIS_7_0.to_le_bytes());
    payload.extend_from_slice(&Crc64::of(&payload).to_le_bytes());
    payload
}

/// The code of the libraries in a payload. An error is the text that the reference gives.
pub fn restore_functions(payload: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    if !is_intact(payload) {
        return Err("DUMP payload version or checksum are wrong");
    }
    let mut source = &payload[..payload.len() - FOOTER];
    let mut input = Input::new(&mut source);
    let mut codes = Vec::new();
    while !input.is_at_end().unwrap_or(true) {
        match input.byte() {
            Ok(rdb::FUNCTION) => {}
            Ok(rdb::FUNCTION_PRE_GA) => return Err("Pre-GA function format not supported"),
            Ok(_) => return Err("given type is not a function"),
            Err(_) => return Err("can not read data type"),
        }
        let code = input.string().map_err(|_| "Failed loading library code")?;
        codes.push(code.to_vec());
    }
    Ok(codes)
}
