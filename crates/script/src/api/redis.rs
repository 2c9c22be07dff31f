//! The `redis` library (`server` is another name for it): the way from a script to the engine.

use crate::number::{general, write_general};
use crate::reply;
use crate::vm::{Argument, CallerRef, Kind, Outcome, Raise, Stack};
use hematite_engine::scripting::interpreter::{Function, ScriptFlags};
use hematite_engine::{Protocol, REDIS_VERSION};
use sha1::{Digest, Sha1};
use smallvec::SmallVec;

/// Fills the library on the top as scripts find it.
pub fn add_for_scripts(stack: &mut Stack) {
    add(stack);
    stack.push_function(breakpoint);
    stack.set_field(-2, "breakpoint");
    stack.push_function(debug);
    stack.set_field(-2, "debug");
    stack.push_function(replicate_commands);
    stack.set_field(-2, "replicate_commands");
}

/// Fills the library on the top as functions find it.
pub fn add(stack: &mut Stack) {
    stack.push_function(call);
    stack.set_field(-2, "call");
    stack.push_function(pcall);
    stack.set_field(-2, "pcall");
    stack.push_function(error_reply);
    stack.set_field(-2, "error_reply");
    stack.push_function(status_reply);
    stack.set_field(-2, "status_reply");
    stack.push_function(sha1hex);
    stack.set_field(-2, "sha1hex");
    stack.push_function(setresp);
    stack.set_field(-2, "setresp");
    stack.push_function(set_repl);
    stack.set_field(-2, "set_repl");
    stack.push_function(acl_check_cmd);
    stack.set_field(-2, "acl_check_cmd");
    for (name, value) in
        [("REPL_NONE", 0), ("REPL_AOF", 1), ("REPL_SLAVE", 2), ("REPL_REPLICA", 2), ("REPL_ALL", 3)]
    {
        stack.push_number(f64::from(value));
        stack.set_field(-2, name);
    }
    add_shared(stack);
}

/// Fills the library that a library of functions finds while it is loaded.
pub fn add_for_loading(stack: &mut Stack) {
    stack.push_function(register_function);
    stack.set_field(-2, "register_function");
    add_shared(stack);
}

fn add_shared(stack: &mut Stack) {
    stack.push_function(log);
    stack.set_field(-2, "log");
    for (name, level) in [("LOG_DEBUG", 0), ("LOG_VERBOSE", 1), ("LOG_NOTICE", 2), ("LOG_WARNING", 3)] {
        stack.push_number(f64::from(level));
        stack.set_field(-2, name);
    }
    stack.push_bytes(REDIS_VERSION.as_bytes());
    stack.set_field(-2, "REDIS_VERSION");
    let number = REDIS_VERSION.split('.').fold(0, |all, part| all << 8 | part.parse().unwrap_or(0));
    stack.push_number(f64::from(number));
    stack.set_field(-2, "REDIS_VERSION_NUM");
}

/// A command's arguments: strings where they are on the stack, numbers as text.
struct Arguments<'s> {
    /// The texts of numbers, one after the other.
    texts: SmallVec<[u8; 64]>,
    places: SmallVec<[Place<'s>; 16]>,
}

enum Place<'s> {
    Stack(&'s [u8]),
    /// From and to, in the texts.
    Text(usize, usize),
}

impl<'s> Arguments<'s> {
    #[inline]
    fn gather(stack: &'s Stack) -> Result<Self, Raise> {
        let arguments = stack.arguments();
        if arguments.len() == 0 {
            return Err(Raise::reply("Please specify at least one argument for this redis lib call"));
        }
        let mut all = Arguments { texts: SmallVec::new(), places: SmallVec::with_capacity(arguments.len()) };
        for argument in arguments {
            all.places.push(match argument {
                Argument::Bytes(bytes) => Place::Stack(bytes),
                Argument::Number(number) => {
                    let from = all.texts.len();
                    write_general(&mut all.texts, number, 17);
                    Place::Text(from, all.texts.len())
                }
                Argument::Other => {
                    return Err(Raise::reply("Lua redis lib command arguments must be strings or integers"));
                }
            });
        }
        Ok(all)
    }
    #[inline]
    fn slices(&self) -> SmallVec<[&[u8]; 16]> {
        let mut all: SmallVec<[&[u8]; 16]> = SmallVec::with_capacity(self.places.len());
        all.extend(self.places.iter().map(|place| match place {
            Place::Stack(bytes) => bytes,
            Place::Text(from, to) => &self.texts[*from..*to],
        }));
        all
    }
}

fn caller(stack: &mut Stack, name: &str) -> Result<CallerRef, Raise> {
    if stack.arena().registering.is_some() {
        return Err(Raise::reply(&format!("{name} can only be called inside a script invocation")));
    }
    stack
        .caller()
        .ok_or_else(|| Raise::reply(&format!("{name} can only be called inside a script invocation")))
}

/// Runs the command and pushes its reply. Whether the reply is an error.
fn run(stack: &mut Stack) -> Result<bool, Raise> {
    let mut caller = caller(stack, "redis.call/pcall")?;
    let replied = {
        let arguments = Arguments::gather(stack)?;
        caller.call(&arguments.slices())
    };
    match replied {
        Ok(reply) => {
            stack.truncate(0);
            reply::push(stack, reply)?;
            Ok(reply.first() == Some(&b'-'))
        }
        Err(error) => {
            stack.push_error_reply(&error.text(), true);
            Ok(true)
        }
    }
}

fn call(stack: &mut Stack) -> Outcome {
    match run(stack)? {
        true => Err(Raise::Top),
        false => Ok(1),
    }
}

fn pcall(stack: &mut Stack) -> Outcome {
    match run(stack) {
        Ok(_) => {}
        Err(Raise::Reply(text, is_counted)) if !stack.arena().is_ended => {
            stack.push_error_reply(&text, is_counted);
        }
        Err(other) => return Err(other),
    }
    Ok(1)
}

/// An error reply whose code is the text's first word if the text begins with `-`, else `ERR`.
fn push_error(stack: &mut Stack, text: &[u8]) {
    let trim = |text: &[u8]| {
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let start = text.iter().position(|byte| !is_end(byte)).unwrap_or(text.len());
        let end = text.iter().rposition(|byte| !is_end(byte)).map_or(start, |at| at + 1);
        text[start..end].to_vec()
    };
    // The reference's texts end at a NUL.
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let (code, message) = match text.strip_prefix(b"-") {
        Some(rest) => match rest.iter().position(|byte| *byte == b' ') {
            Some(end) => (&rest[..end], trim(&rest[end + 1..])),
            None => (&b"ERR"[..], trim(rest)),
        },
        None => (&b"ERR"[..], trim(text)),
    };
    stack.push_error_reply(&[code, b" ", &message[..]].concat(), false);
}

fn error_reply(stack: &mut Stack) -> Outcome {
    match stack.bytes(-1) {
        Some(text) if stack.top() == 1 => {
            let text = if text.starts_with(b"-") { text.to_vec() } else { [b"-", text].concat() };
            push_error(stack, &text);
        }
        _ => push_error(stack, b"wrong number or type of arguments"),
    }
    Ok(1)
}

fn status_reply(stack: &mut Stack) -> Outcome {
    if stack.top() != 1 || stack.kind(-1) != Kind::String {
        push_error(stack, b"wrong number or type of arguments");
        return Ok(1);
    }
    stack.push_table(0, 1);
    stack.push_copy(1);
    stack.set_field(-2, "ok");
    Ok(1)
}

fn sha1hex(stack: &mut Stack) -> Outcome {
    if stack.top() != 1 {
        return Err(Raise::reply("wrong number of arguments"));
    }
    let text = match stack.kind(1) {
        Kind::Number => general(stack.number(1).unwrap_or(0.0), 14).into_bytes(),
        _ => stack.bytes(1).unwrap_or_default().to_vec(),
    };
    let digest: String = Sha1::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    stack.push_bytes(digest.as_bytes());
    Ok(1)
}

fn setresp(stack: &mut Stack) -> Outcome {
    let mut caller = caller(stack, "redis.setresp")?;
    if stack.top() != 1 {
        return Err(Raise::reply("redis.setresp() requires one argument."));
    }
    let protocol = match stack.number(1).unwrap_or(0.0) as i32 {
        2 => Protocol::Resp2,
        3 => Protocol::Resp3,
        _ => return Err(Raise::reply("RESP version must be 2 or 3.")),
    };
    caller.set_protocol(protocol);
    stack.arena().protocol = protocol;
    Ok(0)
}

fn set_repl(stack: &mut Stack) -> Outcome {
    let mut caller = caller(stack, "redis.set_repl")?;
    if stack.top() != 1 {
        return Err(Raise::reply("redis.set_repl() requires two arguments."));
    }
    let to = stack.number(1).unwrap_or(0.0) as i32;
    if to & !3 != 0 {
        return Err(Raise::reply(
            "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        ));
    }
    caller.set_replication(to as u8);
    Ok(0)
}

fn acl_check_cmd(stack: &mut Stack) -> Outcome {
    let mut caller = caller(stack, "redis.acl_check_cmd")?;
    let allowed = {
        let arguments = Arguments::gather(stack)?;
        caller.may_call(&arguments.slices())
    };
    match allowed {
        Some(allowed) => stack.push_boolean(allowed),
        None => return Err(Raise::reply("Invalid command passed to redis.acl_check_cmd()")),
    }
    Ok(1)
}

/// There is no debugger that would stop here.
fn breakpoint(stack: &mut Stack) -> Outcome {
    stack.push_boolean(false);
    Ok(1)
}

fn debug(_: &mut Stack) -> Outcome {
    Ok(0)
}

/// Effects are what is replicated, always.
fn replicate_commands(stack: &mut Stack) -> Outcome {
    stack.push_boolean(true);
    Ok(1)
}

fn log(stack: &mut Stack) -> Outcome {
    let count = stack.top();
    if count < 2 {
        return Err(Raise::reply("redis.log() requires two arguments or more."));
    }
    let Some(level) = stack.number(1) else {
        return Err(Raise::reply("First argument must be a number (log level)."));
    };
    if !(0.0..4.0).contains(&level) {
        return Err(Raise::reply("Invalid debug level."));
    }
    let mut line = Vec::new();
    for at in 2..=count {
        let text = match stack.kind(at) {
            Kind::Number => general(stack.number(at).unwrap_or(0.0), 14).into_bytes(),
            Kind::String => stack.bytes(at).unwrap_or_default().to_vec(),
            _ => continue,
        };
        if at > 2 {
            line.push(b' ');
        }
        line.extend_from_slice(&text);
    }
    if let Some(mut caller) = stack.caller() {
        caller.log(level as u8, &line);
    }
    Ok(0)
}

/// `register_function(name, callback)` or `register_function{function_name=, callback=, flags=, description=}`
fn register_function(stack: &mut Stack) -> Outcome {
    if stack.arena().registering.is_none() {
        return Err(Raise::reply("redis.register_function can only be called on FUNCTION LOAD command"));
    }
    let function = match stack.top() {
        1 => named(stack)?,
        2 => positional(stack)?,
        _ => return Err(Raise::reply("wrong number of arguments to redis.register_function")),
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if function.name.is_empty() || !function.name.iter().all(is_name) {
        return Err(Raise::reply(
            "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long",
        ));
    }
    let registered = stack.arena().registering.get_or_insert_default();
    if registered.iter().any(|other| other.name == function.name) {
        return Err(Raise::reply("Function already exists in the library"));
    }
    // The callback is on the top.
    let name = function.name.clone();
    registered.push(function);
    stack.keep_callback(&name);
    Ok(0)
}

fn positional(stack: &mut Stack) -> Result<Function, Raise> {
    if !matches!(stack.kind(1), Kind::String | Kind::Number) {
        return Err(Raise::reply("first argument to redis.register_function must be a string"));
    }
    let name = super::chunk::text_argument(stack, 1)?;
    if stack.kind(2) != Kind::Function {
        return Err(Raise::reply("second argument to redis.register_function must be a function"));
    }
    stack.push_copy(2);
    Ok(Function { name, description: None, flags: ScriptFlags::default() })
}

fn named(stack: &mut Stack) -> Result<Function, Raise> {
    if stack.kind(1) != Kind::Table {
        return Err(Raise::reply(
            "calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).",
        ));
    }
    let (mut name, mut description, mut flags) = (None, None, ScriptFlags::default());
    // The callback's place.
    stack.push_nil();
    stack.push_nil();
    while stack.next(1) {
        let Some(key) = stack.bytes(-2).map(<[u8]>::to_ascii_lowercase) else {
            return Err(Raise::reply("named argument key given to redis.register_function is not a string"));
        };
        let is_text = matches!(stack.kind(-1), Kind::String | Kind::Number);
        match &key[..] {
            b"function_name" if is_text => name = Some(super::chunk::text_argument(stack, 4)?),
            b"function_name" => {
                return Err(Raise::reply(
                    "function_name argument given to redis.register_function must be a string",
                ));
            }
            b"description" if is_text => description = Some(super::chunk::text_argument(stack, 4)?),
            b"description" => {
                return Err(Raise::reply(
                    "description argument given to redis.register_function must be a string",
                ));
            }
            b"callback" if stack.kind(-1) == Kind::Function => {
                stack.push_copy(-1);
                stack.replace(2);
            }
            b"callback" => {
                return Err(Raise::reply(
                    "callback argument given to redis.register_function must be a function",
                ));
            }
            b"flags" if stack.kind(-1) == Kind::Table => flags = read_flags(stack)?,
            b"flags" => {
                return Err(Raise::reply(
                    "flags argument to redis.register_function must be a table representing function flags",
                ));
            }
            _ => return Err(Raise::reply("unknown argument given to redis.register_function")),
        }
        stack.pop(1);
    }
    let name =
        name.ok_or_else(|| Raise::reply("redis.register_function must get a function name argument"))?;
    if stack.kind(2) != Kind::Function {
        return Err(Raise::reply("redis.register_function must get a callback argument"));
    }
    stack.truncate(2);
    Ok(Function { name, description, flags })
}

/// The flags in the list on the top.
fn read_flags(stack: &mut Stack) -> Result<ScriptFlags, Raise> {
    let mut flags = ScriptFlags::default();
    for at in 1.. {
        let kind = stack.push_element(-1, at);
        let flag = stack.bytes(-1).map(<[u8]>::to_ascii_lowercase);
        stack.pop(1);
        if kind == Kind::Nil {
            break;
        }
        let flag = flag.and_then(|name| ScriptFlags::named(&name));
        flags.0 |= flag.ok_or_else(|| Raise::reply("unknown flag given"))?.0;
    }
    Ok(flags)
}
