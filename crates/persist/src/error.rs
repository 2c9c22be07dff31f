//! Error: where bytes stop being what they should be, and why.

use std::borrow::Cow;
use std::fmt;

/// What is wrong with a file or a payload. One pointer wide, for it is returned from every step of a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Detail>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Detail {
    offset: u64,
    reason: Cow<'static, str>,
    key: Option<Box<[u8]>>,
}

impl Error {
    /// Something wrong at an offset, bytes from the start.
    #[cold]
    pub fn new(offset: u64, reason: impl Into<Cow<'static, str>>) -> Error {
        Error(Box::new(Detail { offset, reason: reason.into(), key: None }))
    }
    /// The same, while the value of this key was read.
    pub fn within(mut self, key: &[u8]) -> Error {
        self.0.key.get_or_insert_with(|| key.into());
        self
    }
    /// Bytes from the start.
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
    /// What is wrong.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }
    /// The key whose value was being read.
    pub fn key(&self) -> Option<&[u8]> {
        self.0.key.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at offset {}: {}", self.0.offset, self.0.reason)?;
        match &self.0.key {
            Some(key) => write!(f, " (in the value of key '{}')", key.escape_ascii()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
