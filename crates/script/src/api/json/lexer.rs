//! The tokens of JSON text. Beyond the standard, numbers are taken as C's `strtod` takes them, if the settings allow it.

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// `{ } [ ] : ,`
    Sign(u8),
    Text(Vec<u8>),
    Number(f64),
    Boolean(bool),
    Null,
    /// The end of the text, or a NUL.
    End,
    /// What it is instead of a token.
    Wrong(&'static str),
}

impl Token {
    /// What errors call it.
    pub fn name(&self) -> &'static str {
        match self {
            Token::Sign(b'{') => "T_OBJ_BEGIN",
            Token::Sign(b'}') => "T_OBJ_END",
            Token::Sign(b'[') => "T_ARR_BEGIN",
            Token::Sign(b']') => "T_ARR_END",
            Token::Sign(b':') => "T_COLON",
            Token::Sign(_) => "T_COMMA",
            Token::Text(_) => "T_STRING",
            Token::Number(_) => "T_NUMBER",
            Token::Boolean(_) => "T_BOOLEAN",
            Token::Null => "T_NULL",
            Token::End => "T_END",
            Token::Wrong(what) => what,
        }
    }
}

/// Text that is being read.
pub struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    takes_invalid: bool,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t [u8], takes_invalid: bool) -> Self {
        Lexer { text, at: 0, takes_invalid }
    }
    /// The byte so far ahead; NUL at the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }
    /// The next token, and where it is.
    pub fn next(&mut self) -> (Token, usize) {
        while matches!(self.peek(0), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        let start = self.at;
        let token = match self.peek(0) {
            0 => Token::End,
            sign @ (b'{' | b'}' | b'[' | b']' | b':' | b',') => {
                self.at += 1;
                Token::Sign(sign)
            }
            b'"' => {
                let token = self.string();
                // An error is where it was noticed.
                let place = if matches!(token, Token::Wrong(_)) { self.at } else { start };
                return (token, place);
            }
            b'-' | b'0'..=b'9' => {
                if !self.takes_invalid && self.is_invalid_number() {
                    Token::Wrong("invalid number")
                } else {
                    self.number()
                }
            }
            b'f' | b'i' | b'I' | b'n' | b'N' | b't' | b'+' => self.word(),
            _ => Token::Wrong("invalid token"),
        };
        (token, start)
    }

    fn word(&mut self) -> Token {
        for (word, token) in
            [(&b"true"[..], Token::Boolean(true)), (b"false", Token::Boolean(false)), (b"null", Token::Null)]
        {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return token;
            }
        }
        if self.takes_invalid && self.is_invalid_number() {
            return self.number();
        }
        Token::Wrong("invalid token")
    }

    /// Whether a number begins here that JSON does not have: with a plus, in hexadecimal, with leading zeros, not finite.
    fn is_invalid_number(&self) -> bool {
        let first = self.peek(0);
        if first == b'+' {
            return true;
        }
        let at = usize::from(first == b'-');
        match self.peek(at) {
            b'0' => matches!(self.peek(at + 1), b'x' | b'X' | b'0'..=b'9'),
            byte if byte <= b'9' => false,
            _ => {
                let word: Vec<u8> = (at..at + 3).map(|ahead| self.peek(ahead).to_ascii_lowercase()).collect();
                word == b"inf" || word == b"nan"
            }
        }
    }

    fn number(&mut self) -> Token {
        match parse_number(&self.text[self.at..]) {
            Some((number, length)) => {
                self.at += length;
                Token::Number(number)
            }
            None => Token::Wrong("invalid number"),
        }
    }

    fn string(&mut self) -> Token {
        let mut out = Vec::new();
        self.at += 1;
        loop {
            match self.peek(0) {
                b'"' => break,
                0 => return Token::Wrong("unexpected end of string"),
                b'\\' => {
                    let byte = match self.peek(1) {
                        b'u' => match self.unicode() {
                            Some(point) => {
                                let mut buffer = [0; 4];
                                out.extend_from_slice(encode_point(point, &mut buffer));
                                continue;
                            }
                            None => return Token::Wrong("invalid unicode escape code"),
                        },
                        b'b' => 8,
                        b't' => 9,
                        b'n' => 10,
                        b'f' => 12,
                        b'r' => 13,
                        same @ (b'"' | b'\\' | b'/') => same,
                        _ => return Token::Wrong("invalid escape code"),
                    };
                    out.push(byte);
                    self.at += 2;
                }
                byte => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        Token::Text(out)
    }

    fn hex4(&self, ahead: usize) -> Option<u32> {
        (ahead..ahead + 4).try_fold(0, |all, at| Some(all << 4 | char::from(self.peek(at)).to_digit(16)?))
    }

    /// The code point of `\uXXXX`, or of two that are halves of one; the position moves past it.
    fn unicode(&mut self) -> Option<u32> {
        let mut point = self.hex4(2)?;
        let mut length = 6;
        if point & 0xf800 == 0xd800 {
            if point & 0x400 != 0 || self.peek(6) != b'\\' || self.peek(7) != b'u' {
                return None;
            }
            let low = self.hex4(8)?;
            if low & 0xfc00 != 0xdc00 {
                return None;
            }
            point = ((point & 0x3ff) << 10 | low & 0x3ff) + 0x1_0000;
            length = 12;
        }
        self.at += length;
        Some(point)
    }
}

fn encode_point(point: u32, buffer: &mut [u8; 4]) -> &[u8] {
    // Halves that stand alone were refused before.
    char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(buffer).as_bytes()
}

/// The number at the start of a text and its length, as C's `strtod` finds it.
fn parse_number(text: &[u8]) -> Option<(f64, usize)> {
    let sign_length = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let sign = if text.first() == Some(&b'-') { -1.0 } else { 1.0 };
    let rest = &text[sign_length..];
    let starts = |word: &[u8]| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if starts(b"infinity") {
        return Some((sign * f64::INFINITY, sign_length + 8));
    }
    if starts(b"inf") {
        return Some((sign * f64::INFINITY, sign_length + 3));
    }
    if starts(b"nan") {
        // A payload in brackets belongs to it.
        let payload = rest[3..].strip_prefix(b"(").and_then(|inside| {
            let length = inside.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            (inside.get(length) == Some(&b')')).then_some(length + 2)
        });
        return Some((f64::NAN.copysign(sign), sign_length + 3 + payload.unwrap_or(0)));
    }
    if starts(b"0x")
        && let Some((number, length)) = parse_hexadecimal(&rest[2..])
    {
        return Some((sign * number, sign_length + 2 + length));
    }
    let digits = |from: usize| rest[from.min(rest.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    let mut length = whole;
    if rest.get(whole) == Some(&b'.') && whole + digits(whole + 1) > 0 {
        length = whole + 1 + digits(whole + 1);
    }
    if length == 0 {
        return None;
    }
    if matches!(rest.get(length), Some(b'e' | b'E')) {
        let signed = length + 1 + usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
        if digits(signed) > 0 {
            length = signed + digits(signed);
        }
    }
    let number = std::str::from_utf8(&rest[..length]).ok()?.parse::<f64>().ok()?;
    Some((sign * number, sign_length + length))
}

/// Hexadecimal digits with a fraction and a binary exponent, after `0x`.
fn parse_hexadecimal(text: &[u8]) -> Option<(f64, usize)> {
    let (mut value, mut exponent, mut at, mut digits, mut is_fraction) = (0.0f64, 0i32, 0, 0, false);
    while let Some(byte) = text.get(at) {
        match char::from(*byte).to_digit(16) {
            Some(digit) => {
                value = value * 16.0 + f64::from(digit);
                exponent -= if is_fraction { 4 } else { 0 };
                digits += 1;
            }
            None if *byte == b'.' && !is_fraction => is_fraction = true,
            None => break,
        }
        at += 1;
    }
    if digits == 0 {
        return None;
    }
    if matches!(text.get(at), Some(b'p' | b'P')) {
        let is_signed = matches!(text.get(at + 1), Some(b'+' | b'-'));
        let from = at + 1 + usize::from(is_signed);
        let count = text[from.min(text.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count > 0 {
            let power = std::str::from_utf8(&text[from..from + count]).ok()?.parse::<i32>().unwrap_or(99_999);
            exponent = exponent.saturating_add(if text.get(at + 1) == Some(&b'-') { -power } else { power });
            at = from + count;
        }
    }
    Some((value * 2f64.powi(exponent), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_as_strtod_finds_them() {
        for (text, number, length) in [
            ("1", 1.0, 1),
            ("-1.5e3,", -1500.0, 6),
            ("1.", 1.0, 2),
            (".5", 0.5, 2),
            ("1e", 1.0, 1),
            ("1e+", 1.0, 1),
            ("0x1F", 31.0, 4),
            ("0x1.8p1", 3.0, 7),
            ("0x", 0.0, 1),
            ("-inf", f64::NEG_INFINITY, 4),
            ("Infinity", f64::INFINITY, 8),
            ("1e999", f64::INFINITY, 5),
        ] {
            assert_eq!(parse_number(text.as_bytes()), Some((number, length)), "{text}");
        }
        assert_eq!(parse_number(b"nan(1)x").map(|(n, length)| (n.is_nan(), length)), Some((true, 6)));
        assert_eq!(parse_number(b"-"), None);
        assert_eq!(parse_number(b"."), None);
    }
}
