//! Lock: a mutual exclusion of one byte that costs one atomic exchange to take and a plain store to give back.
//!
//! For locks that are taken for every command, held for nanoseconds to microseconds, and hardly ever contended: there is no
//! list of waiters that giving it back would have to look at. Who finds it taken looks again (without writing to the line),
//! then lets others run, then sleeps, so that an owner who was interrupted costs little. It is not fair, nor re-entrant.

use core::cell::UnsafeCell;
use core::hint::spin_loop;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};

/// Times that a waiter looks again before it lets other threads run.
const SPINS: u32 = 100;
/// Times that it does so before it sleeps.
const YIELDS: u32 = 20;
/// How long it sleeps, microseconds.
const SLEEP_US: u64 = 50;

/// See the head of the file.
#[derive(Default)]
pub struct Lock<T> {
    is_taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached through a Guard, of which there is one at a time.
unsafe impl<T: Send> Send for Lock<T> {}
// SAFETY: as above; a shared Lock hands the value from thread to thread, so it must be Send.
unsafe impl<T: Send> Sync for Lock<T> {}

/// The right to use what a [`Lock`] guards, given back when it is dropped.
pub struct Guard<'a, T>(&'a Lock<T>);

impl<T> Lock<T> {
    /// A lock around a value.
    pub const fn new(value: T) -> Self {
        Lock { is_taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }
    /// Takes the lock, and waits for it if it must.
    #[inline(always)]
    pub fn lock(&self) -> Guard<'_, T> {
        if self.is_taken.swap(true, Acquire) {
            self.wait();
        }
        Guard(self)
    }
    /// Takes the lock if it is free.
    #[inline(always)]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.is_taken.swap(true, Acquire) { None } else { Some(Guard(self)) }
    }
    #[cold]
    fn wait(&self) {
        let mut looks = 0;
        loop {
            if !self.is_taken.load(Relaxed) && !self.is_taken.swap(true, Acquire) {
                return;
            }
            looks += 1;
            if looks <= SPINS {
                spin_loop();
            } else if looks <= SPINS + YIELDS {
                std::thread::yield_now();
            } else {
                std::thread::sleep(std::time::Duration::from_micros(SLEEP_US));
            }
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this is the only guard, and the value is borrowed through it.
        unsafe { &*self.0.value.get() }
    }
}
impl<T> DerefMut for Guard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, exclusively.
        unsafe { &mut *self.0.value.get() }
    }
}
impl<T> Drop for Guard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.is_taken.store(false, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let lock = Lock::new(0u64);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        *lock.lock() += 1;
                    }
                });
            }
        });
        assert_eq!(*lock.lock(), 80_000);
    }

    #[test]
    fn who_only_tries_does_not_wait() {
        let lock = Lock::new(());
        let guard = lock.lock();
        assert!(lock.try_lock().is_none());
        drop(guard);
        assert!(lock.try_lock().is_some());
    }

    #[test]
    fn who_waits_long_gets_it_too() {
        let lock = Lock::new(1);
        let guard = lock.lock();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| *lock.lock());
            std::thread::sleep(std::time::Duration::from_millis(5));
            drop(guard);
            assert_eq!(waiter.join().expect("no panic"), 1);
        });
    }
}
