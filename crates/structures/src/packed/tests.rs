//! Records against a plain model, and their sizes.

use super::*;
use hematite_base::size_class::rounded;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
    Bytes(Vec<u8>),
    Integer(i64),
    Value(String),
    Extra(Option<u64>),
    Rename(Vec<u8>),
    Stamp(u32),
    Flags(u8),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Op::Bytes),
        any::<i64>().prop_map(Op::Integer),
        (-9_000_000i64..9_000_000).prop_map(Op::Integer),
        ".{0,20}".prop_map(Op::Value),
        any::<Option<u64>>().prop_map(Op::Extra),
        prop::collection::vec(any::<u8>(), 0..400).prop_map(Op::Rename),
        (0u32..1 << 24).prop_map(Op::Stamp),
        any::<u8>().prop_map(Op::Flags),
    ]
}

proptest! {
    #[test]
    fn keeps_what_it_was_given(ops in prop::collection::vec(op(), 1..40)) {
        let mut record = Packed::<Box<String>>::new(b"name", None, NewBody::Integer(7));
        let (mut name, mut extra, mut stamp, mut flags) = (b"name".to_vec(), None, 0, 0);
        let mut body = Op::Integer(7);
        for op in ops {
            match op.clone() {
                Op::Bytes(b) => { record.set_body(NewBody::Bytes(&b)); body = op; }
                Op::Integer(n) => { record.set_body(NewBody::Integer(n)); body = op; }
                Op::Value(v) => { record.set_body(NewBody::Value(Box::new(v))); body = op; }
                Op::Extra(e) => { record.set_extra(e); extra = e; }
                Op::Rename(n) => { record.rename(&n); name = n; }
                Op::Stamp(s) => { record.touch(s); stamp = s; }
                Op::Flags(f) => { record.set_owner_flags(f); flags = f & OWNER_FLAGS; }
            }
            prop_assert_eq!(record.name(), &name[..]);
            prop_assert_eq!(record.extra(), extra);
            prop_assert_eq!(record.stamp(), stamp);
            prop_assert_eq!(record.owner_flags(), flags);
            match &body {
                Op::Bytes(b) => prop_assert_eq!(record.body(), Body::Bytes(&b[..])),
                Op::Integer(n) => prop_assert_eq!(record.body(), Body::Integer(*n)),
                Op::Value(v) => prop_assert_eq!(record.body(), Body::Value(&Box::new(v.clone()))),
                _ => unreachable!(),
            }
        }
    }
}

#[test]
fn sizes_are_what_the_drawing_says() {
    let size = |extra, body| Packed::<Box<()>>::new(&[b'k'; 16], extra, body).allocated();
    assert_eq!(size(None, NewBody::Integer(1_000_000)), 24);
    assert_eq!(size(None, NewBody::Integer(1 << 40)), 32);
    assert_eq!(size(None, NewBody::Bytes(&[0; 8])), 32);
    assert_eq!(size(None, NewBody::Bytes(&[0; 64])), 88);
    assert_eq!(size(Some(1), NewBody::Bytes(&[0; 32])), 64);
    let sizes = [65, 128, 129, 256, 257, 512, 513, 1024, 1025, 2049];
    assert_eq!(sizes.map(rounded), [72, 128, 136, 256, 272, 512, 544, 1024, 1056, 2560]);
}
