//! Hostile scripts: whatever they try ends in an error or can be ended by SCRIPT KILL, while others hear BUSY; memory stays
//! within a machine's limit and is given back afterwards.

mod harness;

use harness::{Client, engine};
use std::time::{Duration, Instant};

/// Nothing here may take longer, on a machine under load and in a build with checks.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs work on a thread with as much stack as those of the server have for programs.
fn on_a_stack_of_its_own<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(8 << 20);
        builder.spawn_scoped(scope, work).expect("a thread").join().expect("no panic")
    })
}

fn ends_in(cases: &[(&str, &str)]) {
    on_a_stack_of_its_own(|| {
        let mut client = Client::of(&engine());
        for (script, part) in cases {
            let begin = Instant::now();
            let reply = client.eval(script);
            let start = &reply[..reply.len().min(200)];
            assert!(reply.starts_with('-') && reply.contains(part), "{script}: {start}");
            assert!(begin.elapsed() < PATIENCE, "{script} took {:?}", begin.elapsed());
            assert_eq!(client.eval("return 1"), ":1\r\n", "after {script}");
        }
    });
}

#[test]
fn recursion_ends() {
    ends_in(&[
        ("local function f() return 1 + f() end return f()", "stack overflow"),
        (
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
            "overflow",
        ),
        ("local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x", "loop in gettable"),
        ("local t = setmetatable({}, {}) getmetatable(t).__newindex = t t.x = 1", "loop in settable"),
        ("local function f() return string.gsub('a', 'a', f) end return f()", "overflow"),
        ("local function f() coroutine.wrap(f)() end f()", "overflow"),
        ("local function f(a) table.sort({1, 2, 3}, function() f() return false end) end f()", "overflow"),
        ("return loadstring(string.rep('(', 100000))() ", "attempt to call"),
        ("local ok, e = loadstring('return ' .. string.rep('{', 100000)) error(e)", "too many"),
        ("local ok, e = loadstring('return ' .. string.rep('not ', 1000000) .. '1') error(e)", "too many"),
        ("local f f = function() error(setmetatable({}, {__tostring = f})) end f()", "unknown error"),
        ("error(setmetatable({}, {__index = function() while true do end end}))", "unknown error"),
        ("xpcall(function() error('x') end, function() error('y') end) error('over')", "over"),
    ]);
}

#[test]
fn what_is_too_large_is_refused() {
    ends_in(&[
        ("return string.rep('x', 2^31 - 1)", "not enough memory"),
        ("local s = 'x' while true do s = s .. s end", "not enough memory"),
        ("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end", "not enough memory"),
        ("local t = {} for i = 1, 1e9 do t[i] = i end", "not enough memory"),
        (
            "local t = {} for i = 1, 40 do t[i] = ('x'):rep(5e7) end return table.concat(t)",
            "not enough memory",
        ),
        ("local s = ('x'):rep(2e8) return string.format('%s%s%s', s, s, s)", "not enough memory"),
        ("local s = ('x'):rep(1e8) return (s:gsub('x', 'xxxxxxxx'))", "not enough memory"),
        ("return {unpack({}, 1, 1e8)}", "too many results to unpack"),
        ("return {unpack({}, -2^31, 2^31 - 1)}", "too many results to unpack"),
        ("return {('x'):rep(1e7):byte(1, -1)}", "string slice too long"),
        ("return redis.call(unpack(({('x '):rep(9000):gsub('x', '')}), 1, 9000))", ""),
        ("return string.format('%99999d', 1)", "invalid format"),
        ("return string.format('%' .. ('0'):rep(1000) .. 'd', 1)", "invalid format"),
        ("table.insert({}, -2e9, 1)", "position out of bounds"),
        ("return redis.sha1hex()", "wrong number of arguments"),
    ]);
}

#[test]
fn tables_in_circles_are_refused() {
    ends_in(&[
        ("local t = {} t[1] = t return cjson.encode(t)", "excessive nesting"),
        ("local t = {} t.a = t return cjson.encode(t)", "excessive nesting"),
        (
            "cjson.encode_max_depth(2^31 - 1) local t = {} t[1] = t return cjson.encode(t)",
            "excessive nesting",
        ),
        ("return cjson.decode(('['):rep(1e6))", "too many nested"),
        ("cjson.decode_max_depth(2^31 - 1) return cjson.decode(('['):rep(1e6))", "too many nested"),
        ("return cjson.decode(('{\"a\":'):rep(1e6))", "too many nested"),
        ("return cjson.encode({[2^30] = 1})", "excessively sparse"),
        ("return cmsgpack.unpack(('\\145'):rep(1e6))", "overflow"),
        ("return cmsgpack.unpack('\\221\\255\\255\\255\\255')", "Missing bytes"),
        ("return cmsgpack.unpack('\\223\\255\\255\\255\\255')", "Missing bytes"),
        ("return cmsgpack.unpack('\\219\\255\\255\\255\\255')", "Missing bytes"),
        ("return {cmsgpack.unpack(('\\1'):rep(1e6))}", "overflow"),
        ("return cmsgpack.unpack_limit('\\1', -1, 0)", "Invalid request"),
        ("return cmsgpack.unpack_one('\\1', 2^31 - 1)", "greater than input length"),
    ]);
    let mut client = Client::of(&engine());
    for script in ["local t = {} t[1] = t return t", "local t = {} t.map = {a = t} return t"] {
        let reply = on_a_stack_of_its_own(|| Client::of(&engine()).eval(script));
        assert!(reply.ends_with("-ERR reached lua stack limit\r\n"), "{script}");
    }
    // As deep as sixteen: further down a table is nil.
    assert!(client.eval("local t = {} t[1] = t return #cmsgpack.pack(t)").starts_with(':'));
}

#[test]
fn formats_of_huge_sizes_are_refused() {
    ends_in(&[
        ("return struct.pack('i2147483647', 1)", "integral size"),
        ("return struct.pack('i99999999999999999999', 1)", "integral size"),
        ("return struct.pack('c2147483647', 'x')", "string too short"),
        ("return struct.unpack('c2147483647', 'x')", "data string too short"),
        ("return struct.unpack('c0', 'x')", "previous size"),
        ("return struct.unpack('dc0', struct.pack('d', 1e300) .. 'x')", "too short"),
        ("return struct.unpack('dc0', struct.pack('d', -1) .. 'x')", "too short"),
        ("return struct.unpack('i4', 'abcd', 2^31)", "too short"),
        ("return struct.unpack('i4', 'abcd', -5)", "too short"),
        ("return struct.unpack(('b'):rep(100000), ('x'):rep(100000))", "too many results"),
        ("return struct.pack('!3d', 1)", "not a power of 2"),
        ("return struct.size('c0')", "no fixed size"),
    ]);
}

#[test]
fn memory_comes_back() {
    on_a_stack_of_its_own(|| {
        let mut client = Client::of(&engine());
        for _ in 0..3 {
            let reply = client.eval("local t = {} for i = 1, 1e9 do t[i] = {i} end");
            assert!(reply.contains("not enough memory"), "{reply}");
            let kilobytes: u64 = client
                .eval("return math.floor(collectgarbage('count'))")
                .trim()
                .trim_start_matches(':')
                .parse()
                .expect("a number");
            assert!(kilobytes < 64 << 10, "{kilobytes} KiB are left");
        }
    });
}

/// Runs for ever, each in another way; some need no instruction of Lua for long.
const ENDLESS: &[&str] = &[
    "while true do end",
    "repeat until false",
    "local function f() return f() end return f()",
    "while true do pcall(error, 'x') end",
    "while true do pcall(function() while true do end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "while true do redis.call('PING') end",
    "while true do redis.pcall('NOSUCH') end",
    "return string.find(('a'):rep(3000), ('a*'):rep(40) .. 'b')",
    "return string.find(('a'):rep(30000), ('.-'):rep(20) .. 'b')",
    "return string.gsub(('a'):rep(30000), ('a?'):rep(30) .. ('a'):rep(30) .. 'b', '')",
    "return string.match(('a'):rep(1e6), '(.*)(.*)(.*)(.*)%1b')",
    "local set = '[' .. ('b'):rep(1e6) .. 'a]' return string.find(('a'):rep(1e6), set .. '*' .. set .. '-b')",
    "while true do string.gsub(('a'):rep(1e6), '%f[a]', '') end",
    "local s = ('x'):rep(5e7) while true do local t = s .. 'y' end",
    "local s = ('x'):rep(5e7) while true do local t = s:upper() end",
    "while true do string.rep('', 2^31 - 1) end",
    "local t = {} for i = 0, 29 do t[2^i] = 1 end while true do table.remove(t, 1) end",
    "local t = {} for i = 0, 29 do t[2^i] = 1 end while true do table.insert(t, 1, nil) end",
    "local t = {} for i = 0, 29 do t[2^i] = 1 end while true do table.foreachi(t, rawequal) end",
    "local t = {} for i = 1, 1e6 do t[i] = 1 end for i = 1, 1e6 - 1 do t[i] = nil end while true do next(t) end",
    "local t = {} for i = 1, 60 do t = {t, t} end return cjson.encode(t)",
    "local t = {} for i = 1, 60 do t = {t, t} end return t",
    "local t = {} for i = 1, 15 do t = {t, t, t, t, t, t, t, t} end return cmsgpack.pack(t)",
    "while true do cjson.decode(cjson.encode({1, 2, {a = 'b'}})) end",
    "while true do loadstring('return 1')() end",
    "load(function() return ' ' end)",
];

#[test]
fn what_runs_for_ever_is_ended() {
    let engine = engine();
    let mut other = Client::of(&engine);
    for script in ENDLESS {
        let mut runner = Client::of(&engine);
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(8 << 20);
            let run = builder.spawn_scoped(scope, move || runner.eval(script)).expect("a thread");
            while !other.fed("PING\r\n").starts_with("-BUSY") {
                assert!(begin.elapsed() < PATIENCE, "nobody hears that it is busy: {script}");
                assert!(!run.is_finished(), "it has ended: {script}: {:?}", run.join());
                std::thread::sleep(Duration::from_millis(2));
            }
            assert_eq!(other.fed("SCRIPT KILL\r\n"), "+OK\r\n", "{script}");
            let reply = run.join().expect("no panic");
            assert!(reply.starts_with("-ERR Script killed by user with SCRIPT KILL..."), "{script}: {reply}");
        });
        assert!(begin.elapsed() < PATIENCE, "{script} took {:?}", begin.elapsed());
        assert_eq!(other.fed("PING\r\n"), "+PONG\r\n");
    }
}
