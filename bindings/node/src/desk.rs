//! Desk: one JS thread's way into an engine: its worker, its handler of host commands, what its hot functions need.
//!
//! Everything here belongs to one JS thread. JavaScript may be called while the worker is in use (a host command holds all
//! gates while its function runs), and may come back: so no cell stays borrowed across a call of JavaScript, but for the
//! worker itself within [`Desk::exclusively`], where everybody finds [`Desk::way`] instead.

use crate::clock;
use crate::core::Core;
use crate::host::{HandlerArgs, Waker};
use hematite_engine::{Exclusive, Flow, HostCall, HostedTransaction, Now, Session, SessionId, Worker};
use napi::bindgen_prelude::FunctionRef;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;

/// See the head of the file.
pub struct Desk {
    /// What all threads share.
    pub core: Arc<Core>,
    /// This thread's worker.
    worker: RefCell<Worker>,
    /// The way in while this thread holds all gates.
    exclusive: Cell<Option<NonNull<Exclusive<'static, 'static>>>>,
    /// Answers host commands of this thread's sessions.
    pub handler: RefCell<Option<FunctionRef<HandlerArgs, ()>>>,
    /// Wakes this thread's sessions.
    pub waker: Arc<Waker>,
    /// Sessions that were dropped while the worker was in use.
    leaving: RefCell<Vec<Session>>,
}

/// The worker is in use further up the stack.
#[derive(Debug)]
pub struct Busy;

impl Desk {
    /// A desk for the calling thread.
    pub fn new(core: Arc<Core>) -> Rc<Desk> {
        let worker = RefCell::new(core.engine.worker());
        Rc::new(Desk {
            core,
            worker,
            exclusive: Cell::new(None),
            handler: RefCell::new(None),
            waker: Arc::default(),
            leaving: RefCell::default(),
        })
    }

    /// Executes one command: through the worker, or within what this thread holds for itself.
    #[inline]
    pub fn call(&self, session: &mut Session, args: &[&[u8]], now: Now) -> Result<Flow, Busy> {
        if let Some(mut way) = self.exclusive.get() {
            // SAFETY: it points to the argument of the closure in `exclusively`, which is further up this thread's stack; no
            // other reference to it is in use, since the engine never calls back.
            return Ok(unsafe { way.as_mut() }.call(session, args, now));
        }
        Ok(self.worker.try_borrow_mut().map_err(|_| Busy)?.call(session, args, now))
    }

    /// Executes several commands; how many were.
    pub fn call_batch(
        &self,
        session: &mut Session,
        args: &[&[u8]],
        ends: &[usize],
        now: Now,
    ) -> Result<usize, Busy> {
        if let Some(mut way) = self.exclusive.get() {
            // SAFETY: as in `call`.
            return Ok(unsafe { way.as_mut() }.call_batch(session, args, ends, now));
        }
        Ok(self.worker.try_borrow_mut().map_err(|_| Busy)?.call_batch(session, args, ends, now))
    }

    /// Uses the worker, unless it is in use.
    pub fn with_worker<R>(&self, f: impl FnOnce(&mut Worker) -> R) -> Result<R, Busy> {
        let mut worker = self.worker.try_borrow_mut().map_err(|_| Busy)?;
        for session in self.leaving.borrow_mut().drain(..) {
            worker.close(session, clock::now());
        }
        Ok(f(&mut worker))
    }

    /// Runs `f` while nobody else executes anything; nested calls run within the outermost.
    pub fn exclusively<R>(&self, f: impl FnOnce() -> R) -> Result<R, Busy> {
        if self.exclusive.get().is_some() {
            return Ok(f());
        }
        let mut worker = self.worker.try_borrow_mut().map_err(|_| Busy)?;
        Ok(worker.exclusively(|way| {
            self.exclusive.set(Some(NonNull::from(way).cast()));
            let result = f();
            self.exclusive.set(None);
            result
        }))
    }

    /// Runs a transaction that was handed over, as one operation; `answer` answers its commands of the control plane.
    pub fn transact(&self, id: SessionId, mut answer: impl FnMut(HostCall) -> Vec<u8>) {
        let engine = &self.core.engine;
        let Some(mut hosted) = engine.take_transaction(id) else { return };
        let now = clock::now();
        let mut run = |hosted: &mut HostedTransaction| {
            let mut reply = None;
            while let Some(mut way) = self.exclusive.get() {
                // SAFETY: as in `call`; the reference is gone before JavaScript is called.
                match unsafe { way.as_mut() }.advance(hosted, reply.take(), now) {
                    Some(call) => reply = Some(answer(call)),
                    None => break,
                }
            }
        };
        if self.exclusive.get().is_some() {
            run(&mut hosted);
        } else if let Ok(mut worker) = self.worker.try_borrow_mut() {
            let ran = worker.exclusively_unless_busy(|way| {
                self.exclusive.set(Some(NonNull::from(way).cast()));
                run(&mut hosted);
                self.exclusive.set(None);
            });
            match ran {
                Some(()) => worker.confirm_transaction(&mut hosted),
                None => hosted.refuse(engine, None),
            }
        } else {
            hosted.refuse(engine, Some("ERR the engine is in use by a call that has not returned"));
        }
        if let Some(left) = engine.return_transaction(hosted) {
            self.close(left);
        }
    }

    /// Whether this thread holds all gates.
    pub fn is_exclusive(&self) -> bool {
        self.exclusive.get().is_some()
    }

    /// Has the journal confirm what was written within [`Desk::exclusively`], once its outermost call is over; an error is the
    /// system's reason.
    pub fn commit(&self) -> Result<(), String> {
        if self.exclusive.get().is_some() {
            return Ok(());
        }
        let Ok(mut worker) = self.worker.try_borrow_mut() else { return Ok(()) };
        worker.commit().map_err(|error| format!("MISCONF Errors writing to the AOF file: {}", error.0))
    }

    /// Ends a session, at once or as soon as the worker is free.
    pub fn close(&self, session: Session) {
        match self.worker.try_borrow_mut() {
            Ok(mut worker) => worker.close(session, clock::now()),
            Err(_) => self.leaving.borrow_mut().push(session),
        }
    }
}
