//! Scripts as clients run them: values on both ways, errors in the reference's words, and what they may not do.

mod harness;

use harness::Client;

/// Scripts with the replies that the reference gives.
fn check(cases: &[(&str, &str)]) {
    let mut client = Client::new();
    for (script, reply) in cases {
        let sha = "<sha>";
        let got = client.eval(script);
        let got = match got.find(" script: ") {
            Some(at) => format!("{} script: {sha}{}", &got[..at], &got[at + 9 + 40..]),
            None => got,
        };
        assert_eq!(got, reply.replace('\n', "\r\n"), "{script}");
    }
}

#[test]
fn values_become_replies() {
    check(&[
        ("return 3.99", ":3\n"),
        ("return 'x'", "$1\nx\n"),
        ("return {1,2,nil,4}", "*2\n:1\n:2\n"),
        ("return true", ":1\n"),
        ("return false", "$-1\n"),
        ("return nil", "$-1\n"),
        ("return {}", "*0\n"),
        ("local n = 0 for k, v in pairs({1, 2, a=3}) do n = n + v end return n", ":6\n"),
        ("local n = 0 for k, v in ipairs({1, 2, a=3}) do n = n + v end return n", ":3\n"),
        ("return {ok='fine'}", "+fine\n"),
        ("return {err='My error'}", "-My error\n"),
        ("return {double=1.5}", "$3\n1.5\n"),
        ("return {map={a=1}}", "*2\n$1\na\n:1\n"),
        ("return redis.error_reply('abc')", "-ERR abc\n"),
        ("return redis.status_reply('abc')", "+abc\n"),
        ("return {KEYS[1] or 'none', #ARGV}", "*2\n$4\nnone\n:0\n"),
        ("return tostring(1e15)..tostring(0.1)", "$8\n1e+150.1\n"),
        ("math.randomseed(0) return {math.random(10),math.random(10),math.random(5,10)}", "*3\n:2\n:8\n:5\n"),
    ]);
}

#[test]
fn commands_are_run() {
    check(&[
        ("return redis.call('set','k','v')", "+OK\n"),
        ("return redis.call('GET','k')", "$1\nv\n"),
        ("return redis.call('get','none')", "$-1\n"),
        ("return redis.call('incrby','n',5)", ":5\n"),
        ("redis.call('set','f',0.1) return redis.call('get','f')", "$19\n0.10000000000000001\n"),
        ("redis.call('rpush','l','a','b') return redis.call('lrange','l',0,-1)", "*2\n$1\na\n$1\nb\n"),
        ("return type(redis.call('hgetall','none'))", "$5\ntable\n"),
        (
            "redis.setresp(3) redis.call('hset','h','a',1) return redis.call('hgetall','h')",
            "*2\n$1\na\n$1\n1\n",
        ),
        (
            "return redis.pcall('incr','k').err",
            "$47\nERR value is not an integer or out of range\n".replace("47", "43").leak(),
        ),
        ("return server.call('ping')", "+PONG\n"),
        ("return redis.call('blpop','none',0)", "$-1\n"),
    ]);
}

#[test]
fn errors_are_worded_as_in_the_reference() {
    check(&[
        ("error('a')", "-ERR user_script:1: a script: <sha>, on @user_script:1.\n"),
        ("\n\nerror('a')", "-ERR user_script:3: a script: <sha>, on @user_script:3.\n"),
        ("error({err='x y'})", "-x y script: <sha>, on @user_script:1.\n"),
        ("error()", "-ERR nil script: <sha>, on @user_script:1.\n"),
        ("error('x', 0)", "-ERR x script: <sha>, on @user_script:1.\n"),
        (
            "return 1 end",
            "-ERR Error compiling script (new function): user_script:1: '<eof>' expected near 'end'\n",
        ),
        (
            "local a; a.b=1",
            "-ERR user_script:1: attempt to index local 'a' (a nil value) script: <sha>, on @user_script:1.\n",
        ),
        (
            "return redis.call('get')",
            "-ERR Wrong number of args calling Redis command from script script: <sha>, on @user_script:1.\n",
        ),
        ("return redis.pcall('get')", "-ERR Wrong number of args calling Redis command from script\n"),
        (
            "return redis.call('nosuch')",
            "-ERR Unknown Redis command called from script script: <sha>, on @user_script:1.\n",
        ),
        (
            "return redis.call('multi')",
            "-ERR This Redis command is not allowed from script script: <sha>, on @user_script:1.\n",
        ),
        (
            "return redis.call()",
            "-ERR Please specify at least one argument for this redis lib call script: <sha>, on @user_script:1.\n",
        ),
        (
            "return redis.call({})",
            "-ERR Lua redis lib command arguments must be strings or integers script: <sha>, on @user_script:1.\n",
        ),
        (
            "return {pcall(redis.call,'get')}",
            "*2\n$-1\n$56\nERR Wrong number of args calling Redis command from script\n"
                .replace("56", "58")
                .leak(),
        ),
        (
            "return {xpcall(function() error('x') end, function(e) return e end)}",
            "*2\n$-1\n$16\nuser_script:1: x\n",
        ),
        (
            "return coroutine.wrap(function() error('x') end)()",
            "-ERR user_script:1: user_script:1: x script: <sha>, on @user_script:1.\n",
        ),
        ("return redis.sha1hex()", "-ERR wrong number of arguments script: <sha>, on @user_script:1.\n"),
    ]);
}

#[test]
fn globals_stay_as_they_are() {
    let refused =
        "-ERR user_script:1: Attempt to modify a readonly table script: <sha>, on @user_script:1.\n";
    let refused_below = "-ERR Attempt to modify a readonly table script: <sha>, on @user_script:1.\n";
    check(&[
        ("x=1", refused),
        ("KEYS=nil", refused),
        ("redis.call=1", refused),
        ("string.x=1", refused),
        ("_G.x=1", refused),
        ("getmetatable('').x=1", refused),
        ("getmetatable('').__index.x=1", refused),
        ("rawset(_G,'x',1)", refused_below),
        ("rawset(string,'x',1)", refused_below),
        ("setmetatable(_G,{})", refused_below),
        ("table.insert(string,1)", refused_below),
        ("for k,v in pairs(_G) do if k=='string' then v.x=1 end end", refused),
        (
            "return x",
            "-ERR user_script:1: Script attempted to access nonexistent global variable 'x' script: <sha>, on @user_script:1.\n",
        ),
        (
            "return print",
            "-ERR user_script:1: Script attempted to access nonexistent global variable 'print' script: <sha>, on @user_script:1.\n",
        ),
        ("return string.x", "$-1\n"),
        ("return tostring(getmetatable(redis))", "$3\nnil\n"),
        ("return type(getmetatable(_G).__index)", "$8\nfunction\n"),
        (
            "return {type(rawget(_G,'string')), type(next(redis)), rawget(_G,'x')==nil}",
            "*3\n$5\ntable\n$6\nstring\n:1\n",
        ),
        ("KEYS[1]='a' return KEYS", "*1\n$1\na\n"),
        ("return {loadstring('\\27Lua')}", "*0\n"),
        ("return loadstring('return 5')()", ":5\n"),
        (
            "return loadstring('y=5')()",
            "-ERR [string \"y=5\"]:1: Attempt to modify a readonly table script: <sha>, on y=5:1.\n",
        ),
    ]);
}

#[test]
fn bombs_end_in_errors() {
    let mut client = Client::new();
    for (script, part) in [
        ("return string.rep('x', 2000000000)", "not enough memory"),
        ("local s='x' for i=1,60 do s=s..s end return s", "not enough memory"),
        ("local function f() return 1+f() end return f()", "stack overflow"),
        ("local t={} for i=1,100000 do t[i]=i end return {unpack(t)}", "too many results to unpack"),
        ("return {unpack({},0,2147483647)}", "too many results to unpack"),
        ("return {unpack({},-2147483647,2147483647)}", "too many results to unpack"),
        ("table.insert({}, -2000000000, 1)", "position out of bounds"),
        ("local t={} t[1]=t return t", "reached lua stack limit"),
        ("local f=function(f) return pcall(f,f) end return {f(f)}", ""),
    ] {
        let reply = client.eval(script);
        assert!(reply.contains(part), "{script}: {}", &reply[..reply.len().min(200)]);
    }
    assert_eq!(client.eval("return 1"), ":1\r\n");
}

#[test]
fn scripts_are_kept_by_their_sum() {
    let mut client = Client::new();
    let sha = b"e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
    assert_eq!(client.call(&[b"EVALSHA", sha, b"0"]), "-NOSCRIPT No matching script. Please use EVAL.\r\n");
    assert_eq!(
        client.call(&[b"SCRIPT", b"LOAD", b"return 1"]),
        format!("$40\r\n{}\r\n", str::from_utf8(sha).unwrap())
    );
    assert_eq!(client.call(&[b"EVALSHA", &sha.to_ascii_uppercase(), b"0"]), ":1\r\n");
    assert_eq!(client.call(&[b"SCRIPT", b"EXISTS", sha, b"x"]), "*2\r\n:1\r\n:0\r\n");
    assert_eq!(client.call(&[b"SCRIPT", b"SHOW", sha]), "$8\r\nreturn 1\r\n");
    assert_eq!(client.call(&[b"SCRIPT", b"FLUSH"]), "+OK\r\n");
    assert_eq!(client.call(&[b"SCRIPT", b"EXISTS", sha]), "*1\r\n:0\r\n");
    assert_eq!(
        client.call(&[b"EVAL", b"return {KEYS[1],KEYS[2],ARGV[1]}", b"2", b"a", b"b", b"c"]),
        "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n"
    );
    assert_eq!(
        client.call(&[b"EVAL_RO", b"return redis.call('set','a','b')", b"0"]).split(" script:").next(),
        Some("-ERR Write commands are not allowed from read-only scripts.")
    );
}

#[test]
fn patterns_match_as_in_lua() {
    check(&[
        ("return {string.find('abc','b')}", "*2\n:2\n:2\n"),
        ("return {string.find('a.c','.',1,true)}", "*2\n:2\n:2\n"),
        ("return {string.find('abc','',10)}", "*2\n:4\n:3\n"),
        ("return {string.find('abc','c',-1)}", "*2\n:3\n:3\n"),
        ("return {string.match('key=val','(%w+)=(%w+)')}", "*2\n$3\nkey\n$3\nval\n"),
        ("return {string.match('abc','()b()')}", "*2\n:2\n:3\n"),
        ("return string.match('abc','%f[b]b')", "$1\nb\n"),
        ("return string.match('(a(b)c)','%b()')", "$7\n(a(b)c)\n"),
        ("return string.match('abab','(ab)%1')", "$2\nab\n"),
        ("return string.match('  x  ','^%s*(.-)%s*$')", "$1\nx\n"),
        ("return string.match('a]c','[]]')", "$1\n]\n"),
        ("return string.match('abc','[^a]')", "$1\nb\n"),
        ("return string.match('a\\0b','%z')", "$1\n\0\n"),
        ("return {string.gsub('hello world','o','0',1)}", "*2\n$11\nhell0 world\n:1\n"),
        ("return {string.gsub('hello','(l)(l)','%2%1%0')}", "*2\n$7\nhellllo\n:1\n"),
        ("return {string.gsub('abc','',  '.')}", "*2\n$7\n.a.b.c.\n:4\n"),
        ("return {string.gsub('abc','b',{b='x'})}", "*2\n$3\naxc\n:1\n"),
        ("return {string.gsub('abc','b',function() return false end)}", "*2\n$3\nabc\n:1\n"),
        ("return {string.gsub('abc def','%f[%w]%w+',string.upper)}", "*2\n$7\nABC DEF\n:2\n"),
        ("return {string.gsub('abc','^a','x')}", "*2\n$3\nxbc\n:1\n"),
        (
            "local r={} for a,b in string.gmatch('k=v, x=y','(%w+)=(%w+)') do r[#r+1]=a..b end return r",
            "*2\n$2\nkv\n$2\nxy\n",
        ),
        ("local r={} for a in string.gmatch('abc','') do r[#r+1]='['..a..']' end return #r", ":4\n"),
        ("return string.gfind==string.gmatch", ":1\n"),
    ]);
    let mut client = Client::new();
    for (script, part) in [
        ("return string.find('abc','%')", "malformed pattern (ends with '%')"),
        ("return string.find('abc','[a')", "malformed pattern (missing ']')"),
        ("return string.find('abc','[a-%]')", "malformed pattern (missing ']')"),
        ("return string.find('abc','(')", "unfinished capture"),
        ("return string.find('abc','%f')", "missing '[' after '%f' in pattern"),
        ("return string.find('abc','%bx')", "unbalanced pattern"),
        ("return string.gsub('abc','b','%2')", "invalid capture index"),
        ("return string.match('abc','%1')", "invalid capture index"),
        ("return string.gsub('abc','b',function() return {} end)", "invalid replacement value (a table)"),
        ("return string.gsub('abc','b',true)", "bad argument #3 to 'gsub' (string/function/table expected)"),
        ("return string.match('x',string.rep('(',33)..'x'..string.rep(')',33))", "too many captures"),
        ("return string.match(string.rep('a',300000),string.rep('a?',300000)..'b')", "pattern too complex"),
    ] {
        let reply = client.eval(script);
        assert!(reply.contains(part), "{script}: {reply}");
    }
}
