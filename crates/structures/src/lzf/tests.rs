//! LZF both ways: against a walk byte by byte, against the crate of the same name, and with bytes that are cut or changed.

use super::*;
use proptest::prelude::*;

fn round_trip(input: &[u8]) -> Option<usize> {
    let mut packed = b"before".to_vec();
    if !compress(input, usize::MAX, &mut packed) {
        panic!("no limit was set");
    }
    let packed = &packed[6..];
    let mut out = Vec::new();
    assert!(decompress(packed, input.len(), &mut out));
    assert_eq!(out[..input.len()], *input);
    // The crate that the lists use for their inner nodes reads it, too.
    assert_eq!(
        lzf::decompress(packed, input.len()).ok().filter(|_| !input.is_empty()).unwrap_or_default(),
        input
    );
    Some(packed.len())
}

#[test]
fn compresses_what_repeats() {
    assert_eq!(round_trip(&[b'a'; 1000]), Some(14));
    assert!(round_trip("hello world, ".repeat(100).as_bytes()).unwrap() < 50);
    let text: String = (0..2000).map(|n| format!("user:{n} ")).collect();
    assert!(round_trip(text.as_bytes()).unwrap() < text.len() * 7 / 10);
    let mut far = vec![0u8; 20_000];
    far.iter_mut().enumerate().for_each(|(at, b)| *b = ((at * at) >> 7) as u8);
    round_trip(&far);
    let mut out = vec![1];
    assert!(!compress(&[b'a'; 1000], 13, &mut out));
    assert_eq!(out, [1]);
}

#[test]
fn every_length_comes_back() {
    // Digits repeat often and briefly; zeros all the time.
    let most = if cfg!(miri) { 300 } else { 70_000 };
    let digits: String = (0..20_000u64).map(|n| (n * n % 1009).to_string()).collect();
    let zeros = vec![0; 70_000];
    for text in [digits.repeat(2).as_bytes(), &zeros] {
        let borders = [64, 255, 256, 1024, 1025, 8192, 65_535, 65_536, 66_000];
        let lens = (0..300).chain(borders.into_iter().flat_map(|len| len - 1..len + 2));
        for len in lens.filter(|len| *len <= most) {
            round_trip(&text[..len.min(text.len())]);
            round_trip(&text[text.len() / 3..][..len.min(text.len() / 2)]);
        }
    }
}

#[test]
fn refuses_what_is_no_lzf() {
    let mut out = Vec::new();
    for packed in [&[5, 1, 2][..], &[0x20], &[0x20, 0], &[0, 1, 0x20, 1], &[0, 1, 0xe0, 3], &[0xff]] {
        assert!((0..300).all(|len| !decompress(packed, len, &mut out)), "{packed:?}");
    }
    assert!(!decompress(&[0, 1], 2, &mut out), "another length");
}

/// Every way in which unpacking can end within a piece, or begin where none begins.
#[test]
fn bytes_that_are_cut_or_changed_are_refused_or_unpack() {
    let text: String = (0..60u64).map(|n| format!("{}{}", n * n % 97, "ab".repeat(n as usize % 7))).collect();
    let mut packed = Vec::new();
    assert!(compress(text.as_bytes(), usize::MAX, &mut packed));
    let mut out = Vec::new();
    for at in 0..packed.len() {
        assert!(!decompress(&packed[..at], text.len(), &mut out), "cut at {at}");
        assert!(!decompress(&packed[at + 1..], text.len(), &mut out), "from {at} on");
        for byte in [0, 1, 0x0f, 0x10, 0x1f, 0x20, 0x7f, 0xe0, 0xff] {
            let mut changed = packed.clone();
            changed[at] = byte;
            // The checked steps alone must find the same.
            let slow = slowly(&changed).filter(|out| out.len() == text.len());
            let is_whole = decompress(&changed, text.len(), &mut out);
            assert_eq!(is_whole.then(|| out[..text.len()].to_vec()), slow, "{byte} at {at}");
        }
    }
}

/// What bytes unpack to, one at a time.
fn slowly(mut packed: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    while let Some((&head, rest)) = packed.split_first() {
        if head < 32 {
            let (literals, rest) = rest.split_at_checked(usize::from(head) + 1)?;
            out.extend_from_slice(literals);
            packed = rest;
            continue;
        }
        let (extra, rest) = if head >> 5 == 7 { rest.split_first()? } else { (&0, rest) };
        let (low, rest) = rest.split_first()?;
        let start = out.len().checked_sub((usize::from(head & 31) << 8 | usize::from(*low)) + 1)?;
        (0..usize::from(head >> 5) + 2 + usize::from(*extra)).for_each(|n| out.push(out[start + n]));
        packed = rest;
    }
    Some(out)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 512 }))]

    /// Pieces of any lengths and distances, as no compression would write them.
    #[test]
    fn any_pieces_unpack(pieces in prop::collection::vec((1usize..33, 3usize..265, any::<u16>(), any::<bool>()), 1..60)) {
        let mut packed = Vec::new();
        let mut end = 0;
        for (literals, len, distance, has_match) in pieces {
            packed.push(literals as u8 - 1);
            packed.extend((0..literals).map(|n| (n * 7 + end) as u8));
            end += literals;
            if has_match {
                let distance = usize::from(distance) % end.min(if literals < 16 { 20 } else { DISTANCE_MAX });
                let (high, low) = ((distance >> 8) as u8, distance as u8);
                match len - 2 {
                    short @ 1..=6 => packed.extend([(short as u8) << 5 | high, low]),
                    long => packed.extend([7 << 5 | high, (long - 7) as u8, low]),
                }
                end += len;
            }
        }
        let expected = slowly(&packed).expect("well formed");
        prop_assert_eq!(expected.len(), end);
        let mut out = vec![0; expected.len() / 3];
        prop_assert!(decompress(&packed, end, &mut out));
        prop_assert_eq!(&out[..end], &expected[..]);
        prop_assert!(!decompress(&packed, end - 1, &mut out));
    }

    #[test]
    fn round_trips(words in prop::collection::vec((0u8..4, 1usize..40), 0..200)) {
        let input: Vec<u8> = words.iter().flat_map(|&(w, n)| std::iter::repeat_n(b'a' + w, n % 9).chain([n as u8])).collect();
        round_trip(&input);
    }
    #[test]
    fn never_panics(packed in prop::collection::vec(any::<u8>(), 0..60), len in 0usize..4000) {
        let mut out = Vec::new();
        if decompress(&packed, len, &mut out) {
            prop_assert!(out.len() >= len);
        }
    }
}
