//! A spin lock: the one kind of lock that never allocates, on any platform.
//!
//! Held for some dozens of list operations at most, and taken once in a batch of allocations.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// Turns before the processor is handed to somebody else: the holder may be waiting for it.
const TURNS_MAX: u32 = 100;

/// A value behind a spin lock, on cache lines of its own.
#[repr(align(128))]
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached through a Guard only, and there is one at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Lock { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// The lock if it is free.
    #[inline]
    pub(crate) fn try_lock(&self) -> Option<Guard<'_, T>> {
        let is_free = self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok();
        // Lazily: a Guard that is dropped lets go of the lock, which is somebody else's.
        is_free.then(|| Guard { lock: self })
    }

    /// The lock if it is free, or is as soon as its holder, if that has a processor, has done what it does.
    #[inline]
    pub(crate) fn lock_soon(&self) -> Option<Guard<'_, T>> {
        for _ in 0..TURNS_MAX {
            if !self.taken.load(Ordering::Relaxed)
                && let Some(guard) = self.try_lock()
            {
                return Some(guard);
            }
            std::hint::spin_loop();
        }
        None
    }

    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        let mut turns = 0;
        while self.taken.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            while self.taken.load(Ordering::Relaxed) {
                turns += 1;
                if turns < TURNS_MAX {
                    std::hint::spin_loop();
                } else {
                    std::thread::yield_now();
                }
            }
        }
        Guard { lock: self }
    }
}

/// Access to the value; lets go when dropped.
pub(crate) struct Guard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        self.lock.taken.store(false, Ordering::Release);
    }
}
