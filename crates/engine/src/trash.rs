//! Trash: what was given up and is to be dropped where nobody waits for it.
//!
//! A front with threads takes it from here ([`Options::drop_later`](crate::Options)) and drops it in steps on one of them.
//! Where there is no other thread, in WASM, a worker drops a step of it with each batch of commands and with its cron.

use crate::engine::Shared;
use crate::memory_limit::InFlight;
use crate::worker::Local;
use hematite_keyspace::Remains;

/// Allocations that a worker drops with a batch of commands: some tens of microseconds.
const STEP: usize = 1024;
/// And with its cron, ten times a second.
const CRON_STEP: usize = 16 * STEP;

/// See the head of the file.
#[derive(Debug)]
pub struct Trash {
    remains: Remains,
    /// Its share of what is pending, until it is dropped.
    _share: InFlight,
}

impl Trash {
    pub(crate) fn new(remains: Remains, share: InFlight) -> Trash {
        Trash { remains, _share: share }
    }
    /// Drops about `count` allocations; whether anything is left.
    pub fn drop_some(&mut self, count: usize) -> bool {
        self.remains.drop_some(count)
    }
}

impl Local {
    /// Has something dropped later.
    pub fn drop_later(&mut self, shared: &Shared, remains: Remains) {
        let trash = shared.memory.in_flight(remains);
        match &shared.options.drop_later {
            Some(drop_later) => drop_later(trash),
            None => self.trash.push(trash),
        }
    }
    /// Drops a step of what this worker keeps.
    #[cold]
    pub fn drop_some(&mut self, is_cron: bool) {
        let step = if is_cron { CRON_STEP } else { STEP };
        if let Some(trash) = self.trash.last_mut()
            && !trash.drop_some(step)
        {
            self.trash.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Harness;

    #[test]
    fn a_worker_without_a_background_drops_in_steps() {
        let mut h = Harness::new(1);
        let c = h.open(0);
        let pending = |h: &Harness| h.engine.shared.memory.objects_in_flight();
        for delete in ["DEL z", "FLUSHALL SYNC", "SET z v"] {
            for first in (0..20_000).step_by(1000) {
                let members: Vec<String> = (first..first + 1000).map(|n| format!("{n} m{n}")).collect();
                h.say(c, &format!("ZADD z {}", members.join(" ")));
            }
            let done = pending(&h).1;
            assert!(!h.say(c, delete).starts_with('-'));
            assert_eq!(pending(&h), (1, done));
            let mut calls = 0;
            while pending(&h) != (0, done + 1) {
                assert_eq!(h.say(c, "PING"), "+PONG\r\n");
                calls += 1;
            }
            assert!((10..40).contains(&calls), "{delete}: {calls} calls");
            h.say(c, "FLUSHALL");
        }
    }
}
