//! Blocking commands: who goes on when, and in which order.

use crate::testing::Harness;

#[test]
fn what_is_pending_for_long_enough_ends_a_wait() {
    let mut h = Harness::new(2);
    let (reader, waiter) = (h.open(0), h.open(1));
    h.say(reader, "XADD s 1-1 a 1");
    h.say(reader, "XGROUP CREATE s g 0");
    h.say(reader, "XREADGROUP GROUP g c STREAMS s >");
    h.pass(30);
    assert_eq!(h.say(waiter, "XREADGROUP GROUP g d BLOCK 0 CLAIM 100 STREAMS s >"), "");
    h.pass(60);
    assert_eq!(h.take(waiter), "");
    h.pass(10);
    let claimed = h.take(waiter);
    assert!(claimed.contains("1-1") && claimed.contains(":100\r\n:1\r\n"), "{claimed}");
}

#[test]
fn what_becomes_pending_during_a_wait_ends_it_too() {
    let mut h = Harness::new(1);
    let (other, waiter, late) = (h.open(0), h.open(0), h.open(0));
    h.say(other, "XGROUP CREATE s g 0 MKSTREAM");
    assert_eq!(h.say(other, "XREADGROUP GROUP g b BLOCK 0 STREAMS s >"), "");
    assert_eq!(h.say(waiter, "XREADGROUP GROUP g c BLOCK 0 CLAIM 50 STREAMS s >"), "");
    assert_eq!(h.say(late, "XREADGROUP GROUP g d BLOCK 70 CLAIM 100 STREAMS s >"), "");
    let writer = h.open(0);
    h.say(writer, "XADD s 1-1 a 1");
    assert!(h.take(other).contains("1-1"));
    h.pass(49);
    assert_eq!(h.take(waiter), "");
    h.pass(1);
    assert!(h.take(waiter).contains("1-1"));
    // It was claimed, so its time runs anew, and the other's is over before.
    h.pass(20);
    assert_eq!(h.take(late), "*-1\r\n");
}

#[test]
fn what_is_released_goes_to_who_waits_at_once() {
    let mut h = Harness::new(1);
    let (reader, waiter, other) = (h.open(0), h.open(0), h.open(0));
    h.say(reader, "XADD s 1-1 a 1");
    h.say(reader, "XGROUP CREATE s g 0");
    h.say(reader, "XREADGROUP GROUP g c STREAMS s >");
    assert_eq!(h.say(other, "XREADGROUP GROUP g e BLOCK 0 STREAMS s >"), "");
    assert_eq!(h.say(waiter, "XREADGROUP GROUP g d BLOCK 0 CLAIM 100000 STREAMS s >"), "");
    assert_eq!(h.say(reader, "XNACK s g FAIL IDS 1 1-1"), ":1\r\n");
    assert!(h.take(waiter).contains("1-1"));
    assert_eq!(h.take(other), "");
}

#[test]
fn who_was_called_in_vain_is_last() {
    let mut h = Harness::new(1);
    let (first, second, third, writer) = (h.open(0), h.open(0), h.open(0), h.open(0));
    assert_eq!(h.say(first, "BLMOVEM l a LEFT RIGHT 0 EXACTLY 2 BULK"), "");
    assert_eq!(h.say(second, "BLMOVEM l b LEFT RIGHT 0"), "");
    assert_eq!(h.say(third, "BLMOVEM l c LEFT RIGHT 0 EXACTLY 2 BULK"), "");
    // The first is called in vain, the second is served, and nothing is left to call the third for.
    h.say(writer, "RPUSH l 1");
    assert_eq!((h.take(first).as_str(), h.take(second).as_str()), ("", "*1\r\n$1\r\n1\r\n"));
    h.say(writer, "RPUSH l 2 3");
    assert_eq!((h.take(first).as_str(), h.take(third).as_str()), ("", "*2\r\n$1\r\n2\r\n$1\r\n3\r\n"));
    h.say(writer, "RPUSH l 4 5");
    assert_eq!(h.take(first), "*2\r\n$1\r\n4\r\n$1\r\n5\r\n");
}
