//! Host commands on their way to TypeScript.
//!
//! A call from a pump thread goes through a queue to the JS thread that has installed a handler, which answers whenever it
//! likes. A call of an in-process session is left with the calling thread: the binding finds it there as soon as the engine
//! has parked the session, and runs that thread's own handler within the same crossing ([`take_local`]).

use hematite_engine::{Engine, Host, HostCall, Protocol, SessionId, Wake};
use napi::bindgen_prelude::{Buffer, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use parking_lot::RwLock;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// Session, command, arguments, protocol version, database, and what is so of the client: 1 in process, 2 on this machine,
/// 4 the answer may come later, 8 it is in a transaction.
pub type HandlerArgs = FnArgs<(f64, String, Vec<Buffer>, u32, u32, u32)>;
/// TypeScript's handler.
pub type Handler<'env> = Function<'env, HandlerArgs, ()>;
type Remote = ThreadsafeFunction<HostCall, (), HandlerArgs, Status, false, true>;

/// A call in the form that the handler takes.
pub fn handler_args(call: HostCall) -> HandlerArgs {
    let protocol = if call.protocol == Protocol::Resp3 { 3 } else { 2 };
    let traits = [call.in_process, call.is_local, call.may_wait, call.is_in_transaction];
    let traits = traits.into_iter().enumerate().map(|(bit, is_so)| u32::from(is_so) << bit).sum();
    let args = call.args.into_iter().map(Buffer::from).collect();
    FnArgs::from((call.session as f64, call.command.to_owned(), args, protocol, call.db as u32, traits))
}

thread_local! {
    /// Calls of in-process sessions of this thread that nobody has answered yet.
    static LOCAL: RefCell<Vec<HostCall>> = const { RefCell::new(Vec::new()) };
    /// The session whose host command this thread is answering: it need not be woken.
    static ANSWERING: Cell<SessionId> = const { Cell::new(0) };
}

/// Takes the call that an in-process session of this thread is parked on.
pub fn take_local(session: SessionId) -> Option<HostCall> {
    LOCAL.with_borrow_mut(|calls| {
        let at = calls.iter().position(|call| call.session == session)?;
        Some(calls.swap_remove(at))
    })
}

/// Marks a session as being answered on this thread while `f` runs.
pub fn answering<R>(session: SessionId, f: impl FnOnce() -> R) -> R {
    let before = ANSWERING.replace(session);
    let result = f();
    ANSWERING.set(before);
    result
}

/// The engine's way to TypeScript.
#[derive(Default)]
pub struct Bridge {
    remote: RwLock<Option<Remote>>,
    engine: RwLock<Option<Engine>>,
}

impl Bridge {
    /// Says whom refusals go to.
    pub fn attach(&self, engine: Engine) {
        *self.engine.write() = Some(engine);
    }
    /// Breaks the circle of engine and bridge.
    pub fn detach(&self) {
        *self.engine.write() = None;
        *self.remote.write() = None;
    }
    /// Installs the handler for calls from other threads; it does not keep the process alive.
    pub fn install(&self, handler: &Handler<'_>) -> Result<()> {
        let builder = handler.build_threadsafe_function::<HostCall>().weak::<true>();
        *self.remote.write() = Some(builder.build_callback(|ctx| Ok(handler_args(ctx.value)))?);
        Ok(())
    }
    /// Answers a call that nobody takes.
    pub fn refuse(&self, session: SessionId, text: &str) {
        let engine = self.engine.read().clone();
        if let Some(engine) = engine {
            engine.answer(session, format!("-{text}\r\n").into_bytes());
        }
    }
}

impl Host for Bridge {
    fn call(&self, call: HostCall) {
        if call.in_process {
            return LOCAL.with_borrow_mut(|calls| calls.push(call));
        }
        let session = call.session;
        let status = match &*self.remote.read() {
            Some(remote) => remote.call(call, ThreadsafeFunctionCallMode::NonBlocking),
            None => Status::Closing,
        };
        if status != Status::Ok {
            self.refuse(session, "ERR this command needs the control plane, which is not there");
        }
    }
}

type Bell = ThreadsafeFunction<SessionId, (), FnArgs<(f64,)>, Status, false, true>;

/// Wakes in-process sessions: TypeScript is told the session's number and resumes it.
#[derive(Default)]
pub struct Waker {
    bell: RwLock<Option<Bell>>,
}

impl Waker {
    /// Installs what is called with the number of a session that should be resumed.
    pub fn install(self: &Arc<Self>, wake: &Function<'_, FnArgs<(f64,)>, ()>) -> Result<()> {
        let builder = wake.build_threadsafe_function::<SessionId>().weak::<true>();
        let bell = builder.build_callback(|ctx| Ok(FnArgs::from((ctx.value as f64,))))?;
        *self.bell.write() = Some(bell);
        Ok(())
    }
}

impl Wake for Waker {
    fn wake(&self, session: SessionId) {
        if ANSWERING.get() == session {
            return;
        }
        if let Some(bell) = &*self.bell.read() {
            bell.call(session, ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}
