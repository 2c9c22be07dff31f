//! Pending: records that no batch has taken yet, as the commands that a loader of the reference reads.
//!
//! ```text
//! *3 \r\n$3\r\nSET \r\n$1\r\nk \r\n$1\r\nv \r\n        SELECT stands before a record of another database than the last one's
//! ```

/// The most bytes that stand before an argument and behind it: `$18446744073709551615\r\n` and `\r\n`.
const HEAD_MAX: usize = 25;

/// See the head of the file.
#[derive(Default)]
pub(super) struct Pending {
    pub bytes: Vec<u8>,
    /// The database that the last record has selected.
    pub db: Option<usize>,
    /// Open groups, one within the other.
    pub depth: usize,
    /// Nothing of the open group is to be kept.
    pub is_void: bool,
    /// Records of the open group.
    pub group: Vec<u8>,
    pub group_records: usize,
    /// The second that the last timestamp names.
    pub stamped_s: i64,
}

impl Pending {
    pub fn select(&mut self, db: usize) {
        if self.db != Some(db) {
            self.db = Some(db);
            let mut digits = itoa::Buffer::new();
            self.command(&[b"SELECT", digits.format(db).as_bytes()]);
        }
    }
    /// Records that take effect together, if there are several.
    pub fn wrapped(&mut self, records: usize, write: impl FnOnce(&mut Pending)) {
        if records > 1 {
            self.bytes.extend_from_slice(b"*1\r\n$5\r\nMULTI\r\n");
        }
        write(self);
        if records > 1 {
            self.bytes.extend_from_slice(b"*1\r\n$4\r\nEXEC\r\n");
        }
    }
    /// Notes the time, once a second.
    pub fn stamp(&mut self, now_ms: i64) {
        let second = now_ms / 1000;
        if second > self.stamped_s {
            self.stamped_s = second;
            self.bytes.extend_from_slice(b"#TS:");
            self.bytes.extend_from_slice(itoa::Buffer::new().format(second).as_bytes());
            self.bytes.extend_from_slice(b"\r\n");
        }
    }
    pub fn command(&mut self, args: &[impl AsRef<[u8]>]) {
        let bytes = &mut self.bytes;
        // Room is made once: what follows only copies.
        bytes.reserve(args.iter().map(|arg| arg.as_ref().len() + HEAD_MAX).sum::<usize>() + HEAD_MAX);
        bytes.push(b'*');
        push_count(bytes, args.len());
        for arg in args {
            let arg = arg.as_ref();
            bytes.extend_from_slice(b"\r\n$");
            push_count(bytes, arg.len());
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(arg);
        }
        bytes.extend_from_slice(b"\r\n");
    }
}

/// A count in decimal digits; most are short.
#[inline(always)]
fn push_count(bytes: &mut Vec<u8>, count: usize) {
    match count {
        0..10 => bytes.push(b'0' + count as u8),
        10..100 => bytes.extend_from_slice(&[b'0' + (count / 10) as u8, b'0' + (count % 10) as u8]),
        _ => bytes.extend_from_slice(itoa::Buffer::new().format(count).as_bytes()),
    }
}
