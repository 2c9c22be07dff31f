//! Libraries: the functions that FCALL finds, shared by all workers.
//!
//! A library is loaded by running its code once, on the worker that was asked to; others run it when they first need one of
//! its functions. What a library keeps in its own variables is therefore each worker's own.

use super::interpreter::{Caller, Function, Interpreter, Library};
use super::run::take_interpreter;
use super::shebang;
use crate::engine::Shared;
use crate::worker::Local;
use hematite_commands::Error;
use hematite_resp::Protocol;
use parking_lot::RwLock;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Time that a library's code may take, nanoseconds.
const LOAD_NS_MAX: u64 = 500_000_000;

/// Every library.
#[derive(Default)]
pub(crate) struct Libraries {
    known: RwLock<Known>,
    /// How often libraries have changed: interpreters that lag behind forget those that are gone.
    pub changes: AtomicU64,
}

/// A set of libraries, in which no function has two.
#[derive(Clone, Default)]
pub(crate) struct Known {
    libraries: BTreeMap<Vec<u8>, Arc<Library>>,
    /// By their names in lower case: FCALL takes them in any.
    functions: HashMap<Vec<u8>, (Arc<Library>, usize)>,
}

impl Known {
    fn insert(&mut self, library: &Arc<Library>) {
        for (at, function) in library.functions.iter().enumerate() {
            self.functions.insert(function.name.to_ascii_lowercase(), (Arc::clone(library), at));
        }
        self.libraries.insert(library.name.clone(), Arc::clone(library));
    }
    fn remove(&mut self, name: &[u8]) -> Option<Arc<Library>> {
        let library = self.libraries.remove(name)?;
        for function in &library.functions {
            self.functions.remove(&function.name.to_ascii_lowercase());
        }
        Some(library)
    }
    /// Adds a library, in the place of one of its name if there is one and `replaces` says so.
    fn add(&mut self, library: &Arc<Library>, replaces: bool) -> Result<(), Error> {
        let earlier = if replaces { self.remove(&library.name) } else { None };
        let is_taken = |name: &[u8]| self.functions.contains_key(&name.to_ascii_lowercase());
        let taken = library.functions.iter().find(|function| is_taken(&function.name));
        if let Some(function) = taken {
            let error = text("Function ", &function.name, " already exists");
            earlier.iter().for_each(|earlier| self.insert(earlier));
            return Err(error);
        }
        if self.libraries.contains_key(&library.name) {
            return Err(text("Library '", &library.name, "' already exists"));
        }
        self.insert(library);
        Ok(())
    }
}

fn text(before: &str, name: &[u8], after: &str) -> Error {
    Error::Bytes([b"ERR ", before.as_bytes(), name, after.as_bytes()].concat())
}

/// What RESTORE does with libraries that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// They go.
    Flush,
    /// They stay; one of the same name is an error.
    Append,
    /// They stay, unless a new one has the name.
    Replace,
}

impl Libraries {
    /// Every library, in the order of the names.
    pub fn all(&self) -> Vec<Arc<Library>> {
        self.known.read().libraries.values().cloned().collect()
    }
    /// Numbers of libraries and functions.
    pub fn sizes(&self) -> (usize, usize) {
        let known = self.known.read();
        (known.libraries.len(), known.functions.len())
    }
    /// Bytes of the libraries' texts.
    pub fn text_bytes(&self) -> usize {
        self.known.read().libraries.values().map(|library| library.body.len() + library.name.len()).sum()
    }
    /// A function's library and its place there.
    pub fn find(&self, function: &[u8]) -> Option<(Arc<Library>, usize)> {
        self.known.read().functions.get(&function.to_ascii_lowercase()).cloned()
    }
    /// Forgets a library. Whether it was there.
    pub fn remove(&self, name: &[u8]) -> bool {
        let removed = self.known.write().remove(name);
        self.changes.fetch_add(1, Relaxed);
        removed.is_some()
    }
    /// Takes all out and puts others in their place.
    pub fn exchange(&self, others: Libraries) -> Libraries {
        let known = std::mem::replace(&mut *self.known.write(), others.known.into_inner());
        self.changes.fetch_add(1, Relaxed);
        Libraries { known: RwLock::new(known), ..Libraries::default() }
    }
    /// Brings back libraries that were taken out, beside those that have come in their place. One that both have stays as it is
    /// here if `replaces`, and is an error otherwise; after an error nothing has changed.
    pub fn join(&self, others: &Libraries, replaces: bool) -> Result<(), Error> {
        self.change(|known| {
            for library in others.all() {
                if !known.libraries.contains_key(&library.name) {
                    known.add(&library, false)?;
                } else if !replaces {
                    return Err(text("Library ", &library.name, " already exists"));
                }
            }
            Ok(())
        })
    }
    /// Forgets all.
    pub fn clear(&self) {
        *self.known.write() = Known::default();
        self.changes.fetch_add(1, Relaxed);
    }
    /// Has an interpreter forget the libraries that are gone.
    pub fn tidy(&self, interpreter: &mut dyn Interpreter) {
        let ids: Vec<u64> = self.known.read().libraries.values().map(|library| library.id).collect();
        interpreter.retain_libraries(&ids);
    }
    fn change<R>(&self, f: impl FnOnce(&mut Known) -> Result<R, Error>) -> Result<R, Error> {
        let mut known = self.known.write();
        let mut changed = known.clone();
        let result = f(&mut changed)?;
        *known = changed;
        self.changes.fetch_add(1, Relaxed);
        Ok(result)
    }
}

/// What a library's code sees of the engine while it is loaded: the time that it has left.
struct Loading<'l> {
    shared: &'l Shared,
    until_ns: u64,
}

impl Caller for Loading<'_> {
    fn call(&mut self, _: &[&[u8]]) -> Result<&[u8], Error> {
        Err(Error::fixed("ERR redis.call/pcall can only be called inside a script invocation"))
    }
    fn set_protocol(&mut self, _: Protocol) {}
    fn may_call(&mut self, _: &[&[u8]]) -> Option<bool> {
        None
    }
    fn set_replication(&mut self, _: u8) {}
    fn log(&mut self, level: u8, text: &[u8]) {
        self.shared.log(level, text);
    }
    fn interrupt(&mut self) -> Result<(), Error> {
        match (self.shared.options.clock_ns)() > self.until_ns {
            true => Err(Error::fixed("ERR FUNCTION LOAD timeout")),
            false => Ok(()),
        }
    }
    fn clock_s(&mut self) -> f64 {
        (self.shared.options.clock_ns)() as f64 / 1e9
    }
}

/// Runs a library's code; the library with its functions, not yet known to others. `is_known` says whether one of this name is
/// in the way.
fn prepare(
    shared: &Shared,
    local: &mut Local,
    body: &[u8],
    is_known: impl FnOnce(&[u8]) -> bool,
) -> Result<Arc<Library>, Error> {
    let heading = shebang::of_library(body)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if heading.name.is_empty() || !heading.name.iter().all(is_name) {
        return Err(Error::fixed(
            "ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long",
        ));
    }
    if !heading.interpreter.eq_ignore_ascii_case(b"lua") {
        return Err(text("Engine '", &heading.interpreter, "' not found"));
    }
    if is_known(&heading.name) {
        return Err(text("Library '", &heading.name, "' already exists"));
    }
    let id = shared.scripts.next_id();
    let (name, code_at) = (heading.name, heading.code_at);
    let mut library = Library { id, name, body: body.into(), code_at, functions: Vec::new() };
    let mut interpreter = take_interpreter(shared, local)?;
    let until_ns = (shared.options.clock_ns)() + LOAD_NS_MAX;
    let loaded = interpreter.load(&library, &mut Loading { shared, until_ns });
    local.interpreter = Some(interpreter);
    let mut functions: Vec<Function> = loaded.map_err(|text| Error::Bytes([b"ERR ", &text[..]].concat()))?;
    if functions.is_empty() {
        return Err(Error::fixed("ERR No functions registered"));
    }
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    library.functions = functions;
    Ok(Arc::new(library))
}

/// FUNCTION LOAD; the library's name.
pub(crate) fn load_library(
    shared: &Shared,
    local: &mut Local,
    body: &[u8],
    replaces: bool,
) -> Result<Vec<u8>, Error> {
    let libraries = &shared.libraries;
    let library = prepare(shared, local, body, |name| {
        !replaces && libraries.known.read().libraries.contains_key(name)
    })?;
    libraries.change(|known| known.add(&library, replaces))?;
    Ok(library.name.clone())
}

/// FUNCTION RESTORE: all of these libraries, or none.
pub(crate) fn restore_libraries(
    shared: &Shared,
    local: &mut Local,
    bodies: &[Vec<u8>],
    policy: Policy,
) -> Result<(), Error> {
    let mut fresh = Known::default();
    let mut order = Vec::new();
    for body in bodies {
        let library = prepare(shared, local, body, |name| fresh.libraries.contains_key(name))?;
        fresh.add(&library, false)?;
        order.push(library);
    }
    shared.libraries.change(|known| {
        if policy == Policy::Flush {
            *known = fresh;
            return Ok(());
        }
        // The old ones make room first, so that functions may move from one library to another.
        for library in &order {
            if policy == Policy::Replace {
                known.remove(&library.name);
            } else if known.libraries.contains_key(&library.name) {
                return Err(text("Library ", &library.name, " already exists"));
            }
        }
        order.iter().try_for_each(|library| known.add(library, false))
    })
}
