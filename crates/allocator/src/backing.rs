//! Backing: who serves the sizes that are not ours, and gives us the memory for spans.

#[cfg(not(any(miri, hematite_backing = "system")))]
pub(crate) static BACKING: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Miri and the race detector do not see into mimalloc.
#[cfg(any(miri, hematite_backing = "system"))]
pub(crate) static BACKING: std::alloc::System = std::alloc::System;
