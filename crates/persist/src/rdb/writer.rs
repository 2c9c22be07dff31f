//! Writer: a file in pieces. Whoever writes it to the disk takes the bytes that have come together, and keeps the order.

use super::{Options, VERSION_VALKEY_9, encode_entry, opcode, write};
use crate::Crc64;
use hematite_keyspace::Entry;

/// Appends that the entries which follow belong to this database.
pub fn encode_select(out: &mut Vec<u8>, db: usize) {
    out.push(opcode::SELECT);
    write::length(out, db as u64);
}

/// A file under way; see the head of the file.
///
/// ```
/// use hematite_persist::rdb::{Options, Writer};
/// let mut writer = Writer::new(Options::default());
/// writer.aux(b"redis-ver", b"7.2.0");
/// writer.select(0, 0, 0);
/// let file = writer.finish();
/// assert_eq!(&file[..9], b"REDIS0011");
/// ```
pub struct Writer {
    options: Options,
    crc: Crc64,
    pending: Vec<u8>,
    taken: u64,
}

impl Writer {
    /// A file that begins with magic and version.
    pub fn new(options: Options) -> Writer {
        let magic = match options.version {
            VERSION_VALKEY_9.. => format!("VALKEY{:03}", options.version),
            _ => format!("REDIS{:04}", options.version),
        };
        Writer { options, crc: Crc64::default(), pending: magic.into_bytes(), taken: 0 }
    }
    /// How the file is written.
    pub fn options(&self) -> &Options {
        &self.options
    }
    /// Adds an aux field.
    pub fn aux(&mut self, key: &[u8], value: &[u8]) {
        self.pending.push(opcode::AUX);
        write::string(&mut self.pending, key, self.options.compression);
        write::string(&mut self.pending, value, self.options.compression);
    }
    /// Adds a library of functions.
    pub fn function(&mut self, code: &[u8]) {
        write_function(&mut self.pending, code, self.options.compression);
    }
    /// The entries that follow belong to this database, which has about so many keys and keys with an expiry.
    pub fn select(&mut self, db: usize, keys: usize, expires: usize) {
        encode_select(&mut self.pending, db);
        self.pending.push(opcode::SIZES);
        write::length(&mut self.pending, keys as u64);
        write::length(&mut self.pending, expires as u64);
    }
    /// Adds an entry to the database selected last.
    #[inline]
    pub fn entry(&mut self, entry: &Entry) {
        encode_entry(&mut self.pending, entry, &self.options);
    }
    /// Adds entries that [`encode_entry`] has written with the same options.
    pub fn encoded(&mut self, entries: &[u8]) {
        self.pending.extend_from_slice(entries);
    }
    /// Where entries are put that were not written by this writer, as [`Writer::encoded`] does without the copy.
    pub fn pending_mut(&mut self) -> &mut Vec<u8> {
        &mut self.pending
    }
    /// Bytes that have come together and were not taken.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }
    /// Bytes of the file so far, those taken included.
    pub fn len(&self) -> u64 {
        self.taken + self.pending.len() as u64
    }
    /// Never: a file begins with its magic.
    pub fn is_empty(&self) -> bool {
        false
    }
    /// Takes the bytes that have come together, to be written after those taken before. `spare` is filled next; its
    /// content is cleared.
    pub fn take(&mut self, mut spare: Vec<u8>) -> Vec<u8> {
        if self.options.checksum {
            self.crc.update(&self.pending);
        }
        self.taken += self.pending.len() as u64;
        spare.clear();
        std::mem::replace(&mut self.pending, spare)
    }
    /// Ends the file: the bytes that were not taken, with the end and the checksum.
    pub fn finish(mut self) -> Vec<u8> {
        self.pending.push(opcode::END);
        let mut rest = self.take(Vec::new());
        let crc = if self.options.checksum { self.crc.value() } else { 0 };
        rest.extend_from_slice(&crc.to_le_bytes());
        rest
    }
}

/// Appends a library of functions.
pub(crate) fn write_function(out: &mut Vec<u8>, code: &[u8], compression: bool) {
    out.push(opcode::FUNCTION);
    write::string(out, code, compression);
}
