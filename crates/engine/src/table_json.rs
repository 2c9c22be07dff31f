//! Table as JSON: every row with all that it says, for what is generated from the table outside of Rust (TypeScript types,
//! CLI hints, docs pages, fuzz grammars).
//!
//! ```text
//!   [{ "name": "set", "group": "string", "since": "1.0.0", "summary": …, "complexity": …, "arity": -3,
//!      "flags": ["write", …], "acl": ["string", …], "kind": "data" | "session" | "host" | "container",
//!      "keys": [{ "flags": ["RW", …], "begin": {"index": 1}, "find": {"range": [last, step, limit]} }],
//!      "args": [{ "name": …, "type": …, "token"?: …, "optional"?: true, "multiple"?: true, "multipleToken"?: true,
//!                 "since"?: …, "args"?: […] }],
//!      "reply": "null | ok | string", "deprecated"?: {"since": …, "replacedBy": …} }, …]
//! ```

use crate::table::{Run, Table};
use hematite_commands::spec::{Arg, Begin, Find, KeySpec, Kind, Spec};
use std::fmt::Write;

impl Table {
    /// All rows in the order of their names; see the head of the file for the form.
    pub fn to_json(&self) -> String {
        let mut commands: Vec<_> = self.iter().collect();
        commands.sort_by_key(|c| c.spec.name);
        let mut out = String::from("[");
        for (at, command) in commands.into_iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            row(&mut out, command.spec, kind(&command.run));
        }
        out.push_str("\n]\n");
        out
    }
}

fn kind(run: &Run) -> &'static str {
    match run {
        Run::Data(_) => "data",
        Run::Session(_) | Run::Compound(_) => "session",
        Run::Host => "host",
        Run::Container => "container",
    }
}

fn row(out: &mut String, spec: &Spec, kind: &str) {
    out.push('{');
    for (name, value) in [
        ("name", spec.name),
        ("group", spec.group.name()),
        ("since", spec.since),
        ("summary", spec.summary),
        ("complexity", spec.complexity),
        ("kind", kind),
        ("reply", spec.reply),
    ] {
        text_field(out, name, value);
    }
    if let Some((since, by)) = spec.deprecated {
        out.push_str("\"deprecated\":{");
        text_field(out, "since", since);
        text_field(out, "replacedBy", by);
        close(out, '}');
        out.push(',');
    }
    let _ = write!(out, "\"arity\":{},", spec.arity);
    names(out, "flags", hematite_commands::spec::Flags::NAMES, |flag| spec.flags.has(flag));
    let acl = spec.categories();
    names(out, "acl", hematite_commands::spec::Acl::NAMES, |category| acl.has(category));
    list(out, "keys", spec.keys, key_spec);
    list(out, "args", spec.args, arg);
    close(out, '}');
}

fn key_spec(out: &mut String, spec: &KeySpec) {
    out.push('{');
    names(out, "flags", hematite_commands::spec::KeyFlags::NAMES, |flag| spec.flags.has(flag));
    match spec.begin {
        Begin::Index(at) => {
            let _ = write!(out, "\"begin\":{{\"index\":{at}}},");
        }
        Begin::Keyword(word, from) => {
            out.push_str("\"begin\":{");
            text_field(out, "keyword", word);
            let _ = write!(out, "\"from\":{from}}},");
        }
        Begin::Unknown => out.push_str("\"begin\":null,"),
    }
    let _ = match spec.find {
        Find::Range { last, step, limit } => {
            write!(out, "\"find\":{{\"range\":[{last},{step},{limit}]}}")
        }
        Find::KeyNum { count, first, step } => {
            write!(out, "\"find\":{{\"keyNum\":[{count},{first},{step}]}}")
        }
        Find::Unknown => write!(out, "\"find\":null"),
    };
    close(out, '}');
}

fn arg(out: &mut String, arg: &Arg) {
    out.push('{');
    text_field(out, "name", arg.name);
    let (kind, inner): (&str, &[Arg]) = match arg.kind {
        Kind::Text => ("string", &[]),
        Kind::Integer => ("integer", &[]),
        Kind::Double => ("double", &[]),
        Kind::Key => ("key", &[]),
        Kind::Pattern => ("pattern", &[]),
        Kind::UnixTime => ("unix-time", &[]),
        Kind::Token => ("pure-token", &[]),
        Kind::OneOf(inner) => ("oneof", inner),
        Kind::Block(inner) => ("block", inner),
    };
    text_field(out, "type", kind);
    for (name, value) in
        [("token", arg.token), ("display", arg.display), ("since", arg.since), ("deprecated", arg.deprecated)]
    {
        if let Some(value) = value {
            text_field(out, name, value);
        }
    }
    for (name, set) in [
        ("optional", arg.is_optional),
        ("multiple", arg.is_multiple),
        ("multipleToken", arg.is_multiple_token),
    ] {
        if set {
            let _ = write!(out, "\"{name}\":true,");
        }
    }
    if let Some(index) = arg.key_spec {
        let _ = write!(out, "\"keySpec\":{index},");
    }
    if !inner.is_empty() {
        list(out, "args", inner, self::arg);
    }
    close(out, '}');
}

fn list<T>(out: &mut String, name: &str, items: &[T], one: fn(&mut String, &T)) {
    let _ = write!(out, "\"{name}\":[");
    for item in items {
        one(out, item);
        out.push(',');
    }
    close(out, ']');
    out.push(',');
}

fn names<F: Copy>(out: &mut String, name: &str, all: &[(F, &'static str)], has: impl Fn(F) -> bool) {
    let _ = write!(out, "\"{name}\":[");
    for (flag, text) in all {
        if has(*flag) && !text.is_empty() {
            string(out, text);
            out.push(',');
        }
    }
    close(out, ']');
    out.push(',');
}

fn text_field(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "\"{name}\":");
    string(out, value);
    out.push(',');
}

/// Closes a list or an object, dropping the comma behind its last item.
fn close(out: &mut String, mark: char) {
    if out.ends_with(',') {
        out.pop();
    }
    out.push(mark);
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_and_commas_stand_between_items_alone() {
        let mut out = String::new();
        string(&mut out, "a\"b\\c\nd");
        assert_eq!(out, r#""a\"b\\c\u000ad""#);
        let json = Table::new().to_json();
        assert!(!json.contains(",]") && !json.contains(",}") && !json.contains("[,"), "{json}");
        assert!(json.contains(r#""name":"config|get""#) && json.contains(r#""kind":"host""#), "{json}");
        let get = json.lines().find(|line| line.starts_with(r#"{"name":"get","#)).expect("GET has a row");
        assert!(get.contains(r#""begin":{"index":1},"find":{"range":[0,1,0]}"#), "{get}");
    }
}
