//! A disk in memory, for tests: it counts calls, fails at the n-th, takes half of what it is given, and loses power.
//!
//! ```text
//!   kernel:   content of each file, names          what a process that is killed leaves behind
//!   platter:  content at its last sync, names at   what is there for sure after a loss of power
//!             the last sync of the directory
//!   regions:  memory that belongs to files            what a process that is killed leaves behind; anything after a loss of power
//!   between:  writes since, in pieces of a sector  any of which may have reached the platter, in any order
//! ```

use super::{BLOCK_BYTES, File, Region, Storage, Which};
use hematite_base::random::Random;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Writes reach the platter in pieces of this size, bytes.
const SECTOR: usize = 64;
/// Bytes of memory that belongs to a file: small, so that it is often full.
const REGION_BYTES: usize = 6 * BLOCK_BYTES;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no space: a write takes half of the bytes first, and fails when it goes on.
    Full,
    /// The device has an error.
    Broken,
    /// A write takes a part of the bytes, without an error.
    Short,
}

/// When something goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// At the call with this number, from 0.
    pub call: u64,
    /// What.
    pub fault: Fault,
    /// At every call from there on, too.
    pub for_ever: bool,
}

#[derive(Clone, Default)]
struct Inode {
    content: Vec<u8>,
    platter: Vec<u8>,
    /// Changes since the last sync.
    changes: Vec<Change>,
    region: Option<Vec<u8>>,
    /// Nobody has removed the region's file.
    has_named_region: bool,
    /// The region as it was at the last sync of anything: what may have reached the disk of it.
    old_region: Option<Vec<u8>>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Cut(usize),
}

#[derive(Clone)]
enum Renaming {
    Give(String, usize),
    Take(String),
}

#[derive(Default)]
struct State {
    inodes: Vec<Inode>,
    /// Files have memory.
    has_regions: bool,
    names: BTreeMap<String, usize>,
    platter_names: BTreeMap<String, usize>,
    renamings: Vec<Renaming>,
    calls: u64,
    plan: Option<Plan>,
    /// From this call on the machine is off.
    dies_at: Option<u64>,
    failed: u64,
    /// A full disk has taken the half of a write; the next one fails.
    is_half_taken: bool,
}

/// See the head of the file. Clones are the same disk.
#[derive(Clone, Default)]
pub struct MemoryStorage(Arc<Mutex<State>>);

impl MemoryStorage {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Has something go wrong; `None`: nothing any more.
    pub fn plan(&self, plan: Option<Plan>) {
        self.state().plan = plan;
    }
    /// Switches the machine off before the call with this number.
    pub fn die_at(&self, call: u64) {
        self.state().dies_at = Some(call);
    }
    /// A disk whose files have memory that outlives the process.
    pub fn with_regions() -> MemoryStorage {
        let storage = MemoryStorage::default();
        storage.state().has_regions = true;
        storage
    }
    /// Calls so far.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }
    /// Calls that failed.
    pub fn failed(&self) -> u64 {
        self.state().failed
    }
    /// The content of a file, if it is there.
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state();
        state.names.get(name).map(|at| state.inodes[*at].content.clone())
    }
    /// Puts a file there, as if it had always been.
    pub fn put(&self, name: &str, content: &[u8]) {
        let mut state = self.state();
        state.inodes.push(Inode { content: content.to_vec(), platter: content.to_vec(), ..Inode::default() });
        let at = state.inodes.len() - 1;
        state.names.insert(name.to_owned(), at);
        state.platter_names.insert(name.to_owned(), at);
    }

    fn put_region(&self, name: &str, region: Option<Vec<u8>>) {
        let mut state = self.state();
        let at = state.names[name];
        (state.inodes[at].has_named_region, state.inodes[at].region) = (region.is_some(), region);
    }

    /// What the disk may hold after a loss of power at this moment, as a disk that works.
    pub fn after_power_loss(&self, random: &mut Random) -> MemoryStorage {
        let state = self.state();
        let survivor = MemoryStorage::default();
        let mut names = state.platter_names.clone();
        // Names given and taken reach the disk in order: file systems keep a journal of them.
        let kept = random.below(state.renamings.len() as u64 + 1) as usize;
        for renaming in &state.renamings[..kept] {
            match renaming {
                Renaming::Give(name, at) => drop(names.insert(name.clone(), *at)),
                Renaming::Take(name) => drop(names.remove(name)),
            }
        }
        for (name, at) in names {
            survivor.put(&name, &state.inodes[at].on_platter(random));
            survivor.put_region(&name, state.inodes[at].damaged_region(random));
        }
        survivor.state().has_regions = state.has_regions;
        drop(state);
        survivor
    }
    /// What the disk holds after the process was killed, as a disk that works.
    pub fn after_kill(&self) -> MemoryStorage {
        let state = self.state();
        let survivor = MemoryStorage::default();
        for (name, at) in &state.names {
            survivor.put(name, &state.inodes[*at].content);
            survivor.put_region(name, state.inodes[*at].found_region());
        }
        survivor.state().has_regions = state.has_regions;
        drop(state);
        survivor
    }
}

impl Inode {
    /// The region as the next process finds it.
    fn found_region(&self) -> Option<Vec<u8>> {
        self.region.clone().filter(|_| self.has_named_region)
    }
    /// The region, in which some sectors are older, or have never reached the disk.
    fn damaged_region(&self, random: &mut Random) -> Option<Vec<u8>> {
        let mut bytes = self.found_region()?;
        let (old, kind) = (self.old_region.as_deref().unwrap_or_default(), random.below(4));
        for (index, sector) in bytes.chunks_mut(SECTOR).enumerate() {
            match old.get(index * SECTOR..).and_then(|rest| rest.get(..sector.len())) {
                Some(old) if random.below(4) < kind => sector.copy_from_slice(old),
                None if random.below(4) < kind => sector.fill(0),
                _ => {}
            }
        }
        Some(bytes)
    }
    /// The platter's content, with any of the changes since the last sync.
    fn on_platter(&self, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.platter.clone();
        for change in &self.changes {
            match change {
                Change::Write(offset, data) => {
                    let (mut at, mut rest) = (*offset, &data[..]);
                    while !rest.is_empty() {
                        let (piece, others) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                        if random.below(2) == 0 {
                            put_at(&mut bytes, at, piece);
                        }
                        (at, rest) = (at + piece.len(), others);
                    }
                }
                Change::Cut(len) if random.below(2) == 0 => bytes.resize(*len, 0),
                Change::Cut(_) => {}
            }
        }
        bytes
    }
}

fn put_at(bytes: &mut Vec<u8>, at: usize, data: &[u8]) {
    if bytes.len() < at + data.len() {
        bytes.resize(at + data.len(), 0);
    }
    bytes[at..at + data.len()].copy_from_slice(data);
}

fn full() -> io::Error {
    // ENOSPC has this number on every system that has the name.
    io::Error::from_raw_os_error(28)
}

fn broken() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl State {
    /// Counts a call; what goes wrong with it.
    fn begin(&mut self) -> io::Result<Option<Fault>> {
        let call = self.calls;
        self.calls += 1;
        if self.dies_at.is_some_and(|at| call >= at) {
            return Err(broken());
        }
        let plan = self.plan.filter(|plan| if plan.for_ever { call >= plan.call } else { call == plan.call });
        match plan {
            Some(Plan { fault: Fault::Broken, .. }) => {
                self.failed += 1;
                Err(broken())
            }
            Some(plan) => Ok(Some(plan.fault)),
            None => Ok(None),
        }
    }
    /// The same, for calls that take a new block or a name.
    fn begin_taking(&mut self) -> io::Result<()> {
        if self.begin()? == Some(Fault::Full) {
            self.failed += 1;
            return Err(full());
        }
        Ok(())
    }
}

struct MemoryFile {
    storage: MemoryStorage,
    at: usize,
}

struct MemoryRegion(MemoryFile);

impl MemoryRegion {
    fn with<T>(&self, work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        let mut state = self.0.storage.state();
        work(state.inodes[self.0.at].region.get_or_insert_with(|| vec![0; REGION_BYTES]))
    }
}

impl Region for MemoryRegion {
    fn size(&self) -> usize {
        self.with(|bytes| bytes.len())
    }
    fn read_at(&self, at: usize, into: &mut [u8]) {
        self.with(|bytes| into.copy_from_slice(&bytes[at..at + into.len()]));
    }
    fn write_at(&mut self, at: usize, given: &[u8]) {
        self.with(|bytes| bytes[at..at + given.len()].copy_from_slice(given));
    }
    fn is_there(&self) -> bool {
        self.0.storage.state().inodes[self.0.at].has_named_region
    }
    fn remove(&mut self) {
        self.0.storage.state().inodes[self.0.at].has_named_region = false;
    }
}

impl File for MemoryFile {
    fn write_blocks_at(&self, offset: u64, blocks: &[u8]) -> io::Result<usize> {
        let places = [offset as usize, blocks.len(), blocks.as_ptr() as usize];
        assert!(places.iter().all(|place| place % BLOCK_BYTES == 0), "{places:?} are whole blocks");
        self.write_at(offset, blocks)
    }
    fn region(&self, which: Which) -> Option<Box<dyn Region>> {
        let mut state = self.storage.state();
        let is_there = state.inodes[self.at].has_named_region;
        if which == Which::Left && !is_there || !state.has_regions || state.begin_taking().is_err() {
            return None;
        }
        state.inodes[self.at].has_named_region = true;
        Some(Box::new(MemoryRegion(MemoryFile { storage: self.storage.clone(), at: self.at })))
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.storage.state();
        let fault = state.begin()?;
        let was_half = std::mem::take(&mut state.is_half_taken);
        if was_half || fault == Some(Fault::Full) && bytes.len() < 2 {
            state.failed += 1;
            return Err(full());
        }
        state.is_half_taken = fault == Some(Fault::Full);
        let taken = if fault.is_some() { bytes.len().div_ceil(2) } else { bytes.len() };
        let inode = &mut state.inodes[self.at];
        put_at(&mut inode.content, offset as usize, &bytes[..taken]);
        inode.changes.push(Change::Write(offset as usize, bytes[..taken].to_vec()));
        Ok(taken)
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.storage.state();
        state.begin()?;
        let content = &state.inodes[self.at].content;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
    fn sync(&self) -> io::Result<()> {
        let mut state = self.storage.state();
        let is_failing = state.begin();
        let inode = &mut state.inodes[self.at];
        if is_failing.is_err() {
            // As with real kernels: what could not be written is forgotten, and the next sync knows nothing of it.
            inode.changes.clear();
            return is_failing.map(|_| ());
        }
        inode.platter.clone_from(&inode.content);
        inode.old_region.clone_from(&inode.region);
        inode.changes.clear();
        Ok(())
    }
    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut state = self.storage.state();
        state.begin()?;
        let inode = &mut state.inodes[self.at];
        inode.content.resize(len as usize, 0);
        inode.changes.push(Change::Cut(len as usize));
        Ok(())
    }
    fn len(&self) -> io::Result<u64> {
        let mut state = self.storage.state();
        state.begin()?;
        Ok(state.inodes[self.at].content.len() as u64)
    }
}

impl MemoryStorage {
    fn file(&self, at: usize) -> Arc<dyn File> {
        Arc::new(MemoryFile { storage: self.clone(), at })
    }
}

impl Storage for MemoryStorage {
    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let mut state = self.state();
        state.begin_taking()?;
        if let Some(at) = state.names.get(name) {
            return Ok(self.file(*at));
        }
        state.inodes.push(Inode::default());
        let at = state.inodes.len() - 1;
        state.names.insert(name.to_owned(), at);
        state.renamings.push(Renaming::Give(name.to_owned(), at));
        Ok(self.file(at))
    }
    fn read(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let mut state = self.state();
        state.begin()?;
        let at = state.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(self.file(*at))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.begin_taking()?;
        let at = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to.to_owned(), at);
        state.renamings.push(Renaming::Give(to.to_owned(), at));
        state.renamings.push(Renaming::Take(from.to_owned()));
        Ok(())
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.begin()?;
        state.names.remove(name).ok_or(io::ErrorKind::NotFound)?;
        state.renamings.push(Renaming::Take(name.to_owned()));
        Ok(())
    }
    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.state();
        state.begin()?;
        state.platter_names = state.names.clone();
        state.renamings.clear();
        Ok(())
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.begin()?;
        Ok(state.names.keys().cloned().collect())
    }
}
