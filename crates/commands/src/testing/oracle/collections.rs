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
