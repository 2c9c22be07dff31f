//! Guards: C functions of Lua's own that would write to what scripts may only read, or that show what stands behind it.
//!
//! A read-only table is an empty table that stands for the real one: reads go through the metatable, and writes are refused
//! there. Functions that pass the metatable by are replaced by these, which look at their argument first. They hold nothing
//! that would have to be dropped, so C functions may jump over them.

use super::callback::arena_of;
use mlua_sys::lua51 as ffi;
use std::ffi::{CStr, c_int};

const REFUSAL: &CStr = c"Attempt to modify a readonly table";

/// Whether the argument stands for a read-only table.
///
/// # Safety
/// The state was made by a machine.
unsafe fn is_proxy(l: *mut ffi::lua_State, at: c_int) -> bool {
    // SAFETY: the caller's promise; an argument that is not there has no address.
    unsafe {
        let address = ffi::lua_topointer(l, at);
        !address.is_null() && (*arena_of(l)).proxies.contains(&address)
    }
}

/// Refuses to write to a read-only table, else goes on with the C function that is the first upvalue.
pub unsafe extern "C-unwind" fn writes(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the upvalue is a C function; the error text is on the top.
    unsafe {
        if is_proxy(l, 1) {
            ffi::lua_pushstring_(l, REFUSAL.as_ptr());
            ffi::lua_error(l);
        }
        original(l)
    }
}

/// The C function in the first upvalue, with the arguments as they are.
///
/// # Safety
/// The upvalue is a C function.
unsafe fn original(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        match ffi::lua_tocfunction(l, ffi::lua_upvalueindex(1)) {
            Some(function) => function(l),
            None => 0,
        }
    }
}

/// `__newindex` of everything that is read-only.
pub unsafe extern "C-unwind" fn refuse(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: it only formats.
    unsafe { ffi::luaL_error(l, REFUSAL.as_ptr()) }
}

/// Exchanges a proxy in the first argument for what it stands for.
///
/// # Safety
/// The state was made by a machine.
unsafe fn see_through(l: *mut ffi::lua_State) {
    // SAFETY: a proxy has a metatable, whose `__index` is the real table.
    unsafe {
        if is_proxy(l, 1) {
            ffi::lua_getmetatable(l, 1);
            ffi::lua_pushstring_(l, c"__index".as_ptr());
            ffi::lua_rawget_(l, -2);
            ffi::lua_replace(l, 1);
            ffi::lua_settop(l, -2);
        }
    }
}

/// What a call of `next` counts for, steps.
const NEXT_STEPS: u32 = 64;

/// `rawget` and `next`, which may look into a read-only table, and never return it.
pub unsafe extern "C-unwind" fn reads(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the upvalue is a C function.
    unsafe {
        // `next` may have to pass over everything that was once in the table.
        super::tick(l, NEXT_STEPS);
        see_through(l);
        original(l)
    }
}

/// `pairs`, with the `next` that looks through (the second upvalue). Lua's own finds its `next` among its upvalues, so it
/// can't be called from here.
pub unsafe extern "C-unwind" fn pairs(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: three values have room in a C function.
    unsafe {
        ffi::luaL_checktype(l, 1, ffi::LUA_TTABLE);
        ffi::lua_pushvalue(l, ffi::lua_upvalueindex(2));
        ffi::lua_pushvalue(l, 1);
        ffi::lua_pushnil(l);
        3
    }
}

/// `getmetatable`: a read-only table has none to show, but for that of the globals, which says so itself.
pub unsafe extern "C-unwind" fn getmetatable(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the upvalue is a C function.
    unsafe {
        let count = original(l);
        if ffi::lua_type(l, -1) == ffi::LUA_TBOOLEAN && is_proxy(l, 1) {
            ffi::lua_pushnil(l);
            return 1;
        }
        count
    }
}

/// `unpack`: the number of results must not overflow.
pub unsafe extern "C-unwind" fn unpack(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: positions that hold nothing read as 0.
    unsafe {
        let first = if ffi::lua_type(l, 2) > ffi::LUA_TNIL { ffi::lua_tonumber(l, 2) } else { 1.0 };
        let is_last_given = ffi::lua_type(l, 3) > ffi::LUA_TNIL;
        let last = if is_last_given { ffi::lua_tonumber(l, 3) } else { ffi::lua_objlen(l, 1) as f64 };
        if last - first >= f64::from(i32::MAX) {
            return ffi::luaL_error(l, c"too many results to unpack".as_ptr());
        }
        original(l)
    }
}

/// Farthest that `table.insert` moves elements from below the first, positions.
const INSERT_BELOW_MAX: f64 = 1e6;

/// Elements moved or visited between two counts of steps.
const MOVES: c_int = 1 << 12;

/// Lua's own `table` functions loop over as many elements as `#` claims, which a few elements far apart can make a thousand
/// million: the loops here can be ended.
///
/// # Safety
/// As for [`super::tick`].
unsafe fn count_move(l: *mut ffi::lua_State, at: c_int) {
    if at & (MOVES - 1) == 0 {
        // SAFETY: the caller's promise.
        unsafe { super::tick(l, MOVES as u32) };
    }
}

/// Refuses what is no table, or a read-only one.
///
/// # Safety
/// The state was made by a machine.
unsafe fn check_table(l: *mut ffi::lua_State) {
    // SAFETY: the caller's promise; the error text is on the top.
    unsafe {
        ffi::luaL_checktype(l, 1, ffi::LUA_TTABLE);
        if is_proxy(l, 1) {
            ffi::lua_pushstring_(l, REFUSAL.as_ptr());
            ffi::lua_error(l);
        }
    }
}

/// `table.insert(t, [position,] value)`: not into read-only tables, nor so far below the first element that filling up would
/// take for ever.
pub unsafe extern "C-unwind" fn insert(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the table is the first argument; a C function has slots for what is moved.
    unsafe {
        if ffi::lua_gettop(l) == 3 && ffi::lua_tonumber(l, 2) < -INSERT_BELOW_MAX {
            return ffi::luaL_argerror(l, 2, c"position out of bounds".as_ptr());
        }
        check_table(l);
        let mut end = (ffi::lua_objlen(l, 1) as c_int).wrapping_add(1);
        let position = match ffi::lua_gettop(l) {
            2 => end,
            3 => ffi::luaL_checkinteger(l, 2) as c_int,
            _ => return ffi::luaL_error(l, c"wrong number of arguments to 'insert'".as_ptr()),
        };
        end = end.max(position);
        while end > position {
            ffi::lua_rawgeti_(l, 1, end - 1);
            ffi::lua_rawseti_(l, 1, end);
            end -= 1;
            count_move(l, end);
        }
        ffi::lua_rawseti_(l, 1, position);
        0
    }
}

/// `table.remove(t [, position])`
pub unsafe extern "C-unwind" fn remove(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: as in `insert`.
    unsafe {
        check_table(l);
        let end = ffi::lua_objlen(l, 1) as c_int;
        let mut position = ffi::luaL_optinteger(l, 2, end as _) as c_int;
        if position < 1 || position > end {
            return 0;
        }
        ffi::lua_rawgeti_(l, 1, position);
        while position < end {
            ffi::lua_rawgeti_(l, 1, position + 1);
            ffi::lua_rawseti_(l, 1, position);
            position += 1;
            count_move(l, position);
        }
        ffi::lua_pushnil(l);
        ffi::lua_rawseti_(l, 1, end);
        1
    }
}

/// `table.foreachi(t, f)`
pub unsafe extern "C-unwind" fn foreachi(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: table and function are the arguments; a C function has slots for the call.
    unsafe {
        ffi::luaL_checktype(l, 1, ffi::LUA_TTABLE);
        let end = ffi::lua_objlen(l, 1) as c_int;
        ffi::luaL_checktype(l, 2, ffi::LUA_TFUNCTION);
        for at in 1..=end {
            ffi::lua_pushvalue(l, 2);
            ffi::lua_pushinteger(l, at as _);
            ffi::lua_rawgeti_(l, 1, at);
            ffi::lua_call(l, 2, 1);
            if ffi::lua_type(l, -1) != ffi::LUA_TNIL {
                return 1;
            }
            ffi::lua_settop(l, -2);
            count_move(l, at);
        }
        0
    }
}

/// `pcall`: an error reply reaches the script as its text, as it did before errors were tables.
pub unsafe extern "C-unwind" fn pcall(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the function is the first argument; nothing here has to be dropped.
    unsafe {
        if ffi::lua_gettop(l) == 0 {
            ffi::lua_pushboolean(l, 0);
            ffi::lua_pushstring_(l, c"attempt to call a boolean value".as_ptr());
            return 2;
        }
        ffi::lua_pushboolean(l, 1);
        ffi::lua_insert(l, 1);
        if ffi::lua_pcall(l, ffi::lua_gettop(l) - 2, ffi::LUA_MULTRET, 0) != 0 {
            ffi::lua_remove(l, 1);
            if ffi::lua_type(l, -1) == ffi::LUA_TTABLE {
                ffi::lua_pushstring_(l, c"err".as_ptr());
                ffi::lua_rawget_(l, -2);
                if ffi::lua_isstring(l, -1) != 0 {
                    ffi::lua_replace(l, -2);
                } else {
                    ffi::lua_settop(l, -2);
                }
            }
            ffi::lua_pushboolean(l, 0);
            ffi::lua_insert(l, 1);
        }
        ffi::lua_gettop(l)
    }
}

/// `xpcall`: a script that was told to end does not get to handle that. No hook would look at its handler, which is called by
/// the one that tells it.
pub unsafe extern "C-unwind" fn xpcall(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: function and handler are the arguments; nothing here has to be dropped.
    unsafe {
        ffi::luaL_checkany(l, 2);
        ffi::lua_settop(l, 2);
        ffi::lua_pushcclosure(l, handle_unless_ended, 1);
        ffi::lua_insert(l, 1);
        let status = ffi::lua_pcall(l, 0, ffi::LUA_MULTRET, 1);
        ffi::lua_pushboolean(l, c_int::from(status == 0));
        ffi::lua_replace(l, 1);
        ffi::lua_gettop(l)
    }
}

/// Hands an error to the handler in the first upvalue, unless the script is to end.
unsafe extern "C-unwind" fn handle_unless_ended(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: the error is the argument.
    unsafe {
        if !(*arena_of(l)).is_ended {
            ffi::lua_pushvalue(l, ffi::lua_upvalueindex(1));
            ffi::lua_insert(l, 1);
            ffi::lua_call(l, 1, 1);
        }
        1
    }
}

/// The value that a table has for a key, with the help of its metatable.
pub unsafe extern "C-unwind" fn index(l: *mut ffi::lua_State) -> c_int {
    // SAFETY: table and key are the arguments.
    unsafe { ffi::lua_gettable_(l, 1) };
    1
}
