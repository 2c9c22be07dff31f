//! The list family: elements pushed, popped, moved, waited for, found and changed.

mod access;
mod blocking_pop;
mod insert;
mod items;
mod move_element;
mod move_elements;
mod multi_pop;
mod pop;
mod position;
mod push;
mod range;
mod remove;
mod set;

use crate::spec::Row;
pub(crate) use items::ListRef;

/// The family's rows.
pub const ROWS: &[Row] = &[
    access::LINDEX,
    access::LLEN,
    blocking_pop::BLPOP,
    blocking_pop::BRPOP,
    insert::LINSERT,
    move_element::BLMOVE,
    move_element::BRPOPLPUSH,
    move_element::LMOVE,
    move_element::RPOPLPUSH,
    move_elements::BLMOVEM,
    move_elements::LMOVEM,
    multi_pop::BLMPOP,
    multi_pop::LMPOP,
    pop::LPOP,
    pop::RPOP,
    position::LPOS,
    push::LPUSH,
    push::LPUSHX,
    push::RPUSH,
    push::RPUSHX,
    range::LRANGE,
    remove::LREM,
    remove::LTRIM,
    set::LSET,
];

/// Stores a list that another command made, as SORT does.
pub(crate) fn store<'e>(
    settings: &crate::Settings,
    elements: impl Iterator<Item = &'e [u8]>,
) -> hematite_keyspace::Value {
    let mut list = items::empty();
    for element in elements {
        items::grow(&mut list, element.len(), 1, settings);
        items::push(&mut list, items::End::Right, element);
    }
    list
}
