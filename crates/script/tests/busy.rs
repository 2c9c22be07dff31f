//! Scripts that run for long: others hear BUSY, and may end them unless they have written.

mod harness;

use harness::{Client, engine};
use hematite_engine::Engine;
use std::time::{Duration, Instant};

/// Starts a script on a thread of its own, and waits until others hear that it is busy.
fn start(engine: &Engine, args: &[&[u8]]) -> (Client, std::thread::JoinHandle<String>) {
    let (mut runner, mut other) = (Client::of(engine), Client::of(engine));
    let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.to_vec()).collect();
    let thread = std::thread::spawn(move || {
        let args: Vec<&[u8]> = args.iter().map(|arg| &arg[..]).collect();
        runner.call(&args)
    });
    let deadline = Instant::now() + Duration::from_secs(20);
    while !other.fed("PING\r\n").starts_with("-BUSY") {
        assert!(Instant::now() < deadline, "nobody is told");
        std::thread::sleep(Duration::from_millis(5));
    }
    (other, thread)
}

const BUSY: &str =
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n";

#[test]
fn an_endless_script_is_killed() {
    let engine = engine();
    for script in [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "string.find(string.rep('a',3000), string.rep('a*',40)..'b')",
        "local t={} for i=1,60 do t={t,t} end return cjson.encode(t)",
    ] {
        let (mut other, thread) = start(&engine, &[b"EVAL", script.as_bytes(), b"0"]);
        assert_eq!(other.fed("GET k\r\n"), BUSY);
        assert_eq!(other.fed("FUNCTION KILL\r\n"), BUSY);
        assert_eq!(other.fed("EVAL 'return 1' 0\r\n"), BUSY);
        assert_eq!(other.fed("SCRIPT KILL\r\n"), "+OK\r\n");
        let reply = thread.join().expect("it ends");
        assert!(reply.starts_with("-ERR Script killed by user with SCRIPT KILL... script:"), "{reply}");
        assert_eq!(other.fed("SCRIPT KILL\r\n"), "-NOTBUSY No scripts in execution right now.\r\n");
        assert_eq!(other.fed("EVAL 'return 1' 0\r\n"), ":1\r\n");
    }
}

#[test]
fn a_script_that_has_written_is_ended_by_shutdown_only() {
    let engine = engine();
    let (mut other, thread) =
        start(&engine, &[b"EVAL", b"redis.call('set','k','v') while true do end", b"0"]);
    assert!(other.fed("SCRIPT KILL\r\n").starts_with("-UNKILLABLE Sorry the script already executed write"));
    assert_eq!(other.fed("SHUTDOWN\r\n"), BUSY);
    assert!(other.fed("SHUTDOWN NOSAVE\r\n").contains("control plane"), "there is none in this test");
    assert!(thread.join().expect("it ends").starts_with("-ERR Script killed"));
    assert_eq!(other.fed("GET k\r\n"), "$1\r\nv\r\n");
}

#[test]
fn a_function_is_killed_as_one() {
    let engine = engine();
    let code = b"#!lua name=l\nredis.register_function('loop', function() while true do end end)";
    Client::of(&engine).call(&[b"FUNCTION", b"LOAD", code]);
    let (mut other, thread) = start(&engine, &[b"FCALL", b"loop", b"1", b"k"]);
    assert!(
        other
            .fed("SCRIPT KILL\r\n")
            .starts_with("-BUSY Redis is busy running a script. You can only call FUNCTION KILL")
    );
    let stats = other.fed("FUNCTION STATS\r\n");
    assert!(stats.contains("$4\r\nloop\r\n") && stats.contains("*4\r\n$5\r\nFCALL\r\n"), "{stats}");
    assert_eq!(other.fed("FUNCTION KILL\r\n"), "+OK\r\n");
    assert!(thread.join().expect("it ends").starts_with("-ERR Script killed"));
}

#[test]
fn loading_a_library_takes_no_longer_than_half_a_second() {
    let mut client = Client::of(&engine());
    let reply = client.call(&[b"FUNCTION", b"LOAD", b"#!lua name=l\nwhile true do end"]);
    assert_eq!(reply, "-ERR Error registering functions: ERR FUNCTION LOAD timeout\r\n");
}
