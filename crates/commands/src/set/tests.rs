//! Replies, events, journal and encodings of the set family.
