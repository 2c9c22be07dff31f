//! Streams against a naive model, and groups' two views of what is pending against each other.

use super::*;
use crate::dismantle::Dismantle;
use proptest::prelude::*;

const LIMITS: NodeLimits = NodeLimits { bytes_max: 4096, entries_max: 100 };

fn texts(entry: &Entry) -> Vec<Vec<u8>> {
    entry.pairs().flat_map(|(field, value)| [field.to_vec(), value.to_vec()]).collect()
}

/// Id, whether it lives, fields and values.
type ModelEntry = (StreamId, bool, Vec<Vec<u8>>);

/// The reference's rules on plain vectors: each node is its entries, living or not, with the flag and the text.
#[derive(Default)]
struct Model {
    nodes: Vec<Vec<ModelEntry>>,
}

impl Model {
    fn living(&self) -> Vec<(StreamId, Vec<Vec<u8>>)> {
        let all = self.nodes.iter().flatten();
        all.filter(|e| e.1).map(|(id, _, texts)| (*id, texts.clone())).collect()
    }

    fn delete(&mut self, id: StreamId) -> bool {
        let Some(entry) = self.nodes.iter_mut().flatten().find(|e| e.0 == id && e.1) else { return false };
        entry.1 = false;
        self.nodes.retain(|node| node.iter().any(|e| e.1));
        true
    }

    fn trim(&mut self, to: Trim, approximate: bool, limit: u64) -> u64 {
        let mut gone = 0;
        while !self.nodes.is_empty() {
            let total = self.living().len() as u64;
            let node = &mut self.nodes[0];
            let living = node.iter().filter(|e| e.1).count() as u64;
            let (is_done, is_whole) = match to {
                Trim::MaxLen(max) => (total <= max, total - living >= max),
                Trim::MinId(min) => (false, node.last().unwrap().0 < min),
            };
            if is_done || limit > 0 && gone + living > limit {
                break;
            }
            if is_whole {
                self.nodes.remove(0);
                gone += living;
                continue;
            }
            if approximate {
                break;
            }
            let mut left = total;
            for entry in node.iter_mut() {
                let stop = match to {
                    Trim::MaxLen(max) => left <= max,
                    Trim::MinId(min) => entry.0 >= min,
                };
                if stop {
                    break;
                }
                if entry.1 {
                    (entry.1, left, gone) = (false, left - 1, gone + 1);
                }
            }
            break;
        }
        gone
    }
}

fn check(stream: &Stream, model: &Model) {
    let living = model.living();
    assert_eq!(stream.len(), living.len() as u64);
    assert_eq!(stream.first_id(), living.first().map_or(StreamId::MIN, |e| e.0));
    let seen: Vec<_> = stream.range(StreamId::MIN, StreamId::MAX).map(|e| (e.id, texts(&e))).collect();
    assert_eq!(seen, living);
    let mut back: Vec<_> =
        stream.range_backward(StreamId::MIN, StreamId::MAX).map(|e| (e.id, texts(&e))).collect();
    back.reverse();
    assert_eq!(back, living);
    let heads: Vec<_> = stream.nodes().map(|(id, _)| id).collect();
    assert_eq!(heads, model.nodes.iter().map(|node| node[0].0).collect::<Vec<_>>());
    if let Some((id, entry)) = living.get(living.len() / 2) {
        assert_eq!(stream.get(*id).map(|e| texts(&e)).as_ref(), Some(entry));
    }
}

#[derive(Clone, Debug)]
enum Op {
    Append { ms: u64, seq: u64, fields: u8, value: u32 },
    Delete(usize),
    Trim { to: usize, by_id: bool, approximate: bool, limit: u64 },
    Range(usize, usize),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        30 => (0u64..3, 0u64..300, 0u8..4, any::<u32>())
            .prop_map(|(ms, seq, fields, value)| Op::Append { ms, seq, fields, value }),
        6 => any::<usize>().prop_map(Op::Delete),
        1 => (0usize..400, any::<bool>(), any::<bool>(), prop::sample::select(vec![0u64, 5, 50, 200]))
            .prop_map(|(to, by_id, approximate, limit)| Op::Trim { to, by_id, approximate, limit }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Op::Range(a, b)),
    ]
}

fn append(
    stream: &mut Stream,
    model: &mut Model,
    limits: NodeLimits,
    (ms, seq): (u64, u64),
    what: (u8, u32),
) {
    let last = stream.last_id;
    let id =
        if ms == 0 { StreamId::new(last.ms, last.seq + 1 + seq) } else { StreamId::new(last.ms + ms, seq) };
    let mut elements = vec![b"temperature".to_vec(), what.1.to_string().into_bytes()];
    for extra in 0..what.0 {
        elements.push(format!("f{extra}").into_bytes());
        elements.push(vec![b'x'; what.1 as usize % 40]);
    }
    let (nodes_before, added) = (stream.node_count(), stream.entries_added);
    assert_eq!(stream.append(id, &elements, limits), Ok(()));
    assert_eq!((stream.last_id, stream.entries_added), (id, added + 1));
    assert_eq!(stream.append(id, &elements, limits), Err(AppendError::NotAfterLast));
    if stream.node_count() > nodes_before {
        model.nodes.push(Vec::new());
    }
    let node = model.nodes.last_mut().unwrap();
    node.push((id, true, elements));
    assert!(node.len() as u64 <= limits.entries_max);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 64 }))]

    #[test]
    fn behaves_as_the_model(ops in prop::collection::vec(op(), 1..800), entries_max in 1u64..60) {
        let limits = NodeLimits { bytes_max: 1500, entries_max };
        let (mut stream, mut model) = (Stream::new(), Model::default());
        for op in ops {
            let living = model.living();
            match op {
                Op::Append { ms, seq, fields, value } => {
                    append(&mut stream, &mut model, limits, (ms, seq), (fields, value));
                }
                Op::Delete(pick) if !living.is_empty() => {
                    let id = living[pick % living.len()].0;
                    prop_assert!(model.delete(id) && stream.delete(id) && !stream.delete(id));
                    prop_assert!(stream.max_deleted_id >= id);
                }
                Op::Delete(_) => prop_assert!(!stream.delete(StreamId::new(1, 1))),
                Op::Trim { to, by_id, approximate, limit } => {
                    let to = match living.get(to) {
                        Some((id, _)) if by_id => Trim::MinId(*id),
                        _ => Trim::MaxLen(to as u64),
                    };
                    prop_assert_eq!(stream.trim(to, approximate, limit), model.trim(to, approximate, limit));
                }
                Op::Range(a, b) if !living.is_empty() => {
                    let (start, end) = (living[a % living.len()].0, living[b % living.len()].0);
                    let (start, end) = (start.prev().unwrap(), end.next().unwrap());
                    let inside = living.iter().map(|e| e.0).filter(|&id| start <= id && id <= end);
                    let expected: Vec<_> = inside.collect();
                    prop_assert!(stream.range(start, end).map(|e| e.id).eq(expected.iter().copied()));
                    let back = stream.range_backward(start, end).map(|e| e.id);
                    prop_assert!(back.eq(expected.iter().rev().copied()));
                }
                Op::Range(..) => prop_assert!(stream.first().is_none() && stream.last().is_none()),
            }
        }
        check(&stream, &model);
        let mut copy = Stream::new();
        for (id, lp) in stream.nodes() {
            prop_assert_eq!(copy.push_node(id, Listpack::from_bytes(lp.as_bytes()).unwrap()), Ok(()));
        }
        prop_assert_eq!((copy.len(), copy.first_id()), (stream.len(), stream.first_id()));
        let mut left = stream.dismantle();
        while left.step(1) > 0 {}
    }

    #[test]
    fn both_views_of_what_is_pending_agree(
        ops in prop::collection::vec((0u8..10, 0u64..60, 0u8..5), 1..600),
    ) {
        let mut group = Group::new(StreamId::MIN, Some(0));
        let mut model = BTreeMap::new();
        for (time, (kind, seq, who)) in ops.into_iter().enumerate() {
            let (id, name) = (StreamId::new(7, seq), [b'a' + who]);
            match kind {
                0..6 => {
                    let (consumer, _) = group.consumer_or_create(&name, 1);
                    prop_assert!(group.assign(id, consumer, time as i64, u64::from(kind)));
                    model.insert(id, (name, time as i64, u64::from(kind)));
                }
                6..9 => prop_assert_eq!(group.acknowledge(id), model.remove(&id).is_some()),
                _ => {
                    let had = model.values().filter(|v| v.0 == name).count();
                    let known = group.find_consumer(&name).is_some();
                    prop_assert_eq!(group.delete_consumer(&name), known.then_some(had));
                    model.retain(|_, v| v.0 != name);
                }
            }
        }
        let name_of = |pending: &Pending| group.consumer(pending.consumer()).unwrap().name().to_vec();
        let seen: Vec<_> = group
            .pending_range(StreamId::MIN, StreamId::MAX)
            .map(|(id, p)| (id, (name_of(p), p.delivery_time_ms, p.delivery_count)))
            .collect();
        let expected: Vec<_> = model.iter().map(|(&id, &(name, time, n))| (id, (name.to_vec(), time, n))).collect();
        prop_assert_eq!(seen, expected);
        prop_assert!(group.consumers().map(|(_, c)| c.name()).is_sorted());
        for (consumer, of) in group.consumers() {
            let ids = group.consumer_pending_range(consumer, StreamId::MIN, StreamId::MAX).map(|(id, _)| id);
            prop_assert!(ids.eq(model.iter().filter(|(_, v)| v.0 == of.name()).map(|(&id, _)| id)));
        }
    }
}

#[test]
fn nodes_are_byte_for_byte_the_references() {
    let mut stream = Stream::new();
    stream.append(StreamId::new(5, 1), &["a", "1", "b", "x"], LIMITS).unwrap();
    stream.append(StreamId::new(5, 3), &["a", "2", "b", "y"], LIMITS).unwrap();
    stream.append(StreamId::new(7, 0), &["c", "z"], LIMITS).unwrap();
    let (_, lp) = stream.nodes().next().unwrap();
    let text: Vec<_> = lp.iter().map(|e| String::from_utf8(e.to_vec()).unwrap()).collect();
    let expected = "3 0 2 a b 0  2 0 0 1 x 5  2 0 2 2 y 5  0 2 -1 1 c z 6";
    assert_eq!(text, expected.split_whitespace().collect::<Vec<_>>());
}

#[test]
fn small_entries_cost_no_more_than_sixteen_bytes() {
    let mut stream = Stream::new();
    for i in 0..100_000u64 {
        stream
            .append(StreamId::new(1_700_000_000_000 + i, 0), &["f", &(i % 1000).to_string()], LIMITS)
            .unwrap();
    }
    let per_entry = stream.heap_bytes() as f64 / 100_000.0;
    assert!(per_entry <= 16.0, "{per_entry} bytes an entry");
}

#[test]
fn foreign_nodes_are_checked() {
    let mut stream = Stream::new();
    for i in 1..40 {
        stream.append(StreamId::new(i, 0), &["f", "v"], LIMITS).unwrap();
    }
    let (id, lp) = stream.nodes().next().unwrap();
    let mut copy = Stream::new();
    assert_eq!(copy.push_node(id, lp.clone()), Ok(()));
    assert_eq!(copy.push_node(id, lp.clone()), Err(InvalidNode), "ids must rise");
    // Whatever single byte is broken, the node is refused or can still be walked both ways.
    for at in 0..lp.bytes() {
        for value in [0, 1, 2, 127, 200, 241, 255] {
            let mut bytes = lp.as_bytes().to_vec();
            bytes[at] = value;
            let Ok(broken) = Listpack::from_bytes(&bytes) else { continue };
            let mut copy = Stream::new();
            if copy.push_node(id, broken).is_ok() {
                let forward: Vec<_> = copy.range(StreamId::MIN, StreamId::MAX).map(|e| texts(&e)).collect();
                let backward = copy.range_backward(StreamId::MIN, StreamId::MAX).count();
                assert_eq!((forward.len(), copy.len() as usize), (backward, backward));
            }
        }
    }
}
