//! Direct: commands that come as arguments instead of bytes, from the thread that owns the session.
//!
//! What is embedded has its arguments already; it need not write a request only to have it parsed. The gates, the order and
//! the replies are those of [`Worker::feed`]. [`Worker::exclusively`] is how a command written outside of the engine runs as
//! one atomic operation: all gates are held while it calls what it needs.

use crate::batch::{self, COMMANDS_MAX, Planned};
use crate::dispatch::Chance;
use crate::engine::Shared;
use crate::flow::{Flow, Now};
use crate::gate::Turn;
use crate::registry::Message;
use crate::session::{Parked, Session};
use crate::worker::{Local, Worker};
use std::sync::atomic::Ordering::Relaxed;

/// The whole keyspace for one caller: nobody else runs a command until the closure of [`Worker::exclusively`] returns.
pub struct Exclusive<'e, 'g> {
    pub(crate) shared: &'e Shared,
    pub(crate) local: &'e mut Local,
    pub(crate) turn: &'e mut Turn<'g>,
}

impl Worker {
    /// Executes one command; its reply joins the session's output. A session that is held, or that has bytes waiting, keeps
    /// the command for later, as with [`Worker::feed`].
    #[inline]
    pub fn call(&mut self, session: &mut Session, args: &[&[u8]], now: Now) -> Flow {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        let flow = Exclusive { shared, local, turn: &mut turn }.call(session, args, now);
        drop(turn);
        self.confirm(session);
        flow
    }

    /// Executes several commands in order: the arguments of command n end at `ends[n]`. Returns how many were executed: fewer
    /// than there are if the session was parked or ended by the last of them. The output may grow without bound.
    pub fn call_batch(&mut self, session: &mut Session, args: &[&[u8]], ends: &[usize], now: Now) -> usize {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        let done = Exclusive { shared, local, turn: &mut turn }.call_batch(session, args, ends, now);
        drop(turn);
        self.confirm(session);
        done
    }

    /// Runs `f` while no other worker executes anything. Others wait at the begin of their next batch, so `f` should be
    /// short. It must not use this worker otherwise, nor open or drop a worker of the same engine. What `f` writes is one group
    /// of the journal, and is not confirmed when this returns: see [`Worker::commit`].
    pub fn exclusively<R>(&mut self, f: impl FnOnce(&mut Exclusive<'_, '_>) -> R) -> R {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        let mut turn = Turn::begin(gate);
        turn.with_everything(&shared.gates, |turn| Exclusive { shared, local, turn }.run(f))
    }

    /// As [`Worker::exclusively`]; `None`, and `f` was not called, if a program that has run for long is in the way.
    pub fn exclusively_unless_busy<R>(&mut self, f: impl FnOnce(&mut Exclusive<'_, '_>) -> R) -> Option<R> {
        let Worker { shared, gate, local } = self;
        local.refresh(shared);
        let mut turn = Turn::begin_unless_busy(gate, &shared.running);
        if turn.is_refused() {
            return None;
        }
        turn.with_everything_unless_busy(&shared.gates, &shared.running, |turn| {
            Exclusive { shared, local, turn }.run(f)
        })
    }
}

impl<'g> Exclusive<'_, 'g> {
    /// Runs `f` as one group of the journal, and serves those who waited for what it touched.
    fn run<R>(mut self, f: impl FnOnce(&mut Exclusive<'_, 'g>) -> R) -> R {
        let result = {
            let _group = self.shared.journal.group();
            f(&mut self)
        };
        if !self.local.ready.is_empty() && !self.local.is_in_transaction {
            Chance::new(self.shared, self.local, self.local.last, self.turn).serve();
        }
        result
    }
}

impl Exclusive<'_, '_> {
    /// As [`Worker::call`].
    #[inline]
    pub fn call(&mut self, session: &mut Session, args: &[&[u8]], now: Now) -> Flow {
        if session.is_held() || !session.query.is_empty() {
            keep(session, args);
            return flow_of(session);
        }
        session.card.active_ms.store(now.unix_ms, Relaxed);
        let Exclusive { shared, local, turn } = self;
        local.last = now;
        let mut planned = [Planned::new((0, args.len()), 0)];
        batch::plan(shared, session.db, args, &mut planned);
        local.timer.begin(shared.options.clock_ns);
        let done = Chance::new(shared, local, now, turn).run(session, args, &planned);
        local.timer.end(&local.statistics, shared.options.clock_ns);
        if !local.pending.changed.is_empty() {
            local.broadcast(shared, Some(session));
        }
        if done == 0 {
            keep(session, args);
        }
        flow_of(session)
    }

    /// As [`Worker::call_batch`].
    pub fn call_batch(&mut self, session: &mut Session, args: &[&[u8]], ends: &[usize], now: Now) -> usize {
        let mut planned: Vec<Planned> = Vec::with_capacity(ends.len().min(COMMANDS_MAX));
        let (mut done, mut from) = (0, 0);
        session.card.active_ms.store(now.unix_ms, Relaxed);
        while done < ends.len() && !session.is_held() && session.query.is_empty() {
            planned.clear();
            for end in &ends[done..ends.len().min(done + COMMANDS_MAX)] {
                planned.push(Planned::new((from, *end), 0));
                from = *end;
            }
            let Exclusive { shared, local, turn } = self;
            batch::plan(shared, session.db, args, &mut planned);
            local.timer.begin(shared.options.clock_ns);
            let ran = Chance::new(shared, local, now, turn).run(session, args, &planned);
            local.timer.end(&local.statistics, shared.options.clock_ns);
            done += ran;
            if ran == 0 {
                break;
            }
            // It may have stopped early since the output has grown: there is nobody else to take it meanwhile.
            from = ends[done - 1];
        }
        if !self.local.pending.changed.is_empty() {
            self.local.broadcast(self.shared, Some(session));
        }
        done
    }
}

/// What the caller is told.
#[inline]
fn flow_of(session: &Session) -> Flow {
    match session.parked {
        _ if session.ending != Flow::CONTINUE => session.ending,
        Some(_) => Flow::PARKED,
        None => Flow::CONTINUE,
    }
}

/// Leaves a command in the query, as the bytes that say it.
#[cold]
pub(crate) fn keep(session: &mut Session, args: &[&[u8]]) {
    if session.ending != Flow::CONTINUE {
        return;
    }
    let mut frame = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        frame.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        frame.extend_from_slice(arg);
        frame.extend_from_slice(b"\r\n");
    }
    session.query.push(&frame, 0);
}

impl Session {
    /// Whether the session waits for the control plane's reply to a host command.
    pub fn awaits_host(&self) -> bool {
        matches!(self.parked, Some(Parked::Host { .. }))
    }

    /// Takes what was sent to the session from elsewhere, without executing anything: how a caller of [`Worker::call`]
    /// gets the reply to a host command.
    pub fn receive(&mut self) -> Flow {
        for message in self.card.mail() {
            match message {
                Message::Reply(bytes) => {
                    if let Some(
                        Parked::Host { is_silent }
                        | Parked::Blocked { is_silent }
                        | Parked::Durability { is_silent },
                    ) = self.parked
                    {
                        self.parked = None;
                        if !is_silent {
                            self.output.buffer().extend_from_slice(&bytes);
                        }
                    }
                }
                Message::Push(bytes) => self.output.buffer().extend_from_slice(&bytes),
                Message::GoOn => {
                    if matches!(self.parked, Some(Parked::Pause)) {
                        self.parked = None;
                    }
                }
                Message::Return(session) => self.return_in_place(session),
                Message::Kill => self.ending = Flow::KILL,
            }
        }
        flow_of(self)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Engine, HostCommand, Now, Peer, Protocol, SessionId, Transport, Wake};
    use std::sync::Arc;

    struct Nobody;
    impl Wake for Nobody {
        fn wake(&self, _: SessionId) {}
    }
    const NOW: Now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };

    fn peer() -> Peer {
        let nowhere = String::new();
        let (addr, laddr) = (nowhere.clone(), nowhere);
        Peer { transport: Transport::InProcess, addr, laddr, fd: -1, local: true }
    }

    #[test]
    fn a_call_replies_as_its_bytes_would() {
        let engine = Engine::default();
        let mut worker = engine.worker();
        let mut session = worker.open(peer(), Arc::new(Nobody), NOW).expect("it may open");
        worker.call(&mut session, &[b"SET", b"k", b"v"], NOW);
        worker.call(&mut session, &[b"get", b"k"], NOW);
        worker.call(&mut session, &[b"get"], NOW);
        assert_eq!(
            session.take_output(Vec::new()),
            b"+OK\r\n$1\r\nv\r\n-ERR wrong number of arguments for 'get' command\r\n"
        );
        session.set_protocol(Protocol::Resp3);
        assert_eq!(worker.call_batch(&mut session, &[b"GET", b"k", b"GET", b"nil"], &[2, 4], NOW), 2);
        assert_eq!(session.take_output(Vec::new()), b"$1\r\nv\r\n_\r\n");
    }

    #[test]
    fn nobody_else_runs_while_one_is_exclusive() {
        let engine = Engine::default();
        let mut worker = engine.worker();
        let mut session = worker.open(peer(), Arc::new(Nobody), NOW).expect("it may open");
        let other = engine.clone();
        let (ready, go) = std::sync::mpsc::channel();
        let writer = worker.exclusively(|all| {
            let writer = std::thread::spawn(move || {
                let mut session_worker = {
                    // A worker can't be made while the gates are held.
                    go.recv().expect("the other side is there");
                    other.worker()
                };
                let mut session = session_worker.open(peer(), Arc::new(Nobody), NOW).expect("it may open");
                session_worker.call(&mut session, &[b"SET", b"k", b"theirs"], NOW);
            });
            ready.send(()).expect("the thread is there");
            all.call(&mut session, &[b"SET", b"k", b"mine"], NOW);
            std::thread::sleep(std::time::Duration::from_millis(20));
            all.call(&mut session, &[b"GET", b"k"], NOW);
            writer
        });
        writer.join().expect("it did not panic");
        assert_eq!(session.take_output(Vec::new()), b"+OK\r\n$4\r\nmine\r\n");
    }

    #[test]
    fn commands_can_be_added_and_removed() {
        let engine = Engine::default();
        let mut worker = engine.worker();
        let mut session = worker.open(peer(), Arc::new(Nobody), NOW).expect("it may open");
        let hello = |arity| HostCommand { name: "Hello.Me".into(), arity, ..HostCommand::default() };
        engine.define(hello(2)).expect("it is new");
        engine.define(hello(1)).expect("it may be replaced");
        assert!(engine.define(HostCommand { name: "get".into(), ..HostCommand::default() }).is_err());
        worker.call(&mut session, &[b"HELLO.me", b"x"], NOW);
        assert_eq!(
            session.take_output(Vec::new()),
            b"-ERR wrong number of arguments for 'hello.me' command\r\n"
        );
        assert!(engine.undefine("hello.me"));
        worker.call(&mut session, &[b"hello.me"], NOW);
        assert!(session.take_output(Vec::new()).starts_with(b"-ERR unknown command 'hello.me'"));
    }
}
