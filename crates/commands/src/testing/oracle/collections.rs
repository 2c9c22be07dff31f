//! Templates of the collections' families, and of what else changes what they hold.

use super::compare;

const LISTS: &[&str] = &[
    "rpush K V",
    "lpush K V V V",
    "rpush K V V a b c a b c 1 2 3",
    "lpushx K V V",
    "rpushx K V",
    "lpop K",
    "rpop K",
    "lpop K I",
    "rpop K I",
    "lpop K 1 2",
    "rpop K 2",
    "llen K",
    "lindex K I",
    "lset K I V",
    "lset K 1 V",
    "linsert K before|after|foo V V",
    "linsert K before|after a|b|c V",
    "lrange K I I",
    "lrange K 0 -1",
    "ltrim K I I",
    "ltrim K 0|1|2 -1|-2|-3",
    "lrem K I V",
    "lrem K I a|b|c|1",
    "lpos K a|b|c|1",
    // The lowest rank is refused since 7.2 only.
    "lpos K a|b|c|1 rank -3|-1|0|1|2|x",
    "lpos K a|b|c|1 count|maxlen I rank -3|-1|0|1|2|x",
    "lpos K V count 0 rank 1|2|-2 maxlen I",
    "lpos K V count",
    "lmove K K left|right LEFT|RIGHT",
    "lmove K K left|foo right",
    "rpoplpush K K",
    "lmpop I K K left|right",
    "lmpop 2 K K left|right count I",
    "lmpop 1 K left|foo count 2 count 3",
    "lmpop 3 K K left",
    "blpop a b c d e f 0.01|x|-1",
    "rpush d e|V",
    "brpop K d 0.01",
    "blmpop 0.01 2 K K left|right count 2",
    "blmpop 0.01|-1|x I K d left|right",
    "rpush e V",
    "blmove e K left|right left|right 0.01|x",
    "rpush e V",
    "brpoplpush e K 0.01",
    "set K V",
    "del K",
    "del K K",
    "rename K K",
    "copy K K replace",
    "type K",
    "expire K T",
];

#[test]
#[ignore = "needs a redis-server: see the head of the oracle"]
fn oracle_agrees_on_lists() {
    compare(LISTS);
}

const BITMAPS: &[&str] = &[
    "set K V",
    "set K I",
    "setbit K I 0|1",
    "setbit K 0|7|8|30|100 0|1|2|x",
    "getbit K I",
    "getbit K 0|7|8|30|100",
    // A bad argument is refused since 7.2 even where there is no key.
    "bitcount K -20|-3|0|1|9223372036854775807 -20|-3|0|1|9223372036854775807|-9223372036854775808",
    "bitcount K",
    "bitcount K 0|1|-1 -1|-2|5",
    "bitcount K 0|3|9|-9|-20 -1|-2|17|40 bit|byte|BIT",
    "bitpos K 0|1",
    "bitpos K 0|1|2 0|1|2|-2",
    "bitpos K 0|1 0|1|-2 -1|1|5|-3",
    "bitpos K 0|1 0|3|9|-9|-20 -1|-2|17|40 bit|byte|BIT",
    "bitop and|or|xor|not|AND|foo K K",
    "bitop and|or|xor K K K",
    "bitop and|or|xor K K K K",
    "bitop not K K",
    "bitfield K get u8|i8|u63|i64|i1|u1|u64|x 0|3|#1|100|-1|x",
    "bitfield K set u8|i8|u63|i64|i1|u1|i13 0|3|#1|100 I",
    "bitfield K incrby u8|i8|u63|i64|i1|u1|i13 0|3|#1|100 I",
    "bitfield K overflow sat|wrap|fail|foo incrby u8|i8|u63|i64|i1|u1|i13 0|3|#1|100 I",
    "bitfield K overflow sat|wrap|fail set u8|i8|u63|i64|i1|u1|i13 0|3|#1|100 I get u8 0 overflow fail incrby i5 2 9",
    "bitfield K get|set|incrby|foo u8",
    "bitfield K",
    "bitfield_ro K get u8 0 get i3 5",
    "bitfield_ro K set u8 0 1",
    "get K",
    "object encoding K",
    "append K V",
    "del K",
    "rpush K a",
    "expire K T",
    "ttl K",
];

const HYPERLOGLOGS: &[&str] = &[
    "pfadd K",
    "pfadd K V V V",
    "pfadd K I I I I",
    "pfadd K I|a|b|c",
    "pfcount K",
    "pfcount K K",
    "pfcount K K K",
    "pfmerge K",
    "pfmerge K K",
    "pfmerge K K K",
    "get K",
    "strlen K",
    "object encoding K",
    "pfdebug encoding|decode|todense|foo|getreg K",
    "pfdebug encoding|decode|foo|encoding K",
    "del K",
    "set f|g|K V",
    "append g x",
    "copy K K replace",
    "setrange f 20 V",
    "pfadd f a b c I I I",
    "pfcount f",
    "pfcount K f",
    "pfmerge K f",
    "rpush K a",
];

#[test]
#[ignore = "needs a redis-server: see the head of the oracle"]
fn oracle_agrees_on_bitmaps() {
    compare(BITMAPS);
}

#[test]
#[ignore = "needs a redis-server: see the head of the oracle"]
fn oracle_agrees_on_hyperloglogs() {
    compare(HYPERLOGLOGS);
}
