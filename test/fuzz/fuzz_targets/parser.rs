//! The RESP request parser on arbitrary bytes: what it finds does not depend on how the bytes are cut into chunks, and its own
//! memory stays in proportion to what was received.
//!
//! The first bytes of the input choose the limits and the cuts; the rest is the stream.
#![no_main]

#[path = "../counting.rs"]
mod counting;

use counting::{HELD, PEAK};
use hematite_resp::{Limits, Parser, ProtocolError, Step};
use libfuzzer_sys::fuzz_target;
use std::sync::atomic::Ordering::Relaxed;

/// What the parser and this target may hold beyond a multiple of what was received, bytes.
const SLACK_BYTES: usize = 64 << 10;

/// What a stream says: its commands, and how it ends if it breaks.
#[derive(Debug, PartialEq, Eq, Default)]
struct Reading {
    commands: Vec<Vec<Vec<u8>>>,
    broken: Option<ProtocolError>,
}

/// Reads a stream that arrives in chunks which end at `cuts`, as a session does.
fn read(stream: &[u8], cuts: impl Iterator<Item = usize>, limits: &Limits) -> Reading {
    let mut reading = Reading::default();
    let mut parser = Parser::default();
    let mut begin = 0;
    for end in cuts.chain([stream.len()]) {
        let end = end.clamp(begin, stream.len());
        loop {
            let mut arguments = Vec::new();
            match parser.step(&stream[begin..end], limits, &mut arguments) {
                Step::Command(size) => {
                    assert!(size > 0 && begin + size <= end);
                    if !arguments.is_empty() {
                        reading.commands.push(arguments.iter().map(|a| a.to_vec()).collect());
                    }
                    begin += size;
                }
                Step::Inline(size, words) => {
                    assert!(size > 0 && begin + size <= end);
                    if !words.is_empty() {
                        reading.commands.push(words);
                    }
                    begin += size;
                }
                Step::Partial => {
                    assert!(arguments.is_empty());
                    break;
                }
                Step::Broken(error) => {
                    reading.broken = Some(error);
                    return reading;
                }
            }
        }
    }
    reading
}

fuzz_target!(|input: &[u8]| {
    let [control, rhythm, stream @ ..] = input else { return };
    let limits = Limits {
        bulk_bytes_max: if control & 1 == 0 { 512 << 20 } else { 1000 },
        unauthenticated: control & 2 != 0,
    };
    let held = HELD.load(Relaxed);
    PEAK.store(held, Relaxed);
    let whole = read(stream, std::iter::empty(), &limits);
    // Arguments are copied here, eight bytes each are kept by the parser, and vectors grow by doubling.
    let bound = held + 64 * stream.len() + SLACK_BYTES;
    assert!(
        PEAK.load(Relaxed) <= bound,
        "{} bytes for a stream of {}",
        PEAK.load(Relaxed) - held,
        stream.len()
    );

    let stride = usize::from(*rhythm) % 17 + 1;
    assert_eq!(read(stream, (stride..stream.len()).step_by(stride), &limits), whole, "in chunks of {stride}");
    let middle = usize::from(*rhythm) * stream.len() / 256;
    assert_eq!(read(stream, std::iter::once(middle), &limits), whole, "cut at {middle}");
});
