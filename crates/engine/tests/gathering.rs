//! Gathering: how long a front is asked to wait before a commit that syncs, so that those who take turns share one.

use hematite_engine::{DiskError, Engine, Now, Peer, Session, SessionId, Sink, Transport, Wake, Worker};
use std::sync::Arc;
use std::time::Duration;

struct Nobody;
impl Wake for Nobody {
    fn wake(&self, _: SessionId) {}
}

/// A disk on which a sync takes so many microseconds, as it says.
struct Slow(u64);
impl Sink for Slow {
    fn write(&self, _: &mut Vec<u8>) -> Result<(), DiskError> {
        Ok(())
    }
    fn recover(&self) -> Result<(), DiskError> {
        Ok(())
    }
    fn sync_us(&self) -> u64 {
        self.0
    }
}

const NOW: Now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };
const SYNC_US: u64 = 3000;
const HALF: Duration = Duration::from_micros(SYNC_US / 2);

/// A worker whose front commits once a round, with some sessions.
struct Scene {
    worker: Worker,
    sessions: Vec<Session>,
}

impl Scene {
    fn new(sync_us: u64, sessions: usize) -> Scene {
        let engine = Engine::default();
        engine.journal().replace_sink(Some(Arc::new(Slow(sync_us)))).expect("nothing waits");
        let mut worker = engine.worker();
        worker.confirm_by_round();
        let peer = || Peer {
            transport: Transport::Tcp,
            addr: String::new(),
            laddr: String::new(),
            fd: 0,
            local: true,
        };
        let sessions = (0..sessions)
            .map(|_| worker.open(peer(), Arc::new(Nobody), NOW).expect("there is room"))
            .collect();
        Scene { worker, sessions }
    }
    fn write(&mut self, sessions: std::ops::Range<usize>) {
        for session in &mut self.sessions[sessions] {
            self.worker.feed(session, b"SET k v\r\n", NOW);
        }
    }
    fn commit(&mut self) {
        self.worker.commit().expect("the disk takes everything");
    }
    /// Whether a round of these would be waited for; they are committed.
    fn waits_for(&mut self, sessions: std::ops::Range<usize>) -> bool {
        self.write(sessions);
        let waits = !self.worker.patience().is_zero();
        self.commit();
        waits
    }
}

#[test]
fn those_who_were_answered_last_are_waited_for() {
    let mut scene = Scene::new(SYNC_US, 8);
    assert_eq!(scene.worker.patience(), Duration::ZERO, "nobody has written");
    scene.write(0..4);
    assert_eq!(scene.worker.patience(), Duration::ZERO, "how long a sync takes is known after the first");
    scene.commit();
    scene.write(4..8);
    assert_eq!(scene.worker.patience(), HALF, "the first four are about to write again");
    scene.write(0..3);
    assert_eq!(scene.worker.patience(), HALF);
    scene.write(3..4);
    assert_eq!(scene.worker.patience(), Duration::ZERO, "all of them have come");
    scene.commit();
    scene.write(2..3);
    assert_eq!(scene.worker.patience(), HALF, "eight take turns now");
}

#[test]
fn who_writes_alone_waits_for_nobody() {
    let mut scene = Scene::new(SYNC_US, 1);
    for _ in 0..10 {
        assert!(!scene.waits_for(0..1));
    }
}

#[test]
fn without_a_sync_nobody_is_waited_for() {
    let mut scene = Scene::new(0, 8);
    for _ in 0..10 {
        assert!(!scene.waits_for(0..4));
        assert!(!scene.waits_for(4..8));
    }
}

#[test]
fn where_nobody_comes_fewer_and_fewer_rounds_are_waited_for() {
    let mut scene = Scene::new(SYNC_US, 2);
    let waited = (0..10_000).filter(|n| scene.waits_for(n % 2..n % 2 + 1)).count();
    assert!((10..200).contains(&waited), "{waited} of 10,000 rounds were waited for");
    // Once they come, they are waited for again.
    while scene.worker.patience().is_zero() {
        scene.commit();
        scene.write(0..1);
        scene.commit();
        scene.write(1..2);
    }
    for _ in 0..5 {
        scene.write(0..1);
        scene.commit();
        scene.write(1..2);
        assert_eq!(scene.worker.patience(), HALF);
        scene.write(0..1);
        scene.commit();
    }
}
