//! Cell: the square of the earth that a number of bits names (Niemeyer's geohash, with the latitudes of Web Mercator).
//!
//! ```text
//!   bit    2*step-1  ...   3    2    1    0
//!          lon       ...  lon  lat  lon  lat
//! ```
//!
//! A cell of step n has n bits of longitude and n of latitude; a point's score is its cell of step 26. Cells with a common
//! prefix lie together, so that a cell is a range of scores.

use super::Point;

/// Longitudes reach from the negative of this to this, degrees.
pub(super) const LONGITUDE_MAX: f64 = 180.0;
/// The same of latitudes (EPSG:3857).
pub(super) const LATITUDE_MAX: f64 = 85.05112878;
/// Bits of each coordinate in a score.
pub(super) const STEP_MAX: u32 = 26;

/// A cell: its bits, and the number of bits of each coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub bits: u64,
    pub step: u32,
}

/// The land of a cell, degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub longitude: (f64, f64),
    pub latitude: (f64, f64),
}

/// Moves the bits of a number to the even places.
fn spread(n: u32) -> u64 {
    let mut n = u64::from(n);
    n = (n | n << 16) & 0x0000_ffff_0000_ffff;
    n = (n | n << 8) & 0x00ff_00ff_00ff_00ff;
    n = (n | n << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    n = (n | n << 2) & 0x3333_3333_3333_3333;
    (n | n << 1) & 0x5555_5555_5555_5555
}

/// Collects the bits at the even places.
fn collect(n: u64) -> u32 {
    let mut n = n & 0x5555_5555_5555_5555;
    n = (n | n >> 1) & 0x3333_3333_3333_3333;
    n = (n | n >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    n = (n | n >> 4) & 0x00ff_00ff_00ff_00ff;
    n = (n | n >> 8) & 0x0000_ffff_0000_ffff;
    (n | n >> 16) as u32
}

impl Cell {
    /// The cell of a point, with latitudes from `-latitude_max` to `latitude_max`.
    pub fn of(point: Point, step: u32, latitude_max: f64) -> Cell {
        let cells = (1u64 << step) as f64;
        let place = |degrees: f64, max: f64| ((degrees + max) / (max + max) * cells) as u32;
        let (latitude, longitude) =
            (place(point.latitude, latitude_max), place(point.longitude, LONGITUDE_MAX));
        Cell { bits: spread(latitude) | spread(longitude) << 1, step }
    }
    /// The cell at these columns and rows from here; the earth is round in both directions.
    pub fn neighbour(self, east: i32, north: i32) -> Cell {
        let mask = (1u32 << self.step) - 1;
        let moved = |place: u32, by: i32| if by == 0 { place } else { place.wrapping_add_signed(by) & mask };
        let (latitude, longitude) = (collect(self.bits), collect(self.bits >> 1));
        Cell { bits: spread(moved(latitude, north)) | spread(moved(longitude, east)) << 1, ..self }
    }
    /// The land of the cell.
    #[inline]
    pub fn area(self) -> Area {
        let cells = (1u64 << self.step) as f64;
        let side = |place: u32, max: f64| {
            let edge = |place: u32| -max + f64::from(place) / cells * (max + max);
            (edge(place), edge(place.wrapping_add(1)))
        };
        Area {
            longitude: side(collect(self.bits >> 1), LONGITUDE_MAX),
            latitude: side(collect(self.bits), LATITUDE_MAX),
        }
    }
    /// The scores of the cell's points: from the first up to but not including the second.
    pub fn scores(self) -> (f64, f64) {
        let align = |bits: u64| (bits << (2 * (STEP_MAX - self.step))) as f64;
        (align(self.bits), align(self.bits + 1))
    }
}

/// The score of a point.
pub(super) fn score(point: Point) -> u64 {
    Cell::of(point, STEP_MAX, LATITUDE_MAX).bits
}

/// The point of a score: the middle of its cell. A score that no point has gives some point, as in the reference.
#[inline]
pub(super) fn locate(score: f64) -> Point {
    let area = Cell { bits: score_bits(score), step: STEP_MAX }.area();
    let middle = |(low, high): (f64, f64), max: f64| ((low + high) / 2.0).clamp(-max, max);
    Point { longitude: middle(area.longitude, LONGITUDE_MAX), latitude: middle(area.latitude, LATITUDE_MAX) }
}

/// A double as an unsigned integer, wrapping where it is negative and 0 where it is too large.
#[inline]
fn score_bits(score: f64) -> u64 {
    const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
    if score < TWO_TO_63 {
        score as i64 as u64
    } else if score < 2.0 * TWO_TO_63 {
        score as u64
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_back() {
        let palermo = Point { longitude: 13.361389, latitude: 38.115556 };
        assert_eq!(score(palermo), 3_479_099_956_230_698);
        let found = locate(3_479_099_956_230_698.0);
        assert_eq!((found.longitude, found.latitude), (13.361389338970184, 38.1155563954963));
    }

    #[test]
    fn neighbours_go_around_the_earth() {
        let cell = Cell { bits: 0b1011, step: 2 };
        for (east, north) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1)] {
            assert_ne!(cell.neighbour(east, north), cell);
            assert_eq!(cell.neighbour(east, north).neighbour(-east, -north), cell);
        }
        let around = (0..4).fold(cell, |cell, _| cell.neighbour(1, 0));
        assert_eq!(around, cell);
    }
}
