//! Lane: a session without a socket, as its JS thread holds it.

use crate::arguments::Arena;
use crate::clock;
use crate::desk::{Busy, Desk};
use crate::host;
use crate::reply::Makers;
use hematite_engine::{Flow, Peer, Session, Transport};
use napi::bindgen_prelude::Env;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Reply buffers up to this size are kept for the next call, bytes.
const KEEP_MAX: usize = 64 << 10;

/// See the head of the file.
pub struct Lane {
    /// Its thread's desk.
    pub desk: Rc<Desk>,
    /// What makes JS values that N-API has no function for.
    pub makers: Rc<Makers>,
    session: RefCell<Option<Session>>,
    /// Arguments on their way in.
    pub arena: RefCell<Arena>,
    /// A reply buffer to be used again.
    spare: Cell<Vec<u8>>,
    /// Bytes fed while the worker was in use.
    held: RefCell<Vec<u8>>,
    /// What the engine said last.
    flow: Cell<Flow>,
    /// Its number.
    pub id: u64,
}

/// Why a call came to nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The worker, or this session, is in use further up the stack.
    Busy,
    /// The session has ended.
    Ended,
    /// The handler of host commands has thrown; the exception is pending.
    Thrown,
}

impl From<Busy> for Refusal {
    fn from(_: Busy) -> Refusal {
        Refusal::Busy
    }
}

impl Lane {
    /// Opens a session. An error is the engine's text.
    pub fn open(desk: &Rc<Desk>, makers: &Rc<Makers>, name: &str) -> Result<Lane, String> {
        let (addr, laddr) = (name.to_owned(), name.to_owned());
        let peer = Peer { transport: Transport::InProcess, addr, laddr, fd: -1, local: true };
        let waker = desk.waker.clone();
        let opened = desk.with_worker(|worker| worker.open(peer, waker, clock::now()));
        let session = opened
            .map_err(|_| "a session can't be opened while a host command runs".to_owned())?
            .map_err(|refusal| String::from_utf8_lossy(&refusal).trim_end().to_owned())?;
        let id = session.id();
        Ok(Lane {
            desk: Rc::clone(desk),
            makers: Rc::clone(makers),
            session: RefCell::new(Some(session)),
            arena: RefCell::default(),
            spare: Cell::default(),
            held: RefCell::default(),
            flow: Cell::new(Flow::CONTINUE),
            id,
        })
    }

    /// Uses the session.
    pub fn with_session<R>(&self, f: impl FnOnce(&mut Session) -> R) -> Result<R, Refusal> {
        let mut session = self.session.try_borrow_mut().map_err(|_| Refusal::Busy)?;
        Ok(f(session.as_mut().ok_or(Refusal::Ended)?))
    }

    /// Executes one command, host commands included; the reply is in the output.
    #[inline]
    pub fn call(&self, env: &Env, args: &[&[u8]]) -> Result<(), Refusal> {
        let now = clock::now();
        let flow = self.with_session(|session| self.desk.call(session, args, now))??;
        self.flow.set(flow);
        if flow != Flow::CONTINUE { self.settle(env) } else { Ok(()) }
    }

    /// Executes several commands.
    pub fn call_batch(&self, env: &Env, args: &[&[u8]], ends: &[usize]) -> Result<(), Refusal> {
        let now = clock::now();
        let (mut done, mut from) = (0, 0);
        let mut rest: Vec<usize> = ends.to_vec();
        loop {
            done +=
                self.with_session(|session| self.desk.call_batch(session, &args[from..], &rest, now))??;
            if done == ends.len() || self.with_session(|s| !s.awaits_host())? {
                return self.settle(env);
            }
            self.settle(env)?;
            from = ends[done - 1];
            rest = ends[done..].iter().map(|end| end - from).collect();
        }
    }

    /// Takes bytes of requests; [`Lane::flow`] says how to go on.
    pub fn feed(&self, env: &Env, bytes: &[u8]) -> Result<(), Refusal> {
        let now = clock::now();
        let fed = self.with_session(|s| self.desk.with_worker(|worker| worker.feed(s, bytes, now)))?;
        match fed {
            Ok(flow) => self.flow.set(flow),
            // A host command's function runs; the bytes wait until the session is resumed.
            Err(Busy) => {
                self.held.borrow_mut().extend_from_slice(bytes);
                return Ok(());
            }
        }
        self.settle_fed(env)
    }

    /// Goes on after a wake or a stall.
    pub fn resume(&self, env: &Env) -> Result<(), Refusal> {
        let now = clock::now();
        let held = std::mem::take(&mut *self.held.borrow_mut());
        let resumed = self.with_session(|session| {
            self.desk.with_worker(|worker| {
                let flow = worker.resume(session, now);
                if held.is_empty() { flow } else { worker.feed(session, &held, now) }
            })
        })?;
        match resumed {
            Ok(flow) => self.flow.set(flow),
            Err(Busy) => {
                *self.held.borrow_mut() = held;
                return Ok(());
            }
        }
        self.settle_fed(env)
    }

    /// Whether bytes wait for the end of a host command's function.
    pub fn holds(&self) -> bool {
        !self.held.borrow().is_empty()
    }

    fn settle_fed(&self, env: &Env) -> Result<(), Refusal> {
        while self.answer_host(env)? {
            let now = clock::now();
            let resumed = self.with_session(|s| self.desk.with_worker(|worker| worker.resume(s, now)))?;
            self.flow.set(resumed?);
        }
        Ok(())
    }

    /// Has a host command answered that the session is parked on, and takes the reply.
    fn settle(&self, env: &Env) -> Result<(), Refusal> {
        if self.answer_host(env)? {
            let flow = self.with_session(|session| session.receive())?;
            self.flow.set(flow);
        }
        Ok(())
    }

    /// Runs this thread's handler if the session waits for it; whether there may be a reply now.
    fn answer_host(&self, env: &Env) -> Result<bool, Refusal> {
        if !self.with_session(|session| session.awaits_host())? {
            return Ok(false);
        }
        let Some(call) = host::take_local(self.id) else { return Ok(false) };
        // The handler is taken out of its cell first: it may install another one.
        let handler = match &*self.desk.handler.borrow() {
            Some(handler) => handler.borrow_back(env).map_err(|_| Refusal::Thrown)?,
            None => {
                let text =
                    "ERR this command is answered by another thread, so it can't be called from this one";
                host::answering(self.id, || self.desk.core.bridge.refuse(self.id, text));
                return Ok(true);
            }
        };
        let args = host::handler_args(call);
        host::answering(self.id, || handler.call(args)).map_err(|_| Refusal::Thrown)?;
        Ok(true)
    }

    /// Takes the output.
    pub fn take_output(&self) -> Result<Vec<u8>, Refusal> {
        self.with_session(|session| session.take_output(self.spare.take()))
    }

    /// Gives a buffer back that [`Lane::take_output`] has handed out.
    pub fn recycle(&self, mut buffer: Vec<u8>) {
        if buffer.capacity() <= KEEP_MAX {
            buffer.clear();
            self.spare.set(buffer);
        }
    }

    /// What the engine said last.
    pub fn flow(&self) -> Flow {
        self.flow.get()
    }

    /// Ends the session.
    pub fn close(&self) {
        // A session in use is closed with its lane.
        if let Ok(mut session) = self.session.try_borrow_mut()
            && let Some(session) = session.take()
        {
            host::take_local(self.id);
            self.desk.close(session);
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.close();
    }
}
