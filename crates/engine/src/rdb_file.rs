//! RDB: the whole keyspace as the bytes of a file, and back, while nobody else runs a command.
//!
//! A file that cannot be read to its end leaves everything as it was: what is loaded replaces the old contents only once
//! all of it is there.

use crate::commands::server::REDIS_VERSION;
use crate::direct::Exclusive;
use crate::engine::Shared;
use crate::flow::Now;
use crate::loading::twice;
use crate::scripting::{Policy, restore_libraries};
use crate::worker::{Local, Worker};
use hematite_keyspace::Contents;
use hematite_persist::Error;
use hematite_persist::rdb::{
    Access, LoadOptions, Loader, Options, Source, Summary, VERSION_REDIS_7_4, Writer,
};

/// What becomes of the present contents when a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They go.
    Nothing,
    /// They stay, and a key that is there already is an error.
    Everything,
    /// They stay, unless the file has a key or a library of functions of the same name.
    Others,
}

/// What a file held beside its keys.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Figures.
    pub summary: Summary,
    /// Aux fields in order.
    pub aux: Vec<(String, String)>,
    /// The code of libraries of functions.
    pub functions: Vec<Vec<u8>>,
}

impl Shared {
    /// How files are written now, with what the eviction policy wants to know of each key.
    pub(crate) fn rdb_options(&self, now: Now) -> Options {
        let settings = self.settings.read();
        let access = match settings.lfu {
            true => Access::Frequency { now_ms: now.unix_ms, decay_minutes: settings.lfu_decay_minutes },
            false => Access::Nothing,
        };
        Options { access, ..settings.rdb_options() }
    }
    /// Adds the aux fields that every file begins with.
    pub(crate) fn write_rdb_head(&self, writer: &mut Writer, now: Now, is_aof_base: bool) {
        let used = (self.options.memory)().used;
        let fields: [(&str, String); 5] = [
            ("redis-ver", REDIS_VERSION.to_owned()),
            ("redis-bits", usize::BITS.to_string()),
            ("ctime", (now.unix_ms / 1000).to_string()),
            ("used-mem", used.to_string()),
            ("aof-base", u8::from(is_aof_base).to_string()),
        ];
        for (name, value) in fields {
            writer.aux(name.as_bytes(), value.as_bytes());
        }
        for library in self.libraries.all() {
            writer.function(&library.body);
        }
    }
    /// The whole keyspace as a file. The caller holds all gates.
    pub(crate) fn save_rdb(&self, now: Now) -> Vec<u8> {
        let sizes = self.keyspace.sizes();
        let mut options = self.rdb_options(now);
        if sizes.has_field_expiry {
            options.version = options.version.max(VERSION_REDIS_7_4);
        }
        let mut writer = Writer::new(options);
        self.write_rdb_head(&mut writer, now, false);
        for (db, (keys, expires)) in sizes.databases.iter().enumerate().filter(|(_, sizes)| sizes.0 > 0) {
            writer.select(db, *keys, *expires);
            self.keyspace.for_each(db, now.unix_ms, |entry| writer.entry(entry));
        }
        writer.finish()
    }
    /// Loads a file. The caller holds all gates.
    pub(crate) fn load_rdb(&self, source: &mut dyn Source, now: Now, keep: Keep) -> Result<Loaded, Error> {
        let settings = std::sync::Arc::clone(&self.settings.read());
        let encodings = settings.encodings(self.keyspace.hasher());
        let options = LoadOptions {
            now_ms: now.unix_ms,
            lfu: settings.lfu,
            checksum: settings.rdb_checksum,
            ..LoadOptions::default()
        };
        if self.keyspace.has_snapshot() {
            return Err(Error::new(0, "a snapshot is being written, to which what is there belongs"));
        }
        let before = self.keyspace.exchange(Contents::default());
        let mut sink = self.loading();
        let outcome = Loader::new(source, &encodings, options).run(&mut sink).and_then(|summary| {
            sink.finish().map_err(|reason| Error::new(summary.bytes, reason))?;
            let (aux, functions) = (std::mem::take(&mut sink.aux), std::mem::take(&mut sink.functions));
            Ok(Loaded { summary, aux, functions })
        });
        let (before, error) = match outcome {
            Ok(loaded) => match self.keep(before, keep) {
                Ok(()) => return Ok(loaded),
                Err((before, reason)) => (before, Error::new(loaded.summary.bytes, reason)),
            },
            Err(error) => (before, error),
        };
        drop(self.keyspace.exchange(before));
        Err(error)
    }
    /// Brings back what shall stay of the contents for which others were loaded; all of them, with the reason, if both have a
    /// key that they may not.
    pub(crate) fn keep(&self, before: Contents, keep: Keep) -> Result<(), (Contents, String)> {
        if keep == Keep::Nothing {
            return Ok(());
        }
        let joined = self.keyspace.join(before, keep == Keep::Others);
        joined.map_err(|(before, key)| (before, twice(&key)))
    }
}

impl Exclusive<'_, '_> {
    /// The whole keyspace as an RDB file.
    pub fn save_rdb(&mut self, now: Now) -> Vec<u8> {
        self.shared.save_rdb(now)
    }
    /// Loads an RDB file. An error leaves everything as it was.
    pub fn load_rdb(&mut self, source: &mut dyn Source, now: Now, keep: Keep) -> Result<Loaded, Error> {
        let loaded = self.shared.load_rdb(source, now, keep)?;
        load_functions(self.shared, self.local, &loaded.functions)
            .map_err(|reason| Error::new(loaded.summary.bytes, reason))?;
        Ok(loaded)
    }
}

/// Brings libraries of functions in, in the place of those that have their names.
fn load_functions(shared: &Shared, local: &mut Local, bodies: &[Vec<u8>]) -> Result<(), String> {
    if bodies.is_empty() {
        return Ok(());
    }
    restore_libraries(shared, local, bodies, Policy::Replace)
        .map_err(|error| format!("a library of functions: {}", String::from_utf8_lossy(&error.text())))
}

impl Worker {
    /// As [`Exclusive::save_rdb`], while no other worker runs anything.
    pub fn save_rdb(&mut self, now: Now) -> Vec<u8> {
        self.exclusively(|all| all.save_rdb(now))
    }
    /// Brings in the libraries of functions that a file held, while a dataset is loaded. An error is a text.
    pub fn load_functions(&mut self, bodies: &[Vec<u8>]) -> Result<(), String> {
        let Worker { shared, local, .. } = self;
        local.refresh(shared);
        load_functions(shared, local, bodies)
    }
    /// As [`Exclusive::load_rdb`], while no other worker runs anything.
    pub fn load_rdb(&mut self, source: &mut dyn Source, now: Now, keep: Keep) -> Result<Loaded, Error> {
        self.exclusively(|all| all.load_rdb(source, now, keep))
    }
}
