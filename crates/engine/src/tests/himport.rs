//! HIMPORT: fieldsets of sessions, and the hashes made by them.

use crate::testing::Harness;

#[test]
fn hashes_are_made_of_values_alone() {
    let mut h = Harness::new(1);
    let (c, other) = (h.open(0), h.open(0));
    for (line, reply) in [
        ("HIMPORT PREPARE u name email age", "+OK\r\n"),
        ("HIMPORT SET k u ann a@b 30", "+OK\r\n"),
        (
            "HGETALL k",
            "*6\r\n$3\r\nage\r\n$2\r\n30\r\n$5\r\nemail\r\n$3\r\na@b\r\n$4\r\nname\r\n$3\r\nann\r\n",
        ),
        ("HIMPORT SET k u ann", "-ERR value count does not match the fieldset's field count\r\n"),
        ("HIMPORT PREPARE v a b a", "-ERR duplicate field name in fieldset\r\n"),
        ("HIMPORT SET k v 1 2 3", "-ERR no such fieldset\r\n"),
        ("EXPIRE k 100", ":1\r\n"),
        ("HIMPORT PREPARE u x", "+OK\r\n"),
        ("HIMPORT SET k u 1", "+OK\r\n"),
        ("HGETALL k", "*2\r\n$1\r\nx\r\n$1\r\n1\r\n"),
        ("TTL k", ":-1\r\n"),
        ("SET s v", "+OK\r\n"),
        ("HIMPORT SET s u 1", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
        ("MULTI", "+OK\r\n"),
        ("HIMPORT SET m u 7", "+QUEUED\r\n"),
        ("HGET m x", "+QUEUED\r\n"),
        ("EXEC", "*2\r\n+OK\r\n$1\r\n7\r\n"),
        ("HIMPORT PREPARE w y", "+OK\r\n"),
        ("HIMPORT DISCARD w", ":1\r\n"),
        ("HIMPORT DISCARD w", ":0\r\n"),
        ("HIMPORT DISCARDALL", ":1\r\n"),
        ("HIMPORT SET k u 1", "-ERR no such fieldset\r\n"),
        ("HIMPORT", "-ERR wrong number of arguments for 'himport' command\r\n"),
    ] {
        assert_eq!(h.say(c, line), reply, "{line}");
    }
    assert_eq!(h.say(other, "HIMPORT SET k u 1"), "-ERR no such fieldset\r\n");
    h.say(other, "HIMPORT PREPARE u x");
    h.say(other, "RESET");
    assert_eq!(h.say(other, "HIMPORT SET k u 1"), "-ERR no such fieldset\r\n");
}
