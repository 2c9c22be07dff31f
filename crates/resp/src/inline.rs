//! Inline commands: a line of words, quoted as in a shell ("..." with escapes, '...' with \' only).

/// Splits a line into words. `None` if quotes are not closed, or a closing quote is followed by a word.
pub fn split_arguments(line: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    let mut at = 0;
    loop {
        while line.get(at).is_some_and(|b| is_space(*b)) {
            at += 1;
        }
        if at >= line.len() {
            return Some(words);
        }
        let (word, next) = one_word(line, at)?;
        words.push(word);
        at = next;
    }
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn one_word(line: &[u8], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let mut word = Vec::new();
    while let Some(&byte) = line.get(at) {
        match byte {
            b'"' => {
                at = double_quoted(line, at + 1, &mut word)?;
                return closed(line, at).then_some((word, at));
            }
            b'\'' => {
                at = single_quoted(line, at + 1, &mut word)?;
                return closed(line, at).then_some((word, at));
            }
            // Only these end a word: a vertical tab or a form feed is part of it.
            b' ' | b'\n' | b'\r' | b'\t' | 0 => break,
            b => word.push(b),
        }
        at += 1;
    }
    // A NUL ends the line, as it does in C.
    let next = if line.get(at) == Some(&0) { line.len() } else { at };
    Some((word, next))
}

fn closed(line: &[u8], at: usize) -> bool {
    line.get(at).is_none_or(|b| is_space(*b))
}

fn double_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match line[at.min(line.len())..] {
            [b'"', ..] => return Some(at + 1),
            [b'\\', b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |c: u8| (c as char).to_digit(16).unwrap_or(0) as u8;
                word.push(digit(a) << 4 | digit(b));
                at += 4;
            }
            [b'\\', c, ..] => {
                word.push(match c {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'a' => 7,
                    other => other,
                });
                at += 2;
            }
            [c, ..] => {
                word.push(c);
                at += 1;
            }
            [] => return None,
        }
    }
}

fn single_quoted(line: &[u8], mut at: usize, word: &mut Vec<u8>) -> Option<usize> {
    loop {
        match line[at.min(line.len())..] {
            [b'\\', b'\'', ..] => {
                word.push(b'\'');
                at += 2;
            }
            [b'\'', ..] => return Some(at + 1),
            [c, ..] => {
                word.push(c);
                at += 1;
            }
            [] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_arguments;

    fn split(line: &str) -> Option<Vec<String>> {
        split_arguments(line.as_bytes())
            .map(|w| w.into_iter().map(|w| String::from_utf8_lossy(&w).into_owned()).collect())
    }

    #[test]
    fn words_and_quotes() {
        assert_eq!(split("  set  a b ").unwrap(), ["set", "a", "b"]);
        assert_eq!(split(r#"set "a b" 'c d' "\x41\n\"" '\''"#).unwrap(), ["set", "a b", "c d", "A\n\"", "'"]);
        assert_eq!(split("").unwrap(), Vec::<String>::new());
        assert_eq!(split(r#"a "" b"#).unwrap(), ["a", "", "b"]);
    }

    #[test]
    fn unbalanced_quotes() {
        for line in [r#"set "a"#, "set 'a", r#"set "a"b"#, "set 'a'b", r#"set "a\"#] {
            assert_eq!(split(line), None, "{line}");
        }
    }
}
