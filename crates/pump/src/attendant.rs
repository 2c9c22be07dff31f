//! Attendant: serves the other connections of a thread while a program runs for long.
//!
//! ```text
//!   thread's stack          program's stack
//!   feed ── Flow::APART
//!     worker, session ────► Worker::run_apart ── program ── ends: worker and session come back at once (the usual case)
//!                                                   │ busy
//!   feed returns PARKED ◄─────────────── pause ─────┘
//!   round of the reactor: spare worker, stand-in session
//!   go_on ────────────────────────────► a slice of the program ── pause ...
//! ```
//!
//! Everything that the program uses is moved to its stack before it begins, so nothing on the thread's stack refers to it while
//! it pauses. There is one such stack a thread, made when the first program comes; only the pages that were used take memory.

use std::io::IoSlice;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use hematite_engine::{Engine, Flow, Now, Peer, Session, SessionId, Wake, Worker};

use crate::service::Service;

/// Size of the stack that programs run on, bytes. What recurses is bounded, but deep in builds with checks.
const STACK_BYTES: usize = 8 << 20;

/// What a program's stack is given.
struct Job {
    worker: Box<Worker>,
    session: Session,
    now: Now,
}

/// What comes back from it.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every step is a `Done`; a box would be an allocation a script"
)]
enum Step {
    /// The program pauses.
    Pause,
    /// It has ended, or panicked.
    Done(Box<Worker>, Session, thread::Result<Flow>),
}

type Stage = Coroutine<Option<Job>, Step, ()>;

/// The way back from a program's stack, for the worker that runs there.
struct Way(*const Yielder<Option<Job>, Step>);

// SAFETY: it is used on the stack that it leads away from, thus on one thread.
unsafe impl Send for Way {}

impl Way {
    fn pause(&self) {
        // SAFETY: the worker calls this from within `run_apart`, which runs on the stack that the yielder belongs to and that is
        // alive meanwhile (see `perform`).
        unsafe { (*self.0).suspend(Step::Pause) };
    }
}

/// Runs one job after the other on a stack of its own, until it is given none.
fn perform(way: &Yielder<Option<Job>, Step>, mut next: Option<Job>) {
    let mut back = Some(Way(way));
    while let Some(Job { mut worker, mut session, now }) = next {
        // It is the same worker each time.
        if let Some(back) = back.take() {
            worker.serve_meanwhile(Box::new(move || {
                // The whole of it is captured, since a part would not be `Send`.
                let back = &back;
                back.pause();
            }));
        }
        let flow = catch_unwind(AssertUnwindSafe(|| worker.run_apart(&mut session, now)));
        next = way.suspend(Step::Done(worker, session, flow));
    }
}

/// A thread's share of an engine: its worker, and what it takes to serve others while that runs a program.
pub(crate) struct Attendant {
    /// Away while a program pauses.
    worker: Option<Box<Worker>>,
    /// Serves meanwhile. There from the first program on: it could not be made while one runs.
    spare: Option<Box<Worker>>,
    stage: Option<Stage>,
    /// The session whose program pauses; the connection holds its stand-in.
    away: Option<SessionId>,
    engine: Engine,
}

/// A worker whose replies are confirmed once a round.
fn worker_of(engine: &Engine) -> Box<Worker> {
    let mut worker = Box::new(engine.worker());
    worker.confirm_by_round();
    worker
}

impl Attendant {
    pub(crate) fn new(engine: Engine) -> Attendant {
        let mut worker = worker_of(&engine);
        worker.offer_apart();
        Attendant { worker: Some(worker), spare: None, stage: None, away: None, engine }
    }

    /// The worker that serves at present.
    #[inline]
    fn present(&mut self) -> &mut Worker {
        match &mut self.worker {
            Some(worker) => worker,
            None => self.spare.as_mut().expect("a spare worker is made before a program begins"),
        }
    }

    /// Follows a flow: what asks to run apart does.
    #[inline]
    fn follow(&mut self, session: &mut Session, flow: Flow, now: Now) -> Flow {
        if flow.has(Flow::APART) { self.run(session, now) } else { flow }
    }

    #[cold]
    fn run(&mut self, session: &mut Session, now: Now) -> Flow {
        let Some(worker) = self.worker.take() else { return Flow::PARKED };
        self.spare.get_or_insert_with(|| worker_of(&self.engine));
        let stage = match &mut self.stage {
            Some(stage) => stage,
            none => {
                let stack = DefaultStack::new(STACK_BYTES).expect("address space for a stack");
                none.insert(Coroutine::with_stack(stack, perform))
            }
        };
        // Replies to what came before need not wait for the program, unless they wait for the journal.
        let is_confirmed = worker.is_confirmed();
        let stand_in = session.stand_in(is_confirmed);
        let job = Job { worker, session: std::mem::replace(session, stand_in), now };
        match Self::step(stage, Some(job)) {
            Step::Pause => {
                self.away = Some(session.id());
                if !is_confirmed {
                    // What others have written in this round is to be committed before they are answered.
                    self.present().take_over_round();
                }
                Flow::PARKED
            }
            Step::Done(worker, back, flow) => {
                self.worker = Some(worker);
                let stand_in = std::mem::replace(session, back);
                session.rejoin(stand_in);
                flow.unwrap_or_else(|panic| resume_unwind(panic))
            }
        }
    }

    fn step(stage: &mut Stage, job: Option<Job>) -> Step {
        match stage.resume(job) {
            CoroutineResult::Yield(step) => step,
            CoroutineResult::Return(()) => {
                unreachable!("it ends only when nothing is given to it while it idles")
            }
        }
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        let Some(mut stage) = self.stage.take() else { return };
        // A program's stack is not unwound from outside: the program is told to end, and comes to its end.
        while self.away.is_some() {
            self.present().end_program();
            if let Step::Done(mut worker, session, _) = Self::step(&mut stage, None) {
                worker.close(session, Now { unix_ms: 0, mono_us: 0 });
                self.away = None;
            }
        }
        stage.resume(None);
    }
}

impl Service for Attendant {
    type Session = Session;

    fn open(&mut self, peer: Peer, waker: Arc<dyn Wake>, now: Now) -> Result<Session, Vec<u8>> {
        self.present().open(peer, waker, now)
    }
    #[inline]
    fn feed(&mut self, session: &mut Session, bytes: &[u8], now: Now) -> Flow {
        let flow = self.present().feed(session, bytes, now);
        self.follow(session, flow, now)
    }
    fn trust(&mut self, session: &mut Session, user: &[u8]) -> bool {
        self.present().trust(session, user)
    }
    fn resume(&mut self, session: &mut Session, now: Now) -> Flow {
        let flow = self.present().resume(session, now);
        self.follow(session, flow, now)
    }
    fn tick(&mut self, session: &mut Session, now: Now) -> Flow {
        self.present().tick(session, now)
    }
    fn patience(&mut self) -> Duration {
        self.present().patience()
    }
    fn commit(&mut self) -> bool {
        self.present().commit().is_ok()
    }
    fn respite(&mut self) -> Duration {
        self.present().respite()
    }
    fn withdraw(&mut self, session: &mut Session) {
        self.present().withdraw(session);
    }
    fn close(&mut self, session: Session, now: Now) {
        // A stand-in has nothing to close: the session itself will be, once its program has ended.
        if self.away != Some(session.id()) {
            self.present().close(session, now);
        }
    }
    fn cron(&mut self, now: Now) {
        match &mut self.worker {
            Some(worker) => worker.cron(now),
            None => self.present().keep_time(now),
        }
    }
    fn next_deadline_us(&self) -> Option<u64> {
        self.worker.as_ref().or(self.spare.as_ref())?.next_deadline_us()
    }
    fn is_engaged(&self) -> bool {
        self.away.is_some()
    }
    fn go_on(&mut self) -> Option<(Session, Flow)> {
        let stage = self.stage.as_mut().filter(|_| self.away.is_some())?;
        match Self::step(stage, None) {
            Step::Pause => None,
            Step::Done(worker, session, flow) => {
                self.worker = Some(worker);
                self.away = None;
                // Whose program has panicked hangs up.
                Some((session, flow.unwrap_or(Flow::KILL)))
            }
        }
    }
    fn rejoin(&mut self, session: &mut Session, stand_in: Session, flow: Flow, now: Now) -> Flow {
        session.rejoin(stand_in);
        match flow {
            Flow::CONTINUE => self.resume(session, now),
            _ => self.follow(session, flow, now),
        }
    }
    fn id(session: &Session) -> SessionId {
        session.id()
    }
    fn answers_after_end(_: &Session) -> bool {
        // As in the reference, where only blocked clients ever wait.
        false
    }
    fn output_len(session: &Session) -> usize {
        session.output_len()
    }
    fn output_slices<'a>(session: &'a Session, slices: &mut [IoSlice<'a>]) -> usize {
        session.output_slices(slices)
    }
    fn consume_output(session: &mut Session, n: usize) {
        session.consume_output(n);
    }
    fn take_output(session: &mut Session, spare: Vec<u8>) -> Vec<u8> {
        session.take_output(spare)
    }
}
