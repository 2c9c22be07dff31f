//! Loading: puts what a file holds into the keyspace, in batches, so that the memory's latency is waited for once a batch.
//!
//! A [`Loading`] is a sink for [`rdb::Loader`]. What it cannot take (a database that is not there, a key that comes twice) ends
//! the load. Several threads may put batches in at once ([`Engine::load_batch`]).

use crate::engine::{Engine, Shared};
use hematite_keyspace::Entry;
use hematite_persist::rdb::{self, Encodings};

/// Entries put in at once.
const BATCH: usize = 128;

/// Entries with their databases.
pub type LoadBatch = Vec<(usize, Entry)>;

/// Where full batches go, if not into the keyspace at once: to another thread. A refusal ends the load.
pub type LoadElsewhere<'e> = dyn FnMut(LoadBatch) -> Result<(), String> + 'e;

/// What takes the contents of a file; see the head of the file.
pub struct Loading<'e> {
    shared: &'e Shared,
    batch: LoadBatch,
    elsewhere: Option<Box<LoadElsewhere<'e>>>,
    /// Aux fields of the file.
    pub aux: Vec<(String, String)>,
    /// The code of libraries of functions.
    pub functions: Vec<Vec<u8>>,
}

impl Engine {
    /// A sink for a file; [`Loading::finish`] ends it.
    pub fn loading(&self) -> Loading<'_> {
        self.shared.loading()
    }
    /// The encodings in which values are kept, for readers of files.
    pub fn encodings(&self) -> Encodings {
        self.settings().encodings(self.shared.keyspace.hasher())
    }
    /// Puts entries in; those whose keys are there already end it.
    pub fn load_batch(&self, batch: &mut LoadBatch) -> Result<(), String> {
        self.shared.load_batch(batch)
    }
}

impl Shared {
    /// As [`Engine::loading`].
    pub(crate) fn loading(&self) -> Loading<'_> {
        let batch = Vec::with_capacity(BATCH);
        Loading { shared: self, batch, elsewhere: None, aux: Vec::new(), functions: Vec::new() }
    }
    fn load_batch(&self, batch: &mut LoadBatch) -> Result<(), String> {
        self.keyspace.load_batch(batch).map_err(|key| twice(&key))
    }
}

/// Says that a key comes twice.
pub(crate) fn twice(key: &[u8]) -> String {
    format!("the key '{}' comes twice", key.escape_ascii())
}

impl<'e> Loading<'e> {
    /// Has batches go elsewhere.
    pub fn through(self, elsewhere: impl FnMut(LoadBatch) -> Result<(), String> + 'e) -> Self {
        Loading { elsewhere: Some(Box::new(elsewhere)), ..self }
    }
    /// Puts in what has come together.
    pub fn finish(&mut self) -> Result<(), String> {
        match &mut self.elsewhere {
            Some(elsewhere) => elsewhere(std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH))),
            None => self.shared.load_batch(&mut self.batch),
        }
    }
}

impl rdb::Sink for Loading<'_> {
    #[inline]
    fn entry(&mut self, db: usize, entry: Entry) -> Result<(), String> {
        self.batch.push((db, entry));
        if self.batch.len() == BATCH { self.finish() } else { Ok(()) }
    }
    fn select(&mut self, db: usize) -> Result<(), String> {
        let databases = self.shared.keyspace.databases();
        if db < databases {
            return Ok(());
        }
        Err(format!("a key in database {db}, but there are only {databases}"))
    }
    fn expect(&mut self, db: usize, keys: usize) {
        if db < self.shared.keyspace.databases() {
            self.shared.keyspace.reserve(db, keys);
        }
    }
    fn aux(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.aux.push((text(key), text(value)));
        Ok(())
    }
    fn function(&mut self, code: &[u8]) -> Result<(), String> {
        self.functions.push(code.to_vec());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;
    use crate::{SnapshotOptions, rdb};

    fn save(harness: &Harness) -> Vec<u8> {
        let options = SnapshotOptions::default();
        let mut snapshot = harness.engine.begin_snapshot(&options, harness.now, || ()).expect("none runs");
        let mut file = Vec::new();
        while let Some(bytes) = snapshot.step(1000, Vec::new()) {
            file.extend_from_slice(&bytes);
        }
        file
    }

    fn load(harness: &Harness, mut file: &[u8]) -> Result<rdb::Summary, String> {
        let encodings = harness.engine.encodings();
        let options = rdb::LoadOptions { now_ms: harness.now.unix_ms, ..Default::default() };
        let mut sink = harness.engine.loading();
        let mut loader = rdb::Loader::new(&mut file, &encodings, options);
        let summary = loader.run(&mut sink).map_err(|error| error.to_string())?;
        sink.finish()?;
        Ok(summary)
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        for n in 0..1000 {
            harness.say(client, &format!("SET string:{n} {n}"));
            harness.say(client, &format!("RPUSH list:{} {n}", n % 7));
            harness.say(client, &format!("ZADD zset {n} member:{n}"));
            harness.say(client, &format!("HSET hash:{} {n} {n}", n % 3));
            harness.say(client, &format!("SADD set:{} {n} a", n % 9));
        }
        for line in [
            "EXPIRE string:1 100",
            "PEXPIRE string:2 1",
            "SELECT 7",
            "SET other db",
            "XADD s * a b",
            "SELECT 0",
        ] {
            harness.say(client, line);
        }
        let file = save(&harness);
        harness.say(client, "PERSIST string:2");
        let digest = harness.say(client, "DEBUG DIGEST");
        let mut second = Harness::new(1);
        let client = second.open(0);
        second.now.unix_ms += 50;
        let summary = load(&second, &file).expect("it is whole");
        assert_eq!((summary.version, summary.keys, summary.expired), (11, 1021, 1));
        second.say(client, "SET string:2 2");
        assert_eq!(second.say(client, "DEBUG DIGEST"), digest);
        assert_eq!(second.say(client, "TTL string:1"), ":100\r\n");
        assert!(load(&second, &file).expect_err("everything is there").contains("comes twice"));
    }

    #[test]
    fn hashes_with_expiring_fields_raise_the_version() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        harness.say(client, "HSET h a 1 b 2");
        harness.say(client, "HPEXPIRE h 1000 FIELDS 1 a");
        let file = save(&harness);
        let mut second = Harness::new(1);
        let client = second.open(0);
        assert_eq!(load(&second, &file).expect("it is whole").version, 12);
        assert_eq!(second.say(client, "HPTTL h FIELDS 2 a b"), "*2\r\n:1000\r\n:-1\r\n");
        // They were noted: they go by themselves.
        second.pass(2000);
        second.pass(200);
        assert_eq!(second.say(client, "HLEN h"), ":1\r\n");
    }

    #[test]
    fn a_snapshot_that_is_dropped_makes_room_for_the_next() {
        let mut harness = Harness::new(1);
        let client = harness.open(0);
        (0..100).for_each(|n| drop(harness.say(client, &format!("SET k:{n} {n}"))));
        let options = SnapshotOptions::default();
        let mut first = harness.engine.begin_snapshot(&options, harness.now, || ()).expect("none runs");
        assert!(harness.engine.begin_snapshot(&options, harness.now, || ()).is_none());
        first.step(10, Vec::new());
        drop(first);
        assert_eq!(load(&Harness::new(1), &save(&harness)).expect("it is whole").keys, 100);
    }

    #[test]
    fn a_database_that_is_not_there_ends_the_load() {
        let mut writer = rdb::Writer::new(rdb::Options::default());
        writer.select(16, 1, 0);
        let error = load(&Harness::new(1), &writer.finish()).expect_err("there are 16 databases");
        assert!(error.contains("a key in database 16, but there are only 16"), "{error}");
    }
}
