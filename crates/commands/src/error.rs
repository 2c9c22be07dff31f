//! Error: the texts of error replies in one catalogue, worded as the reference words them.

use std::borrow::Cow;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The key holds another type.
    WrongType,
    /// Options that do not go together, or are unknown.
    Syntax,
    /// An argument that should be an integer of 64 bits.
    NotInteger,
    /// An argument that should be a double.
    NotFloat,
    /// An integer outside of what is allowed here.
    OutOfRange,
    /// An increment that leaves 64 bits.
    Overflow,
    /// An increment whose result is no finite number.
    NanOrInfinity,
    /// A string that would be longer than `proto-max-bulk-len`.
    TooLong,
    /// A count that should be positive.
    NotPositive,
    /// No such key, where one is needed.
    NoSuchKey,
    /// An index outside of the value.
    IndexOutOfRange,
    /// A database index that is none.
    DbIndexOutOfRange,
    /// Any other text, with its code.
    Text(Cow<'static, str>),
    /// A text with bytes of the client's, with its code.
    Bytes(Vec<u8>),
}

impl Error {
    /// The text with its code.
    pub fn text(&self) -> Cow<'_, [u8]> {
        let text: &'static str = match self {
            Error::WrongType => "WRONGTYPE Operation against a key holding the wrong kind of value",
            Error::Syntax => "ERR syntax error",
            Error::NotInteger => "ERR value is not an integer or out of range",
            Error::NotFloat => "ERR value is not a valid float",
            Error::OutOfRange => "ERR value is out of range",
            Error::Overflow => "ERR increment or decrement would overflow",
            Error::NanOrInfinity => "ERR increment would produce NaN or Infinity",
            Error::TooLong => "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
            Error::NotPositive => "ERR value is out of range, must be positive",
            Error::NoSuchKey => "ERR no such key",
            Error::IndexOutOfRange => "ERR index out of range",
            Error::DbIndexOutOfRange => "ERR DB index is out of range",
            Error::Text(text) => return Cow::Borrowed(text.as_bytes()),
            Error::Bytes(bytes) => return Cow::Borrowed(bytes),
        };
        Cow::Borrowed(text.as_bytes())
    }
    /// An error with a fixed text.
    pub const fn fixed(text: &'static str) -> Error {
        Error::Text(Cow::Borrowed(text))
    }
    /// `ERR invalid expire time in '<command>' command`.
    pub fn invalid_expire(command: &str) -> Error {
        Error::Text(Cow::Owned(format!("ERR invalid expire time in '{command}' command")))
    }
    /// `ERR wrong number of arguments for '<command>' command`.
    pub fn arity(command: &str) -> Error {
        Error::Text(Cow::Owned(format!("ERR wrong number of arguments for '{command}' command")))
    }
    /// `ERR unknown subcommand or wrong number of arguments for '<given>'. Try <CONTAINER> HELP.`
    pub fn unknown_subcommand(given: &[u8], container: &str) -> Error {
        let mut text = b"ERR unknown subcommand '".to_vec();
        text.extend_from_slice(&given[..given.len().min(128)]);
        text.extend_from_slice(b"'. Try ");
        text.extend_from_slice(container.to_ascii_uppercase().as_bytes());
        text.extend_from_slice(b" HELP.");
        Error::Bytes(text)
    }
}

impl From<hematite_keyspace::WrongType> for Error {
    fn from(_: hematite_keyspace::WrongType) -> Error {
        Error::WrongType
    }
}
