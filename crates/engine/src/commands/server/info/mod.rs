//! INFO: what goes on, section by section.
//!
//! A section is a list of fields. What the front knows better (process id, port, configuration file) it has given to
//! [`crate::Engine::set_information`]: its fields replace those of the same name, new ones follow, and new sections come last.

pub(in crate::commands::server) mod figures;
mod key_sizes;
mod performance;
mod process;
mod storage;

use crate::commands::prelude::*;
use crate::engine::Shared;
use crate::flow::Now;
use figures::Figures;

/// INFO: see <https://valkey.io/commands/info/>.
pub const INFO: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "1.0.0",
        summary: "Returns information and statistics about the server.",
        complexity: "O(1)",
        arity: -1,
        flags: Flags::LOADING.or(Flags::STALE.or(Flags::SENTINEL)),
        acl: Acl::DANGEROUS,
        tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
        history: &[("7.0.0", "Added support for taking multiple section arguments.")],
        args: &[Arg::new("section", Kind::Text).optional().multiple()],
        reply: "string",
        ..Spec::new("info")
    },
    run: info,
};

/// Lines of a section.
type Fields = Vec<(String, String)>;
/// Makes a section's lines.
type Section = fn(&Scene) -> Fields;

/// What sections are made from.
struct Scene<'a> {
    shared: &'a Shared,
    now: Now,
    figures: Figures,
}

/// When a section is shown without being named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Default,
    All,
    /// To those alone who name it.
    Named,
}

const SECTIONS: [(&str, Shown, Section); 14] = [
    ("Server", Shown::Default, process::server),
    ("Clients", Shown::Default, process::clients),
    ("Memory", Shown::Default, storage::memory),
    ("Persistence", Shown::Default, storage::persistence),
    ("Stats", Shown::Default, performance::stats),
    ("Replication", Shown::Default, process::replication),
    ("CPU", Shown::Default, process::cpu),
    ("Modules", Shown::Default, |_| Vec::new()),
    ("Commandstats", Shown::All, performance::command_stats),
    ("Errorstats", Shown::Default, performance::error_stats),
    ("Latencystats", Shown::All, performance::latency_stats),
    ("Cluster", Shown::Default, process::cluster),
    ("Keyspace", Shown::Default, storage::keyspace),
    ("Keysizes", Shown::Named, key_sizes::key_sizes),
];

fn info(call: &mut Call) -> Result<(), Error> {
    let asked: Vec<String> =
        call.args[1..].iter().map(|arg| String::from_utf8_lossy(arg).to_ascii_lowercase()).collect();
    let names = |word: &str| asked.iter().any(|name| name == word);
    let everything = names("all") || names("everything");
    let default = asked.is_empty() || names("default") || everything;
    let is_shown = |title: &str, shown: Option<Shown>| {
        names(&title.to_ascii_lowercase())
            || everything && shown != Some(Shown::Named)
            || default && shown == Some(Shown::Default)
    };
    let scene = Scene { shared: call.shared, now: call.now, figures: Figures::gather(call.shared) };
    let added = call.shared.information.read();
    let mut text = String::with_capacity(4096);
    for (title, shown, section) in SECTIONS {
        if is_shown(title, Some(shown)) {
            let mut fields = section(&scene);
            if let Some((_, more)) = added.iter().find(|(name, _)| name.eq_ignore_ascii_case(title)) {
                merge(&mut fields, more);
            }
            write(&mut text, title, &fields);
        }
    }
    for (title, fields) in added.iter() {
        let is_known = SECTIONS.iter().any(|(known, ..)| known.eq_ignore_ascii_case(title));
        if !is_known && is_shown(title, None) {
            write(&mut text, title, fields);
        }
    }
    call.reply.verbatim(b"txt", text.as_bytes());
    Ok(())
}

fn merge(fields: &mut Fields, more: &Fields) {
    for (name, value) in more {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, place)) => place.clone_from(value),
            None => fields.push((name.clone(), value.clone())),
        }
    }
}

fn write(text: &mut String, title: &str, fields: &Fields) {
    if !text.is_empty() {
        text.push_str("\r\n");
    }
    text.push_str("# ");
    text.push_str(title);
    text.push_str("\r\n");
    for (name, value) in fields {
        text.extend([name, ":", value, "\r\n"]);
    }
}

/// A section's lines from pairs of name and anything that can be shown.
macro_rules! fields {
    ($($name:literal: $value:expr,)*) => { vec![$(($name.to_owned(), $value.to_string())),*] };
}
use fields;
