//! Random operations against a vector of strings, golden bytes, and hostile bytes.

use super::*;
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => any::<i8>().prop_map(|v| v.to_string().into_bytes()),
        2 => any::<i64>().prop_map(|v| v.to_string().into_bytes()),
        2 => (any::<i64>(), 0..63u32).prop_map(|(v, shift)| (v >> shift).to_string().into_bytes()),
        4 => prop::collection::vec(any::<u8>(), 0..12),
        2 => prop::collection::vec(any::<u8>(), 60..140),
        1 => (4090..4100usize, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
        1 => (16_370..16_390usize, any::<u8>()).prop_map(|(len, byte)| vec![byte; len]),
    ]
}

#[derive(Clone, Debug)]
enum Op {
    PushBack(Vec<u8>),
    PushFront(Vec<u8>),
    PushPair(Vec<u8>, Vec<u8>),
    InsertBefore(usize, Vec<u8>),
    InsertAfter(usize, Vec<u8>),
    InsertPair(usize, Vec<u8>, Vec<u8>),
    Replace(usize, Vec<u8>),
    Delete(usize),
    DeleteRange(i64, usize),
    SplitAndJoin(usize, bool),
    Shrink,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        value().prop_map(Op::PushBack),
        value().prop_map(Op::PushFront),
        (value(), value()).prop_map(|(a, b)| Op::PushPair(a, b)),
        (any::<usize>(), value()).prop_map(|(at, v)| Op::InsertBefore(at, v)),
        (any::<usize>(), value()).prop_map(|(at, v)| Op::InsertAfter(at, v)),
        (any::<usize>(), value(), value()).prop_map(|(at, a, b)| Op::InsertPair(at, a, b)),
        (any::<usize>(), value()).prop_map(|(at, v)| Op::Replace(at, v)),
        any::<usize>().prop_map(Op::Delete),
        any::<usize>().prop_map(Op::Delete),
        (-30..30i64, 0..6usize).prop_map(|(at, n)| Op::DeleteRange(at, n)),
        (any::<usize>(), any::<bool>()).prop_map(|(at, front)| Op::SplitAndJoin(at, front)),
        Just(Op::Shrink),
    ]
}

fn apply(pack: &mut Listpack, model: &mut Vec<Vec<u8>>, op: Op) {
    let len = model.len();
    let seek = |pack: &Listpack, at: usize| pack.seek((at % len) as i64).expect("within");
    match op {
        Op::PushBack(v) => {
            pack.push_back(&v[..]).unwrap();
            model.push(v);
        }
        Op::PushFront(v) => {
            pack.push_front(&v[..]).unwrap();
            model.insert(0, v);
        }
        Op::PushPair(a, b) => {
            pack.push_pair(&a[..], &b[..]).unwrap();
            model.extend([a, b]);
        }
        Op::Shrink => pack.shrink_to_fit(),
        Op::DeleteRange(at, n) => {
            let from = if at < 0 { at + len as i64 } else { at };
            let removed = pack.delete_range(at, n);
            if from >= 0 && from < len as i64 {
                let to = (from as usize + n).min(len);
                assert_eq!(removed, model.drain(from as usize..to).count());
            } else {
                assert_eq!(removed, 0);
            }
        }
        _ if len == 0 => {}
        Op::InsertBefore(at, v) => {
            let pos = pack.insert_before(seek(pack, at), &v[..]).unwrap();
            assert!(pack.element(pos).eq_bytes(&v));
            model.insert(at % len, v);
        }
        Op::InsertAfter(at, v) => {
            let pos = pack.insert_after(seek(pack, at), &v[..]).unwrap();
            assert!(pack.element(pos).eq_bytes(&v));
            model.insert(at % len + 1, v);
        }
        Op::InsertPair(at, a, b) => {
            pack.insert_pair_before(seek(pack, at), &a[..], &b[..]).unwrap();
            model.splice(at % len..at % len, [a, b]);
        }
        Op::Replace(at, v) => {
            pack.replace(seek(pack, at), &v[..]).unwrap();
            model[at % len] = v;
        }
        Op::Delete(at) => {
            let next = pack.delete(seek(pack, at));
            model.remove(at % len);
            assert_eq!(next.map(|pos| pack.element(pos).to_vec()), model.get(at % len).cloned());
        }
        Op::SplitAndJoin(at, front) => {
            let mut rest = pack.split_off(seek(pack, at));
            assert_eq!((pack.len(), rest.len()), (at % len, len - at % len));
            if front {
                rest.prepend(pack).unwrap();
                *pack = rest;
            } else {
                pack.append(&rest).unwrap();
            }
        }
    }
}

fn check(pack: &Listpack, model: &[Vec<u8>]) {
    Listpack::validate(pack.as_bytes(), true).expect("stays valid");
    assert_eq!(pack.len(), model.len());
    assert!(pack.iter().map(|e| e.to_vec()).eq(model.iter().cloned()));
    assert!(pack.iter().rev().map(|e| e.to_vec()).eq(model.iter().rev().cloned()));
    let pairs = model.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    assert!(pack.pairs().map(|(a, b)| (a.to_vec(), b.to_vec())).eq(pairs));
    for (index, v) in model.iter().enumerate() {
        assert!(pack.get(index as i64).expect("within").eq_bytes(v));
        assert!(pack.get(index as i64 - model.len() as i64).expect("within").eq_bytes(v));
    }
    assert_eq!(pack.get(model.len() as i64), None);
    assert_eq!(pack.get(-1 - model.len() as i64), None);
    assert_eq!((pack.get(i64::MIN), pack.get(i64::MAX)), (None, None));
    for skip in 0..3 {
        for v in model.iter().map(Vec::as_slice).chain([&b"absent!"[..], b"123456"]) {
            let expected = model.iter().step_by(skip + 1).position(|own| own == v).map(|at| at * (skip + 1));
            let found = pack.find(v, skip);
            assert_eq!(found, expected.and_then(|at| pack.seek(at as i64)), "{v:?} skip {skip}");
        }
    }
    assert!(pack.heap_bytes() <= (pack.bytes() + 4) * 2 + 16, "slack stays bounded");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn behaves_like_a_vector(ops in prop::collection::vec(op(), 1..60)) {
        let (mut pack, mut model) = (Listpack::new(), Vec::new());
        for op in ops {
            apply(&mut pack, &mut model, op);
            Listpack::validate(pack.as_bytes(), true).expect("stays valid");
        }
        check(&pack, &model);
        check(&Listpack::from_bytes(pack.as_bytes()).unwrap(), &model);
        check(&pack.clone(), &model);
    }

    #[test]
    fn a_queue_keeps_its_order(rounds in prop::collection::vec((any::<bool>(), value()), 1..200)) {
        let (mut pack, mut model) = (Listpack::new(), std::collections::VecDeque::new());
        for (front, v) in rounds {
            if front {
                pack.push_front(&v[..]).unwrap();
                model.push_front(v);
            } else {
                pack.push_back(&v[..]).unwrap();
                model.push_back(v);
            }
            if model.len() > 12 {
                let pos = if front { pack.last() } else { pack.first() }.unwrap();
                let popped = if front { model.pop_back() } else { model.pop_front() }.unwrap();
                prop_assert!(pack.element(pos).eq_bytes(&popped));
                pack.delete(pos);
            }
        }
        check(&pack, &Vec::from(model));
    }

    #[test]
    fn noise_is_rejected_or_walks(noise in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut framed = ((noise.len() + 7) as u32).to_le_bytes().to_vec();
        framed.extend([0xFF, 0xFF]);
        framed.extend(&noise);
        framed.push(END);
        walk_if_valid(&framed);
        walk_if_valid(&noise);
    }
}

fn walk_if_valid(bytes: &[u8]) -> bool {
    let Ok(pack) = Listpack::from_bytes(bytes) else { return false };
    let forward: Vec<_> = pack.iter().map(|e| e.to_vec()).collect();
    let mut backward: Vec<_> = pack.iter().rev().map(|e| e.to_vec()).collect();
    backward.reverse();
    assert_eq!(forward, backward);
    assert_eq!(pack.len(), forward.len());
    for (index, v) in forward.iter().enumerate() {
        let found = pack.find(v, 0).expect("what is there is found");
        assert!(found <= pack.seek(index as i64).expect("within"));
    }
    true
}

fn sample() -> Listpack {
    let mut pack = Listpack::new();
    for text in
        ["", "a", "hello", "0", "127", "128", "-1", "-4096", "4096", "-32769", "8388608", "99999999999"]
    {
        pack.push_back(text.as_bytes()).unwrap();
    }
    pack.push_back(&[b'x'; 100]).unwrap();
    pack.push_back(&[b'y'; 200]).unwrap();
    pack.push_back(&[b'z'; 5000][..]).unwrap();
    pack
}

#[test]
fn hostile_bytes_never_escape() {
    let valid = sample().as_bytes().to_vec();
    assert!(walk_if_valid(&valid));
    for cut in 0..valid.len() {
        assert_eq!(Listpack::validate(&valid[..cut], true), Err(Invalid));
        // The same with a header that agrees with the cut.
        let mut framed = valid[..cut].to_vec();
        if cut >= 4 {
            framed[..4].copy_from_slice(&(cut as u32).to_le_bytes());
            walk_if_valid(&framed);
        }
    }
    let interesting = (0..600).chain(valid.len() - 40..valid.len());
    for at in interesting {
        for bit in 0..8 {
            let mut flipped = valid.clone();
            flipped[at] ^= 1 << bit;
            walk_if_valid(&flipped);
        }
        for byte in [0, 0x7F, 0x80, 0xE0, 0xF0, 0xF4, 0xF5, 0xFE, 0xFF] {
            let mut changed = valid.clone();
            changed[at] = byte;
            walk_if_valid(&changed);
        }
    }
    let huge = [16, 0, 0, 0, 0xFF, 0xFF, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 0xFF];
    assert_eq!(Listpack::validate(&huge, true), Err(Invalid));
}

#[test]
fn long_forms_of_short_values_are_found() {
    // "ab" as a 12-bit and as a 32-bit string, 5 as a 64-bit integer, "7" as a string.
    let entries: &[&[u8]] = &[
        &[0xE0, 2, b'a', b'c', 4],
        &[0xF0, 2, 0, 0, 0, b'a', b'b', 7],
        &[0xF4, 5, 0, 0, 0, 0, 0, 0, 0, 9],
        &[0x81, b'7', 2],
    ];
    let mut bytes = vec![0, 0, 0, 0, 4, 0];
    bytes.extend(entries.concat());
    bytes.push(END);
    bytes[0] = bytes.len() as u8;
    let pack = Listpack::from_bytes(&bytes).unwrap();
    for (index, text) in ["ac", "ab", "5", "7"].iter().enumerate() {
        assert_eq!(pack.find(text.as_bytes(), 0), pack.seek(index as i64), "{text}");
    }
}

#[test]
fn integers_come_in_whatever_width_and_stay_in_the_shortest() {
    let borders = [127, 128, 4095, 4096, 32_767, 32_768, 8_388_607, 8_388_608, i64::from(i32::MAX), i64::MAX];
    for value in borders.into_iter().flat_map(|n| [n, -n, -n - 1]) {
        let text = value.to_string();
        let mut expected = Listpack::new();
        expected.push_back(value).unwrap();
        let mut forms = vec![[&[0x80 | text.len() as u8], text.as_bytes(), &[text.len() as u8 + 1]].concat()];
        if (-4096..4096).contains(&value) {
            forms.push(vec![0xC0 | (value >> 8) as u8 & 31, value as u8, 2]);
        }
        for (mark, width) in [(0xF1, 2), (0xF2, 3), (0xF3, 4), (0xF4, 8usize)] {
            let unused = 64 - 8 * width;
            if value << unused >> unused == value {
                forms.push([&[mark], &value.to_le_bytes()[..width], &[width as u8 + 1]].concat());
            }
        }
        for mut form in forms {
            let framed = |form: &[u8]| [&[form.len() as u8 + 7, 0, 0, 0, 1, 0], form, &[END]].concat();
            let (pack, text_len_max) = Listpack::from_bytes_bounded(&framed(&form)).unwrap();
            assert_eq!(pack, expected, "{form:?}");
            assert!(text_len_max >= text.len(), "{form:?}");
            *form.last_mut().unwrap() ^= 1;
            assert_eq!(Listpack::from_bytes(&framed(&form)), Err(Invalid), "{form:?}");
            form.pop();
            assert_eq!(Listpack::from_bytes(&framed(&form)), Err(Invalid), "{form:?}");
        }
    }
}

#[test]
fn encodings_inside_of_payloads_are_not_entries() {
    // Every decoy's text holds the whole encoded entry that is sought, at shifting places.
    for decoys in [20, 300] {
        let mut pack = Listpack::new();
        for at in 0..decoys {
            let decoy = [&vec![b'-'; at % 40][..], b"\x86needle\x07\xF2\x39\x30\x01\x04"].concat();
            pack.push_pair(&decoy[..], b"needle").unwrap();
        }
        assert_eq!(pack.find(b"needle", 0), pack.seek(1));
        assert_eq!((pack.find(b"needle", 1), pack.find(b"77881", 0)), (None, None));
        pack.push_pair(b"needle", 77_881i64).unwrap();
        assert_eq!(pack.find(b"needle", 1), pack.seek(-2));
        assert_eq!(pack.find(b"77881", 0), pack.seek(-1));
        assert_eq!(pack.find(b"77881", 1), None);
    }
}

#[test]
fn counts_beyond_sixteen_bits_are_walked() {
    let mut pack = Listpack::new();
    for value in 0..70_000i64 {
        pack.push_back(value).unwrap();
    }
    assert_eq!(pack.len(), 70_000);
    assert_eq!(&pack.as_bytes()[4..6], &[0xFF, 0xFF]);
    assert_eq!(pack.get(69_999), Some(Element::Int(69_999)));
    assert_eq!(pack.get(70_000), None);
    assert_eq!(pack.get(-70_000), Some(Element::Int(0)));
    let rest = pack.split_off(pack.seek(100).unwrap());
    assert_eq!((pack.len(), rest.len()), (100, 69_900));
    Listpack::validate(pack.as_bytes(), true).unwrap();
    let mut rest = rest;
    assert_eq!(rest.delete_range(0, 69_900), 69_900);
    assert_eq!(rest.as_bytes(), Listpack::new().as_bytes());
}

#[test]
fn a_handle_is_one_pointer() {
    assert_eq!(size_of::<Listpack>(), 8);
    assert_eq!(size_of::<Option<Listpack>>(), 8);
    assert_eq!(Listpack::new().heap_bytes(), 16);
}

#[test]
fn what_looks_like_an_entry_within_another_is_none() {
    // The entry of "ab", twice within the first element: the second is looked at when that has been walked over.
    let within = [&[b'x'; 20][..], b"\x82ab\x03", &[b'y'; 9], b"\x82ab\x03", &[b'z'; 40]].concat();
    let mut pack = Listpack::new();
    pack.push_back(&within[..]).unwrap();
    (0..20).for_each(|_| pack.push_back(&b"something else"[..]).unwrap());
    assert_eq!(pack.find(b"ab", 0), None);
    pack.push_back(&b"ab"[..]).unwrap();
    let found = pack.find(b"ab", 0).expect("it is the last");
    assert_eq!(pack.iter().nth(21).map(|element| element.to_vec()), Some(b"ab".to_vec()));
    assert_eq!(Some(found), pack.find_from(found, b"ab", 0));
}
