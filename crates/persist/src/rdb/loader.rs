//! Loader: reads a file from a source, piece by piece, and hands what it finds to a sink.

use super::{Decoder, Encodings, Input, Source, VERSION_VALKEY_9, is_readable, opcode};
use crate::Error;
use hematite_keyspace::{Entry, Lfu, lru_clock};

use super::decode::{Decoded, skip_module_aux};

/// An element takes more bytes than this in nearly all files.
const BYTES_PER_ELEMENT_MIN: u64 = 8;

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct LoadOptions {
    /// The time, Unix milliseconds.
    pub now_ms: i64,
    /// Keys whose time is over are left out. An AOF's base keeps them: the commands that follow may speak of them.
    pub skips_expired: bool,
    /// `rdbchecksum`: the checksum is compared. A file may say itself that it has none.
    pub checksum: bool,
    /// Access is counted (an LFU policy is set).
    pub lfu: bool,
    /// Bytes of the source, 0 if nobody knows: they bound for how many keys and elements room is made in advance.
    pub source_bytes: u64,
    /// Something may follow the file: the commands of an AOF.
    pub has_tail: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions {
            now_ms: 0,
            skips_expired: true,
            checksum: true,
            lfu: false,
            source_bytes: 0,
            has_tail: false,
        }
    }
}

/// What takes the contents of a file. A refusal is told as a text and ends the load.
pub trait Sink {
    /// A key with its value, in a database.
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String>;
    /// A database whose entries follow.
    fn select(&mut self, _db: usize) -> Result<(), String> {
        Ok(())
    }
    /// For how many keys of a database room may be made: about as many as the file says, if it can hold so many at all.
    fn expect(&mut self, _db: usize, _keys: usize) {}
    /// About how many keys, and keys with an expiry, the file says that the database has.
    fn sizes(&mut self, _db: usize, _keys: u64, _expires: u64) {}
    /// An aux field.
    fn aux(&mut self, _key: &[u8], _value: &[u8]) -> Result<(), String> {
        Ok(())
    }
    /// The code of a library of functions.
    fn function(&mut self, _code: &[u8]) -> Result<(), String> {
        Ok(())
    }
    /// A module's data beside the keys, which is passed over.
    fn module_aux(&mut self, _module: &str) {}
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The file's version.
    pub version: u16,
    /// Keys that were handed out.
    pub keys: u64,
    /// Keys that were left out, since their time was over.
    pub expired: u64,
    /// Keys that were left out, since their collections were empty.
    pub empty: u64,
    /// Libraries of functions.
    pub functions: u64,
    /// Bytes read.
    pub bytes: u64,
    /// The checksum of the bytes before it.
    pub checksum: u64,
    /// Whether the file has a checksum, and it was compared.
    pub is_checked: bool,
}

/// What was said about the next key.
#[derive(Default)]
struct Announced {
    expires_at: Option<i64>,
    idle_s: Option<u64>,
    frequency: Option<u8>,
}

/// A file being read.
///
/// ```
/// use hematite_persist::rdb::{Encodings, LoadOptions, Loader, Options, Sink, Writer};
/// struct Count(usize);
/// impl Sink for Count {
///     fn entry(&mut self, _: usize, _: hematite_keyspace::Entry) -> Result<(), String> {
///         self.0 += 1;
///         Ok(())
///     }
/// }
/// let file = Writer::new(Options::default()).finish();
/// let encodings = Encodings::new(hematite_base::hash::Hasher::new(1));
/// let (mut source, mut count) = (&file[..], Count(0));
/// let summary = Loader::new(&mut source, &encodings, LoadOptions::default()).run(&mut count).unwrap();
/// assert_eq!((summary.version, count.0), (11, 0));
/// ```
pub struct Loader<'s, 'e> {
    input: Input<'s>,
    decoder: Decoder<'e>,
    options: LoadOptions,
    summary: Summary,
    db: usize,
    announced: Announced,
    key: Vec<u8>,
    is_begun: bool,
    /// For how many more keys the sink may make room.
    keys_left: usize,
}

impl<'s, 'e> Loader<'s, 'e> {
    /// A loader at the start of a source.
    pub fn new(source: &'s mut dyn Source, encodings: &'e Encodings, options: LoadOptions) -> Loader<'s, 'e> {
        let mut input = Input::new(source);
        input.set_source_bytes(options.source_bytes / BYTES_PER_ELEMENT_MIN);
        Loader {
            input,
            decoder: Decoder::new(encodings, 0),
            options,
            summary: Summary::default(),
            db: 0,
            announced: Announced::default(),
            key: Vec::new(),
            is_begun: false,
            keys_left: (options.source_bytes / BYTES_PER_ELEMENT_MIN) as usize,
        }
    }
    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.input.offset()
    }
    /// What was read so far.
    pub fn summary(&self) -> Summary {
        Summary { bytes: self.offset(), ..self.summary }
    }
    /// Bytes that came from the source but lie behind the file, once it has been read.
    pub fn rest(&self) -> &[u8] {
        self.input.rest()
    }

    /// Reads the file to its end.
    pub fn run(&mut self, sink: &mut dyn Sink) -> Result<Summary, Error> {
        while self.step(sink)? {}
        Ok(self.summary())
    }
    /// Reads on until about `bytes` more were read; false at the file's end.
    pub fn advance(&mut self, bytes: u64, sink: &mut dyn Sink) -> Result<bool, Error> {
        let until = self.offset().saturating_add(bytes);
        while self.offset() < until {
            if !self.step(sink)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads one piece: a key, an aux field, whatever stands next. False at the file's end.
    pub fn step(&mut self, sink: &mut dyn Sink) -> Result<bool, Error> {
        if !self.is_begun {
            self.begin()?;
            return Ok(true);
        }
        let code = self.input.byte()?;
        match code {
            opcode::EXPIRES_AT_MS => self.announced.expires_at = Some(self.expiry_ms()?),
            opcode::EXPIRES_AT_S => {
                let seconds = i32::from_le_bytes(self.input.array()?);
                self.announced.expires_at = Some(i64::from(seconds) * 1000);
            }
            opcode::FREQUENCY => self.announced.frequency = Some(self.input.byte()?),
            opcode::IDLE => self.announced.idle_s = Some(self.input.length()?),
            opcode::END => {
                self.end()?;
                return Ok(false);
            }
            opcode::SLOT_IMPORT.. => self.aside(code, sink)?,
            kind => self.key(kind, sink)?,
        }
        Ok(true)
    }

    fn begin(&mut self) -> Result<(), Error> {
        let magic: [u8; 9] = self.input.array()?;
        let (digits, is_valkey) = match &magic {
            [b'R', b'E', b'D', b'I', b'S', digits @ ..] => (&digits[..], false),
            [b'V', b'A', b'L', b'K', b'E', b'Y', digits @ ..] => (&digits[..], true),
            _ => return Err(Error::new(0, "no RDB file: it does not begin with REDIS or VALKEY")),
        };
        let is_number = digits.iter().all(u8::is_ascii_digit);
        let version =
            std::str::from_utf8(digits).ok().filter(|_| is_number).and_then(|text| text.parse().ok());
        let at = 9 - digits.len() as u64;
        let version: u16 = version.ok_or_else(|| Error::new(at, "a version that is no number"))?;
        if !is_readable(version) || is_valkey != (version >= VERSION_VALKEY_9) {
            return Err(Error::new(
                at,
                format!("the version {version} cannot be read (1 to 12 of Redis, 80 of Valkey)"),
            ));
        }
        self.is_begun = true;
        self.summary.version = version;
        self.decoder.version = version;
        Ok(())
    }

    fn expiry_ms(&mut self) -> Result<i64, Error> {
        self.input.time_ms()
    }

    /// What is no key and says nothing about one.
    fn aside(&mut self, code: u8, sink: &mut dyn Sink) -> Result<(), Error> {
        let input = &mut self.input;
        let told = match code {
            opcode::SELECT => {
                let db = input.length()?;
                self.db = usize::try_from(db).map_err(|_| input.error(format!("the database {db}")))?;
                sink.select(self.db)
            }
            opcode::SIZES => {
                let (keys, expires) = (input.length()?, input.length()?);
                sink.sizes(self.db, keys, expires);
                let expected = input.expected(keys).min(self.keys_left);
                self.keys_left -= expected;
                sink.expect(self.db, expected);
                Ok(())
            }
            opcode::AUX => {
                self.key.clear();
                self.key.extend_from_slice(input.string()?);
                sink.aux(&self.key, input.string()?)
            }
            opcode::FUNCTION => {
                self.summary.functions += 1;
                sink.function(input.string()?)
            }
            opcode::MODULE_AUX => {
                sink.module_aux(&skip_module_aux(input)?);
                Ok(())
            }
            opcode::SLOT_INFO => {
                for _ in 0..3 {
                    input.length()?;
                }
                Ok(())
            }
            opcode::FUNCTION_PRE_GA => Err("a function in a form from before functions were released".into()),
            _ => Err(format!("what is announced by the number {code} is not known")),
        };
        told.map_err(|reason| self.input.error(reason))
    }

    fn key(&mut self, kind: u8, sink: &mut dyn Sink) -> Result<(), Error> {
        self.key.clear();
        self.key.extend_from_slice(self.input.string()?);
        let announced = std::mem::take(&mut self.announced);
        let decoded = self.decoder.entry(&mut self.input, kind, &self.key, announced.expires_at);
        let entry = match decoded.map_err(|error| error.within(&self.key))? {
            Decoded::Entry(entry) => entry,
            Decoded::Empty => {
                self.summary.empty += 1;
                return Ok(());
            }
        };
        if self.options.skips_expired && announced.expires_at.is_some_and(|at| at < self.options.now_ms) {
            self.summary.expired += 1;
            return Ok(());
        }
        entry.touch(self.stamp(&announced));
        self.summary.keys += 1;
        if self.key.capacity() > 1 << 20 {
            self.key = Vec::new();
        }
        sink.entry(self.db, entry).map_err(|reason| self.input.error(reason).within(&self.key))
    }

    /// The access clock of a key about which this was said.
    fn stamp(&self, announced: &Announced) -> u32 {
        let now_ms = self.options.now_ms;
        if self.options.lfu {
            let clock = Lfu::clock(now_ms);
            return match announced.frequency {
                Some(frequency) => clock << 8 | u32::from(frequency),
                None => Lfu::default().accessed(0, clock),
            };
        }
        let idle_ms =
            announced.idle_s.map_or(0, |s| i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1000));
        lru_clock(now_ms.saturating_sub(idle_ms).max(0))
    }

    fn end(&mut self) -> Result<(), Error> {
        let announced = &self.announced;
        if announced.expires_at.is_some() || announced.idle_s.is_some() || announced.frequency.is_some() {
            return Err(self.input.error("the file ends where a key was announced"));
        }
        if self.summary.version >= 5 {
            let made = self.input.checksum();
            let at = self.input.offset();
            let told = u64::from_le_bytes(self.input.array()?);
            self.summary.checksum = made;
            self.summary.is_checked = self.options.checksum && told != 0;
            if self.summary.is_checked && told != made {
                return Err(Error::new(
                    at,
                    format!("the checksum is {made:016x}, but {told:016x} is written there"),
                ));
            }
        }
        if !self.options.has_tail && !self.input.is_at_end()? {
            return Err(self.input.error("bytes after the end"));
        }
        Ok(())
    }
}
