//! The geo family: points on the earth as members of a sorted set, whose scores are their cells of 52 bits.

mod arguments;
mod cell;
mod geoadd;
mod geodist;
mod geohash;
mod geopos;
mod georadius;
mod geosearch;
mod partial_sort;
mod request;
mod search;
mod shape;

use crate::error::Error;
use crate::spec::Row;
use hematite_base::number;
use hematite_resp::{Encoder, Protocol};

/// The family's rows.
pub const ROWS: &[Row] = &[
    geoadd::GEOADD,
    geodist::GEODIST,
    geohash::GEOHASH,
    geopos::GEOPOS,
    georadius::GEORADIUS,
    georadius::GEORADIUSBYMEMBER,
    georadius::GEORADIUSBYMEMBER_RO,
    georadius::GEORADIUS_RO,
    geosearch::GEOSEARCH,
    geosearch::GEOSEARCHSTORE,
];

/// A point, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    longitude: f64,
    latitude: f64,
}

/// Reads a longitude and a latitude.
fn point(longitude: &[u8], latitude: &[u8]) -> Result<Point, Error> {
    let longitude = number::parse_f64(longitude).ok_or(Error::NotFloat)?;
    let latitude = number::parse_f64(latitude).ok_or(Error::NotFloat)?;
    if longitude.abs() > cell::LONGITUDE_MAX || latitude.abs() > cell::LATITUDE_MAX {
        let text = format!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}");
        return Err(Error::Text(text.into()));
    }
    Ok(Point { longitude, latitude })
}

/// Metres in a unit.
fn unit(name: &[u8]) -> Result<f64, Error> {
    let units: [(&[u8], f64); 4] = [(b"m", 1.0), (b"km", 1000.0), (b"ft", 0.3048), (b"mi", 1609.34)];
    let found = units.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    found
        .map(|(_, metres)| *metres)
        .ok_or(Error::fixed("ERR unsupported unit provided. please use M, KM, FT, MI"))
}

/// Replies with a distance: four decimals, whatever the protocol.
fn reply_distance(reply: &mut Encoder, distance: f64) {
    const SCALE: i64 = 10_000;
    let scaled = (distance * SCALE as f64).round_ties_even() as i64;
    let mut text = [0; 32];
    let (mut at, mut rest) = (text.len(), scaled.unsigned_abs());
    while rest > 0 || text.len() - at < 6 {
        at -= 1;
        if text.len() - at == 5 {
            text[at] = b'.';
            continue;
        }
        text[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    reply.bulk(&text[at..]);
}

/// Replies with a point: two doubles of up to 17 decimals.
fn reply_point(reply: &mut Encoder, point: Point) {
    reply.array(2);
    for degrees in [point.longitude, point.latitude] {
        let mut text = [0; 32];
        let text = decimals(degrees, &mut text);
        if reply.protocol == Protocol::Resp2 {
            reply.bulk(text);
            continue;
        }
        let out = reply.buffer();
        out.push(b',');
        out.extend_from_slice(text);
        out.extend_from_slice(b"\r\n");
    }
}

/// The exact value rounded to 17 decimals (half to even), zeros at the end cut, of a number below 1024.
///
/// A double is a whole number of 53 bits times a power of two, and 17 decimals of it fit 128 bits: no general formatting
/// is needed.
fn decimals(degrees: f64, text: &mut [u8; 32]) -> &[u8] {
    const DECIMALS: usize = 17;
    const SCALE: u128 = 10u128.pow(DECIMALS as u32);
    let bits = degrees.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = u128::from(bits & ((1 << 52) - 1) | u64::from(exponent != 0) << 52) * SCALE;
    // The value is mantissa * 2^-shift.
    let shift = 1075 - exponent.max(1);
    let scaled = match shift {
        ..=0 => mantissa << -shift.max(-10),
        128.. => 0,
        _ => {
            let (whole, rest, half) =
                (mantissa >> shift, mantissa & ((1 << shift) - 1), 1u128 << (shift - 1));
            whole + u128::from(rest > half || rest == half && whole & 1 == 1)
        }
    };
    let (mut whole, mut fraction) = ((scaled / SCALE) as u64, (scaled % SCALE) as u64);
    let mut at = text.len();
    for _ in 0..DECIMALS {
        at -= 1;
        text[at] = b'0' + (fraction % 10) as u8;
        fraction /= 10;
    }
    let zeros = text[at..].iter().rev().take_while(|digit| **digit == b'0').count();
    let end = text.len() - zeros;
    if zeros < DECIMALS {
        at -= 1;
        text[at] = b'.';
    }
    loop {
        at -= 1;
        text[at] = b'0' + (whole % 10) as u8;
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    if degrees < 0.0 && scaled != 0 {
        at -= 1;
        text[at] = b'-';
    }
    &text[at..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(degrees: f64) -> String {
        let text = format!("{degrees:.17}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "-0" { "0".to_owned() } else { text.to_owned() }
    }

    #[test]
    fn decimals_are_those_of_exact_formatting() {
        let mut random = hematite_base::random::Random::new(5);
        let edges = [0.0, -0.0, 1.0, -180.0, 180.0, 100.0, 0.5, 1e-17, 5e-18, 1e-300, 85.05112878, -0.1];
        let drawn = (0..20_000).map(|_| (random.unit() - 0.5) * 360.0);
        for degrees in edges.into_iter().chain(drawn) {
            let mut text = [0; 32];
            assert_eq!(String::from_utf8_lossy(decimals(degrees, &mut text)), plain(degrees), "{degrees:e}");
        }
    }

    #[test]
    fn distances_have_four_decimals() {
        for (distance, text) in [
            (0.0, "0.0000"),
            (166274.1516, "166274.1516"),
            (0.00004, "0.0000"),
            (0.99996, "1.0000"),
            (12.5, "12.5000"),
        ] {
            let mut out = Vec::new();
            reply_distance(&mut Encoder::new(&mut out, Protocol::Resp3), distance);
            assert_eq!(String::from_utf8_lossy(&out), format!("${}\r\n{text}\r\n", text.len()));
        }
    }
}
