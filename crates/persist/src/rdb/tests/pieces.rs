//! A stream in pieces, with what is pending in its groups: what changes meanwhile is written as it was.

use super::*;
use hematite_base::random::Random;
use hematite_keyspace::{Piece, Pieces};

/// A stream of some nodes, with groups that have much pending, of several consumers and of nobody.
fn long_stream(random: &mut Random) -> Stream {
    let mut stream = stream();
    for n in 10..300 {
        let limits = NodeLimits { bytes_max: 4096, entries_max: 10 };
        stream.append(StreamId::new(n, 0), &["field", "value"], limits).unwrap();
    }
    for name in [&b"g1"[..], b"g2", b"many"] {
        stream.add_group(name, Group::new(StreamId::new(99, 0), None));
        let group = stream.group_mut(name).unwrap();
        (0..5000).for_each(|_| change_group(group, random));
    }
    stream
}

fn change_group(group: &mut Group, random: &mut Random) {
    let id = StreamId::new(random.below(5000), random.below(2));
    let name = format!("consumer:{}", random.below(600));
    match random.below(100) {
        0..70 => {
            let (consumer, _) = group.consumer_or_create(name.as_bytes(), NOW_MS);
            group.assign(id, consumer, NOW_MS + random.below(1000) as i64, random.below(5));
        }
        70..80 => group.release(id, random.below(5)),
        80 => drop(group.delete_consumer(name.as_bytes())),
        _ => drop(group.acknowledge(id)),
    }
}

#[test]
fn a_stream_in_pieces_is_what_it_was() {
    for (seed, version) in
        [VERSION_REDIS_7_0, VERSION, VERSION_REDIS_7_4, VERSION_VALKEY_9, VERSION_REDIS_8_8]
            .into_iter()
            .enumerate()
    {
        let mut random = Random::new(seed as u64);
        let mut value = with_producers(long_stream(&mut random));
        if seed == 3 {
            value = long_stream(&mut random);
        }
        let mut entry = Entry::new(b"key", Some(7), NewBody::Value(Value::Stream(LooseBox::new(value))));
        let options = Options { version, ..Options::default() };
        let (mut whole, mut out) = (Vec::new(), Vec::new());
        encode_entry(&mut whole, &entry, &options);
        let Pieces { before, mut elements } = encode_pieces(&mut out, &mut entry, &options).unwrap();
        assert!(before.is_none());
        let Some(Value::Stream(stream)) = entry.value_mut() else { unreachable!() };
        let mut change = |stream: &mut Stream| {
            stream
                .groups_mut()
                .for_each(|(_, group)| (0..200).for_each(|_| change_group(group, &mut random)));
        };
        stream.begin_reading();
        while stream.read_on(3, |id, node| elements.piece(Piece::Node(id, node), &mut out)) {
            change(stream);
        }
        stream.remove_group(b"g2");
        let mut behind = elements.end(&mut out).unwrap();
        let mut had = out.len();
        while behind.step(&mut out) {
            change(stream);
            assert!(out.len() - had < 32 << 10, "a step of {} bytes", out.len() - had);
            had = out.len();
        }
        assert!(out == whole, "version {version}");
    }
}
