//! Glob patterns as KEYS, SCAN MATCH and PSUBSCRIBE have them: `*`, `?`, `[a-z]`, `[^x]`, `\` for the next byte.
//!
//! Matching is in time O(pattern × text): a star that fails falls back to the last star only, so nesting of stars can't blow
//! up. A class that does not close matches as if it closed at the end, as in the reference.

/// Whether all of `text` matches `pattern`.
pub fn matches(pattern: &[u8], text: &[u8]) -> bool {
    matches_with(pattern, text, false)
}

/// The same without regard to ASCII case.
pub fn matches_ignoring_case(pattern: &[u8], text: &[u8]) -> bool {
    matches_with(pattern, text, true)
}

fn matches_with(pattern: &[u8], text: &[u8], fold: bool) -> bool {
    // Not even a star matches nothing, in the reference.
    if text.is_empty() {
        return pattern.is_empty();
    }
    let (mut p, mut t) = (0, 0);
    // Pattern position after the last star, and the text position where it stops swallowing.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == b'*' {
            while p < pattern.len() && pattern[p] == b'*' {
                p += 1;
            }
            if p == pattern.len() {
                return true;
            }
            star = Some((p, t));
            continue;
        }
        if t == text.len() {
            return p == pattern.len();
        }
        if let Some(next) = one(pattern, p, text[t], fold) {
            (p, t) = (next, t + 1);
            continue;
        }
        match star {
            Some((after, swallowed)) => {
                star = Some((after, swallowed + 1));
                (p, t) = (after, swallowed + 1);
            }
            None => return false,
        }
    }
}

/// If the pattern's element at `p` takes `byte`: where the next element starts.
fn one(pattern: &[u8], p: usize, byte: u8, fold: bool) -> Option<usize> {
    let same = |a: u8, b: u8| if fold { a.eq_ignore_ascii_case(&b) } else { a == b };
    match *pattern.get(p)? {
        b'?' => Some(p + 1),
        b'[' => class(pattern, p + 1, byte, fold),
        b'\\' if p + 1 < pattern.len() => same(pattern[p + 1], byte).then_some(p + 2),
        other => same(other, byte).then_some(p + 1),
    }
}

fn class(pattern: &[u8], mut p: usize, byte: u8, fold: bool) -> Option<usize> {
    let lower = |b: u8| if fold { b.to_ascii_lowercase() } else { b };
    let negated = pattern.get(p) == Some(&b'^');
    p += usize::from(negated);
    let mut found = false;
    loop {
        match pattern[p.min(pattern.len())..] {
            [b'\\', next, ..] => {
                found |= next == byte;
                p += 2;
            }
            [b']', ..] => {
                p += 1;
                break;
            }
            [] => break,
            [from, b'-', to, ..] => {
                // Bytes are signed, as the reference's are: 0x80 and above come before all others.
                let (from, to) = (from as i8, to as i8);
                let fold = |signed: i8| lower(signed as u8) as i8;
                found |= (fold(from.min(to))..=fold(from.max(to))).contains(&(lower(byte) as i8));
                p += 3;
            }
            [single, ..] => {
                found |= lower(single) == lower(byte);
                p += 1;
            }
        }
    }
    (found != negated).then_some(p)
}

#[cfg(test)]
mod tests {
    use super::{matches, matches_ignoring_case};

    #[test]
    fn as_in_the_reference() {
        let cases: &[(&str, &str, bool)] = &[
            ("*", "", false),
            ("a*", "a", true),
            ("", "", true),
            ("", "a", false),
            ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false),
            ("h?llo", "hello", true),
            ("h?llo", "hllo", false),
            ("h[ae]llo", "hallo", true),
            ("h[^e]llo", "hello", false),
            ("h[a-c]llo", "hbllo", true),
            ("h[c-a]llo", "hbllo", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            ("[abc", "b", true),
            ("[^", "b", true),
            ("[]", "b", false),
            (r"[\]]", "]", true),
            ("a\\", "a\\", true),
            ("**?", "ab", true),
            ("*a", "aab", false),
            ("[a-", "-", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), *expected, "{pattern} {text}");
        }
        assert!(matches_ignoring_case(b"MAX*[A-Z]", b"maxmemory"));
    }

    #[test]
    fn classes_compare_signed_bytes() {
        assert!(!matches(b"[\x00-\xff]", b"x"));
        assert!(matches(b"[\x00-\xff]", b"\xff"));
        assert!(matches(b"[z-\xff]", b"a"));
        assert!(!matches(b"[z-\xff]", b"{"));
    }

    #[test]
    fn many_stars_take_polynomial_time() {
        let pattern = "*a".repeat(50) + "b";
        assert!(!matches(pattern.as_bytes(), "a".repeat(10_000).as_bytes()));
    }
}
