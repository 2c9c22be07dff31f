//! Context: all that a data handler sees: its arguments, its keys, its reply, the time, chance, and the settings.

use crate::error::Error;
use crate::settings::Settings;
use crate::spec::Spec;
use hematite_base::number;
use hematite_base::random::Random;
use hematite_keyspace::View;
use hematite_resp::Encoder;

/// See the head of the file.
pub struct Context<'a, 'k> {
    /// The row that runs.
    pub spec: &'static Spec,
    /// The arguments; the command's name is at 0 (and a subcommand's at 1).
    pub args: &'a [&'a [u8]],
    /// The keys.
    pub db: View<'k>,
    /// The reply.
    pub reply: Encoder<'a>,
    /// Chance, seeded.
    pub random: &'a mut Random,
    /// Thresholds and limits.
    pub settings: &'a Settings,
    /// How the command may wait, and whether it did.
    pub blocking: &'a mut Blocking,
}

/// How a blocking command waits. The engine runs it again when one of its keys was touched, until it replies or times out.
#[derive(Debug, Default)]
pub struct Blocking {
    /// Waiting is not allowed here (transactions, scripts): behave as if timed out at once.
    pub denied: bool,
    /// This is another run of a command that waited.
    pub again: bool,
    /// Set by the handler: wait for these keys.
    pub wait: Option<Box<Wait>>,
}

/// What a blocking command replies when its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// The null.
    Null,
    /// The null array.
    NullArray,
    /// The number 0.
    Zero,
    /// WAITAOF: whether the append-only file has been synced up to `written`, and how many replicas' files.
    Durability {
        /// Bytes of the journal after the session's last write.
        written: u64,
        /// Whether it waits for this server's file.
        local: bool,
        /// For how many replicas' files it waits.
        replicas: u64,
    },
}

/// What a blocking command waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Keys, in the order in which they are looked at.
    pub keys: Vec<Vec<u8>>,
    /// Unix milliseconds when it gives up; `None`: never.
    pub until_ms: Option<i64>,
    /// What to reply then.
    pub given_up: GivenUp,
    /// Also run again when a key is deleted or changes type (XREADGROUP answers with an error then).
    pub unblock_on_delete: bool,
    /// The wait may end because time passes: Unix milliseconds when another run will find something that has been pending
    /// for long enough, `i64::MAX` as long as nothing is pending.
    pub due_ms: Option<i64>,
    /// Arguments, by their position, that the next runs get instead of those that came (`$` of XREAD means the last id at the
    /// time when the command came).
    pub replaced: Vec<(usize, Vec<u8>)>,
}

impl Context<'_, '_> {
    /// The argument at a position; the row's arity has made sure that it is there, or the caller has.
    #[inline(always)]
    pub fn arg(&self, at: usize) -> &[u8] {
        self.args[at]
    }
    /// The argument as an integer.
    pub fn integer(&self, at: usize) -> Result<i64, Error> {
        number::parse_i64(self.args[at]).ok_or(Error::NotInteger)
    }
    /// The argument as a double.
    pub fn double(&self, at: usize) -> Result<f64, Error> {
        number::parse_f64(self.args[at]).ok_or(Error::NotFloat)
    }
    /// Whether the argument is this word, in any case.
    pub fn is(&self, at: usize, word: &str) -> bool {
        self.args.get(at).is_some_and(|arg| arg.eq_ignore_ascii_case(word.as_bytes()))
    }
    /// The time, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.db.now_ms
    }
    /// The time by which deliveries are dated: the real one while a journal is replayed, when [`Context::now_ms`] is zero.
    pub fn clock_ms(&self) -> i64 {
        self.now_ms().max(self.db.effects.replayed_at_ms)
    }
    /// Whether a journal is replayed: what it says has happened, whatever versions of then and now check.
    pub fn is_replayed(&self) -> bool {
        self.db.effects.replayed_at_ms != 0
    }
    /// Replies with the lines of a HELP subcommand; those about HELP itself are added.
    pub fn help(&mut self, lines: &[&str]) {
        self.reply.array(lines.len() + 2);
        for line in lines.iter().chain(&["HELP", "    Prints this help."]) {
            self.reply.simple(line);
        }
    }
}

/// A count given as an integer: none if it is negative, and no more than a `usize` holds, whatever its width.
pub(crate) fn to_count(n: i64) -> Option<usize> {
    if n < 0 { None } else { Some(usize::try_from(n).unwrap_or(usize::MAX)) }
}
