//! Shape: what a search looks within, and the nine cells that cover it.
//!
//! The order of the cells is the order of unsorted results, so it follows the reference: the middle, north, south, east,
//! west, north-east, north-west, south-east, south-west.

use super::Point;
use super::cell::{Area, Cell, LATITUDE_MAX, STEP_MAX};

/// Mean radius of the earth, metres.
const EARTH_RADIUS: f64 = 6_372_797.560856;
/// Half of the length of the equator on the map, metres.
const MERCATOR_MAX: f64 = 20_037_726.37;
const RADIANS_PER_DEGREE: f64 = std::f64::consts::PI / 180.0;
/// A distance that is larger than the limit by this factor is larger however it was rounded.
const SAFETY: f64 = 1.0 + 1e-9;

fn radians(degrees: f64) -> f64 {
    degrees * RADIANS_PER_DEGREE
}

fn degrees(radians: f64) -> f64 {
    radians / RADIANS_PER_DEGREE
}

/// What a search looks within; lengths in metres.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    Circle {
        radius: f64,
    },
    Rectangle {
        width: f64,
        height: f64,
    },
    /// A polygon's corners; its sides are straight on the map.
    Polygon(Vec<Point>),
}

/// A form around a point.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    form: Form,
    centre: Point,
    /// Longitude and latitude of the centre, radians, and the cosine of the latitude.
    radians: (f64, f64),
    cosine: f64,
}

/// Distance along a meridian, metres.
fn latitude_distance(from: f64, to: f64) -> f64 {
    EARTH_RADIUS * (radians(to) - radians(from)).abs()
}

/// Distance by the haversine formula, metres.
pub(super) fn distance(from: Point, to: Point) -> f64 {
    let v = ((radians(to.longitude) - radians(from.longitude)) / 2.0).sin();
    if v == 0.0 {
        return latitude_distance(from.latitude, to.latitude);
    }
    let (from, to) = (radians(from.latitude), radians(to.latitude));
    let u = ((to - from) / 2.0).sin();
    let a = u * u + from.cos() * to.cos() * v * v;
    2.0 * EARTH_RADIUS * a.sqrt().asin()
}

impl Shape {
    pub fn new(form: Form, centre: Point) -> Shape {
        let centre = if let Form::Polygon(corners) = &form { centroid(corners) } else { centre };
        let radians = (radians(centre.longitude), radians(centre.latitude));
        Shape { form, centre, radians, cosine: radians.1.cos() }
    }

    /// The distance of a point from the centre, if the shape has it.
    #[inline]
    pub fn distance_within(&self, point: Point) -> Option<f64> {
        match &self.form {
            Form::Circle { radius } => {
                // No point is nearer than its parallel.
                if latitude_distance(self.centre.latitude, point.latitude) > radius * SAFETY {
                    return None;
                }
                Some(self.distance(point)).filter(|distance| distance <= radius)
            }
            Form::Rectangle { width, height } => {
                if latitude_distance(point.latitude, self.centre.latitude) > height / 2.0 {
                    return None;
                }
                let beside = Point { latitude: point.latitude, ..self.centre };
                if distance(point, beside) > width / 2.0 {
                    return None;
                }
                Some(self.distance(point))
            }
            Form::Polygon(corners) => is_inside(corners, point).then(|| self.distance(point)),
        }
    }

    /// As [`distance`] from the centre.
    #[inline]
    fn distance(&self, point: Point) -> f64 {
        let v = ((radians(point.longitude) - self.radians.0) / 2.0).sin();
        if v == 0.0 {
            return latitude_distance(self.centre.latitude, point.latitude);
        }
        let latitude = radians(point.latitude);
        let u = ((latitude - self.radians.1) / 2.0).sin();
        let a = u * u + self.cosine * latitude.cos() * v * v;
        2.0 * EARTH_RADIUS * a.sqrt().asin()
    }

    /// The land that the shape lies in. Where the earth narrows towards a pole, the side nearer to the equator counts.
    pub fn bounds(&self) -> Area {
        let (width, height) = match &self.form {
            Form::Circle { radius } => (*radius, *radius),
            Form::Rectangle { width, height } => (width / 2.0, height / 2.0),
            Form::Polygon(corners) => return bounds_of(corners),
        };
        let Point { longitude, latitude } = self.centre;
        let latitude_delta = degrees(height / EARTH_RADIUS);
        let edge = if latitude < 0.0 { latitude - latitude_delta } else { latitude + latitude_delta };
        let longitude_delta = degrees(width / EARTH_RADIUS / radians(edge).cos());
        Area {
            longitude: (longitude - longitude_delta, longitude + longitude_delta),
            latitude: (latitude - latitude_delta, latitude + latitude_delta),
        }
    }

    /// The radius of a circle that holds the shape, metres.
    fn reach(&self, bounds: &Area) -> f64 {
        match &self.form {
            Form::Circle { radius } => *radius,
            Form::Rectangle { width, height } => {
                ((width / 2.0) * (width / 2.0) + (height / 2.0) * (height / 2.0)).sqrt()
            }
            Form::Polygon(_) => {
                let corner = |longitude, latitude| distance(self.centre, Point { longitude, latitude });
                let ((west, east), (south, north)) = (bounds.longitude, bounds.latitude);
                corner(west, north).max(corner(east, north)).max(corner(west, south)).max(corner(east, south))
            }
        }
    }

    /// The cells to search, in order; cells that the shape cannot reach are left out.
    pub fn cells(&self) -> Vec<Cell> {
        let bounds = self.bounds();
        let mut step = step_for(self.reach(&bounds), self.centre.latitude);
        let mut middle = Cell::of(self.centre, step, LATITUDE_MAX);
        let area = |east, north| middle.neighbour(east, north).area();
        let is_too_small = area(0, 1).latitude.1 < bounds.latitude.1
            || area(0, -1).latitude.0 > bounds.latitude.0
            || area(1, 0).longitude.1 < bounds.longitude.1
            || area(-1, 0).longitude.0 > bounds.longitude.0;
        if step > 1 && is_too_small {
            step -= 1;
            middle = Cell::of(self.centre, step, LATITUDE_MAX);
        }
        let own = middle.area();
        let reaches = |east: i32, north: i32| {
            step < 2
                || !(north < 0 && own.latitude.0 < bounds.latitude.0
                    || north > 0 && own.latitude.1 > bounds.latitude.1
                    || east < 0 && own.longitude.0 < bounds.longitude.0
                    || east > 0 && own.longitude.1 > bounds.longitude.1)
        };
        let order = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1)];
        let mut cells = vec![middle];
        for (east, north) in order.into_iter().skip(1).filter(|(east, north)| reaches(*east, *north)) {
            let cell = middle.neighbour(east, north);
            // Around a small earth, neighbours may meet; the reference compares each with the one before it, but for
            // the middle.
            if cells.len() == 1 || cells.last() != Some(&cell) {
                cells.push(cell);
            }
        }
        cells
    }
}

/// Bits of each coordinate of cells that are about as large as the radius.
fn step_for(radius: f64, latitude: f64) -> u32 {
    if radius == 0.0 {
        return STEP_MAX;
    }
    let (mut step, mut radius) = (1, radius);
    while radius < MERCATOR_MAX && step < 64 {
        radius *= 2.0;
        step += 1;
    }
    step -= 2;
    // Towards the poles cells are narrower.
    if latitude.abs() > 66.0 {
        step -= if latitude.abs() > 80.0 { 2 } else { 1 };
    }
    step.clamp(1, STEP_MAX as i32) as u32
}

fn bounds_of(corners: &[Point]) -> Area {
    let span = |of: fn(&Point) -> f64| {
        let values = corners.iter().map(of);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    Area { longitude: span(|corner| corner.longitude), latitude: span(|corner| corner.latitude) }
}

/// The middle of the corners as points in space, brought back to the surface.
fn centroid(corners: &[Point]) -> Point {
    let (mut x, mut y, mut z) = (0.0, 0.0, 0.0);
    for corner in corners {
        let (longitude, latitude) = (radians(corner.longitude), radians(corner.latitude));
        x += EARTH_RADIUS * latitude.cos() * longitude.cos();
        y += EARTH_RADIUS * latitude.cos() * longitude.sin();
        z += EARTH_RADIUS * latitude.sin();
    }
    let count = corners.len() as f64;
    (x, y, z) = (x / count, y / count, z / count);
    Point { longitude: degrees(y.atan2(x)), latitude: degrees(z.atan2((x * x + y * y).sqrt())) }
}

/// Whether a ray from the point crosses an odd number of sides (Franklin's PNPOLY).
fn is_inside(corners: &[Point], point: Point) -> bool {
    let mut inside = false;
    let mut from = corners[corners.len() - 1];
    for &to in corners {
        if (to.latitude > point.latitude) != (from.latitude > point.latitude) {
            let slope = (from.longitude - to.longitude) * (point.latitude - to.latitude);
            if point.longitude < slope / (from.latitude - to.latitude) + to.longitude {
                inside = !inside;
            }
        }
        from = to;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polygon_has_its_inside_alone() {
        let corner = |longitude, latitude| Point { longitude, latitude };
        let bay = vec![
            corner(0.0, 0.0),
            corner(10.0, 0.0),
            corner(10.0, 10.0),
            corner(5.0, 2.0),
            corner(0.0, 10.0),
        ];
        let shape = Shape::new(Form::Polygon(bay), corner(0.0, 0.0));
        assert!(shape.distance_within(corner(1.0, 1.0)).is_some());
        assert!(shape.distance_within(corner(9.0, 5.0)).is_some());
        assert!(shape.distance_within(corner(5.0, 5.0)).is_none());
        assert!(shape.distance_within(corner(11.0, 1.0)).is_none());
    }
}
