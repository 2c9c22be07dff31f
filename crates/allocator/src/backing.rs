//! Backing: who serves the sizes that are not ours.

#[cfg(not(any(miri, hematite_backing = "system")))]
pub(crate) static BACKING: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Miri and the race detector do not see into mimalloc.
#[cfg(any(miri, hematite_backing = "system"))]
pub(crate) static BACKING: std::alloc::System = std::alloc::System;

/// Gives free memory of this thread's heap, and what all threads have left, back to the system.
pub(crate) fn purge() {
    #[cfg(not(any(miri, hematite_backing = "system")))]
    // SAFETY: callable at any time, from any thread.
    unsafe {
        libmimalloc_sys::mi_collect(true);
    }
}

/// Whether an address lies in memory that the backing allocator has taken from the system.
#[cfg(target_os = "linux")]
pub(crate) fn owns(address: *const u8) -> bool {
    #[cfg(not(any(miri, hematite_backing = "system")))]
    // SAFETY: any address may be asked about.
    return unsafe { libmimalloc_sys::mi_is_in_heap_region(address.cast()) };
    #[cfg(any(miri, hematite_backing = "system"))]
    return {
        let _ = address;
        false
    };
}
