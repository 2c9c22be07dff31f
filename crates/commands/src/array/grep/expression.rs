//! Expression: POSIX extended regular expressions over bytes, as the reference's TRE reads them, for an engine that takes time
//! in proportion to expression and value whatever they are.
//!
//! The expression is read here and written anew for that engine: what is a letter to POSIX (a backslash in brackets, a byte
//! above 127) is said in hexadecimal, so nothing of the engine's own syntax gets through. What TRE has beyond POSIX: `\w \W \s
//! \S \d \D \b \B \< \>`, `\t \n \r \f \a \e`, `\xHH` and `\x{HH}`, `\Q...\E`, `(?:...)`, `(?i)`, and `*?`. Not read: approximate
//! matching (`{~1}`) and `(?n)`, `(?r)`, `(?U)`.

use crate::error::Error;
use regex::bytes::{Regex, RegexBuilder};

/// Longest expression, bytes.
const LENGTH_MAX: usize = 2048;
/// Most repetitions that braces can ask for.
const REPETITIONS_MAX: u32 = 255;
/// Size of the program that an expression becomes, and of what is remembered while it runs, bytes.
const PROGRAM_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting.
const DEPTH_MAX: u32 = 250;

/// Why an expression is refused, as TRE says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Invalid,
    Collation,
    ClassName,
    Backslash,
    BackReference,
    Bracket,
    Parenthesis,
    Brace,
    Repetitions,
    Range,
    Memory,
    NothingToRepeat,
}

impl Fault {
    fn error(self) -> Error {
        let reason = match self {
            Fault::Invalid => "Invalid regexp",
            Fault::Collation => "Unknown collating element",
            Fault::ClassName => "Unknown character class name",
            Fault::Backslash => "Trailing backslash",
            Fault::BackReference => {
                return Error::fixed("ERR regular expression backreferences are not supported");
            }
            Fault::Bracket => "Missing ']'",
            Fault::Parenthesis => "Missing ')'",
            Fault::Brace => "Missing '}'",
            Fault::Repetitions => "Invalid contents of {}",
            Fault::Range => "Invalid character range",
            Fault::Memory => "Out of memory",
            Fault::NothingToRepeat => "Invalid use of repetition operators",
        };
        Error::Text(format!("ERR invalid regular expression: {reason}").into())
    }
}

/// Whether an expression is short enough.
pub(super) fn check_length(expression: &[u8]) -> Result<(), Error> {
    if expression.len() <= LENGTH_MAX {
        return Ok(());
    }
    let text = format!("ERR regular expression is too long, maximum is {LENGTH_MAX} bytes");
    Err(Error::Text(text.into()))
}

/// Makes an expression ready to be looked for.
pub(super) fn compile(expression: &[u8], ignores_case: bool) -> Result<Regex, Error> {
    if expression.is_empty() {
        return Err(Error::fixed("ERR regular expression is empty"));
    }
    let rewritten = Reader { rest: expression, out: String::new(), depth: 0 }.read().map_err(Fault::error)?;
    RegexBuilder::new(&rewritten)
        .unicode(false)
        .case_insensitive(ignores_case)
        .dot_matches_new_line(true)
        .size_limit(PROGRAM_BYTES_MAX)
        .dfa_size_limit(PROGRAM_BYTES_MAX)
        .nest_limit(DEPTH_MAX)
        .build()
        .map_err(|_| Fault::Memory.error())
}

struct Reader<'e> {
    rest: &'e [u8],
    out: String,
    /// Groups that are open.
    depth: u32,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }
    fn skip(&mut self, prefix: &[u8]) -> bool {
        self.rest.strip_prefix(prefix).is_some_and(|rest| {
            self.rest = rest;
            true
        })
    }
    /// A byte that stands for itself.
    fn literal(&mut self, byte: u8) {
        if byte.is_ascii_alphanumeric() {
            self.out.push(byte.into());
        } else {
            self.out.push_str(&format!("\\x{byte:02x}"));
        }
    }

    fn read(mut self) -> Result<String, Fault> {
        let mut can_repeat = false;
        while let Some(byte) = self.next() {
            can_repeat = match byte {
                b'*' | b'+' | b'?' | b'{' if !can_repeat => return Err(Fault::NothingToRepeat),
                b'*' | b'+' | b'?' => {
                    self.out.push(byte.into());
                    self.laziness();
                    true
                }
                b'{' => {
                    self.repetitions()?;
                    self.laziness();
                    true
                }
                b'(' => self.open()?,
                b')' => {
                    self.depth = self.depth.checked_sub(1).ok_or(Fault::Parenthesis)?;
                    self.out.push(')');
                    true
                }
                b'|' => {
                    self.out.push('|');
                    false
                }
                b'^' | b'$' | b'.' => {
                    self.out.push(byte.into());
                    byte != b'^'
                }
                b'[' => {
                    self.bracket()?;
                    true
                }
                b'\\' => {
                    self.escape()?;
                    true
                }
                _ => {
                    self.literal(byte);
                    true
                }
            };
        }
        if self.depth == 0 { Ok(self.out) } else { Err(Fault::Parenthesis) }
    }

    /// A question mark behind a repetition: as few as possible. A repetition of a repetition is kept apart.
    fn laziness(&mut self) {
        if self.skip(b"?") {
            self.out.push('?');
        }
    }

    /// A group; nothing can be repeated at its beginning.
    fn open(&mut self) -> Result<bool, Fault> {
        if !self.skip(b"?") || self.skip(b":") {
            self.out.push_str("(?:");
            self.depth += 1;
        } else {
            for (given, written, opens) in
                [("i)", "(?i)", 0), ("-i)", "(?-i)", 0), ("i:", "(?i:", 1), ("-i:", "(?-i:", 1)]
            {
                if self.skip(given.as_bytes()) {
                    self.out.push_str(written);
                    self.depth += opens;
                    return Ok(false);
                }
            }
            return Err(Fault::Invalid);
        }
        if self.depth > DEPTH_MAX { Err(Fault::Memory) } else { Ok(false) }
    }

    /// What stands in braces: `{n}`, `{n,}`, `{,m}`, `{n,m}`.
    fn repetitions(&mut self) -> Result<(), Fault> {
        let end = self.rest.iter().position(|byte| *byte == b'}').ok_or(Fault::Brace)?;
        let inside = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        let number = |digits: &[u8]| -> Result<Option<u32>, Fault> {
            if digits.is_empty() {
                return Ok(None);
            }
            let number =
                std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            let number = number.and_then(|text| text.parse().ok()).filter(|n| *n <= REPETITIONS_MAX);
            number.map(Some).ok_or(Fault::Repetitions)
        };
        let (least, most) = match inside.iter().position(|byte| *byte == b',') {
            None => {
                let exactly = number(inside)?.ok_or(Fault::Repetitions)?;
                (exactly, Some(exactly))
            }
            Some(comma) => (number(&inside[..comma])?.unwrap_or(0), number(&inside[comma + 1..])?),
        };
        if most.is_some_and(|most| most < least) {
            return Err(Fault::Repetitions);
        }
        let most = most.map_or(String::new(), |most| most.to_string());
        self.out.push_str(&format!("{{{least},{most}}}"));
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.next().ok_or(Fault::Backslash)? {
            byte @ (b'w' | b'W' | b's' | b'S' | b'd' | b'D' | b'b' | b'B' | b'<' | b'>') => {
                self.out.push('\\');
                self.out.push(byte.into());
            }
            b't' => self.literal(b'\t'),
            b'n' => self.literal(b'\n'),
            b'r' => self.literal(b'\r'),
            b'f' => self.literal(0x0c),
            b'a' => self.literal(0x07),
            b'e' => self.literal(0x1b),
            b'x' => {
                let byte = self.hexadecimal()?;
                self.literal(byte);
            }
            b'Q' => {
                let end = self.rest.windows(2).position(|pair| pair == b"\\E");
                let quoted = &self.rest[..end.unwrap_or(self.rest.len())];
                self.rest = &self.rest[end.map_or(self.rest.len(), |end| end + 2)..];
                quoted.iter().for_each(|byte| self.literal(*byte));
            }
            b'1'..=b'9' => return Err(Fault::BackReference),
            byte => self.literal(byte),
        }
        Ok(())
    }

    /// Up to two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Result<u8, Fault> {
        let digits = if self.skip(b"{") {
            let end = self.rest.iter().position(|byte| *byte == b'}').ok_or(Fault::Brace)?;
            let digits = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            digits
        } else {
            let count = self.rest.iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let (digits, rest) = self.rest.split_at(count);
            self.rest = rest;
            digits
        };
        if digits.is_empty() {
            return Ok(0);
        }
        let text = std::str::from_utf8(digits).map_err(|_| Fault::Brace)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Fault::Brace);
        }
        u8::from_str_radix(text.trim_start_matches('0'), 16).or_else(|_| match text.trim_start_matches('0') {
            "" => Ok(0),
            _ => Err(Fault::Invalid),
        })
    }

    /// What stands in brackets: bytes, ranges and classes; a backslash is a byte like others.
    fn bracket(&mut self) -> Result<(), Fault> {
        self.out.push('[');
        if self.skip(b"^") {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let byte = self.next().ok_or(Fault::Bracket)?;
            match (byte, self.rest.first()) {
                (b']', _) if !is_first => break,
                (b'[', Some(b':')) => self.class_name()?,
                (b'[', Some(b'.' | b'=')) => return Err(Fault::Collation),
                _ => self.member(byte)?,
            }
            is_first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// A byte, or a range from it on.
    fn member(&mut self, first: u8) -> Result<(), Fault> {
        self.literal(first);
        let last = match self.rest {
            [b'-', b']', ..] => return Ok(()),
            [b'-', b'[', b'.' | b'=', ..] => return Err(Fault::Collation),
            [b'-', last, ..] => *last,
            [b'-'] => return Err(Fault::Bracket),
            _ => return Ok(()),
        };
        self.rest = &self.rest[2..];
        if last < first {
            return Err(Fault::Range);
        }
        self.out.push('-');
        self.literal(last);
        Ok(())
    }

    fn class_name(&mut self) -> Result<(), Fault> {
        let end = self.rest.windows(2).position(|pair| pair == b":]").ok_or(Fault::ClassName)?;
        let name = &self.rest[1..end.max(1)];
        let known: [&str; 12] = [
            "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
            "upper", "xdigit",
        ];
        let name = known.iter().find(|known| known.as_bytes() == name).ok_or(Fault::ClassName)?;
        self.rest = &self.rest[end + 2..];
        self.out.push_str(&format!("[:{name}:]"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(expression: &str, value: &str) -> bool {
        compile(expression.as_bytes(), false).expect(expression).is_match(value.as_bytes())
    }
    fn refusal(expression: &[u8]) -> String {
        String::from_utf8(compile(expression, false).expect_err("it is refused").text().to_vec()).unwrap()
    }

    #[test]
    fn reads_as_posix_does() {
        for (expression, yes, no) in [
            ("^.*[0-9]{3}$", "foo123", "foo12"),
            ("foo|bar", "a bar", "ba"),
            ("^(foo|bar)$", "foo", "foobar"),
            ("a{,2}b{1,}c{2}", "aabbcc", "ac"),
            ("[]a]+x", "]]ax", "bx"),
            ("[^]a]x", "bx", "]x"),
            (r"[\d]x", r"\x", "1x"),
            ("[a-]x", "-x", "bx"),
            ("[a&&b]x", "&x", "cx"),
            ("[[:digit:][:upper:]_]x", "Zx", "zx"),
            (r"\d\w\s\S", "1a b", "aaaa"),
            (r"\<word\>", "a word here", "swords"),
            (r"\x41\x{42}", "AB", "ab"),
            (r"\Qa.*b\E+", "a.*bb", "axxb"),
            (r"a\.b", "a.b", "axb"),
            ("(?:ab)+c", "ababc", "c"),
            ("(?i)ABC", "abc", "abd"),
            ("a.b", "a\nb", "ab"),
            ("^a$", "a", "a\n"),
            ("}]#", "}]#", "#"),
        ] {
            assert!(finds(expression, yes), "{expression}");
            assert!(!finds(expression, no), "{expression}");
        }
        assert!(compile(&[0xff, b'+'], false).unwrap().is_match(b"a\xff"));
        assert!(compile(b"stra", true).unwrap().is_match(b"eSTRAd"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (expression, reason) in [
            ("(", "Missing ')'"),
            ("a)", "Missing ')'"),
            ("[a", "Missing ']'"),
            ("[a-", "Missing ']'"),
            ("[z-a]", "Invalid character range"),
            ("[[:letter:]]", "Unknown character class name"),
            ("[[.a.]]", "Unknown collating element"),
            ("a{1", "Missing '}'"),
            ("a{2,1}", "Invalid contents of {}"),
            ("a{256}", "Invalid contents of {}"),
            ("a{~1}", "Invalid contents of {}"),
            ("*a", "Invalid use of repetition operators"),
            ("a\\", "Trailing backslash"),
            ("\\x{1", "Missing '}'"),
            ("(?P<n>a)", "Invalid regexp"),
            ("((a{255}){255}){255}", "Out of memory"),
        ] {
            assert_eq!(
                refusal(expression.as_bytes()),
                format!("ERR invalid regular expression: {reason}"),
                "{expression}"
            );
        }
        assert_eq!(refusal(b"(a)\\1"), "ERR regular expression backreferences are not supported");
        assert_eq!(refusal(b""), "ERR regular expression is empty");
        assert_eq!(refusal(&b"(".repeat(1000)), "ERR invalid regular expression: Out of memory");
    }

    #[test]
    fn no_expression_takes_forever() {
        let value = vec![b'a'; 100_000];
        assert!(!compile(b"(a*)*(a*)*(a|a)*b", false).unwrap().is_match(&value));
    }

    proptest::proptest! {
        /// Whatever is given is read, or refused: what is written for the engine is always its syntax.
        #[test]
        fn never_writes_nonsense(expression in proptest::collection::vec(proptest::sample::select(b"ab(){}[]^$.*+?|\\-,:1290xQE<>&~#\xff\0i".to_vec()), 1..24)) {
            let reader = Reader { rest: &expression, out: String::new(), depth: 0 };
            if let Ok(rewritten) = reader.read() {
                let made = RegexBuilder::new(&rewritten).unicode(false).build();
                if let Err(regex::Error::Syntax(text)) = made {
                    panic!("{} became {rewritten}: {text}", expression.escape_ascii());
                }
            }
        }
    }
}
