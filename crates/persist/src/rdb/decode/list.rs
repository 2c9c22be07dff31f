//! Lists: element by element, one ziplist, or nodes that are ziplists, listpacks or single elements.

use super::super::{container, kind};
use super::{Decoder, Input, ziplist};
use crate::Error;
use hematite_keyspace::Value;
use hematite_structures::loose::LooseBox;
use hematite_structures::quicklist::Quicklist;

impl Decoder<'_> {
    pub(super) fn list(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let len = input.length()?;
        let mut list = Quicklist::new(self.encodings.list);
        for _ in 0..len {
            list.push_back(input.string()?);
        }
        Ok(self.settle_list(list))
    }

    pub(super) fn list_ziplist(&mut self, input: &mut Input<'_>) -> Result<Option<Value>, Error> {
        let mut list = Quicklist::new(self.encodings.list);
        list.append_listpack(ziplist::read_as_listpack(input)?);
        Ok(self.settle_list(list))
    }

    pub(super) fn quicklist(&mut self, input: &mut Input<'_>, kind: u8) -> Result<Option<Value>, Error> {
        let nodes = input.length()?;
        let mut list = Quicklist::new(self.encodings.list);
        for _ in 0..nodes {
            if kind == kind::LIST_QUICKLIST {
                list.append_listpack(ziplist::read_as_listpack(input)?);
                continue;
            }
            match input.length()? {
                container::PLAIN => list.append_plain(input.string()?),
                container::PACKED => list.append_listpack(self.listpack(input)?),
                other => return Err(input.error(format!("no node of a list is of the sort {other}"))),
            }
        }
        Ok(self.settle_list(list))
    }

    /// A list of one small listpack needs no nodes.
    fn settle_list(&self, list: Quicklist) -> Option<Value> {
        if list.is_empty() {
            return None;
        }
        let fits = list
            .single_listpack()
            .is_some_and(|pack| !self.encodings.list.fill.is_exceeded(pack.bytes(), pack.len()));
        if !fits {
            return Some(Value::List(LooseBox::new(list)));
        }
        Some(match list.into_listpack() {
            Ok(pack) => Value::ListPacked(pack),
            Err(list) => Value::List(LooseBox::new(list)),
        })
    }
}
