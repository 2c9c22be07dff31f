//! The first line of a script or library: which interpreter it is for, and what it says about itself.
//!
//! ```text
//! #!lua flags=no-writes,allow-stale        a script; may be left out
//! #!lua name=mylib                         a library; must be there
//! ```

use super::interpreter::ScriptFlags;
use hematite_commands::Error;
use hematite_resp::split_arguments;

/// What a library's first line says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The interpreter.
    pub interpreter: Vec<u8>,
    /// The library's name.
    pub name: Vec<u8>,
    /// Where the code begins.
    pub code_at: usize,
}

fn end_of_line(body: &[u8]) -> Option<usize> {
    body.iter().position(|byte| *byte == b'\n')
}

fn refusal(text: &str, given: &[u8]) -> Error {
    Error::Bytes([b"ERR ", text.as_bytes(), given].concat())
}

/// A script's flags and where its code begins; no flags if it has no such line.
pub(crate) fn of_script(body: &[u8]) -> Result<(Option<ScriptFlags>, usize), Error> {
    if !body.starts_with(b"#!") {
        return Ok((None, 0));
    }
    let Some(end) = end_of_line(body) else {
        return Err(Error::fixed("ERR Invalid script shebang"));
    };
    let mut parts = body[..end].split(|byte| *byte == b' ');
    let interpreter = parts.next().unwrap_or_default();
    if interpreter != b"#!lua" {
        return Err(refusal("Unexpected engine in script shebang: ", interpreter));
    }
    let mut flags = ScriptFlags::default();
    for part in parts.filter(|part| !part.is_empty()) {
        let Some(list) = part.strip_prefix(b"flags=") else {
            return Err(refusal("Unknown lua shebang option: ", part));
        };
        for name in list.split(|byte| *byte == b',').filter(|_| !list.is_empty()) {
            let flag = ScriptFlags::named(name)
                .ok_or_else(|| refusal("Unexpected flag in script shebang: ", name))?;
            flags.0 |= flag.0;
        }
    }
    Ok((Some(flags), end))
}

/// A library's heading.
pub(crate) fn of_library(body: &[u8]) -> Result<Heading, Error> {
    if !body.starts_with(b"#!") {
        return Err(Error::fixed("ERR Missing library metadata"));
    }
    let invalid = || Error::fixed("ERR Invalid library metadata");
    let end = end_of_line(body).ok_or_else(invalid)?;
    let parts = split_arguments(&body[..end]).ok_or_else(invalid)?;
    let mut parts = parts.into_iter();
    let interpreter = parts.next().ok_or_else(invalid)?[2..].to_vec();
    let mut name = None;
    for part in parts {
        match part.get(..5) {
            Some(start) if start.eq_ignore_ascii_case(b"name=") => {
                if name.replace(part[5..].to_vec()).is_some() {
                    return Err(Error::fixed(
                        "ERR Invalid metadata value, name argument was given multiple times",
                    ));
                }
            }
            _ => return Err(refusal("Invalid metadata value given: ", &part)),
        }
    }
    let name = name.ok_or(Error::fixed("ERR Library name was not given"))?;
    Ok(Heading { interpreter, name, code_at: end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &[u8]) -> String {
        String::from_utf8(of_script(body).unwrap_err().text().into_owned()).unwrap()
    }

    #[test]
    fn flags_of_scripts() {
        assert_eq!(of_script(b"return 1").unwrap(), (None, 0));
        assert_eq!(of_script(b"#!lua\nreturn 1").unwrap(), (Some(ScriptFlags(0)), 5));
        assert_eq!(of_script(b"#!lua flags=\nreturn 1").unwrap(), (Some(ScriptFlags(0)), 12));
        let flags = of_script(b"#!lua  flags=no-writes,allow-stale\n").unwrap().0;
        assert_eq!(flags, Some(ScriptFlags(5)));
        assert_eq!(refused(b"#!lua"), "ERR Invalid script shebang");
        assert_eq!(refused(b"#!js\n"), "ERR Unexpected engine in script shebang: #!js");
        assert_eq!(refused(b"#!lua x=1\n"), "ERR Unknown lua shebang option: x=1");
        assert_eq!(refused(b"#!lua flags=a,b\n"), "ERR Unexpected flag in script shebang: a");
    }

    #[test]
    fn headings_of_libraries() {
        let heading = of_library(b"#!LUA NAME=lib\ncode").unwrap();
        assert_eq!(
            (&heading.interpreter[..], &heading.name[..], heading.code_at),
            (&b"LUA"[..], &b"lib"[..], 14)
        );
        for (body, text) in [
            (&b"x"[..], "ERR Missing library metadata"),
            (b"#!lua", "ERR Invalid library metadata"),
            (b"#!lua name=\"x\n", "ERR Invalid library metadata"),
            (b"#!lua\n", "ERR Library name was not given"),
            (b"#!lua foo\n", "ERR Invalid metadata value given: foo"),
            (b"#!lua name=a name=b\n", "ERR Invalid metadata value, name argument was given multiple times"),
        ] {
            let error = of_library(body).unwrap_err();
            assert_eq!(String::from_utf8_lossy(&error.text()), text, "{body:?}");
        }
    }
}
