//! Spec: the row of the command table, and everything that is derived from it alone.
//!
//! A command is one `const` [`Row`] beside its handler. Dispatch, COMMAND and its subcommands, ACL categories, key
//! extraction, locks, TypeScript types, CLI hints, docs and fuzz grammars all read the row; nothing is said twice.

use crate::context::Context;
use crate::error::Error;

/// A handler of the data plane: reads arguments, touches values, writes its reply.
pub type Data = fn(&mut Context<'_, '_>) -> Result<(), Error>;

/// A row of the table: what is said of a command, and what runs it.
#[derive(Clone, Copy, Debug)]
pub struct Row<R = Data> {
    /// What is said of the command.
    pub spec: Spec,
    /// What runs it.
    pub run: R,
}

/// What is said of a command. Made by `Spec { ..., ..Spec::new("name") }`.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Lower-case name; a subcommand's is `container|name`.
    pub name: &'static str,
    /// Family.
    pub group: Group,
    /// Version of the reference that brought it.
    pub since: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Complexity in words.
    pub complexity: &'static str,
    /// Number of arguments with the command's name (and the subcommand's); negative: at least that many.
    pub arity: i16,
    /// Command flags.
    pub flags: Flags,
    /// ACL categories said explicitly; [`Spec::categories`] adds those that follow from flags.
    pub acl: Acl,
    /// Where its keys are.
    pub keys: &'static [KeySpec],
    /// Tips for clients.
    pub tips: &'static [&'static str],
    /// (version, what changed).
    pub history: &'static [(&'static str, &'static str)],
    /// (since, replaced by).
    pub deprecated: Option<(&'static str, &'static str)>,
    /// For the internals of the system, not for users.
    pub syscmd: bool,
    /// Arguments after the name.
    pub args: &'static [Arg],
    /// Type of the reply: `ok`, `integer`, `string`, `double`, `null`, `'literal'`, `array<T>`, `map<string, T>`,
    /// `tuple<A, B>`, `any`, joined by ` | `.
    pub reply: &'static str,
}

impl Spec {
    /// Defaults for a name.
    pub const fn new(name: &'static str) -> Spec {
        Spec {
            name,
            group: Group::Generic,
            since: "1.0.0",
            summary: "",
            complexity: "",
            arity: 1,
            flags: Flags::NONE,
            acl: Acl::NONE,
            keys: &[],
            tips: &[],
            history: &[],
            deprecated: None,
            syscmd: false,
            args: &[],
            reply: "any",
        }
    }
    /// The name without its container.
    pub fn short_name(&self) -> &'static str {
        self.name.split_once('|').map_or(self.name, |(_, name)| name)
    }
    /// Whether `count` arguments, the name included, are the right number.
    #[inline(always)]
    pub fn takes(&self, count: usize) -> bool {
        if self.arity >= 0 {
            count == self.arity as usize
        } else {
            count >= usize::from(self.arity.unsigned_abs())
        }
    }
    /// ACL categories: the explicit ones, and those that flags imply.
    pub fn categories(&self) -> Acl {
        let mut acl = self.acl.0;
        let has = |flag| self.flags.has(flag);
        let mut imply = |condition: bool, category: Acl| acl |= if condition { category.0 } else { 0 };
        imply(has(Flags::WRITE), Acl::WRITE);
        imply(has(Flags::READONLY) && !self.acl.has(Acl::SCRIPTING), Acl::READ);
        imply(has(Flags::ADMIN), Acl::ADMIN.or(Acl::DANGEROUS));
        imply(has(Flags::PUBSUB), Acl::PUBSUB);
        imply(has(Flags::FAST), Acl::FAST);
        imply(has(Flags::BLOCKING), Acl::BLOCKING);
        imply(!has(Flags::FAST), Acl::SLOW);
        Acl(acl)
    }
}

macro_rules! bits {
    ($(#[$doc:meta])* $name:ident: $int:ty { $($(#[$d:meta])* $flag:ident = $bit:expr, $text:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
        pub struct $name(pub $int);
        impl $name {
            /// No bit.
            pub const NONE: $name = $name(0);
            $($(#[$d])* pub const $flag: $name = $name(1 << $bit);)*
            /// Every flag with its name on the wire; an empty name is not shown.
            pub const NAMES: &'static [($name, &'static str)] = &[$(($name::$flag, $text)),*];
            /// Union.
            pub const fn or(self, other: $name) -> $name { $name(self.0 | other.0) }
            /// Whether any bit of `other` is set.
            #[inline(always)]
            pub const fn has(self, other: $name) -> bool { self.0 & other.0 != 0 }
        }
    };
}

bits! {
    /// Command flags, named as COMMAND names them.
    Flags: u32 {
        /// May change the keyspace.
        WRITE = 0, "write";
        /// Only reads keys.
        READONLY = 1, "readonly";
        /// Refused when out of memory.
        DENYOOM = 2, "denyoom";
        /// For administrators.
        ADMIN = 3, "admin";
        /// Publish and subscribe.
        PUBSUB = 4, "pubsub";
        /// Not from scripts.
        NOSCRIPT = 5, "noscript";
        /// May block the client.
        BLOCKING = 6, "blocking";
        /// While a data set is loading.
        LOADING = 7, "loading";
        /// On a stale replica.
        STALE = 8, "stale";
        /// Not shown by MONITOR.
        SKIP_MONITOR = 9, "skip_monitor";
        /// Not logged as slow.
        SKIP_SLOWLOG = 10, "skip_slowlog";
        /// Cluster: allowed with ASKING state.
        ASKING = 11, "asking";
        /// Constant or logarithmic time.
        FAST = 12, "fast";
        /// Before authentication.
        NO_AUTH = 13, "no_auth";
        /// May replicate though it does not write.
        MAY_REPLICATE = 14, "may_replicate";
        /// Sentinel has it.
        SENTINEL = 15, "";
        /// Only Sentinel has it.
        ONLY_SENTINEL = 16, "";
        /// Not in a transaction.
        NO_MULTI = 17, "no_multi";
        /// Not while loading asynchronously.
        NO_ASYNC_LOADING = 18, "no_async_loading";
        /// While a script is busy.
        ALLOW_BUSY = 19, "allow_busy";
        /// Keys are optional.
        NO_MANDATORY_KEYS = 20, "no_mandatory_keys";
        /// Needs a debug option.
        PROTECTED = 21, "";
        /// Touches keys that its arguments do not name.
        TOUCHES_ARBITRARY_KEYS = 22, "";
        /// Key positions need more than a range.
        MOVABLE_KEYS = 23, "movablekeys";
    }
}

bits! {
    /// ACL categories.
    Acl: u32 {
        /// @keyspace
        KEYSPACE = 0, "keyspace";
        /// @read
        READ = 1, "read";
        /// @write
        WRITE = 2, "write";
        /// @set
        SET = 3, "set";
        /// @sortedset
        SORTEDSET = 4, "sortedset";
        /// @list
        LIST = 5, "list";
        /// @hash
        HASH = 6, "hash";
        /// @string
        STRING = 7, "string";
        /// @bitmap
        BITMAP = 8, "bitmap";
        /// @hyperloglog
        HYPERLOGLOG = 9, "hyperloglog";
        /// @geo
        GEO = 10, "geo";
        /// @stream
        STREAM = 11, "stream";
        /// @pubsub
        PUBSUB = 12, "pubsub";
        /// @admin
        ADMIN = 13, "admin";
        /// @fast
        FAST = 14, "fast";
        /// @slow
        SLOW = 15, "slow";
        /// @blocking
        BLOCKING = 16, "blocking";
        /// @dangerous
        DANGEROUS = 17, "dangerous";
        /// @connection
        CONNECTION = 18, "connection";
        /// @transaction
        TRANSACTION = 19, "transaction";
        /// @scripting
        SCRIPTING = 20, "scripting";
        /// @array
        ARRAY = 21, "array";
    }
}

bits! {
    /// Flags of a key spec.
    KeyFlags: u16 {
        /// Reads only.
        RO = 0, "RO";
        /// Reads and writes.
        RW = 1, "RW";
        /// Overwrites.
        OW = 2, "OW";
        /// Removes.
        RM = 3, "RM";
        /// Returns or copies data of the value.
        ACCESS = 4, "access";
        /// Changes data of the value.
        UPDATE = 5, "update";
        /// Adds data.
        INSERT = 6, "insert";
        /// Deletes data.
        DELETE = 7, "delete";
        /// Not really a key.
        NOT_KEY = 8, "not_key";
        /// There may be keys that the spec does not find.
        INCOMPLETE = 9, "incomplete";
        /// The flags depend on the arguments.
        VARIABLE_FLAGS = 10, "variable_flags";
    }
}

/// A command's family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Group {
    Array,
    Bitmap,
    Cluster,
    Connection,
    Generic,
    Geo,
    Hash,
    Hyperloglog,
    List,
    Pubsub,
    Scripting,
    Sentinel,
    Server,
    Set,
    SortedSet,
    Stream,
    String,
    Transactions,
}

impl Group {
    /// The name that COMMAND DOCS answers.
    pub fn name(self) -> &'static str {
        match self {
            Group::Array => "array",
            Group::Bitmap => "bitmap",
            Group::Cluster => "cluster",
            Group::Connection => "connection",
            Group::Generic => "generic",
            Group::Geo => "geo",
            Group::Hash => "hash",
            Group::Hyperloglog => "hyperloglog",
            Group::List => "list",
            Group::Pubsub => "pubsub",
            Group::Scripting => "scripting",
            Group::Sentinel => "sentinel",
            Group::Server => "server",
            Group::Set => "set",
            Group::SortedSet => "sorted-set",
            Group::Stream => "stream",
            Group::String => "string",
            Group::Transactions => "transactions",
        }
    }
}

/// How to find the first argument of a key spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At this position; the command's name is at 0.
    Index(i16),
    /// After this keyword, looked for from a position (negative: from the end).
    Keyword(&'static str, i16),
    /// Needs the command's own knowledge.
    Unknown,
}

/// How to find the keys from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Find {
    /// Up to `last`, relative to the first (negative: from the end), every `step`; with `limit` n > 1 only the first n-th part.
    #[allow(missing_docs, reason = "said above")]
    Range { last: i16, step: i16, limit: i16 },
    /// A count at `count`, keys from `first`, both relative, every `step`.
    #[allow(missing_docs, reason = "said above")]
    KeyNum { count: i16, first: i16, step: i16 },
    /// Needs the command's own knowledge.
    Unknown,
}

/// Where some of a command's keys are, and what it does to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySpec {
    /// First argument.
    pub begin: Begin,
    /// The keys from there.
    pub find: Find,
    /// What happens to them.
    pub flags: KeyFlags,
    /// Remarks for COMMAND INFO.
    pub notes: &'static str,
}

/// The kind of an argument.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any string.
    Text,
    /// An integer.
    Integer,
    /// A double.
    Double,
    /// A key.
    Key,
    /// A glob pattern.
    Pattern,
    /// A Unix time.
    UnixTime,
    /// A token alone.
    Token,
    /// One of these.
    OneOf(&'static [Arg]),
    /// All of these, in order.
    Block(&'static [Arg]),
}

/// An argument, as COMMAND DOCS shows it.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Name.
    pub name: &'static str,
    /// Kind.
    pub kind: Kind,
    /// Token before it.
    pub token: Option<&'static str>,
    /// May be left out.
    pub is_optional: bool,
    /// May be repeated.
    pub is_multiple: bool,
    /// The token is repeated too.
    pub is_multiple_token: bool,
    /// Which key spec finds it.
    pub key_spec: Option<u8>,
    /// Name for display.
    pub display: Option<&'static str>,
    /// Version that brought it.
    pub since: Option<&'static str>,
    /// Version that deprecated it.
    pub deprecated: Option<&'static str>,
}

impl Arg {
    /// An argument.
    pub const fn new(name: &'static str, kind: Kind) -> Arg {
        Arg {
            name,
            kind,
            token: None,
            is_optional: false,
            is_multiple: false,
            is_multiple_token: false,
            key_spec: None,
            display: None,
            since: None,
            deprecated: None,
        }
    }
    /// With a token before it.
    pub const fn token(mut self, token: &'static str) -> Arg {
        self.token = Some(token);
        self
    }
    /// That may be left out.
    pub const fn optional(mut self) -> Arg {
        self.is_optional = true;
        self
    }
    /// That may be repeated.
    pub const fn multiple(mut self) -> Arg {
        self.is_multiple = true;
        self
    }
    /// Whose token is repeated with it.
    pub const fn multiple_token(mut self) -> Arg {
        self.is_multiple_token = true;
        self
    }
    /// Found by a key spec.
    pub const fn key_spec(mut self, index: u8) -> Arg {
        self.key_spec = Some(index);
        self
    }
    /// Displayed under another name.
    pub const fn display(mut self, name: &'static str) -> Arg {
        self.display = Some(name);
        self
    }
    /// Brought by a version.
    pub const fn since(mut self, version: &'static str) -> Arg {
        self.since = Some(version);
        self
    }
    /// Deprecated by a version.
    pub const fn deprecated(mut self, version: &'static str) -> Arg {
        self.deprecated = Some(version);
        self
    }
}
