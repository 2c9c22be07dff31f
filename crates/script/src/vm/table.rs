//! Tables, as Rust functions see them. Nothing here calls a metamethod.

use super::stack::{Kind, Stack};
use mlua_sys::lua51 as ffi;
use std::ffi::c_int;

impl Stack {
    /// Pushes an empty table with room for so many elements and fields.
    pub fn push_table(&mut self, elements: usize, fields: usize) {
        self.take_slot();
        let size = |n: usize| n.min(1 << 24) as c_int;
        // SAFETY: there is a slot.
        unsafe { ffi::lua_createtable(self.l, size(elements), size(fields)) };
    }
    /// Replaces the key on the top by the value that a table has for it.
    pub fn raw_get(&mut self, table: c_int) {
        let table = self.expect(table, Kind::Table);
        // SAFETY: it is a table, and the key is above it or a part of it.
        unsafe { ffi::lua_rawget_(self.l, table) };
    }
    /// Pushes a table's field.
    pub fn push_field(&mut self, table: c_int, name: &str) -> Kind {
        let table = self.expect(table, Kind::Table);
        self.push_bytes(name.as_bytes());
        self.raw_get(table);
        self.kind(-1)
    }
    /// Pushes a table's element.
    pub fn push_element(&mut self, table: c_int, index: c_int) -> Kind {
        let table = self.expect(table, Kind::Table);
        self.take_slot();
        // SAFETY: it is a table, and there is a slot.
        unsafe { ffi::lua_rawgeti_(self.l, table, index) };
        self.kind(-1)
    }
    /// Sets a table's element to the value on the top, which is taken.
    pub fn set_element(&mut self, table: c_int, index: c_int) {
        let table = self.expect(table, Kind::Table);
        // SAFETY: it is a table below the value.
        unsafe { ffi::lua_rawseti_(self.l, table, index) };
        self.room += 1;
    }
    /// Sets a table's field to the value on the top, which is taken.
    pub fn set_field(&mut self, table: c_int, name: &str) {
        let table = self.expect(table, Kind::Table);
        self.push_bytes(name.as_bytes());
        // SAFETY: key and value are exchanged, both are there.
        unsafe { ffi::lua_insert(self.l, -2) };
        self.set_pair(table);
    }
    /// Sets a table's key, below the top, to the value on the top; both are taken. Nil and NaN are no keys: nothing is set.
    pub fn set_pair(&mut self, table: c_int) {
        let table = self.expect(table, Kind::Table);
        let is_key = match self.kind(-2) {
            Kind::None | Kind::Nil => false,
            Kind::Number => self.number(-2).is_some_and(|key| !key.is_nan()),
            _ => true,
        };
        if !is_key {
            return self.pop(2);
        }
        // SAFETY: it is a table, the key is one, and both are above it.
        unsafe { ffi::lua_rawset(self.l, table) };
        self.room += 2;
    }
    /// Replaces the key on the top (nil to begin) by the next key and its value; at the end takes it and says no. The key must be
    /// the one that came before, and the table must not have got new keys since.
    pub fn next(&mut self, table: c_int) -> bool {
        let table = self.expect(table, Kind::Table);
        self.take_slot();
        // SAFETY: it is a table with a key of its own on the top. A table that was left alone never refuses its key.
        let more = unsafe { ffi::lua_next(self.l, table) } != 0;
        if !more {
            self.room += 2;
        }
        more
    }
    /// Sets the metatable of a table to the table on the top, which is taken.
    pub fn set_metatable(&mut self, table: c_int) {
        let table = self.expect(table, Kind::Table);
        self.expect(-1, Kind::Table);
        // SAFETY: both are tables.
        unsafe { ffi::lua_setmetatable(self.l, table) };
        self.room += 1;
    }
    /// A copy of a table's field that is a string or a number; `None` for other values, and if it is no table.
    pub fn field_bytes(&mut self, table: c_int, name: &str) -> Option<Vec<u8>> {
        if self.kind(table) != Kind::Table {
            return None;
        }
        let text = match self.push_field(table, name) {
            Kind::String => self.bytes(-1).map(<[u8]>::to_vec),
            Kind::Number => self.number(-1).map(|n| crate::number::general(n, 14).into_bytes()),
            _ => None,
        };
        self.pop(1);
        text
    }
}
