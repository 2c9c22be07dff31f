//! Request: the options of GEOSEARCH, GEORADIUS and their relatives.

use super::shape::{Form, Shape};
use super::{Point, cell, point, unit};
use crate::error::Error;
use hematite_base::number;
use hematite_keyspace::sorted_set::SortedSetRef;

/// Which command asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// GEORADIUS: a point and a radius come first.
    Radius,
    /// GEORADIUSBYMEMBER: a member and a radius come first.
    RadiusByMember,
    /// GEOSEARCH.
    Search,
    /// GEOSEARCHSTORE.
    SearchStore,
}

/// Order of results by distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}

/// What to look for, and how to answer.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// Metres in the unit of distances.
    pub metres: f64,
    /// Where to look; None if that depends on a member of a set that is not there.
    pub shape: Option<Shape>,
    pub with_distance: bool,
    pub with_hash: bool,
    pub with_point: bool,
    pub order: Option<Order>,
    /// Most results; 0 for all.
    pub count: u64,
    /// Any results will do, not only the nearest.
    pub any: bool,
    /// Where to store results.
    pub store: Option<&'a [u8]>,
    /// Store distances as scores, not cells.
    pub store_distance: bool,
}

/// What has been read so far.
struct Parser<'a, 's> {
    args: &'a [&'a [u8]],
    at: usize,
    variant: Variant,
    set: Option<SortedSetRef<'s>>,
    may_store: bool,
    form: Option<Form>,
    centre: Option<Point>,
    /// FROMMEMBER was given (there is no centre then if the set is not there).
    from_member: bool,
    request: Request<'a>,
}

impl<'a> Request<'a> {
    /// Reads all arguments; `set` is the set to search, `may_store` whether STORE and STOREDIST are options.
    pub fn parse(
        args: &'a [&'a [u8]],
        variant: Variant,
        set: Option<SortedSetRef<'_>>,
        may_store: bool,
    ) -> Result<Request<'a>, Error> {
        let request = Request {
            metres: 1.0,
            shape: None,
            with_distance: false,
            with_hash: false,
            with_point: false,
            order: None,
            count: 0,
            any: false,
            store: (variant == Variant::SearchStore).then(|| args[1]),
            store_distance: false,
        };
        let mut parser = Parser {
            args,
            at: 2,
            variant,
            set,
            may_store,
            form: None,
            centre: None,
            from_member: false,
            request,
        };
        parser.lead()?;
        while parser.at < args.len() {
            if !(parser.answer()? || parser.outlet() || parser.place()?) {
                return Err(Error::Syntax);
            }
        }
        parser.finish()
    }
}

impl<'a> Parser<'a, '_> {
    /// What comes before the options.
    fn lead(&mut self) -> Result<(), Error> {
        let args = self.args;
        match self.variant {
            Variant::Search => {}
            Variant::SearchStore => self.at = 3,
            Variant::Radius => {
                self.centre = Some(point(args[2], args[3])?);
                self.circle(4)?;
                self.at = 6;
            }
            Variant::RadiusByMember => {
                self.at = 5;
                // Without a set the radius is not looked at.
                if let Some(set) = self.set {
                    self.centre = Some(point_of(set, args[2])?);
                    self.circle(3)?;
                }
            }
        }
        Ok(())
    }
    fn circle(&mut self, at: usize) -> Result<(), Error> {
        let radius = number::parse_f64(self.args[at]).ok_or(Error::fixed("ERR need numeric radius"))?;
        if radius < 0.0 {
            return Err(Error::fixed("ERR radius cannot be negative"));
        }
        self.request.metres = unit(self.args[at + 1])?;
        self.form = Some(Form::Circle { radius: radius * self.request.metres });
        Ok(())
    }
    fn rectangle(&mut self, at: usize) -> Result<(), Error> {
        let width = number::parse_f64(self.args[at]).ok_or(Error::fixed("ERR need numeric width"))?;
        let height = number::parse_f64(self.args[at + 1]).ok_or(Error::fixed("ERR need numeric height"))?;
        if width < 0.0 || height < 0.0 {
            return Err(Error::fixed("ERR height or width cannot be negative"));
        }
        let metres = unit(self.args[at + 2])?;
        self.request.metres = metres;
        self.form = Some(Form::Rectangle { width: width * metres, height: height * metres });
        Ok(())
    }
    /// Reads a polygon; returns the number of arguments.
    fn polygon(&mut self, at: usize) -> Result<usize, Error> {
        let count = number::parse_i64(self.args[at]).and_then(|count| i32::try_from(count).ok());
        let count = count.ok_or(Error::fixed("ERR invalid number of vertices"))?;
        let rest = &self.args[at + 1..];
        let count = usize::try_from(count).ok().filter(|count| *count >= 3 && *count <= rest.len() / 2);
        let count = count.ok_or(Error::fixed("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices"))?;
        let corners = rest[..2 * count].chunks_exact(2).map(|pair| point(pair[0], pair[1]));
        self.form = Some(Form::Polygon(corners.collect::<Result<_, _>>()?));
        self.request.metres = 1.0;
        Ok(1 + 2 * count)
    }

    fn is(&self, word: &str) -> bool {
        self.args[self.at].eq_ignore_ascii_case(word.as_bytes())
    }
    /// Number of arguments after this one.
    fn left(&self) -> usize {
        self.args.len() - self.at - 1
    }

    /// Takes an option on the form of the answer, if this is one.
    fn answer(&mut self) -> Result<bool, Error> {
        if self.is("withdist") {
            self.request.with_distance = true;
        } else if self.is("withhash") {
            self.request.with_hash = true;
        } else if self.is("withcoord") {
            self.request.with_point = true;
        } else if self.is("any") {
            self.request.any = true;
        } else if self.is("asc") {
            self.request.order = Some(Order::Ascending);
        } else if self.is("desc") {
            self.request.order = Some(Order::Descending);
        } else if self.is("count") && self.left() >= 1 {
            let count = number::parse_i64(self.args[self.at + 1]).ok_or(Error::NotInteger)?;
            self.request.count = u64::try_from(count).unwrap_or(0);
            if self.request.count == 0 {
                return Err(Error::fixed("ERR COUNT must be > 0"));
            }
            self.at += 1;
        } else {
            return Ok(false);
        }
        self.at += 1;
        Ok(true)
    }

    /// Takes an option on where results go, if this is one.
    fn outlet(&mut self) -> bool {
        let is_radius = matches!(self.variant, Variant::Radius | Variant::RadiusByMember);
        let is_distance = self.is("storedist");
        if is_radius && self.may_store && (is_distance || self.is("store")) && self.left() >= 1 {
            self.request.store = Some(self.args[self.at + 1]);
            self.request.store_distance = is_distance;
            self.at += 2;
        } else if is_distance && self.variant == Variant::SearchStore {
            self.request.store_distance = true;
            self.at += 1;
        } else {
            return false;
        }
        true
    }

    /// Takes an option on where to look, if this is one.
    fn place(&mut self) -> Result<bool, Error> {
        if !matches!(self.variant, Variant::Search | Variant::SearchStore) {
            return Ok(false);
        }
        let (next, left) = (self.at + 1, self.left());
        let is_polygon = matches!(self.form, Some(Form::Polygon(_)));
        let has_point = self.centre.is_some() && !self.from_member;
        let has_circle = matches!(self.form, Some(Form::Circle { .. }));
        let has_rectangle = matches!(self.form, Some(Form::Rectangle { .. }));
        if self.is("frommember") && left >= 1 && !has_point && !is_polygon {
            self.from_member = true;
            if let Some(set) = self.set {
                self.centre = Some(point_of(set, self.args[next])?);
            }
            self.at += 2;
        } else if self.is("fromlonlat") && left >= 2 && !self.from_member && !is_polygon {
            self.centre = Some(point(self.args[next], self.args[next + 1])?);
            self.at += 3;
        } else if self.is("byradius") && left >= 2 && !has_rectangle && !is_polygon {
            self.circle(next)?;
            self.at += 3;
        } else if self.is("bybox") && left >= 3 && !has_circle && !is_polygon {
            self.rectangle(next)?;
            self.at += 4;
        } else if self.is("bypolygon") && left >= 2 && self.form.is_none() && !has_point && !self.from_member
        {
            self.at += 1 + self.polygon(next)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Checks that all goes together.
    fn finish(mut self) -> Result<Request<'a>, Error> {
        let is_search = matches!(self.variant, Variant::Search | Variant::SearchStore);
        let request = &self.request;
        if request.store.is_some() && (request.with_distance || request.with_hash || request.with_point) {
            return Err(Error::fixed(if is_search {
                "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
            } else {
                "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
            }));
        }
        let is_polygon = matches!(self.form, Some(Form::Polygon(_)));
        if is_search && !self.from_member && self.centre.is_none() && !is_polygon {
            return Err(one_of("FROMMEMBER or FROMLONLAT", self.args[0]));
        }
        if is_search && self.form.is_none() {
            return Err(one_of("BYRADIUS and BYBOX", self.args[0]));
        }
        if request.any && request.count == 0 {
            return Err(Error::fixed("ERR the ANY argument requires COUNT argument"));
        }
        let centre = self.centre.or(is_polygon.then_some(Point { longitude: 0.0, latitude: 0.0 }));
        self.request.shape = self.form.zip(centre).map(|(form, centre)| Shape::new(form, centre));
        // Without an order the first results would be meant, but the nearest are wanted.
        if self.request.count != 0 && self.request.order.is_none() && !self.request.any {
            self.request.order = Some(Order::Ascending);
        }
        Ok(self.request)
    }
}

fn one_of(choice: &str, command: &[u8]) -> Error {
    let mut text = format!("ERR exactly one of {choice} can be specified for ").into_bytes();
    text.extend_from_slice(command);
    Error::Bytes(text)
}

fn point_of(set: SortedSetRef<'_>, member: &[u8]) -> Result<Point, Error> {
    let score = set.score(member).ok_or(Error::fixed("ERR could not decode requested zset member"))?;
    Ok(cell::locate(score))
}
