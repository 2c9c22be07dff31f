//! Reply: shapes of replies that several families share.

use hematite_resp::{Encoder, Protocol};

/// Replies with an array whose length is known only once it is written: `write` answers how many replies it wrote.
pub(crate) fn array_around(reply: &mut Encoder, write: impl FnOnce(&mut Encoder) -> usize) {
    let start = reply.position();
    let len = write(reply);
    let written = reply.position();
    reply.array(len);
    let head = reply.position() - written;
    reply.buffer()[start..].rotate_right(head);
}

/// The same for a map, whose pairs `write` counts; an array of pairs in RESP2, as of streams with their entries.
pub(crate) fn map_around(reply: &mut Encoder, write: impl FnOnce(&mut Encoder) -> usize) {
    let start = reply.position();
    let len = write(reply);
    let written = reply.position();
    if reply.protocol == Protocol::Resp3 {
        reply.map(len)
    } else {
        reply.array(len)
    }
    let head = reply.position() - written;
    reply.buffer()[start..].rotate_right(head);
}
