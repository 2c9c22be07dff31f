//! The stack of a call, as Rust functions see it: checked, so that no use of it breaks the machine.
//!
//! Positions count from 1 at the bottom of the call, or from -1 at the top. A position where nothing is holds no value. Nothing
//! here calls a metamethod, and nothing can raise an error by a jump: see [`super::arena`].

use super::arena::{Arena, BYTES_MAX};
use super::callback::{Outcome, Raise, enter};
use hematite_commands::Error;
use hematite_engine::scripting::interpreter::Caller;
use mlua_sys::lua51 as ffi;
use std::ffi::{c_int, c_void};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No value.
    None,
    Nil,
    Boolean,
    /// An address without meaning to scripts (`cjson.null`).
    Address,
    Number,
    String,
    Table,
    Function,
    Userdata,
    Thread,
}

impl Kind {
    /// The name that `type` returns.
    pub fn name(self) -> &'static str {
        match self {
            Kind::None => "no value",
            Kind::Nil => "nil",
            Kind::Boolean => "boolean",
            Kind::Address | Kind::Userdata => "userdata",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Table => "table",
            Kind::Function => "function",
            Kind::Thread => "thread",
        }
    }
}

/// A value as an argument of a command.
pub enum Argument<'s> {
    Bytes(&'s [u8]),
    Number(f64),
    /// Neither a string nor a number.
    Other,
}

/// Steps of library code between two looks at whether the script is to end.
pub(super) const STEPS_MAX: u32 = 100_000;

/// See the head of the file.
pub struct Stack {
    pub(super) l: *mut ffi::lua_State,
    pub(super) arena: *mut Arena,
    /// Slots that are free for sure.
    pub(super) room: c_int,
}

/// Whom the script may call, for as long as this lives.
pub struct CallerRef {
    arena: *mut Arena,
    caller: NonNull<dyn Caller>,
}

impl Deref for CallerRef {
    type Target = dyn Caller;
    fn deref(&self) -> &(dyn Caller + 'static) {
        // SAFETY: it was taken out of the arena, so this is the only way to it; it outlives the run.
        unsafe { self.caller.as_ref() }
    }
}
impl DerefMut for CallerRef {
    fn deref_mut(&mut self) -> &mut (dyn Caller + 'static) {
        // SAFETY: as above.
        unsafe { self.caller.as_mut() }
    }
}
impl Drop for CallerRef {
    fn drop(&mut self) {
        // SAFETY: the arena outlives every call.
        unsafe { (*self.arena).caller = Some(self.caller) };
    }
}

impl Stack {
    /// The stack of the call at hand.
    ///
    /// # Safety
    /// The state and its arena are alive, no other `Stack` of the state is used while this one is, and 20 slots are free.
    pub unsafe fn new(l: *mut ffi::lua_State, arena: *mut Arena) -> Stack {
        Stack { l, arena, room: ffi::LUA_MINSTACK }
    }

    /// Number of values.
    pub fn top(&self) -> c_int {
        // SAFETY: the state is alive.
        unsafe { ffi::lua_gettop(self.l) }
    }
    /// All values, from the bottom, as arguments.
    #[inline]
    pub fn arguments(&self) -> impl ExactSizeIterator<Item = Argument<'_>> {
        (1..self.top() + 1).map(|at| {
            // SAFETY: the position holds a value, and a string stays where it is while it is on the stack; whatever takes it from
            // there borrows the stack mutably. A string is not converted, so `lua_tolstring` leaves it alone.
            unsafe {
                match ffi::lua_type(self.l, at) {
                    ffi::LUA_TSTRING => {
                        let mut length = 0;
                        let start = ffi::lua_tolstring(self.l, at, &mut length);
                        Argument::Bytes(std::slice::from_raw_parts(start.cast(), length))
                    }
                    ffi::LUA_TNUMBER => Argument::Number(ffi::lua_tonumber(self.l, at)),
                    _ => Argument::Other,
                }
            }
        })
    }
    /// The position counted from the bottom; 0 if there is no such value.
    #[inline]
    fn position(&self, at: c_int) -> c_int {
        let top = self.top();
        if at > 0 && at <= top {
            at
        } else if at < 0 && at >= -top {
            top + 1 + at
        } else {
            0
        }
    }
    pub(super) fn expect(&self, at: c_int, kind: Kind) -> c_int {
        assert!(self.kind(at) == kind, "a {} at {at}", kind.name());
        self.position(at)
    }
    /// What is at a position.
    #[inline]
    pub fn kind(&self, at: c_int) -> Kind {
        let at = self.position(at);
        if at == 0 {
            return Kind::None;
        }
        // SAFETY: the position is within the call's values.
        match unsafe { ffi::lua_type(self.l, at) } {
            ffi::LUA_TNIL => Kind::Nil,
            ffi::LUA_TBOOLEAN => Kind::Boolean,
            ffi::LUA_TLIGHTUSERDATA => Kind::Address,
            ffi::LUA_TNUMBER => Kind::Number,
            ffi::LUA_TSTRING => Kind::String,
            ffi::LUA_TTABLE => Kind::Table,
            ffi::LUA_TFUNCTION => Kind::Function,
            ffi::LUA_TUSERDATA => Kind::Userdata,
            ffi::LUA_TTHREAD => Kind::Thread,
            _ => Kind::None,
        }
    }
    /// A string's bytes.
    #[inline]
    pub fn bytes(&self, at: c_int) -> Option<&[u8]> {
        if self.kind(at) != Kind::String {
            return None;
        }
        let mut length = 0;
        // SAFETY: it is a string, so nothing is converted; it stays where it is while it is on the stack, and whatever takes it
        // from there borrows the stack mutably.
        unsafe {
            let start = ffi::lua_tolstring(self.l, self.position(at), &mut length);
            Some(std::slice::from_raw_parts(start.cast(), length))
        }
    }
    /// A number, or a string that reads as one.
    pub fn number(&self, at: c_int) -> Option<f64> {
        match self.kind(at) {
            // SAFETY: the position holds a number or a string.
            Kind::Number | Kind::String => unsafe {
                let at = self.position(at);
                (ffi::lua_isnumber(self.l, at) != 0).then(|| ffi::lua_tonumber(self.l, at))
            },
            _ => None,
        }
    }
    /// Whether a value counts as true.
    pub fn truth(&self, at: c_int) -> bool {
        // SAFETY: the position holds a value.
        !matches!(self.kind(at), Kind::None) && unsafe { ffi::lua_toboolean(self.l, self.position(at)) } != 0
    }
    /// The address that a value is; null for other kinds.
    pub fn address(&self, at: c_int) -> *const c_void {
        match self.kind(at) {
            // SAFETY: the position holds an address.
            Kind::Address => unsafe { ffi::lua_touserdata(self.l, self.position(at)) },
            _ => std::ptr::null(),
        }
    }
    /// Length of a string, or of a table's array part, as `#` has it.
    pub fn length(&self, at: c_int) -> usize {
        // SAFETY: the position holds a value; other kinds have length 0.
        if self.kind(at) == Kind::None { 0 } else { unsafe { ffi::lua_objlen(self.l, self.position(at)) } }
    }

    /// Makes sure that `count` more values have room; an error if the stack may not grow so far.
    pub fn reserve(&mut self, count: usize) -> Result<(), Raise> {
        let Ok(count) = c_int::try_from(count) else { return Err(Raise::at("stack overflow")) };
        if self.room < count {
            // SAFETY: the state is alive.
            if unsafe { ffi::lua_checkstack(self.l, count) } == 0 {
                return Err(Raise::at("stack overflow"));
            }
            self.room = count;
        }
        Ok(())
    }
    #[inline]
    pub(super) fn take_slot(&mut self) {
        if self.room == 0 {
            self.reserve(16).expect("whoever nests has reserved");
        }
        self.room -= 1;
    }
    /// Takes values from the top.
    pub fn pop(&mut self, count: c_int) {
        let count = count.clamp(0, self.top());
        // SAFETY: so many values are there.
        unsafe { ffi::lua_settop(self.l, -count - 1) };
        self.room += count;
    }
    /// Leaves `count` values, of those at the bottom.
    pub fn truncate(&mut self, count: c_int) {
        let top = self.top();
        if count < top {
            self.pop(top - count);
        }
    }
    /// Pushes nil.
    pub fn push_nil(&mut self) {
        self.take_slot();
        // SAFETY: there is a slot.
        unsafe { ffi::lua_pushnil(self.l) };
    }
    /// Pushes a boolean.
    pub fn push_boolean(&mut self, value: bool) {
        self.take_slot();
        // SAFETY: there is a slot.
        unsafe { ffi::lua_pushboolean(self.l, c_int::from(value)) };
    }
    /// Pushes a number.
    #[inline]
    pub fn push_number(&mut self, value: f64) {
        self.take_slot();
        // SAFETY: there is a slot.
        unsafe { ffi::lua_pushnumber(self.l, value) };
    }
    /// Pushes a string.
    #[inline]
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.take_slot();
        // SAFETY: there is a slot; Lua copies the bytes.
        unsafe { ffi::lua_pushlstring_(self.l, bytes.as_ptr().cast(), bytes.len()) };
    }
    /// Pushes a part of a string.
    pub fn push_part(&mut self, at: c_int, start: usize, length: usize) {
        let bytes = self.bytes(at).and_then(|bytes| bytes.get(start..start + length));
        let (address, length) = bytes.map_or((std::ptr::dangling(), 0), |part| (part.as_ptr(), part.len()));
        self.take_slot();
        // SAFETY: there is a slot; the string stays on the stack while Lua copies from it.
        unsafe { ffi::lua_pushlstring_(self.l, address.cast(), length) };
    }
    /// Makes a string of a number; whether there is a string now.
    pub fn stringify(&mut self, at: c_int) -> bool {
        if self.kind(at) == Kind::Number {
            // SAFETY: the position holds a number, which is replaced by its text.
            unsafe { ffi::lua_tolstring(self.l, self.position(at), std::ptr::null_mut()) };
        }
        self.kind(at) == Kind::String
    }
    /// Pushes an address without meaning.
    pub fn push_address(&mut self, address: *const c_void) {
        self.take_slot();
        // SAFETY: there is a slot; the address is never read.
        unsafe { ffi::lua_pushlightuserdata(self.l, address.cast_mut()) };
    }
    /// Pushes a copy of a value.
    pub fn push_copy(&mut self, at: c_int) {
        let at = self.position(at);
        assert!(at != 0, "a value to copy");
        self.take_slot();
        // SAFETY: there is a slot, and a value.
        unsafe { ffi::lua_pushvalue(self.l, at) };
    }
    /// Pushes a Rust function.
    pub fn push_function<F: Fn(&mut Stack) -> Outcome>(&mut self, _: F) {
        self.take_slot();
        // SAFETY: there is a slot.
        unsafe { ffi::lua_pushcclosure(self.l, enter::<F>, 0) };
    }
    /// Pushes a Rust function with the values on the top as its upvalues; they are taken.
    pub fn push_closure<F: Fn(&mut Stack) -> Outcome>(&mut self, _: F, upvalues: c_int) {
        assert!(upvalues >= 1 && upvalues <= self.top() && upvalues < 200, "its upvalues");
        // SAFETY: the upvalues are there, and their slots are more than the function's one.
        unsafe { ffi::lua_pushcclosure(self.l, enter::<F>, upvalues) };
        self.room += upvalues - 1;
    }
    /// Pushes an upvalue of the running function; nil if there is none.
    pub fn push_upvalue(&mut self, number: u8) {
        self.take_slot();
        // SAFETY: there is a slot; an upvalue that is not there reads as nothing, which may not be pushed.
        unsafe {
            let at = ffi::lua_upvalueindex(c_int::from(number.max(1)));
            if ffi::lua_type(self.l, at) == ffi::LUA_TNONE {
                ffi::lua_pushnil(self.l);
            } else {
                ffi::lua_pushvalue(self.l, at);
            }
        }
    }
    /// Replaces an upvalue of the running function by the value on the top, which is taken.
    pub fn set_upvalue(&mut self, number: u8) {
        assert!(self.top() > 0, "a value");
        // SAFETY: there is a value; `lua_replace` is for existing upvalues only.
        unsafe {
            let at = ffi::lua_upvalueindex(c_int::from(number.max(1)));
            assert!(ffi::lua_type(self.l, at) != ffi::LUA_TNONE, "an upvalue");
            ffi::lua_replace(self.l, at);
        }
        self.room += 1;
    }
    /// Where a value is, as `tostring` shows it; null for values without place.
    pub fn place_of(&self, at: c_int) -> *const c_void {
        let at = self.position(at);
        // SAFETY: the position holds a value.
        if at == 0 { std::ptr::null() } else { unsafe { ffi::lua_topointer(self.l, at) } }
    }

    /// Calls the function below its arguments; they are replaced by its results. An error is on the top.
    pub fn call(&mut self, arguments: c_int, results: c_int) -> Result<(), Raise> {
        assert!(arguments >= 0 && arguments < self.top(), "a function and its arguments");
        if results > arguments {
            self.reserve((results - arguments) as usize)?;
        }
        // SAFETY: the function and its arguments are there. Memory may be refused meanwhile, as the call is protected.
        let status = unsafe {
            (*self.arena).is_lifted = false;
            let status = ffi::lua_pcall(self.l, arguments, results, 0);
            (*self.arena).is_lifted = true;
            status
        };
        self.room = 0;
        if status == 0 { Ok(()) } else { Err(Raise::Top) }
    }
    /// Replaces a table and a key on the top by the value that the table has for it, or that its metatable finds.
    pub fn index(&mut self) -> Result<(), Raise> {
        self.expect(-2, Kind::Table);
        self.take_slot();
        // SAFETY: there is a slot; the function is called within a protected call.
        unsafe { ffi::lua_pushcclosure(self.l, super::guard::index, 0) };
        // SAFETY: table and key are below the function.
        unsafe { ffi::lua_insert(self.l, -3) };
        self.call(2, 1)
    }
    /// Compiles source text to a function, which is pushed. An error is the compiler's message.
    pub fn compile(&mut self, code: &[u8], name: &[u8]) -> Result<(), Vec<u8>> {
        let name: Vec<u8> = name.iter().copied().take_while(|byte| *byte != 0).chain([0]).collect();
        if code.first() == Some(&27) {
            return Err(b"attempt to load chunk with wrong mode".to_vec());
        }
        // The compiler does not hold on to the name while it works; on the stack it is safe from collection.
        self.push_bytes(&name[..name.len() - 1]);
        self.take_slot();
        // SAFETY: the name ends with a NUL, and there is a slot for the result.
        let status =
            unsafe { ffi::luaL_loadbuffer(self.l, code.as_ptr().cast(), code.len(), name.as_ptr().cast()) };
        let result = match status {
            0 => Ok(()),
            _ => Err(self.bytes(-1).unwrap_or(b"not enough memory").to_vec()),
        };
        // SAFETY: the name is below the result.
        unsafe { ffi::lua_remove(self.l, -2) };
        self.room += 1;
        if result.is_err() {
            self.pop(1);
        }
        result
    }
    /// The place in the script where the call at a level stands, as `name:line: `; empty if it is none of a script.
    pub fn place(&mut self, level: c_int) -> Vec<u8> {
        self.take_slot();
        // SAFETY: there is a slot for the text.
        unsafe { ffi::luaL_where(self.l, level) };
        let place = self.bytes(-1).unwrap_or_default().to_vec();
        self.pop(1);
        place
    }
    /// The source and line of the call at a level, and whether it is a Rust or C function.
    pub fn source(&mut self, level: c_int) -> Option<(Vec<u8>, c_int, bool)> {
        // SAFETY: the record is filled by Lua; the texts live as long as the function, which is on the call stack.
        unsafe {
            let mut record: ffi::lua_Debug = std::mem::zeroed();
            if ffi::lua_getstack(self.l, level, &mut record) == 0
                || ffi::lua_getinfo(self.l, c"Sl".as_ptr(), &mut record) == 0
            {
                return None;
            }
            let text = |at: *const std::ffi::c_char| std::ffi::CStr::from_ptr(at).to_bytes().to_vec();
            Some((text(record.source), record.currentline, text(record.what) == b"C"))
        }
    }
    /// Pushes an error reply: a table with `err`.
    pub fn push_error_reply(&mut self, text: &[u8], is_counted: bool) {
        self.push_table(0, 2);
        self.push_bytes(text);
        self.set_field(-2, "err");
        if is_counted {
            self.push_boolean(true);
            self.set_field(-2, "ignore_error_stats_update");
        }
    }

    /// Puts the value on the top, which is taken, into a position below it.
    pub fn replace(&mut self, at: c_int) {
        let at = self.position(at);
        assert!(at != 0 && at < self.top(), "a position below the top");
        // SAFETY: both positions hold values.
        unsafe { ffi::lua_replace(self.l, at) };
        self.room += 1;
    }
    /// Keeps the function on the top, which is taken, as a callback of the library that is being loaded.
    pub fn keep_callback(&mut self, name: &[u8]) {
        assert!(self.kind(-1) == Kind::Function, "a callback");
        self.take_slot();
        // SAFETY: there is a slot; while a library is loaded there is a table in this one.
        unsafe { ffi::lua_rawgeti_(self.l, ffi::LUA_REGISTRYINDEX, super::slot::REGISTERED) };
        self.push_bytes(name);
        self.push_copy(-3);
        self.set_pair(-3);
        self.pop(2);
    }
    /// Collects all garbage.
    pub fn collect(&mut self) {
        // SAFETY: nothing here has a finalizer, so nothing runs.
        unsafe { ffi::lua_gc(self.l, ffi::LUA_GCCOLLECT, 0) };
    }

    /// What belongs to the machine.
    pub fn arena(&mut self) -> &mut Arena {
        // SAFETY: the arena outlives the call, and nothing else borrows it while this borrow of the stack lasts.
        unsafe { &mut *self.arena }
    }
    /// Whom the script may call; `None` outside of a run, and while somebody holds it.
    pub fn caller(&self) -> Option<CallerRef> {
        let arena = self.arena;
        // SAFETY: the arena outlives the call; `arena()` lends it to a mutable borrow of the stack only.
        let caller = unsafe { (*arena).caller.take() };
        caller.map(|caller| CallerRef { arena, caller })
    }
    /// Counts steps of library code; refuses more memory than there is, and now and then asks whether the script is to end.
    /// Whatever loops over what a script gave calls it.
    #[inline]
    pub fn work(&self, steps: usize) -> Result<(), Raise> {
        // SAFETY: as in `caller`.
        let (used, counted) = unsafe {
            let counted = &raw mut (*self.arena).steps;
            *counted = (*counted).saturating_add(steps.min(STEPS_MAX as usize) as u32);
            ((*self.arena).used, *counted)
        };
        if used > BYTES_MAX {
            return Err(Raise::MEMORY);
        }
        if counted < STEPS_MAX { Ok(()) } else { self.interrupt() }
    }
    #[cold]
    fn interrupt(&self) -> Result<(), Raise> {
        // SAFETY: as in `caller`.
        unsafe { (*self.arena).steps = 0 };
        let told = match self.caller() {
            Some(mut caller) => caller.interrupt(),
            None => Ok(()),
        };
        told.map_err(|error: Error| {
            // SAFETY: as in `caller`.
            unsafe { (*self.arena).is_ended = true };
            Raise::Reply(error.text().into_owned(), false)
        })
    }
    /// Refuses to make something of so many bytes, if they are not there.
    pub fn afford(&mut self, bytes: usize) -> Result<(), Raise> {
        if self.arena().used.saturating_add(bytes) <= BYTES_MAX { Ok(()) } else { Err(Raise::MEMORY) }
    }
}
