//! JSON, as far as it is needed here: texts, and bytes that are no text.

use std::fmt::Write;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends bytes: as a text where they are UTF-8, else as `{"base64":"..."}`.
pub fn bytes(out: &mut String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(plain) => text(out, plain),
        Err(_) => {
            out.push_str("{\"base64\":\"");
            base64(out, bytes);
            out.push_str("\"}");
        }
    }
}

/// Appends a text.
pub fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn base64(out: &mut String, bytes: &[u8]) {
    for three in bytes.chunks(3) {
        let word =
            three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let sextet = (word >> (18 - 6 * at) & 63) as usize;
            out.push(if at <= three.len() { BASE64[sextet] as char } else { '=' });
        }
    }
}

/// Appends a double; what is no number in JSON becomes a text.
pub fn double(out: &mut String, n: f64) {
    if n.is_finite() {
        let _ = write!(out, "{n}");
    } else {
        text(out, if n > 0.0 { "inf" } else { "-inf" });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_and_bytes() {
        let of = |bytes: &[u8]| {
            let mut out = String::new();
            super::bytes(&mut out, bytes);
            out
        };
        assert_eq!(of(b"a\"\\\n\x01\xc3\xa4"), "\"a\\\"\\\\\\n\\u0001ä\"");
        assert_eq!(of(b"\xff"), "{\"base64\":\"/w==\"}");
        assert_eq!(of(b"\xff\xfe"), "{\"base64\":\"//4=\"}");
        assert_eq!(of(b"\xff\xfe\x00\x10"), "{\"base64\":\"//4AEA==\"}");
    }
}
