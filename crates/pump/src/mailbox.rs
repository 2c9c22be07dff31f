//! How other threads reach a pump thread: a queue of wakes and messages, and a bell that is rung only when the
//! thread sleeps.
//!
//! ```text
//!             before waiting: RUNNING → SLEEPING (or do not wait)
//!   RUNNING ◄──────────────────────────────────────────────► SLEEPING ── post: ring the bell
//!      ▲  post: no bell, the thread looks before it sleeps       │
//!      └────────── after waiting ── NOTIFIED ◄── post ───────────┘
//! ```
//!
//! A post first puts its entry into the queue and then swaps the state to NOTIFIED; the thread swaps it back to
//! RUNNING before it empties the queue. So an entry is either seen in this round or its NOTIFIED is.

use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::time::Instant;

use hematite_engine::{SessionId, Wake};

use crate::listen::{ListenSource, ListenerId};
use crate::socket::{ListenSocket, Stream};

const RUNNING: u8 = 0;
const SLEEPING: u8 = 1;
const NOTIFIED: u8 = 2;

/// Wakes in the queue beyond which doubles are removed.
const WAKES_COMPACT: usize = 1024;

/// What other threads ask of a pump thread.
pub(crate) enum Message {
    /// A connection accepted elsewhere.
    Connection(Stream, Arc<ListenSource>),
    /// Accept on this socket from now on.
    Listen(ListenSocket, Arc<ListenSource>),
    /// Close a listener; the sender is dropped once its socket is closed.
    Unlisten(ListenerId, mpsc::Sender<()>),
    /// Flush and close everything until then, then end.
    Shutdown(Instant),
}

/// Gets a thread out of its wait.
pub(crate) trait Bell: Send + Sync {
    fn ring(&self);
}

#[derive(Default)]
struct Queue {
    wakes: Vec<SessionId>,
    messages: Vec<Message>,
    /// The thread has ended: nothing is kept any more.
    closed: bool,
}

/// One pump thread's mailbox.
#[derive(Default)]
pub(crate) struct Mailbox {
    queue: Mutex<Queue>,
    state: AtomicU8,
    /// Set by the thread's driver before it first sleeps.
    bell: OnceLock<Box<dyn Bell>>,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing that can panic runs under this lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self) {
        if self.state.swap(NOTIFIED, SeqCst) == SLEEPING
            && let Some(bell) = self.bell.get()
        {
            bell.ring();
        }
    }

    pub(crate) fn set_bell(&self, bell: Box<dyn Bell>) {
        let _ = self.bell.set(bell);
    }

    pub(crate) fn post(&self, message: Message) {
        let mut queue = self.lock();
        if queue.closed {
            return;
        }
        queue.messages.push(message);
        drop(queue);
        self.notify();
    }

    /// The thread has ended. What is in the queue, and what is still posted, is dropped.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        let (wakes, messages) = (std::mem::take(&mut queue.wakes), std::mem::take(&mut queue.messages));
        drop(queue);
        drop((wakes, messages));
    }

    /// Whether the thread may wait; after `true`, posts ring the bell.
    pub(crate) fn may_sleep(&self) -> bool {
        self.state.compare_exchange(RUNNING, SLEEPING, SeqCst, SeqCst).is_ok()
    }

    /// Ends the sleep; moves what has been posted into the two lists (which are empty) and tells whether there may
    /// be anything. Wakes come out sorted and without doubles.
    pub(crate) fn collect(&self, wakes: &mut Vec<SessionId>, messages: &mut Vec<Message>) -> bool {
        if self.state.swap(RUNNING, SeqCst) != NOTIFIED {
            return false;
        }
        {
            let mut queue = self.lock();
            std::mem::swap(&mut queue.wakes, wakes);
            std::mem::swap(&mut queue.messages, messages);
        }
        wakes.sort_unstable();
        wakes.dedup();
        true
    }
}

impl Wake for Mailbox {
    fn wake(&self, session: SessionId) {
        {
            let mut queue = self.lock();
            if queue.closed || queue.wakes.last() == Some(&session) {
                return; // Still in the queue, so its notice is still to be seen.
            }
            if queue.wakes.len() >= WAKES_COMPACT && queue.wakes.len() == queue.wakes.capacity() {
                queue.wakes.sort_unstable();
                queue.wakes.dedup();
            }
            queue.wakes.push(session);
        }
        self.notify();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    struct Count(Arc<AtomicUsize>);
    impl Bell for Count {
        fn ring(&self) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn rings_only_a_sleeper_and_only_once() {
        let rings = Arc::new(AtomicUsize::new(0));
        let mailbox = Mailbox::default();
        mailbox.set_bell(Box::new(Count(rings.clone())));
        mailbox.wake(7);
        assert_eq!(rings.load(SeqCst), 0);
        assert!(!mailbox.may_sleep());
        let (mut wakes, mut messages) = (Vec::new(), Vec::new());
        assert!(mailbox.collect(&mut wakes, &mut messages));
        assert_eq!(wakes, [7]);
        assert!(mailbox.may_sleep());
        mailbox.wake(9);
        mailbox.wake(8);
        mailbox.wake(9);
        assert_eq!(rings.load(SeqCst), 1);
        wakes.clear();
        assert!(mailbox.collect(&mut wakes, &mut messages));
        assert_eq!(wakes, [8, 9]);
        wakes.clear();
        assert!(!mailbox.collect(&mut wakes, &mut messages));
        assert!(wakes.is_empty() && messages.is_empty());
    }

    #[test]
    fn a_flood_of_wakes_stays_small() {
        let mailbox = Mailbox::default();
        for n in 0..1_000_000u64 {
            mailbox.wake(n % 64);
        }
        assert!(mailbox.lock().wakes.capacity() <= 4 * WAKES_COMPACT);
    }
}
