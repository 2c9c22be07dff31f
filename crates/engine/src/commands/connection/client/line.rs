//! A connection's line in CLIENT LIST: the fields of 7.2 in its order, and the traffic totals that came later.

use crate::engine::Shared;
use crate::flow::{Now, Transport};
use crate::registry::{Card, Traits};
use crate::session::Session;
use hematite_resp::Protocol;
use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;

/// The letters of `flags`; `N` where there is nothing to say.
pub(super) fn flags(card: &Card, traits: &Traits) -> String {
    let tracker = traits.tracker.as_deref();
    let letters = [
        (card.is_monitor.load(Relaxed), 'O'),
        (card.is_subscriber(), 'P'),
        (card.queued.load(Relaxed) >= 0, 'x'),
        (card.blocked.load(Relaxed), 'b'),
        (tracker.is_some(), 't'),
        (tracker.is_some_and(|tracker| tracker.is_broken.load(Relaxed)), 'R'),
        (tracker.is_some_and(|tracker| tracker.mode.broadcast), 'B'),
        (card.is_dirty.load(Relaxed), 'd'),
        (card.killed.load(Relaxed), 'A'),
        (card.peer.transport == Transport::Unix, 'U'),
        (traits.no_evict, 'e'),
        (traits.no_touch, 'T'),
    ];
    let set: String = letters.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
    if set.is_empty() { "N".into() } else { set }
}

/// Seconds since a time, never negative.
pub(super) fn seconds_since(at_ms: i64, now: Now) -> i64 {
    (now.unix_ms - at_ms).max(0) / 1000
}

/// Bytes that a connection takes.
pub(crate) fn memory_bytes(card: &Card) -> usize {
    let buffers = card.query[1].load(Relaxed) + card.output[1].load(Relaxed);
    size_of::<Session>()
        + size_of::<Card>()
        + buffers
        + queued_bytes(card)
        + card.pushed_bytes()
        + card.fieldset_bytes.load(Relaxed)
}

/// Bytes of what MULTI has queued.
fn queued_bytes(card: &Card) -> usize {
    if card.queued.load(Relaxed) < 0 { 0 } else { card.queued_bytes.load(Relaxed) }
}

/// The connection's line, without a line end.
pub(crate) fn client_line(shared: &Shared, card: &Card, now: Now) -> Vec<u8> {
    let mut line = Vec::new();
    write(&mut line, shared, card, now);
    line
}

/// Appends the connection's line, without a line end.
pub(super) fn write(out: &mut Vec<u8>, shared: &Shared, card: &Card, now: Now) {
    let traits = card.traits.lock().clone();
    let [query, query_capacity] = [card.query[0].load(Relaxed), card.query[1].load(Relaxed)];
    let [waiting, output_capacity] = [card.output[0].load(Relaxed), card.output[1].load(Relaxed)];
    let command = card.command.load(Relaxed);
    let command = match command {
        usize::MAX => "NULL",
        id => shared.table.by_id(id).map_or("NULL", |command| command.spec.name),
    };
    let events = match card.peer.transport {
        Transport::InProcess => "",
        _ if waiting > 0 => "rw",
        _ => "r",
    };
    let (pushes, pushed_bytes) = card.pushes();
    let mut say = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("a vector takes everything");
    let (peer, [channels, patterns, shards]) = (&card.peer, &card.subscriptions);
    say(format_args!("id={} addr={} laddr={} fd={} name=", card.id, peer.addr, peer.laddr, peer.fd));
    out.extend_from_slice(&traits.name);
    let mut say = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("a vector takes everything");
    say(format_args!(
        " age={} idle={} flags={} db={} sub={} psub={} ssub={} multi={}",
        seconds_since(card.opened_ms, now),
        seconds_since(card.active_ms.load(Relaxed), now),
        flags(card, &traits),
        card.db.load(Relaxed),
        channels.load(Relaxed),
        patterns.load(Relaxed),
        shards.load(Relaxed),
        card.queued.load(Relaxed),
    ));
    say(format_args!(
        " qbuf={query} qbuf-free={} argv-mem=0 multi-mem={} rbs={output_capacity} rbp={output_capacity} obl={waiting} oll={} omem={} tot-mem={}",
        query_capacity.saturating_sub(query),
        queued_bytes(card),
        pushes,
        pushed_bytes,
        memory_bytes(card),
    ));
    let redirect = traits.tracker.as_ref().map_or(-1, |tracker| tracker.mode.redirect as i64);
    let protocol = if traits.protocol == Protocol::Resp3 { 3 } else { 2 };
    say(format_args!(" events={events} cmd={command} user="));
    out.extend_from_slice(&traits.user);
    write!(out, " redir={redirect} resp={protocol}").expect("a vector takes everything");
    out.extend_from_slice(b" lib-name=");
    out.extend_from_slice(&traits.lib_name);
    out.extend_from_slice(b" lib-ver=");
    out.extend_from_slice(&traits.lib_ver);
    let [input, output, commands] = [0, 1, 2].map(|at: usize| card.totals[at].load(Relaxed));
    write!(out, " tot-net-in={input} tot-net-out={output} tot-cmds={commands}")
        .expect("a vector takes everything");
}
