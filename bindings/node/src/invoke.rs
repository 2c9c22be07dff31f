//! Invoke: the functions that JavaScript calls for every command. They stand on N-API itself, since the conversions of a
//! generated wrapper cost more than the command.
//!
//! Each function carries its lane as data, so there is neither a `this` nor an object to unwrap:
//!
//! - `call(command, ...args)`, `callBuffer(command, ...args)`: one command; the command is an id of the table or a name.
//! - `batch(ends, asBuffers, ...args)`: several; command n ends before `args[ends[n]]`.
//! - `feed(bytes)`, `resume()`: bytes in, bytes out, for client libraries.

use crate::arguments::{Collected, bytes_of};
use crate::lane::{Lane, Refusal};
use crate::reply::{Broken, Reader, Strings, Value, buffer};
use hematite_engine::table::Command;
use napi::bindgen_prelude::Env;
use napi::sys;
use smallvec::SmallVec;
use std::ffi::{CStr, CString, c_void};
use std::ptr;
use std::rc::Rc;

/// Arguments that are read in one go.
const INLINE: usize = 12;

type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// The functions by name.
pub const FUNCTIONS: [(&CStr, Callback); 5] =
    [(c"call", call), (c"callBuffer", call_buffer), (c"batch", batch), (c"feed", feed), (c"resume", resume)];

/// Makes a function that carries a lane.
///
/// # Safety
///
/// `env` is the current environment with an open handle scope.
pub unsafe fn function(
    env: sys::napi_env,
    name: &CStr,
    callback: Callback,
    lane: &Rc<Lane>,
) -> Option<sys::napi_value> {
    let data = Rc::into_raw(Rc::clone(lane)).cast_mut().cast::<c_void>();
    let mut value = ptr::null_mut();
    // SAFETY: the environment is current; `data` is released by the finalizer, which runs once the function is gone, or at
    // once where there will be none.
    unsafe {
        let length = name.to_bytes().len() as isize;
        let mut status =
            sys::napi_create_function(env, name.as_ptr(), length, Some(callback), data, &mut value);
        if status == sys::Status::napi_ok {
            status =
                sys::napi_add_finalizer(env, value, data, Some(release), ptr::null_mut(), ptr::null_mut());
        }
        if status != sys::Status::napi_ok {
            drop(Rc::from_raw(data.cast::<Lane>()));
            return None;
        }
    }
    Some(value)
}

unsafe extern "C" fn release(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `data` comes from `Rc::into_raw` in `function`, and a finalizer runs once.
    drop(unsafe { Rc::from_raw(data.cast::<Lane>()) });
}

/// Why a function returns without a value.
enum Failure {
    /// The exception is pending already.
    Pending,
    /// This is to be thrown.
    Value(sys::napi_value),
    /// An error with this text is to be thrown.
    Text(&'static str),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        match refusal {
            Refusal::Busy => Failure::Text("the session is in use by a call that has not returned"),
            Refusal::Ended => Failure::Text("the session has ended"),
            Refusal::Thrown => Failure::Pending,
        }
    }
}

impl From<Broken> for Failure {
    fn from(_: Broken) -> Failure {
        Failure::Text("the reply can't be turned into a JavaScript value")
    }
}

type Outcome = Result<sys::napi_value, Failure>;
type Arguments = SmallVec<[sys::napi_value; INLINE]>;

/// Reads lane and arguments, runs `body`, throws what it fails with.
///
/// # Safety
///
/// Called by Node, on a function that [`function`] has made.
#[inline(always)]
unsafe fn enter(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: impl FnOnce(&Lane, &[sys::napi_value]) -> Outcome,
) -> sys::napi_value {
    let mut inline = [ptr::null_mut(); INLINE];
    let (mut count, mut data) = (INLINE, ptr::null_mut());
    // SAFETY: the array has room for as many as `count` says.
    unsafe { sys::napi_get_cb_info(env, info, &mut count, inline.as_mut_ptr(), ptr::null_mut(), &mut data) };
    // SAFETY: `data` is what `function` gave; the function object is alive while it runs, and the lane with it.
    let lane = unsafe { &*data.cast::<Lane>() };
    let outcome = if count <= INLINE {
        body(lane, &inline[..count])
    } else {
        let mut all: Arguments = SmallVec::from_elem(ptr::null_mut(), count);
        // SAFETY: as above.
        unsafe {
            sys::napi_get_cb_info(env, info, &mut count, all.as_mut_ptr(), ptr::null_mut(), ptr::null_mut());
        }
        body(lane, &all)
    };
    match outcome {
        Ok(value) => value,
        Err(failure) => {
            fail(env, failure);
            ptr::null_mut()
        }
    }
}

#[cold]
fn fail(env: sys::napi_env, failure: Failure) {
    // SAFETY: the environment is current and the handles are open.
    unsafe {
        match failure {
            Failure::Pending => {}
            Failure::Value(value) => {
                sys::napi_throw(env, value);
            }
            Failure::Text(text) => {
                let mut pending = false;
                sys::napi_is_exception_pending(env, &mut pending);
                if !pending {
                    let text = CString::new(text).unwrap_or_default();
                    sys::napi_throw_error(env, ptr::null(), text.as_ptr());
                }
            }
        }
    }
}

unsafe extern "C" fn call(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node.
    unsafe { enter(env, info, |lane, args| one(env, lane, args, Strings::Text)) }
}

unsafe extern "C" fn call_buffer(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node.
    unsafe { enter(env, info, |lane, args| one(env, lane, args, Strings::Bytes)) }
}

/// One command.
#[inline(always)]
fn one(env: sys::napi_env, lane: &Lane, args: &[sys::napi_value], strings: Strings) -> Outcome {
    let mut arena =
        lane.arena.try_borrow_mut().map(|mut arena| std::mem::take(&mut *arena)).unwrap_or_default();
    let result = {
        let mut collected = Collected::new(&mut arena);
        // SAFETY: the handles are those of the running callback.
        let command = unsafe { push_command(env, lane, args, &mut collected) };
        command.and_then(|()| {
            // SAFETY: JavaScript runs within `Lane::call` only after the engine has copied the arguments of a host command.
            let slices = unsafe { collected.slices() };
            lane.call(&Env::from_raw(env), &slices).map_err(Failure::from)
        })
    };
    if let Ok(mut home) = lane.arena.try_borrow_mut() {
        *home = arena;
    }
    result?;
    let output = lane.take_output()?;
    // SAFETY: the environment is current.
    let reply = unsafe { Reader::new(env, &lane.makers, &output, strings) }.reply();
    lane.recycle(output);
    match reply? {
        Some(Value::Plain(value)) => Ok(value),
        Some(Value::Error(error)) => Err(Failure::Value(error)),
        None => missing(env, lane),
    }
}

/// There is no reply: the session waits, or says nothing by the client's wish.
#[cold]
fn missing(env: sys::napi_env, lane: &Lane) -> Outcome {
    let flow = lane.flow();
    if flow.has(hematite_engine::Flow::PARKED) {
        return Err(Failure::Text("the command waits; it can't be called synchronously"));
    }
    undefined(env)
}

fn undefined(env: sys::napi_env) -> Outcome {
    let mut value = ptr::null_mut();
    // SAFETY: the environment is current.
    unsafe { sys::napi_get_undefined(env, &mut value) };
    Ok(value)
}

/// Adds the arguments of one command, whose first is an id of the table or a name.
#[inline(always)]
unsafe fn push_command(
    env: sys::napi_env,
    lane: &Lane,
    args: &[sys::napi_value],
    collected: &mut Collected<'_>,
) -> Result<(), Failure> {
    const WRONG: Failure = Failure::Text("an argument is no string, number, bigint or Uint8Array");
    let Some((first, rest)) = args.split_first() else {
        return Err(Failure::Text("there is no command"));
    };
    let mut id = 0;
    // SAFETY: the handles are those of the running callback.
    unsafe {
        if sys::napi_get_value_uint32(env, *first, &mut id) == sys::Status::napi_ok {
            let command = lane.desk.core.engine.table().by_id(id as usize);
            push_name(command.ok_or(Failure::Text("there is no command of this id"))?, collected);
        } else {
            collected.push(env, *first).map_err(|_| WRONG)?;
        }
        for arg in rest {
            collected.push(env, *arg).map_err(|_| WRONG)?;
        }
    }
    Ok(())
}

#[inline(always)]
fn push_name(command: &Command, collected: &mut Collected<'_>) {
    let name = command.spec.name;
    match name.split_once('|') {
        None => collected.push_static(name.as_bytes()),
        Some((container, name)) => {
            collected.push_static(container.as_bytes());
            collected.push_static(name.as_bytes());
        }
    }
}

unsafe extern "C" fn batch(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: called by Node.
    unsafe { enter(env, info, |lane, args| several(env, lane, args)) }
}

/// `batch(ends, asBuffers, ...args)`.
fn several(env: sys::napi_env, lane: &Lane, args: &[sys::napi_value]) -> Outcome {
    let &[ends, as_buffers, ref items @ ..] = args else {
        return Err(Failure::Text("batch(ends: Uint32Array, asBuffers: boolean, ...args)"));
    };
    let mut wants_buffers = false;
    // SAFETY: the handles are those of the running callback.
    unsafe { sys::napi_get_value_bool(env, as_buffers, &mut wants_buffers) };
    // SAFETY: as above.
    let ends = unsafe { positions(env, ends) }?;
    let mut arena = std::mem::take(&mut *lane.arena.try_borrow_mut().map_err(|_| Refusal::Busy)?);
    let result = {
        let mut collected = Collected::copying(&mut arena);
        collect_all(env, lane, items, &ends, &mut collected).and_then(|ends| {
            // SAFETY: a host command among them runs JavaScript before the next is executed; all slices are the arena's.
            let slices = unsafe { collected.slices() };
            lane.call_batch(&Env::from_raw(env), &slices, &ends).map_err(Failure::from)
        })
    };
    if let Ok(mut home) = lane.arena.try_borrow_mut() {
        *home = arena;
    }
    result?;
    let output = lane.take_output()?;
    let strings = if wants_buffers { Strings::Bytes } else { Strings::Text };
    let replies = read_all(env, lane, &output, strings, ends.len());
    lane.recycle(output);
    replies
}

/// The elements of a Uint32Array.
///
/// # Safety
///
/// `env` is the current environment and `value` one of its open handles.
unsafe fn positions(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<usize>, Failure> {
    let (mut kind, mut length, mut data) = (0, 0, ptr::null_mut());
    let (mut buffer, mut offset) = (ptr::null_mut(), 0);
    // SAFETY: the environment and the value are the caller's; the results are local.
    let status = unsafe {
        sys::napi_get_typedarray_info(env, value, &mut kind, &mut length, &mut data, &mut buffer, &mut offset)
    };
    if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint32_array {
        return Err(Failure::Text("the ends of the commands are no Uint32Array"));
    }
    if length == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: the array has that many elements, aligned for their type, and no JavaScript runs meanwhile.
    let ends = unsafe { std::slice::from_raw_parts(data.cast::<u32>(), length) };
    Ok(ends.iter().map(|end| *end as usize).collect())
}

/// Collects the arguments of all commands; returns where each ends among the words of the engine, of which a subcommand's
/// name has two.
fn collect_all(
    env: sys::napi_env,
    lane: &Lane,
    items: &[sys::napi_value],
    ends: &[usize],
    collected: &mut Collected<'_>,
) -> Result<Vec<usize>, Failure> {
    let mut from = 0;
    let mut result = Vec::with_capacity(ends.len());
    for end in ends {
        let command =
            items.get(from..*end).ok_or(Failure::Text("a command ends where there is no argument"))?;
        // SAFETY: the handles are those of the running callback.
        unsafe { push_command(env, lane, command, collected) }?;
        result.push(collected.len());
        from = *end;
    }
    Ok(result)
}

/// An array of all replies, errors among them as objects.
fn read_all(env: sys::napi_env, lane: &Lane, output: &[u8], strings: Strings, count: usize) -> Outcome {
    // SAFETY: the environment is current.
    let mut reader = unsafe { Reader::new(env, &lane.makers, output, strings) };
    let mut replies: SmallVec<[sys::napi_value; 64]> = SmallVec::new();
    for _ in 0..count {
        match reader.reply()? {
            Some(Value::Plain(value) | Value::Error(value)) => replies.push(value),
            None => break,
        }
    }
    Ok(reader.list(&replies)?)
}

unsafe extern "C" fn feed(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let body = |lane: &Lane, args: &[sys::napi_value]| {
        let first = args.first().ok_or(Failure::Text("feed(bytes: Uint8Array)"))?;
        // SAFETY: the handle is that of the running callback.
        let bytes = unsafe { bytes_of(env, *first) };
        let (data, length) = bytes.ok_or(Failure::Text("feed(bytes: Uint8Array)"))?;
        // SAFETY: the array is held by a handle; the engine has executed or copied all bytes before JavaScript runs.
        let bytes = unsafe { std::slice::from_raw_parts(data, length) };
        lane.feed(&Env::from_raw(env), bytes)?;
        output_of(env, lane)
    };
    // SAFETY: called by Node.
    unsafe { enter(env, info, body) }
}

unsafe extern "C" fn resume(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let body = |lane: &Lane, _: &[sys::napi_value]| {
        lane.resume(&Env::from_raw(env))?;
        output_of(env, lane)
    };
    // SAFETY: called by Node.
    unsafe { enter(env, info, body) }
}

/// The session's output as a Buffer; undefined where there is none.
fn output_of(env: sys::napi_env, lane: &Lane) -> Outcome {
    let output = lane.take_output()?;
    let value = if output.is_empty() { undefined(env) } else { buffer(env, &output).map_err(Failure::from) };
    lane.recycle(output);
    value
}
