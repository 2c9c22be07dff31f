//! Random operations against a `Vec`, over node limits, large elements and compression.

use super::*;
use proptest::prelude::*;
use std::ops::ControlFlow;

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => (0..12u8).prop_map(|v| v.to_string().into_bytes()),
        3 => prop::collection::vec(b'a'..b'd', 0..40),
        1 => (b'a'..=b'z', 100..700usize).prop_map(|(byte, len)| vec![byte; len]),
        1 => any::<i64>().prop_map(|v| v.to_string().into_bytes()),
    ]
}

#[derive(Clone, Debug)]
enum Op {
    Push(bool, Vec<u8>),
    PushMany(bool, Vec<u8>, usize),
    Pop(bool),
    Insert(usize, bool, Vec<u8>),
    Set(i64, Vec<u8>),
    Remove(usize),
    DeleteRange(usize, usize),
    RemoveValue(Vec<u8>, usize, bool),
    Rotate,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (any::<bool>(), value()).prop_map(|(front, v)| Op::Push(front, v)),
        (any::<bool>(), value(), 1..40usize).prop_map(|(front, v, n)| Op::PushMany(front, v, n)),
        any::<bool>().prop_map(Op::Pop),
        (any::<usize>(), any::<bool>(), value()).prop_map(|(at, after, v)| Op::Insert(at, after, v)),
        (any::<usize>(), any::<bool>(), value()).prop_map(|(at, after, v)| Op::Insert(at, after, v)),
        (-60..60i64, value()).prop_map(|(at, v)| Op::Set(at, v)),
        any::<usize>().prop_map(Op::Remove),
        (any::<usize>(), 0..30usize).prop_map(|(at, n)| Op::DeleteRange(at, n)),
        (value(), 0..4usize, any::<bool>()).prop_map(|(v, n, back)| Op::RemoveValue(v, n, back)),
        Just(Op::Rotate),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let fill = prop::sample::select(vec![-2, -1, 1, 2, 5, 16, 100]);
    (fill, 0..3u16, prop::sample::select(vec![30, 300, 1 << 30])).prop_map(|(fill, depth, large)| Settings {
        fill: Fill::new(fill),
        compress_depth: depth,
        packed_threshold_bytes: large,
    })
}

fn push(list: &mut Quicklist, model: &mut Vec<Vec<u8>>, front: bool, v: Vec<u8>) {
    if front {
        list.push_front(&v);
        model.insert(0, v);
    } else {
        list.push_back(&v);
        model.push(v);
    }
}

fn remove_from_model(model: &mut Vec<Vec<u8>>, v: &[u8], most: usize, backward: bool) -> usize {
    let most = if most == 0 { usize::MAX } else { most };
    if backward {
        model.reverse();
    }
    let mut removed = 0;
    model.retain(|own| {
        let hit = own == v && removed < most;
        removed += usize::from(hit);
        !hit
    });
    if backward {
        model.reverse();
    }
    removed
}

fn apply(list: &mut Quicklist, model: &mut Vec<Vec<u8>>, op: Op) {
    let len = model.len();
    match op {
        Op::Push(front, v) => push(list, model, front, v),
        Op::PushMany(front, v, n) => (0..n).for_each(|_| push(list, model, front, v.clone())),
        Op::Pop(front) => {
            let popped = if front { list.pop_front(|e| e.to_vec()) } else { list.pop_back(|e| e.to_vec()) };
            let expected = if len == 0 { None } else { Some(model.remove(if front { 0 } else { len - 1 })) };
            assert_eq!(popped, expected);
        }
        Op::Set(at, v) => {
            let index = if at < 0 { at + len as i64 } else { at };
            let there = index >= 0 && index < len as i64;
            assert_eq!(list.set(at, &v), there);
            if there {
                model[index as usize] = v;
            }
        }
        Op::RemoveValue(v, most, backward) => {
            let direction = if backward { Direction::Backward } else { Direction::Forward };
            let removed = list.remove_value(&v, most, direction);
            assert_eq!(removed, remove_from_model(model, &v, most, backward));
        }
        Op::Rotate => {
            list.rotate();
            model.rotate_right(usize::from(len > 0));
        }
        _ if len == 0 => {
            assert!(!list.remove(0) && !list.insert_before(0, b"x") && list.delete_range(0, 5) == 0);
        }
        Op::Insert(at, true, v) => {
            assert!(list.insert_after(at % len, &v));
            model.insert(at % len + 1, v);
        }
        Op::Insert(at, false, v) => {
            assert!(list.insert_before(at % len, &v));
            model.insert(at % len, v);
        }
        Op::Remove(at) => {
            assert!(list.remove(at % len));
            model.remove(at % len);
        }
        Op::DeleteRange(at, n) => {
            let end = (at % len + n).min(len);
            assert_eq!(list.delete_range(at % len, n), end - at % len);
            model.drain(at % len..end);
        }
    }
}

fn invariants(list: &Quicklist) {
    assert_eq!(list.nodes.len(), list.counts.len());
    assert_eq!(list.counts.iter().map(|&count| count as usize).sum::<usize>(), list.len);
    let depth = usize::from(list.settings.compress_depth);
    for (at, (node, &count)) in list.nodes.iter().zip(&list.counts).enumerate() {
        assert!(count > 0);
        assert_eq!(node.view().elements().count(), count as usize);
        if depth == 0 || at < depth || at + depth >= list.nodes.len() {
            assert!(!matches!(node, Node::Compressed(_)), "ends stay open");
        }
    }
}

fn walk(mut iter: Iter<'_>) -> Vec<Vec<u8>> {
    let mut seen = Vec::new();
    while let Some(element) = iter.next() {
        seen.push(element.to_vec());
    }
    seen
}

fn check(list: &Quicklist, model: &[Vec<u8>]) {
    invariants(list);
    let reversed: Vec<_> = model.iter().rev().cloned().collect();
    assert_eq!(walk(list.iter(Direction::Forward)), model);
    assert_eq!(walk(list.iter(Direction::Backward)), reversed);
    for index in (0..model.len()).step_by(7) {
        assert_eq!(list.get(index as i64, |e| e.to_vec()).as_ref(), Some(&model[index]));
        assert_eq!(walk(list.iter_from(index, Direction::Forward)), model[index..]);
        let mut seen = Vec::new();
        let _ = list.for_each(index, 50, Direction::Backward, |e| {
            seen.push(e.to_vec());
            ControlFlow::<()>::Continue(())
        });
        let expected: Vec<_> = model[..=index].iter().rev().take(50).cloned().collect();
        assert_eq!(seen, expected);
        seen.clear();
        let _ = list.for_each(index, 50, Direction::Forward, |e| {
            seen.push(e.to_vec());
            if seen.len() == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, model[index..(index + 20).min(model.len())]);
    }
    for index in [model.len() as i64, -1 - model.len() as i64, i64::MIN, i64::MAX] {
        assert_eq!(list.get(index, |_| ()), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn behaves_like_a_vector(settings in settings(), ops in prop::collection::vec(op(), 1..80)) {
        let (mut list, mut model) = (Quicklist::new(settings), Vec::new());
        for op in ops {
            apply(&mut list, &mut model, op);
            invariants(&list);
        }
        check(&list, &model);
        let mut copy = Quicklist::new(settings);
        for node in list.nodes() {
            match node {
                NodeRef::Packed(pack) => copy.append_listpack(pack.into_owned()),
                NodeRef::Plain(value) => copy.append_plain(value),
            }
        }
        check(&copy, &model);
    }
}

#[test]
fn half_a_million_short_elements_take_less_than_eighteen_bytes_each() {
    for front in [false, true] {
        let mut list = Quicklist::new(Settings::default());
        for index in 0..500_000u32 {
            let value = format!("elem{index:06}");
            if front { list.push_front(value.as_bytes()) } else { list.push_back(value.as_bytes()) }
        }
        let each = list.heap_bytes() as f64 / list.len() as f64;
        assert!(each < 13.0, "{each} bytes an element");
        let middle = if front { b"elem249999" } else { b"elem250000" };
        assert_eq!(list.get(250_000, |e| e.eq_bytes(middle)), Some(true));
    }
}

#[test]
fn inner_nodes_are_compressed() {
    let settings = Settings { compress_depth: 1, ..Settings::default() };
    let mut list = Quicklist::new(settings);
    for index in 0..10_000 {
        list.push_back(format!("elem{index:06}").as_bytes());
    }
    let compressed = list.nodes.iter().filter(|node| matches!(node, Node::Compressed(_))).count();
    assert_eq!(compressed, list.node_count() - 2);
    assert!(list.heap_bytes() < 10_000 * 8);
    assert_eq!(list.get(5_000, |e| e.to_vec()), Some(b"elem005000".to_vec()));
}

#[test]
fn a_short_list_gives_its_listpack_back() {
    let mut list = Quicklist::from_listpack(Listpack::new(), Settings::default());
    assert!(list.is_empty() && list.single_listpack().is_none());
    list.push_back(b"a");
    assert_eq!(list.single_listpack().map(Listpack::len), Some(1));
    let pack = list.into_listpack().ok().expect("one node");
    assert_eq!(pack.get(0), Some(Element::Bytes(b"a")));
}
