//! Gates: how an operation over the whole keyspace keeps everybody else out at no cost to the common path.
//!
//! Each worker holds its own gate while it works through a batch: an uncontended lock, once a batch. Who needs everything
//! leaves its own gate and collects all of them, in order, one collector at a time.

use crate::scripting::Running;
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;
use std::sync::Arc;
use std::time::Duration;

/// One worker's gate, on a line of its own.
#[derive(Default)]
#[repr(align(128))]
pub struct Gate(Mutex<()>);

/// How long a worker waits for its turn before it looks whether a script is busy.
const PATIENCE: Duration = Duration::from_millis(20);

impl Gate {
    #[inline]
    fn wait(&self, running: &Running) -> Option<MutexGuard<'_, ()>> {
        self.0.try_lock().or_else(|| self.wait_long(running))
    }
    #[cold]
    fn wait_long(&self, running: &Running) -> Option<MutexGuard<'_, ()>> {
        // Who is busy may be on this very thread, so it is looked at before anything is waited for.
        while !running.is_busy() {
            if let Some(held) = self.0.try_lock_for(PATIENCE) {
                return Some(held);
            }
        }
        None
    }
}

/// All workers' gates.
#[derive(Default)]
pub struct Gates {
    all: Mutex<Vec<Arc<Gate>>>,
}

impl Gates {
    /// A new worker's gate.
    pub fn add(&self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.all.lock().push(Arc::clone(&gate));
        gate
    }
    /// Runs `f` while no worker is in a batch. The caller is no worker in the middle of one.
    pub fn exclusively<R>(&self, f: impl FnOnce() -> R) -> R {
        let all = self.all.lock();
        let _collected: Vec<_> = all.iter().map(|gate| gate.0.lock()).collect();
        f()
    }
    #[cold]
    fn wait_long(&self, running: &Running) -> Option<MutexGuard<'_, Vec<Arc<Gate>>>> {
        while !running.is_busy() {
            if let Some(all) = self.all.try_lock_for(PATIENCE) {
                return Some(all);
            }
        }
        None
    }
    /// A worker is gone.
    pub fn remove(&self, gate: &Arc<Gate>) {
        self.all.lock().retain(|g| !Arc::ptr_eq(g, gate));
    }
}

/// A worker's turn: its gate is held, until it is exchanged for all of them.
pub struct Turn<'g> {
    gate: &'g Gate,
    held: Option<MutexGuard<'g, ()>>,
    /// Already within an operation over everything.
    everything: bool,
}

impl<'g> Turn<'g> {
    /// Takes the worker's gate.
    #[inline]
    pub fn begin(gate: &'g Gate) -> Self {
        Turn { gate, held: Some(gate.0.lock()), everything: false }
    }
    /// Takes the worker's gate, unless a script that has run for long keeps everybody out: then the turn is refused.
    #[inline]
    pub fn begin_unless_busy(gate: &'g Gate, running: &Running) -> Self {
        Turn { gate, held: gate.wait(running), everything: false }
    }
    /// Whether the turn was refused: nothing may be touched.
    #[inline(always)]
    pub fn is_refused(&self) -> bool {
        self.held.is_none() && !self.everything
    }
    /// Whether all gates are held.
    pub fn has_everything(&self) -> bool {
        self.everything
    }
    /// Runs `f` with all gates collected; the own one has been left.
    #[inline(always)]
    fn collect<R>(&mut self, all: MutexGuard<'_, Vec<Arc<Gate>>>, f: impl FnOnce(&mut Turn<'g>) -> R) -> R {
        let _collected: SmallVec<[_; 8]> = all.iter().map(|gate| gate.0.lock()).collect();
        self.everything = true;
        let result = f(self);
        self.everything = false;
        result
    }
    /// As [`Turn::with_everything`], unless a script that has run for long keeps everybody out.
    pub fn with_everything_unless_busy<R>(
        &mut self,
        gates: &Gates,
        running: &Running,
        f: impl FnOnce(&mut Turn<'g>) -> R,
    ) -> Option<R> {
        if self.everything {
            return Some(f(self));
        }
        self.held = None;
        let all = gates.all.try_lock().or_else(|| gates.wait_long(running))?;
        let result = self.collect(all, f);
        self.held = self.gate.wait(running);
        Some(result)
    }
    /// Runs `f` while no other worker is in a batch.
    pub fn with_everything<R>(&mut self, gates: &Gates, f: impl FnOnce(&mut Turn<'g>) -> R) -> R {
        if self.everything {
            return f(self);
        }
        self.held = None;
        let all = gates.all.lock();
        let result = self.collect(all, f);
        self.held = Some(self.gate.0.lock());
        result
    }
}
