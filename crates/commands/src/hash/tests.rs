//! Replies, events, journal and encodings of the hash family.
