//! LOLWUT: a picture of our own, hematite crystals over their reflection, and the version as clients expect it.

use super::REDIS_VERSION;
use crate::commands::prelude::*;
use hematite_base::number::parse_i64;

/// LOLWUT: see <https://valkey.io/commands/lolwut/>.
pub const LOLWUT: Row = Row {
    spec: Spec {
        group: Group::Server,
        since: "5.0.0",
        summary: "Displays computer art and the server version",
        arity: -1,
        flags: Flags::READONLY.or(Flags::FAST),
        acl: Acl::NONE,
        args: &[Arg::new("version", Kind::Integer).token("VERSION").optional()],
        reply: "string",
        ..Spec::new("lolwut")
    },
    run: lolwut,
};

/// Size of the picture where none is asked for, characters.
const SIZE: (usize, usize) = (56, 9);
/// Largest picture, characters.
const SIZE_MAX: (usize, usize) = (1000, 1000);

fn lolwut(call: &mut Call) -> Result<(), Error> {
    let mut args = &call.args[1..];
    if let [word, version, rest @ ..] = args
        && word.eq_ignore_ascii_case(b"version")
    {
        parse_i64(version).ok_or(Error::NotInteger)?;
        args = rest;
    }
    let size = |at: usize, default: usize, max: usize| {
        let asked = args.get(at).and_then(|arg| parse_i64(arg));
        asked.map_or(default, |n| n.clamp(1, max as i64) as usize)
    };
    let (width, height) = (size(0, SIZE.0, SIZE_MAX.0), size(1, SIZE.1, SIZE_MAX.1));
    let mut picture = Vec::with_capacity(width * height * 3);
    draw(&mut picture, width, height, &mut || call.local.random.below(1 << 16) as usize);
    picture.extend_from_slice(format!("\nRedis ver. {REDIS_VERSION}\n").as_bytes());
    call.reply.verbatim(b"txt", &picture);
    Ok(())
}

/// Rhombic crystals of random height side by side; the lower third mirrors them, worn by water.
fn draw(out: &mut Vec<u8>, width: usize, height: usize, chance: &mut dyn FnMut() -> usize) {
    let ground = height * 2 / 3;
    let mut tops = vec![0usize; width];
    let mut at = 0;
    while at < width {
        let half = 2 + chance() % 5;
        let tall = 1 + chance() % ground.max(1);
        for (x, top) in tops.iter_mut().skip(at).take(2 * half).enumerate() {
            let from_middle = x.abs_diff(half);
            *top = (tall * (half.saturating_sub(from_middle)) / half).max(usize::from(from_middle < half));
        }
        at += 2 * half - chance() % 2;
    }
    for y in 0..height {
        let above = y < ground;
        let distance = if above { ground - y } else { (y - ground + 1) * 2 };
        for (x, top) in tops.iter().enumerate() {
            let glyph = match (distance <= *top, above) {
                (true, true) if distance == *top => "▒",
                (true, true) if (x + y).is_multiple_of(7) => "▓",
                (true, true) => "█",
                (true, false) if !chance().is_multiple_of(3) => "░",
                (false, false) if chance().is_multiple_of(9) => "~",
                _ => " ",
            };
            out.extend_from_slice(glyph.as_bytes());
        }
        out.push(b'\n');
    }
}
