//! The Linux driver: io_uring with multishot accept and receive, provided buffers, and one submission a batch.
//!
//! ```text
//!   enter: submit all sends of the last batch, wait ─► completions ─► feed from the kernel's buffers ─► settle ─┐
//!     ▲                                                                                                        │
//!     └────────────────────────── queue one send a connection ◄───────────────────────────────────────────────┘
//! ```
//!
//! **Sends on trial.** A send is queued with `MSG_DONTWAIT | MSG_WAITALL` and `CQE_SKIP_SUCCESS`: the kernel executes
//! it inside the `enter` that submits it, never arms a poll for it and never hands it to a worker, and posts a
//! completion only if it could not send everything. So when that `enter` has returned and the completions are
//! collected, every trial without a completion is done and its buffer free, at no completion's cost; and waiting for
//! one completion does not wake on one's own sends. What is left of a trial that fell short is sent by an ordinary
//! request that may wait. `probe` tests this very behaviour before the driver is chosen.
//!
//! **What is the kernel's stays put.** Output is taken out of the session (`take_output`) into the slot, and the slot
//! is given away only when nothing of it is in flight. Receive buffers live as long as the driver; its `Drop` waits
//! for the last completion, and should that not come, leaks rather than frees.

mod bell;
mod buffers;
mod pace;
mod probe;
mod ring;
mod slot;

use std::collections::VecDeque;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::mpsc;
use std::time::Duration;

use io_uring::types::{CancelBuilder, Fd};
use io_uring::{opcode, squeue};

use self::bell::EventFd;
use self::buffers::{GROUP, ReceiveBuffers};
use self::pace::{Pace, Want};
use self::ring::{Completion, Kind, Ring, tag};
use self::slot::{ListenerSlot, Sending, Slot, SparePool};
use super::{Driver, Sent};
use crate::connection::Connection;
use crate::listen::ListenerId;
use crate::mailbox::Bell;
use crate::reactor::{Reactor, Token};
use crate::service::Service;
use crate::socket::{ListenSocket, Stream};

pub(crate) use self::probe::probe;

/// Input after which a batch is cut, so that the first clients of a large one get their replies early.
const BATCH_BYTES: usize = 64 << 10;
/// Longest single send; the rest follows.
const SEND_BYTES_MAX: usize = 1 << 30;

/// See the head of the file.
pub(crate) struct UringDriver {
    ring: Ring,
    buffers: ReceiveBuffers,
    slots: Vec<Option<Slot>>,
    free: Vec<Token>,
    listeners: Vec<Option<ListenerSlot>>,
    bell: EventFd,
    /// Fresh completions, a scratch.
    fresh: Vec<Completion>,
    /// Completions that are not worked off yet.
    backlog: VecDeque<Completion>,
    /// Connections with a send on trial.
    trials: Vec<Token>,
    spares: SparePool,
    pace: Pace,
    /// Do not wait: the end of a trial has to be acted upon.
    urgent: bool,
}

impl UringDriver {
    /// To be called on the thread that will poll.
    pub(crate) fn new(receive_buffers_max: u16) -> io::Result<(Self, Box<dyn Bell>)> {
        let ring = Ring::new()?;
        let buffers = ReceiveBuffers::new(&ring, receive_buffers_max)?;
        let (bell, handle) = EventFd::new()?;
        let mut driver = UringDriver {
            ring,
            buffers,
            slots: Vec::new(),
            free: Vec::new(),
            listeners: Vec::new(),
            bell,
            fresh: Vec::new(),
            backlog: VecDeque::new(),
            trials: Vec::new(),
            spares: SparePool::default(),
            pace: Pace::default(),
            urgent: false,
        };
        driver.listen_to_bell();
        Ok((driver, Box::new(handle)))
    }

    fn listen_to_bell(&mut self) {
        let entry = self.bell.read();
        // SAFETY: the number read into is on the heap, owned by `self.bell`, and freed or leaked in `Drop`.
        unsafe { self.ring.push(entry, Kind::Bell, 0) };
    }

    fn receive(&mut self, token: Token) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        if slot.receiving || slot.closing || !slot.want_reading {
            return;
        }
        let entry = opcode::RecvMulti::new(Fd(slot.stream.descriptor()), GROUP).build();
        // SAFETY: the kernel writes to provided buffers only, which outlive the request (see `Drop`).
        unsafe { self.ring.push(entry, Kind::Receive, token) };
        slot.receiving = true;
        slot.operations += 1;
    }

    /// Queues what is left of a slot's output.
    fn queue_send(&mut self, token: Token, trial: bool) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        let left = &slot.output[slot.sent..];
        let length = left.len().min(SEND_BYTES_MAX) as u32;
        let send = opcode::Send::new(Fd(slot.stream.descriptor()), left.as_ptr(), length);
        let flags = libc::MSG_WAITALL | libc::MSG_NOSIGNAL;
        let (entry, kind) = if trial {
            let entry = send.flags(flags | libc::MSG_DONTWAIT).build();
            (entry.flags(squeue::Flags::SKIP_SUCCESS), Kind::TrialSend)
        } else {
            (send.flags(flags).build(), Kind::Send)
        };
        // SAFETY: `output` is left alone until `sending` is `Nothing` again, which `end_trials` and `on_send` see to
        // after the completions are in; the slot is not given away before.
        unsafe { self.ring.push(entry, kind, token) };
        if trial {
            slot.sending = Sending::Trial;
            self.trials.push(token);
        } else {
            slot.sending = Sending::Waiting;
            slot.operations += 1;
        }
    }

    /// Takes the completions of the last enter. Those of sends are worked off at once, so that afterwards every
    /// trial that is not marked otherwise is known to be done.
    fn collect<S: Service>(&mut self, reactor: &mut Reactor<S>) -> io::Result<()> {
        let submitted = self.ring.submitted();
        let mut fresh = std::mem::take(&mut self.fresh);
        let collected = self.ring.collect(&mut fresh);
        for completion in fresh.drain(..) {
            match completion.kind() {
                Some(Kind::TrialSend | Kind::Send) => self.on_send(reactor, completion),
                _ => self.backlog.push_back(completion),
            }
        }
        self.fresh = fresh;
        collected?;
        if submitted {
            self.end_trials(reactor);
        } else {
            self.urgent = true;
        }
        Ok(())
    }

    fn end_trials<S: Service>(&mut self, reactor: &mut Reactor<S>) {
        // `on_send` above may have queued new requests, but never new trials.
        let mut trials = std::mem::take(&mut self.trials);
        for token in trials.drain(..) {
            let Some(Some(slot)) = self.slots.get_mut(token) else { continue };
            if slot.sending == Sending::Trial {
                let bytes = slot.output.len().min(slot.sent + SEND_BYTES_MAX) - slot.sent;
                self.progress(reactor, token, bytes);
            }
        }
        self.trials = trials;
    }

    fn on_send<S: Service>(&mut self, reactor: &mut Reactor<S>, completion: Completion) {
        let token = completion.place();
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        if completion.kind() == Some(Kind::Send) {
            slot.operations -= 1;
        }
        let again = matches!(-completion.result, libc::EAGAIN | libc::EINTR);
        if completion.result > 0 || again {
            return self.progress(reactor, token, completion.result.max(0) as usize);
        }
        slot.sending = Sending::Nothing;
        self.spares.put(std::mem::take(&mut slot.output));
        reactor.failed(token);
        self.retire_if_idle(token);
    }

    /// `bytes` more have been sent: goes on with the rest, or reports the end.
    fn progress<S: Service>(&mut self, reactor: &mut Reactor<S>, token: Token, bytes: usize) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        slot.sending = Sending::Nothing;
        slot.sent += bytes;
        reactor.sent(bytes);
        if slot.sent < slot.output.len() && !slot.closing {
            return self.queue_send(token, false);
        }
        self.spares.put(std::mem::take(&mut slot.output));
        if slot.closing {
            self.retire_if_idle(token);
        } else {
            reactor.send_finished(token);
        }
    }

    fn on_receive<S: Service>(&mut self, reactor: &mut Reactor<S>, completion: Completion) -> usize {
        let token = completion.place();
        let Some(Some(slot)) = self.slots.get_mut(token) else { return 0 };
        let closing = slot.closing;
        self.pace.hear(&mut slot.heard);
        if !completion.more() {
            slot.receiving = false;
            slot.stopping = false;
            slot.operations -= 1;
        }
        let length = completion.result.max(0) as usize;
        if let Some(buffer) = completion.buffer() {
            if length > 0 && !closing {
                reactor.received(token, self.buffers.bytes(buffer, length));
            }
            self.buffers.give_back(buffer);
        }
        if closing {
            self.retire_if_idle(token);
            return length;
        }
        let go_on = match -completion.result {
            0 => {
                reactor.ended(token);
                false
            }
            libc::ENOBUFS => {
                self.buffers.grow(self.slots.len() - self.free.len());
                true
            }
            libc::ECANCELED | libc::EAGAIN | libc::EINTR => true,
            error if error > 0 => {
                reactor.failed(token);
                false
            }
            _ => true,
        };
        if !completion.more() && go_on {
            self.receive(token);
        }
        length
    }

    fn cancel(&mut self, builder: CancelBuilder, kind: Kind, place: usize) {
        // SAFETY: a cancellation points to nothing.
        unsafe { self.ring.push(opcode::AsyncCancel2::new(builder).build(), kind, place) };
    }

    fn retire_if_idle(&mut self, token: Token) {
        if let Some(place) = self.slots.get_mut(token)
            && place.as_ref().is_some_and(|slot| slot.closing && slot.idle())
        {
            *place = None;
            self.free.push(token);
        }
    }

    /// Works completions off until enough input has been fed.
    fn work<S: Service>(&mut self, reactor: &mut Reactor<S>) {
        let mut fed = 0;
        while fed < BATCH_BYTES
            && let Some(completion) = self.backlog.pop_front()
        {
            let place = completion.place();
            match completion.kind() {
                Some(Kind::Receive) => fed += self.on_receive(reactor, completion),
                Some(Kind::Accept) => self.on_accept(reactor, completion),
                Some(Kind::CancelOfConnection) => {
                    if let Some(Some(slot)) = self.slots.get_mut(place) {
                        slot.operations -= 1;
                    }
                    self.retire_if_idle(place);
                }
                Some(Kind::CancelOfListener) => {
                    if let Some(Some(listener)) = self.listeners.get_mut(place) {
                        listener.operations -= 1;
                    }
                    self.drop_listener_if_idle(place);
                }
                Some(Kind::Bell) => self.listen_to_bell(),
                Some(Kind::Send | Kind::TrialSend) | None => {}
            }
        }
    }
}

/// Accepting.
impl UringDriver {
    fn accept(&mut self, place: usize) {
        let Some(Some(listener)) = self.listeners.get_mut(place) else { return };
        if listener.accepting || listener.failed || listener.closing {
            return;
        }
        let fd = Fd(listener.socket.descriptor());
        let entry = opcode::AcceptMulti::new(fd).flags(libc::SOCK_CLOEXEC).build();
        // SAFETY: a multishot accept points to nothing.
        unsafe { self.ring.push(entry, Kind::Accept, place) };
        listener.accepting = true;
        listener.operations += 1;
    }

    fn on_accept<S: Service>(&mut self, reactor: &mut Reactor<S>, completion: Completion) {
        let place = completion.place();
        // SAFETY: a descriptor in an accept's completion is new and nobody else's.
        let fd = (completion.result >= 0).then(|| unsafe { OwnedFd::from_raw_fd(completion.result) });
        let Some(Some(listener)) = self.listeners.get_mut(place) else { return };
        if !completion.more() {
            listener.accepting = false;
            listener.operations -= 1;
        }
        if let Some(fd) = fd
            && !listener.closing
        {
            reactor.accepted(listener.id, listener.socket.stream(fd));
        }
        if let Some(error) = completion.error()
            && !listener.closing
            && !matches!(-completion.result, libc::ECONNABORTED | libc::EINTR | libc::EAGAIN)
        {
            listener.failed = true;
            reactor.accept_failed(&error);
        }
        self.accept(place);
        self.drop_listener_if_idle(place);
    }

    fn drop_listener_if_idle(&mut self, place: usize) {
        if let Some(slot) = self.listeners.get_mut(place)
            && slot.as_ref().is_some_and(|listener| listener.closing && listener.operations == 0)
            && let Some(listener) = slot.take()
        {
            drop(listener.socket);
            drop(listener.done);
        }
    }
}

impl Driver for UringDriver {
    fn poll<S: Service>(&mut self, reactor: &mut Reactor<S>, timeout: Duration) -> io::Result<()> {
        let urgent = std::mem::take(&mut self.urgent);
        if !self.backlog.is_empty() {
            // First what is here: receives that the kernel went on with now would only be read further ahead of
            // what the sessions can take.
            self.ring.submit()?;
        } else if urgent || timeout.is_zero() {
            self.ring.flush()?;
        } else {
            self.ring.wait(timeout, self.pace.want())?;
        }
        reactor.begin_batch();
        self.collect(reactor)?;
        self.pace.note(reactor.now_us());
        self.work(reactor);
        Ok(())
    }

    fn add_listener(&mut self, id: ListenerId, socket: ListenSocket) -> io::Result<()> {
        let place = self.listeners.iter().position(Option::is_none).unwrap_or(self.listeners.len());
        if place == self.listeners.len() {
            self.listeners.push(None);
        }
        self.listeners[place] = Some(ListenerSlot {
            id,
            socket,
            operations: 0,
            accepting: false,
            failed: false,
            closing: false,
            done: None,
        });
        self.accept(place);
        Ok(())
    }

    fn remove_listener(&mut self, id: ListenerId, done: Option<mpsc::Sender<()>>) {
        let named = |slot: &Option<ListenerSlot>| slot.as_ref().is_some_and(|l| l.id == id && !l.closing);
        let Some(place) = self.listeners.iter().position(named) else { return };
        let Some(listener) = &mut self.listeners[place] else { return };
        listener.closing = true;
        listener.done = done;
        if listener.accepting {
            listener.operations += 1;
            let builder = CancelBuilder::user_data(tag(Kind::Accept, place));
            self.cancel(builder, Kind::CancelOfListener, place);
        }
        self.drop_listener_if_idle(place);
    }

    fn retry_accepts(&mut self) {
        for place in 0..self.listeners.len() {
            if let Some(listener) = &mut self.listeners[place] {
                listener.failed = false;
            }
            self.accept(place);
        }
    }

    fn add_connection(&mut self, stream: Stream) -> io::Result<Token> {
        let token = self.free.pop().unwrap_or(self.slots.len());
        if token == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[token] = Some(Slot::new(stream));
        self.receive(token);
        Ok(token)
    }

    fn send<S: Service>(&mut self, token: Token, connection: &mut Connection<S>, awaited: bool) -> Sent {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return Sent::Drained(0) };
        debug_assert!(slot.sending == Sending::Nothing);
        match connection.take(self.spares.get()) {
            Ok(output) => slot.output = output,
            Err(error) => return Sent::Failed(io::Error::other(error)),
        }
        slot.sent = 0;
        if slot.output.is_empty() {
            self.spares.put(std::mem::take(&mut slot.output));
            return Sent::Drained(0);
        }
        // A codec hands out a part at a time: the rest is waiting for this one to be sent.
        self.urgent |= awaited || connection.has_output();
        self.queue_send(token, true);
        Sent::Pending(0)
    }

    fn set_reading(&mut self, token: Token, reading: bool) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        slot.want_reading = reading;
        if reading {
            // A receive that is just being cancelled starts again when it has ended.
            return self.receive(token);
        }
        self.urgent |= slot.sending == Sending::Trial;
        if slot.receiving && !slot.stopping {
            slot.stopping = true;
            slot.operations += 1;
            let builder = CancelBuilder::user_data(tag(Kind::Receive, token));
            self.cancel(builder, Kind::CancelOfConnection, token);
        }
    }

    fn close(&mut self, token: Token) {
        let Some(Some(slot)) = self.slots.get_mut(token) else { return };
        slot.closing = true;
        if slot.operations > 0 {
            slot.operations += 1;
            let builder = CancelBuilder::fd(Fd(slot.stream.descriptor())).all();
            self.cancel(builder, Kind::CancelOfConnection, token);
        }
        self.retire_if_idle(token);
    }
}

impl Drop for UringDriver {
    /// Waits until the kernel has let go of everything.
    fn drop(&mut self) {
        self.cancel(CancelBuilder::any(), Kind::CancelOfConnection, usize::MAX >> 8);
        for _ in 0..200 {
            if self.ring.operations() == 0 && self.ring.submitted() {
                return;
            }
            let entered = self.ring.wait(Duration::from_millis(10), Want::ONE);
            let collected = self.ring.collect(&mut self.fresh);
            for completion in self.fresh.drain(..).chain(self.backlog.drain(..)) {
                if completion.kind() == Some(Kind::Accept) && completion.result >= 0 {
                    // SAFETY: as in `on_accept`.
                    drop(unsafe { OwnedFd::from_raw_fd(completion.result) });
                }
            }
            if entered.is_err() || collected.is_err() {
                break;
            }
        }
        // Something is still in flight. Its memory must not be used again.
        std::mem::forget(std::mem::take(&mut self.slots));
        self.buffers.leak();
        self.bell.leak();
    }
}
