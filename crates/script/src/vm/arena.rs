//! The arena: what a machine's memory comes from, and what belongs to the machine beside its Lua state.
//!
//! Memory is counted, and refused over a limit: Lua raises an error then, by a jump that leaves frames without dropping
//! what they hold. So nothing is refused while a Rust function runs on behalf of the script ([`Arena::is_lifted`]): it can't
//! be jumped out of; what it takes beyond the limit is refused to the script that goes on after it.

use hematite_engine::Protocol;
use hematite_engine::scripting::interpreter::Caller;
use std::alloc::{Layout, alloc, dealloc, realloc};
use std::ffi::c_void;
use std::ptr::NonNull;

/// Bytes that a machine may take.
pub const BYTES_MAX: usize = 512 << 20;

/// What Lua needs of an allocation: its widest values are doubles and addresses.
const ALIGN: usize = 8;

/// Tables that scripts may read only: what stands for them, seen by scripts.
pub type Address = *const c_void;

/// See the head of the file. Lua has its address.
pub struct Arena {
    /// Bytes taken.
    pub used: usize,
    /// Nothing is refused for now.
    pub is_lifted: bool,
    /// The machine's state, once it is there.
    pub l: *mut mlua_sys::lua51::lua_State,
    /// Instructions between two looks at whether the script is to end.
    pub pace: std::ffi::c_int,
    /// When it last looked, seconds of the caller's clock; not a number before the first look of a run.
    pub looked_s: f64,
    /// Bytes of large allocations since the last look at whether the script is to end.
    pub large: usize,
    /// Whom the running script may call; away while it is in use.
    pub caller: Option<NonNull<dyn Caller>>,
    /// The running script was told to end.
    pub is_ended: bool,
    /// Steps of library code since the last interruption.
    pub steps: u32,
    /// What `redis.setresp` said last.
    pub protocol: Protocol,
    /// Settings of the instances of `cjson`.
    pub json: Vec<crate::api::json::Settings>,
    /// State of `math.random`.
    pub random: u64,
    /// Addresses of the tables that stand for read-only ones.
    pub proxies: Vec<Address>,
    /// A library is being loaded: the functions that it registered so far.
    pub registering: Option<Vec<hematite_engine::scripting::interpreter::Function>>,
}

impl Arena {
    pub fn new() -> Arena {
        Arena {
            used: 0,
            is_lifted: true,
            l: std::ptr::null_mut(),
            pace: super::FIRST_PACE,
            looked_s: f64::NAN,
            large: 0,
            caller: None,
            is_ended: false,
            steps: 0,
            protocol: Protocol::Resp2,
            json: Vec::new(),
            random: crate::api::random::FIRST_STATE,
            proxies: Vec::new(),
            registering: None,
        }
    }
}

/// What is as much work to copy as hundreds of instructions are, bytes.
const LARGE_BYTES_MIN: usize = 64 << 10;

/// Bytes copied between two looks at whether the script is to end.
const LARGE_BYTES_MAX: usize = 1 << 20;

/// A few instructions can copy as much as there is memory, time and again: then the next one looks.
///
/// # Safety
/// As for [`allocate`].
#[cold]
unsafe fn note_large(arena: *mut Arena, bytes: usize) {
    // SAFETY: the caller's promise; setting a hook allocates nothing and may be done at any time.
    unsafe {
        (*arena).large = (*arena).large.saturating_add(bytes);
        if (*arena).large >= LARGE_BYTES_MAX && !(*arena).l.is_null() {
            ((*arena).large, (*arena).pace) = (0, super::LEAST_PACE);
            super::look_soon((*arena).l);
        }
    }
}

/// Lua's allocator.
///
/// # Safety
/// `arena` is an [`Arena`] that nobody else borrows during the call; `at` was given out by this function for `old` bytes, or is
/// null.
pub unsafe extern "C" fn allocate(
    arena: *mut c_void,
    at: *mut c_void,
    old: usize,
    new: usize,
) -> *mut c_void {
    let arena = arena.cast::<Arena>();
    // Without an address the old size says nothing.
    let old = if at.is_null() { 0 } else { old };
    // SAFETY: the caller's promise; only fields are touched, so that a borrow of another field does no harm.
    let (used, is_lifted) = unsafe { (&raw mut (*arena).used, (*arena).is_lifted) };
    // SAFETY: as above.
    let before = unsafe { *used };
    if new > old && !is_lifted && before + (new - old) > BYTES_MAX {
        return std::ptr::null_mut();
    }
    if new > LARGE_BYTES_MIN {
        // SAFETY: as above.
        unsafe { note_large(arena, new) };
    }
    let layout = |size| Layout::from_size_align(size, ALIGN).ok();
    let result: *mut c_void = match (old, new) {
        (0, 0) => std::ptr::null_mut(),
        (_, 0) => {
            if let Some(layout) = layout(old) {
                // SAFETY: it was given out with this layout.
                unsafe { dealloc(at.cast(), layout) };
            }
            std::ptr::null_mut()
        }
        // SAFETY: the size is not zero.
        (0, _) => layout(new).map_or(std::ptr::null_mut(), |layout| unsafe { alloc(layout).cast() }),
        // SAFETY: it was given out with the old layout; the new size is not zero.
        _ => layout(old)
            .map_or(std::ptr::null_mut(), |layout| unsafe { realloc(at.cast(), layout, new).cast() }),
    };
    if new == 0 || !result.is_null() {
        // SAFETY: as above.
        unsafe { *used = before - old + new };
    }
    result
}
