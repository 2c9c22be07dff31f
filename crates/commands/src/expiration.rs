//! Expiration options: EX, PX, EXAT, PXAT with their number, KEEPTTL and PERSIST, as several commands take them.

use crate::context::Context;
use crate::error::Error;
use hematite_base::number;

/// Which of the options was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Expiration {
    /// None.
    #[default]
    None,
    /// KEEPTTL.
    Keep,
    /// PERSIST.
    Persist,
    /// A time.
    Time(Time),
}

/// A time among the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    /// Position of the number.
    pub at: usize,
    /// EX and EXAT; PX and PXAT are in milliseconds.
    pub is_seconds: bool,
    /// EXAT and PXAT; EX and PX count from now.
    pub is_absolute: bool,
}

/// What a command takes beside the four times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// KEEPTTL, as SET.
    Keep,
    /// PERSIST, as GETEX.
    Persist,
}

impl Expiration {
    /// Takes the option at `at`, if it is one: how many arguments it used, or 0 if it is none, or if it does not go with
    /// what came before. The same option may come again; the last one counts.
    pub fn take(&mut self, ctx: &Context, at: usize, beside: Beside) -> usize {
        let word = match beside {
            Beside::Keep => (Expiration::Keep, "keepttl"),
            Beside::Persist => (Expiration::Persist, "persist"),
        };
        if ctx.is(at, word.1) && (*self == Expiration::None || *self == word.0) {
            *self = word.0;
            return 1;
        }
        for (name, is_seconds, is_absolute) in
            [("ex", true, false), ("px", false, false), ("exat", true, true), ("pxat", false, true)]
        {
            if !ctx.is(at, name) || at + 1 >= ctx.args.len() {
                continue;
            }
            let fits = match self {
                Expiration::None => true,
                Expiration::Time(time) => (time.is_seconds, time.is_absolute) == (is_seconds, is_absolute),
                _ => false,
            };
            if fits {
                *self = Expiration::Time(Time { at: at + 1, is_seconds, is_absolute });
                return 2;
            }
        }
        0
    }
    /// The time, if one was given, as Unix milliseconds.
    pub fn at_ms(self, ctx: &Context) -> Result<Option<i64>, Error> {
        match self {
            Expiration::Time(time) => time.at_ms(ctx).map(Some),
            _ => Ok(None),
        }
    }
}

impl Time {
    /// The time as Unix milliseconds; it must be positive, however it is counted.
    pub fn at_ms(self, ctx: &Context) -> Result<i64, Error> {
        let n = number::parse_i64(ctx.args[self.at]).ok_or(Error::NotInteger)?;
        let in_ms = if self.is_seconds { n.checked_mul(1000) } else { Some(n) };
        in_ms
            .filter(|_| n > 0)
            .and_then(|ms| if self.is_absolute { Some(ms) } else { ms.checked_add(ctx.now_ms()) })
            .ok_or_else(|| Error::invalid_expire(ctx.spec.name))
    }
}

impl Context<'_, '_> {
    /// Has the journal write this command instead of the one that came.
    pub(crate) fn instead(&mut self, parts: &[&[u8]]) {
        self.db.effects.instead(|| vec![parts.iter().map(|part| part.to_vec()).collect()]);
    }
    /// Deletes a key whose new expiry lies in the past: as DEL, or UNLINK under `lazyfree-lazy-expire`.
    pub(crate) fn delete_as_expired(&mut self, key: &[u8]) {
        let lazily = self.settings.lazy_expire;
        self.db.delete(key, lazily);
        self.instead(&[if lazily { b"UNLINK" } else { b"DEL" }, key]);
        self.db.changed(hematite_keyspace::Class::GENERIC, "del", key);
    }
}
