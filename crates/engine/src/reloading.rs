//! Reloading: what is in memory is put aside while what files hold is loaded in its place (DEBUG LOADAOF, DEBUG RELOAD).
//!
//! From the instant at which it is put aside until it has gone or is back, clients are told that a dataset is loading, and
//! nothing is recorded. A load that fails leaves everything as it was.

use crate::engine::Engine;
use crate::flow::Now;
use crate::rdb_file::Keep;
use crate::scripting::Libraries;
use hematite_keyspace::Contents;

/// What was in memory, for as long as what takes its place is being loaded.
#[must_use = "what was put aside is lost unless the load is ended"]
pub struct Aside {
    contents: Contents,
    libraries: Libraries,
}

/// What was loaded in the place of what was put aside.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// What becomes of what was put aside.
    pub keep: Keep,
    /// Number of keys that a base held.
    pub keys: u64,
    /// Number of keys that were left out, since their time was over.
    pub expired: u64,
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

    /// Ends what [`Engine::set_aside`] has begun. `arrival` is none if the load has failed; then, and if it says that something
    /// stays that cannot stay beside what was loaded (the error), what was put aside comes back. `attach` begins the journal
    /// again, before anybody can write.
    pub fn end_reload(
        &self,
        aside: Aside,
        arrival: Option<Arrival>,
        attach: impl FnOnce(),
    ) -> Result<(), String> {
        let shared = &self.shared;
        let (gone, outcome) = shared.gates.exclusively(|| {
            let (gone, outcome) = match arrival {
                Some(arrival) => self.keep(aside, arrival.keep),
                None => (Some(self.bring_back(aside)), Ok(())),
            };
            attach();
            let counted = arrival.filter(|_| outcome.is_ok());
            let (keys, expired) = counted.map_or((0, 0), |arrival| (arrival.keys, arrival.expired));
            shared.persistence.end_load(keys, expired);
            (gone, outcome)
        });
        // It may be large: others go on meanwhile.
        drop(gone);
        outcome
    }

    /// Has what was put aside take its place again; what was there instead.
    fn bring_back(&self, aside: Aside) -> Contents {
        self.shared.libraries.exchange(aside.libraries);
        self.shared.keyspace.exchange(aside.contents)
    }

    /// Brings back what shall stay beside what was loaded, or everything in the place of that, with the reason; what goes.
    fn keep(&self, aside: Aside, keep: Keep) -> (Option<Contents>, Result<(), String>) {
        let Aside { contents, libraries } = aside;
        if keep == Keep::Nothing {
            return (Some(contents), Ok(()));
        }
        let (contents, reason) = match self.shared.libraries.join(&libraries, keep == Keep::Others) {
            Ok(()) => match self.shared.keep(contents, keep) {
                Ok(()) => return (None, Ok(())),
                Err(refused) => refused,
            },
            Err(error) => (contents, String::from_utf8_lossy(&error.text()).into_owned()),
        };
        (Some(self.bring_back(Aside { contents, libraries })), Err(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert!(h.engine.end_reload(aside, None, || ()).is_ok());
        assert_eq!(h.say(client, "GET k"), "$1\r\nv\r\n");
        h.feed(client, b"MULTI\r\nGET k\r\n");
        assert_eq!(h.say(client, "EXEC"), "*-1\r\n", "who watched a key is told that it was touched");

        let aside = h.engine.set_aside(h.now, || Ok(())).expect("nothing is in the way");
        let arrival = Arrival { keep: Keep::Nothing, keys: 0, expired: 0 };
        assert!(h.engine.end_reload(aside, Some(arrival), || ()).is_ok());
        assert_eq!(h.say(client, "GET k"), "$-1\r\n");
    }

    /// Puts everything aside, has `lines` take its place, and ends that.
    fn reload(h: &mut Harness, lines: &[&str], keep: Keep) -> Result<(), String> {
        let aside = h.engine.set_aside(h.now, || Ok(())).expect("nothing is in the way");
        let mut worker = h.engine.worker();
        let mut session = worker.open_replay(h.now);
        for line in lines {
            let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            worker.replay(&mut session, &words, &[words.len()], h.now).expect("it is loaded");
        }
        worker.close(session, h.now);
        h.engine.end_reload(aside, Some(Arrival { keep, keys: 1, expired: 0 }), || ())
    }

    #[test]
    fn what_was_there_may_stay_beside_what_comes() {
        let mut h = Harness::new(2);
        let client = h.open(0);
        h.say(client, "MSET a 1 b 1");
        let clash = reload(&mut h, &["MSET b 2 c 2"], Keep::Everything);
        assert!(clash.is_err_and(|reason| reason == "the key 'b' comes twice"));
        assert_eq!(h.say(client, "MGET a b c"), "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$-1\r\n", "it is as it was");
        assert!(reload(&mut h, &["MSET b 2 c 2"], Keep::Others).is_ok());
        assert_eq!(h.say(client, "MGET a b c"), "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n2\r\n");
        assert!(reload(&mut h, &["SET d 3"], Keep::Everything).is_ok());
        assert_eq!(h.say(client, "DBSIZE"), ":4\r\n");
    }

    #[test]
    fn a_snapshot_is_in_the_way() {
        let h = Harness::new(1);
        let options = crate::SnapshotOptions::default();
        let snapshot = h.engine.begin_snapshot(&options, h.now, || ()).expect("none runs");
        assert!(h.engine.set_aside(h.now, || Ok(())).is_err_and(|error| error.contains("a snapshot")));
        drop(snapshot);
        let aside = h.engine.set_aside(h.now, || Ok(())).expect("it is gone");
        assert!(h.engine.end_reload(aside, None, || ()).is_ok());
    }
}
