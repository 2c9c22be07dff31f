//! The frame of every HELP reply.

use crate::dispatch::Call;

/// Writes the head that names the container, the container's own lines, and the lines on HELP itself.
pub(crate) fn write(call: &mut Call, lines: &[&str]) {
    let container = call.spec.name.split('|').next().unwrap_or_default().to_ascii_uppercase();
    call.reply.array(lines.len() + 3);
    call.reply.simple(&format!("{container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
    for line in lines.iter().copied().chain(["HELP", "    Prints this help."]) {
        call.reply.simple(line);
    }
}

/// A known subcommand with arguments that its row lets pass, but that make no form of it.
pub(crate) fn misuse(call: &Call) -> hematite_commands::Error {
    let (container, given) = (call.args[0].to_ascii_uppercase(), call.args[1]);
    let mut text = b"ERR unknown subcommand or wrong number of arguments for '".to_vec();
    text.extend_from_slice(crate::admission::shown(given));
    text.extend_from_slice(b"'. Try ");
    text.extend_from_slice(&container);
    text.extend_from_slice(b" HELP.");
    hematite_commands::Error::Bytes(text)
}
