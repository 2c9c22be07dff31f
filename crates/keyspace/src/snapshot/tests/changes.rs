//! Changes of keys of every type, as a number tells.

use super::*;

const LIMITS: HashLimits = HashLimits { listpack_entries_max: 8, listpack_value_bytes_max: 64 };

pub(super) fn change_keys(view: &mut crate::View<'_>, what: u64, n: u64, key: &[u8], other: &[u8]) {
    let at = view.now_ms + n as i64;
    match what {
        3..=5 => {
            let expiry = [Expiry::Keep, Expiry::Never, Expiry::At(at)][n as usize % 3];
            let text = vec![b'x'; n as usize * if n.is_multiple_of(5) { 40 } else { 1 }];
            view.set_string(key, &text, expiry);
        }
        6 => {
            view.delete(key, n.is_multiple_of(2));
        }
        7 => {
            view.rename(key, other, true);
        }
        8 => {
            if let Some(mut entry) = view.write(key) {
                entry.set_expires_at((n.is_multiple_of(2)).then_some(at));
            }
        }
        9 => {
            let copy = view.peek(key).map(|entry| entry.duplicate(other));
            if let Some(copy) = copy
                && view.peek(other).is_none()
            {
                view.add(copy);
            }
        }
        10 => {
            if let Ok(Some(mut entry)) = view.write_string(key) {
                entry.append(b"more").expect("a string");
            }
        }
        11 => {
            view.read(key);
        }
        12 => {
            view.expire_field(key, format!("field:{}", n % 100).as_bytes());
        }
        13 => {
            let to = (view.db + 1 + n as usize % 2) % 3;
            if view.in_db(to, |view| view.peek(key).is_none())
                && let Some(entry) = view.take_to_move(key)
            {
                view.in_db(to, |view| drop(view.add(entry)));
            }
        }
        14 => {
            view.evict(key, n.is_multiple_of(2));
        }
        16.. => change_table(view, what, n, key),
        _ => change_hash(view, n, key),
    }
}

/// Adds to, changes or takes from a large set, sorted set, list, hash, stream or array.
fn change_table(view: &mut crate::View<'_>, what: u64, n: u64, key: &[u8]) {
    let hasher = view.hasher().clone();
    let (kind, made) = match what {
        16 => (crate::Kind::Set, Value::Set(LooseBox::new(TextSet::new(hasher.clone())))),
        17 => (crate::Kind::SortedSet, Value::SortedSet(LooseBox::new(SortedSet::new(hasher.clone())))),
        18 => (crate::Kind::List, Value::List(LooseBox::new(Quicklist::new(Default::default())))),
        20 => (crate::Kind::Stream, Value::Stream(LooseBox::new(Default::default()))),
        21 => {
            (crate::Kind::Array, Value::Array(LooseBox::new(Array::new(Shape::new(256 << (n % 3), 10, 5)))))
        }
        _ => (crate::Kind::Hash, Value::Hash(LooseBox::new(crate::HashTable::new(&hasher)))),
    };
    if view.peek(key).is_none_or(|entry| entry.kind() != kind) {
        view.delete(key, true);
        view.add(Entry::new(key, None, NewBody::Value(made)));
    }
    let mut entry = view.write(key).expect("just made");
    let (takes, many) = (n.is_multiple_of(3), n * n % 1500 + 1);
    let is_empty = match entry.value_mut().expect("a collection") {
        Value::Set(set) => {
            for at in n..n + many {
                if takes {
                    set.remove(&at.to_le_bytes())
                } else {
                    set.insert(&at.to_le_bytes())
                };
            }
            set.is_empty()
        }
        Value::SortedSet(set) => {
            for at in n..n + many {
                set.insert(&at.to_le_bytes(), (at * n % 77) as f64);
            }
            if takes {
                set.remove_range(0..many + n, |_, _| ());
            }
            set.is_empty()
        }
        Value::List(list) => {
            (0..many).for_each(|at| list.push_front(&[n as u8; 30][..(at % 30) as usize]));
            for at in 0..many {
                list.set((at * n % many) as i64, &at.to_le_bytes());
            }
            if takes {
                list.delete_range(n as usize, (many + n) as usize);
            }
            list.is_empty()
        }
        Value::Hash(table) => {
            for at in n..n + many {
                let name = at.to_le_bytes();
                if takes {
                    table.fields.remove(&name)
                } else {
                    table.fields.insert(&name, &n.to_le_bytes(), false)
                };
            }
            table.fields.is_empty()
        }
        Value::Stream(stream) => {
            change_stream(stream, n, many / 10);
            false
        }
        Value::Array(array) => {
            change_array(array, n, many);
            array.is_empty()
        }
        _ => false,
    };
    drop(entry);
    if is_empty {
        let taken = view.take(key).and_then(Entry::into_value);
        view.discard(taken);
    }
}

/// Appends entries to a stream, and takes entries from it, now and then all of them.
fn change_stream(stream: &mut Stream, n: u64, many: u64) {
    let limits = NodeLimits { bytes_max: 4096, entries_max: 5 };
    if stream.is_empty() && n.is_multiple_of(2) {
        // As XSETID does: ids that were there may come again.
        stream.last_id = StreamId::MIN;
    }
    for at in 0..many {
        let id = StreamId::new(stream.last_id.ms + 1 + at % 3, n);
        stream.append(id, &[&b"field"[..], &at.to_le_bytes()], limits).expect("a higher id");
    }
    match n % 5 {
        0 => {
            stream.trim(Trim::MaxLen(n * n % 300), n.is_multiple_of(2), 0);
        }
        1 => {
            let ids: Vec<_> = stream.range(StreamId::MIN, StreamId::MAX).map(|entry| entry.id).collect();
            for id in ids.into_iter().step_by(1 + n as usize % 7) {
                stream.delete(id);
            }
        }
        _ => {}
    }
    change_groups(stream, n, many);
}

/// Adds groups and consumers to a stream and takes some away; delivers, acknowledges and gives back entries, which need not be there.
fn change_groups(stream: &mut Stream, n: u64, many: u64) {
    let name = format!("group:{}", n % 3);
    if n.is_multiple_of(11) {
        stream.remove_group(name.as_bytes());
        return;
    }
    stream.add_group(name.as_bytes(), Group::new(StreamId::new(n, 0), None));
    let Some(group) = stream.group_mut(name.as_bytes()) else { return };
    let (consumer, _) = group.consumer_or_create(format!("consumer:{}", n % 5).as_bytes(), n as i64);
    for at in 0..many * 2 {
        let id = StreamId::new(n + at, 1);
        match n % 4 {
            0 => drop(group.acknowledge(id)),
            1 if at % 3 == 0 => group.release(id, n),
            _ => drop(group.assign(id, consumer, n as i64, at)),
        }
    }
    if n.is_multiple_of(13) {
        group.delete_consumer(b"consumer:1");
    }
}

/// Sets values of an array, near and far, and takes some away, now and then all of them.
fn change_array(array: &mut Array, n: u64, many: u64) {
    let (start, step) = (n * n % 3000, [1, 1, 7, 300, 1 << 40][n as usize % 5]);
    for at in 0..many {
        array.set(
            start + at * step,
            &[&at.to_le_bytes()[..], &n.to_le_bytes()].concat()[..(at % 16) as usize],
        );
    }
    match n % 7 {
        0 => array.remove_range(n * 3, many * 2 + n),
        1 => array.remove_range(n, u64::MAX - 1),
        2 => array.remove_range(0, u64::MAX - 1),
        _ => u64::from(array.remove(start)),
    };
}

fn change_hash(view: &mut crate::View<'_>, n: u64, key: &[u8]) {
    let hasher = view.hasher();
    let at = view.now_ms + n as i64;
    if view.peek(key).is_none_or(|entry| entry.kind() != crate::Kind::Hash) {
        view.delete(key, true);
        view.add(Entry::new(key, None, NewBody::Value(Value::new_hash())));
    }
    let mut entry = view.write(key).expect("just made");
    let hash = entry.value_mut().expect("a hash");
    for field in 0..n {
        let name = format!("field:{field}");
        hash.set_field(name.as_bytes(), &n.to_le_bytes(), false, &LIMITS, hasher);
        if n.is_multiple_of(3) {
            hash.set_field_expiry(name.as_bytes(), Some(at + field as i64), hasher);
        }
    }
    drop(entry);
    view.note_field_expiry(key);
}
