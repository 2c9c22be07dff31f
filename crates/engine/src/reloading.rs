//! Reloading: what is in memory is put aside while what files hold is loaded in its place (DEBUG LOADAOF).
//!
//! From the instant at which it is put aside until it has gone or is back, clients are told that a dataset is loading, and
//! nothing is recorded. A load that fails leaves everything as it was.

use crate::engine::Engine;
use crate::flow::Now;
use crate::scripting::Libraries;
use hematite_keyspace::Contents;

/// What was in memory, for as long as what takes its place is being loaded.
#[must_use = "what was put aside is lost unless the load is ended"]
pub struct Aside {
    contents: Contents,
    libraries: Libraries,
}

impl Engine {
    /// Empties everything, so that it can be loaded anew. `detach` is called first, while nobody executes anything: it ends the
    /// journal once that is as safe as can be. An error, its own or the engine's, leaves everything as it was.
    pub fn set_aside(&self, now: Now, detach: impl FnOnce() -> Result<(), String>) -> Result<Aside, String> {
        let shared = &self.shared;
        shared.gates.exclusively(|| {
            if shared.persistence.is_loading() {
                return Err("a dataset is being loaded".into());
            }
            if shared.keyspace.has_snapshot() {
                return Err("a snapshot is being written, to which what is there belongs".into());
            }
            detach()?;
            shared.persistence.begin_load(now, 0);
            (0..shared.keyspace.databases()).for_each(|db| shared.watching.touch_where(db, |_| true));
            let libraries = shared.libraries.exchange(Libraries::default());
            Ok(Aside { contents: shared.keyspace.exchange(Contents::default()), libraries })
        })
    }

    /// Ends what [`Engine::set_aside`] has begun: `loaded` is the number of keys that a base held, or `None` if the load has
    /// failed, and what was put aside comes back. `attach` begins the journal again, before anybody can write.
    pub fn end_reload(&self, aside: Aside, loaded: Option<u64>, attach: impl FnOnce()) {
        let shared = &self.shared;
        let gone = shared.gates.exclusively(|| {
            let gone = match loaded {
                Some(_) => aside.contents,
                None => {
                    shared.libraries.exchange(aside.libraries);
                    shared.keyspace.exchange(aside.contents)
                }
            };
            attach();
            shared.persistence.end_load(loaded.unwrap_or(0), 0);
            gone
        });
        // It may be large: others go on meanwhile.
        drop(gone);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[test]
    fn what_was_put_aside_comes_back_unless_something_takes_its_place() {
        let mut h = Harness::new(2);
        let client = h.open(0);
        h.say(client, "SET k v");
        h.say(client, "WATCH k");
        let refused = h.engine.set_aside(h.now, || Err("the disk is full".into()));
        assert_eq!(refused.err().as_deref(), Some("the disk is full"));
        assert_eq!(h.say(client, "GET k"), "$1\r\nv\r\n");

        let aside = h.engine.set_aside(h.now, || Ok(())).expect("nothing is in the way");
        assert!(h.say(client, "GET k").starts_with("-LOADING"));
        assert!(h.engine.set_aside(h.now, || Ok(())).is_err(), "one at a time");
        h.engine.end_reload(aside, None, || ());
        assert_eq!(h.say(client, "GET k"), "$1\r\nv\r\n");
        h.feed(client, b"MULTI\r\nGET k\r\n");
        assert_eq!(h.say(client, "EXEC"), "*-1\r\n", "who watched a key is told that it was touched");

        let aside = h.engine.set_aside(h.now, || Ok(())).expect("nothing is in the way");
        h.engine.end_reload(aside, Some(0), || ());
        assert_eq!(h.say(client, "GET k"), "$-1\r\n");
    }

    #[test]
    fn a_snapshot_is_in_the_way() {
        let h = Harness::new(1);
        let options = crate::SnapshotOptions::default();
        let snapshot = h.engine.begin_snapshot(&options, h.now, || ()).expect("none runs");
        assert!(h.engine.set_aside(h.now, || Ok(())).is_err_and(|error| error.contains("a snapshot")));
        drop(snapshot);
        let aside = h.engine.set_aside(h.now, || Ok(())).expect("it is gone");
        h.engine.end_reload(aside, None, || ());
    }
}
