//! Libraries of functions: loading, calling, listing, dumping, and what a library may do while it is loaded.

mod harness;

use harness::Client;
use hematite_engine::{Engine, Options};

const LIBRARY: &str = "#!lua name=lib
local count = 0
redis.register_function('f', function(keys, args) return {keys, args} end)
redis.register_function{function_name='ro', callback=function(keys) return redis.call('get', keys[1]) end,
  flags={'no-writes'}, description='reads'}
redis.register_function('w', function(keys, args) return redis.call('set', keys[1], args[1]) end)
redis.register_function('count', function() count = count + 1 return count end)";

fn load(client: &mut Client, code: &str) -> String {
    client.call(&[b"FUNCTION", b"LOAD", code.as_bytes()])
}

#[test]
fn functions_are_called() {
    let mut client = Client::new();
    assert_eq!(load(&mut client, LIBRARY), "$3\r\nlib\r\n");
    for (args, reply) in [
        (&["FCALL", "f", "1", "k", "a"][..], "*2\r\n*1\r\n$1\r\nk\r\n*1\r\n$1\r\na\r\n"),
        (&["FCALL", "w", "1", "k", "v"], "+OK\r\n"),
        (&["FCALL_RO", "ro", "1", "k"], "$1\r\nv\r\n"),
        (&["FCALL", "ro", "1", "k"], "$1\r\nv\r\n"),
        (
            &["FCALL_RO", "w", "1", "k", "v"],
            "-ERR Can not execute a script with write flag using *_ro command.\r\n",
        ),
        (&["FCALL", "count", "0"], ":1\r\n"),
        (&["FCALL", "count", "0"], ":2\r\n"),
        (&["FCALL", "F", "0"], "*2\r\n*0\r\n*0\r\n"),
        (&["FCALL", "f", "x"], "-ERR Bad number of keys provided\r\n"),
        (&["FCALL", "f", "-1"], "-ERR Number of keys can't be negative\r\n"),
        (&["FUNCTION", "DELETE", "lib"], "+OK\r\n"),
        (&["FUNCTION", "DELETE", "lib"], "-ERR Library not found\r\n"),
        (&["FCALL", "f", "0"], "-ERR Function not found\r\n"),
    ] {
        let args: Vec<&[u8]> = args.iter().map(|arg| arg.as_bytes()).collect();
        assert_eq!(client.call(&args), reply, "{args:?}");
    }
}

#[test]
fn libraries_are_refused_in_the_references_words() {
    let mut client = Client::new();
    let registering = |text: &str| format!("-ERR Error registering functions: ERR {text}\r\n");
    for (code, reply) in [
        (
            "redis.register_function('x')",
            registering(
                "calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).",
            ),
        ),
        (
            "redis.register_function('a b', function() end)",
            registering(
                "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long",
            ),
        ),
        (
            "redis.register_function{callback=function() end}",
            registering("redis.register_function must get a function name argument"),
        ),
        (
            "redis.register_function{function_name='x', callback=function() end, flags={'foo'}}",
            registering("unknown flag given"),
        ),
        (
            "redis.register_function{function_name='x', callback=function() end, foo=1}",
            registering("unknown argument given to redis.register_function"),
        ),
        (
            "local f = function() end redis.register_function('x', f) redis.register_function('x', f)",
            registering("Function already exists in the library"),
        ),
        (
            "redis.call('get','x')",
            registering("user_function:2: Script attempted to access nonexistent global variable 'call'"),
        ),
        (
            "math.random()",
            registering("user_function:2: Script attempted to access nonexistent global variable 'math'"),
        ),
        ("x=1", registering("user_function:2: Attempt to modify a readonly table")),
        ("redis.x=1", registering("user_function:2: Attempt to modify a readonly table")),
        (
            "if",
            "-ERR Error compiling function: user_function:2: unexpected symbol near '<eof>'\r\n".to_owned(),
        ),
        ("return 1", "-ERR No functions registered\r\n".to_owned()),
    ] {
        assert_eq!(load(&mut client, &format!("#!lua name=t\n{code}")), reply, "{code}");
    }
    assert_eq!(load(&mut client, "#!foo name=t\n"), "-ERR Engine 'foo' not found\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"STATS"]).matches(":0").count(), 2, "nothing is left behind");
}

#[test]
fn functions_see_globals_but_not_those_of_scripts() {
    let mut client = Client::new();
    load(
        &mut client,
        "#!lua name=t
redis.register_function('f1', function() return redis.breakpoint == nil and 1 end)
redis.register_function('f2', function() return KEYS end)
redis.register_function('f3', function() x = 1 end)
redis.register_function('f4', function() return redis.call('get') end)
redis.register_function('f5', function() return cjson.encode({math.floor(1.5)}) end)",
    );
    client.eval("return KEYS");
    for (name, reply) in [
        ("f1", ":1\r\n"),
        (
            "f2",
            "-ERR user_function:3: Script attempted to access nonexistent global variable 'KEYS' script: f2, on @user_function:3.\r\n",
        ),
        (
            "f3",
            "-ERR user_function:4: Attempt to modify a readonly table script: f3, on @user_function:4.\r\n",
        ),
        (
            "f4",
            "-ERR Wrong number of args calling Redis command from script script: f4, on @user_function:5.\r\n",
        ),
        ("f5", "$3\r\n[1]\r\n"),
    ] {
        assert_eq!(client.call(&[b"FCALL", name.as_bytes(), b"0"]), reply, "{name}");
    }
}

#[test]
fn libraries_are_replaced_and_restored() {
    let mut client = Client::new();
    load(&mut client, "#!lua name=l\nredis.register_function('f',function() return 1 end)");
    let payload = {
        let reply = client.raw(&[b"FUNCTION", b"DUMP"]);
        let start = reply.iter().position(|byte| *byte == b'\n').expect("a length") + 1;
        reply[start..reply.len() - 2].to_vec()
    };
    let code = "#!lua name=l\nredis.register_function('f',function() return 2 end)";
    assert_eq!(load(&mut client, code), "-ERR Library 'l' already exists\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"LOAD", b"REPLACE", code.as_bytes()]), "$1\r\nl\r\n");
    assert_eq!(client.call(&[b"FCALL", b"f", b"0"]), ":2\r\n");
    let other = "#!lua name=other\nredis.register_function('f',function() return 3 end)";
    assert_eq!(load(&mut client, other), "-ERR Function f already exists\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"RESTORE", &payload]), "-ERR Library l already exists\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"RESTORE", &payload, b"REPLACE"]), "+OK\r\n");
    assert_eq!(client.call(&[b"FCALL", b"f", b"0"]), ":1\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"RESTORE", &payload, b"FLUSH"]), "+OK\r\n");
    assert_eq!(
        client.call(&[b"FUNCTION", b"RESTORE", &payload[1..]]),
        "-ERR DUMP payload version or checksum are wrong\r\n"
    );
    assert_eq!(client.call(&[b"FUNCTION", b"FLUSH"]), "+OK\r\n");
    assert_eq!(client.call(&[b"FUNCTION", b"LIST"]), "*0\r\n");
}

#[test]
fn other_workers_find_what_one_has_loaded() {
    let engine =
        Engine::new(Options { interpreter: Some(hematite_script::interpreter), ..Options::default() });
    let (mut one, mut other) = (Client::of(&engine), Client::of(&engine));
    assert_eq!(load(&mut one, LIBRARY), "$3\r\nlib\r\n");
    assert_eq!(other.call(&[b"FCALL", b"w", b"1", b"k", b"v"]), "+OK\r\n");
    let sha = one.call(&[b"SCRIPT", b"LOAD", b"return redis.call('get','k')"]);
    assert_eq!(other.call(&[b"EVALSHA", &sha.as_bytes()[5..45], b"0"]), "$1\r\nv\r\n");
    one.call(&[b"FUNCTION", b"FLUSH"]);
    assert_eq!(other.call(&[b"FCALL", b"w", b"1", b"k", b"v"]), "-ERR Function not found\r\n");
}
