//! The publish and subscribe family; the subscriptions themselves are kept by [`crate::pubsub`].

mod inquire;
mod publish;
mod subscribe;
mod unsubscribe;

use crate::dispatch::Call;
use crate::pubsub::Subject;
use crate::table::{HostRow, SessionRow};
use hematite_resp::Encoder;

/// The family's rows.
pub(crate) const ROWS: &[SessionRow] = &[
    subscribe::SUBSCRIBE,
    subscribe::PSUBSCRIBE,
    subscribe::SSUBSCRIBE,
    unsubscribe::UNSUBSCRIBE,
    unsubscribe::PUNSUBSCRIBE,
    unsubscribe::SUNSUBSCRIBE,
    publish::PUBLISH,
    publish::SPUBLISH,
    inquire::PUBSUB_CHANNELS,
    inquire::PUBSUB_HELP,
    inquire::PUBSUB_NUMPAT,
    inquire::PUBSUB_NUMSUB,
    inquire::PUBSUB_SHARDCHANNELS,
    inquire::PUBSUB_SHARDNUMSUB,
];

/// Rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[inquire::PUBSUB];

/// Confirms that the session listens to a name, or no longer does: a push that carries the command's name. CLIENT REPLY
/// does not silence it, so then it goes through the mailbox.
fn confirm(call: &mut Call, name: Option<&[u8]>, kind: Subject) {
    let count = call.session.subscription_count(kind) as i64;
    let write = |encoder: &mut Encoder| {
        encoder.push(3);
        encoder.bulk(call.spec.name.as_bytes());
        match name {
            Some(name) => encoder.bulk(name),
            None => encoder.null(),
        }
        encoder.integer(count);
    };
    if call.session.is_silent() {
        let mut bytes = Vec::new();
        write(&mut Encoder::new(&mut bytes, call.session.protocol));
        call.session.card.push(bytes.into(), 0);
    } else {
        write(&mut call.reply);
    }
}
