//! HELLO, AUTH, CLIENT, RESET, QUIT.

use crate::flow::{Flow, Transport};
use crate::testing::Harness;

const NOAUTH: &str = "-NOAUTH Authentication required.\r\n";
const WRONGPASS: &str = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

#[test]
fn a_password_is_asked_for_until_it_is_shown() {
    let mut h = Harness::new(1);
    h.engine.set_password(b"secret");
    let c = h.open(0);
    assert_eq!(h.say(c, "GET k"), NOAUTH);
    assert_eq!(h.say(c, "GET"), "-ERR wrong number of arguments for 'get' command\r\n", "arity comes first");
    assert!(h.say(c, "NOPE").starts_with("-ERR unknown command 'NOPE'"), "existence comes first");
    assert!(h.say(c, "HELLO 3").starts_with("-NOAUTH HELLO must be called"));
    for line in ["AUTH wrong", "AUTH default wrong", "AUTH nobody secret", "HELLO 3 AUTH default wrong"] {
        assert_eq!(h.say(c, line), WRONGPASS, "{line}");
    }
    assert_eq!(h.say(c, "AUTH default secret"), "+OK\r\n");
    assert_eq!(h.say(c, "GET k"), "$-1\r\n");
    assert_eq!(h.say(c, "AUTH wrong"), WRONGPASS);
    assert_eq!(h.say(c, "GET k"), "$-1\r\n", "a failed attempt takes nothing away");
    assert_eq!(h.say(c, "RESET"), "+RESET\r\n");
    assert_eq!(h.say(c, "GET k"), NOAUTH);
    h.engine.set_password(b"");
    assert_eq!(h.say(c, "GET k"), "$-1\r\n", "without a password everybody may");
}

#[test]
fn a_pipeline_goes_on_after_auth() {
    let mut h = Harness::new(1);
    h.engine.set_password(b"secret");
    let c = h.open(0);
    let reply = h.feed(c, b"PING\r\nAUTH secret\r\nPING\r\nPING\r\n");
    assert_eq!(reply, format!("{NOAUTH}+OK\r\n+PONG\r\n+PONG\r\n"));
}

#[test]
fn hello_switches_the_protocol_for_its_own_reply() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert!(h.say(c, "HELLO 3 SETNAME me").starts_with("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n"));
    assert_eq!(h.say(c, "GET k"), "_\r\n");
    assert_eq!(h.say(c, "CLIENT GETNAME"), "$2\r\nme\r\n");
    assert!(h.say(c, "HELLO").contains("$5\r\nproto\r\n:3\r\n"), "no version keeps it");
    assert!(h.say(c, "HELLO 2").starts_with("*14\r\n"));
    assert_eq!(h.say(c, "HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
    assert_eq!(h.say(c, "RESET"), "+RESET\r\n");
    assert_eq!(h.say(c, "CLIENT GETNAME"), "$-1\r\n");
}

#[test]
fn the_line_has_the_fields_in_order() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    h.say(c, "CLIENT SETNAME me");
    h.say(c, "CLIENT SETINFO LIB-NAME lib");
    h.say(c, "SELECT 7");
    h.say(c, "CLIENT NO-TOUCH on");
    h.say(c, "CLIENT NO-EVICT on");
    h.pass(5_000);
    let line = h.say(c, "CLIENT INFO");
    let line = line.split("\r\n").nth(1).unwrap().trim_end();
    let names: Vec<&str> = line.split(' ').map(|field| field.split('=').next().unwrap()).collect();
    let expected = "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp lib-name lib-ver tot-net-in tot-net-out tot-cmds";
    assert_eq!(names.join(" "), expected);
    for field in [
        "addr=127.0.0.1:50000",
        "name=me",
        "age=5",
        "idle=0",
        "flags=eT",
        "db=7",
        "cmd=client|info",
        "lib-name=lib",
    ] {
        assert!(line.split(' ').any(|f| f == field), "{field} in {line}");
    }
}

#[test]
fn lists_are_filtered() {
    let mut h = Harness::new(2);
    let (a, b, _unix) = (h.open(0), h.open(1), h.open_from(0, Transport::Unix));
    h.say(b, "CLIENT SETNAME other");
    let count = |h: &mut Harness, line: &str| h.say(a, line).matches("id=").count();
    assert_eq!(count(&mut h, "CLIENT LIST"), 3);
    assert_eq!(count(&mut h, "CLIENT LIST SKIPME yes"), 2);
    assert_eq!(count(&mut h, "CLIENT LIST ID 1 2 99"), 2);
    assert_eq!(count(&mut h, "CLIENT LIST NOT-ID 1 2"), 1);
    assert_eq!(count(&mut h, "CLIENT LIST NAME other"), 1);
    assert_eq!(count(&mut h, "CLIENT LIST FLAGS U"), 1);
    assert_eq!(count(&mut h, "CLIENT LIST ADDR 127.0.0.1:50001 USER default"), 1);
    assert_eq!(count(&mut h, "CLIENT LIST NOT-ADDR 127.0.0.1:50001"), 2);
    assert_eq!(count(&mut h, "CLIENT LIST TYPE normal"), 3);
    assert_eq!(count(&mut h, "CLIENT LIST TYPE pubsub"), 0);
    assert_eq!(count(&mut h, "CLIENT LIST MAXAGE 10"), 0);
    h.pass(10_000);
    assert_eq!(count(&mut h, "CLIENT LIST MAXAGE 10"), 3);
    assert_eq!(count(&mut h, "CLIENT LIST IDLE 10"), 2);
}

#[test]
fn kill_hangs_up_and_answers_first() {
    let mut h = Harness::new(2);
    let (a, b, c) = (h.open(0), h.open(1), h.open(0));
    assert_eq!(h.say(a, "CLIENT KILL ID 2"), ":1\r\n");
    assert!(h.flow(b).has(Flow::KILL));
    assert_eq!(h.say(a, "CLIENT KILL ID 2"), ":0\r\n", "it is gone though its front has not closed it yet");
    assert_eq!(h.say(a, "CLIENT KILL TYPE normal"), ":1\r\n", "all but the caller");
    assert!(h.flow(c).has(Flow::KILL));
    assert_eq!(h.say(a, "CLIENT KILL ID 1"), ":0\r\n", "not oneself unless asked for");
    assert_eq!(h.flow(a), Flow::CONTINUE);
    assert_eq!(h.feed(a, b"CLIENT KILL ID 1 SKIPME no\r\nPING\r\n"), ":1\r\n");
    assert!(h.flow(a).has(Flow::CLOSE));
}

#[test]
fn the_old_form_of_kill_includes_oneself() {
    let mut h = Harness::new(1);
    let a = h.open(0);
    assert_eq!(h.say(a, "CLIENT KILL 1.2.3.4:5"), "-ERR No such client\r\n");
    assert_eq!(h.say(a, "CLIENT KILL 127.0.0.1:50000"), "+OK\r\n");
    assert!(h.flow(a).has(Flow::CLOSE));
}

#[test]
fn quit_answers_and_ignores_the_rest() {
    let mut h = Harness::new(1);
    let a = h.open(0);
    assert_eq!(h.feed(a, b"SET k v\r\nQUIT\r\nSET k w\r\n"), "+OK\r\n+OK\r\n");
    assert!(h.flow(a).has(Flow::CLOSE));
    h.close(a);
    let b = h.open(0);
    assert_eq!(h.say(b, "GET k"), "$1\r\nv\r\n");
}

#[test]
fn reply_off_and_skip() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(
        h.feed(c, b"CLIENT REPLY OFF\r\nPING\r\nNOPE\r\nCLIENT REPLY SKIP\r\nPING\r\nCLIENT REPLY ON\r\n"),
        "+OK\r\n"
    );
    assert_eq!(h.feed(c, b"CLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n"), "$1\r\na\r\n");
    assert_eq!(h.feed(c, b"CLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n"), "$1\r\na\r\n");
    assert_eq!(h.feed(c, b"CLIENT REPLY SKIP\r\nNOPE\r\nECHO a\r\n"), "$1\r\na\r\n");
    assert_eq!(h.feed(c, b"CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\n"), "+OK\r\n");
    assert_eq!(h.say(c, "CLIENT REPLY maybe"), "-ERR syntax error\r\n");
}

#[test]
fn a_pause_of_writes_lets_reads_pass() {
    let mut h = Harness::new(2);
    let (a, b) = (h.open(0), h.open(1));
    assert_eq!(h.say(a, "CLIENT PAUSE 1000 WRITE"), "+OK\r\n");
    assert_eq!(h.say(b, "GET k"), "$-1\r\n");
    assert_eq!(h.say(b, "SET k v"), "");
    assert!(h.flow(b).has(Flow::PARKED));
    assert_eq!(h.say(a, "GET k"), "$-1\r\n", "it has not happened yet");
    assert_eq!(h.say(a, "CLIENT UNPAUSE"), "+OK\r\n");
    assert_eq!(h.take(b), "+OK\r\n");
    assert_eq!(h.say(a, "GET k"), "$1\r\nv\r\n");
}

#[test]
fn a_pause_of_all_holds_everybody_until_it_runs_out() {
    let mut h = Harness::new(2);
    let (a, b) = (h.open(0), h.open(1));
    let within = h.open_from(0, Transport::InProcess);
    assert_eq!(h.say(a, "CLIENT PAUSE 1000"), "+OK\r\n");
    assert_eq!(h.say(a, "CLIENT UNPAUSE"), "", "CLIENT is held too");
    assert_eq!(h.say(b, "PING"), "");
    assert_eq!(h.say(within, "PING"), "+PONG\r\n", "nobody waits within the process");
    assert_eq!(h.say(within, "CLIENT PAUSE 10 WRITE"), "+OK\r\n");
    h.pass(500);
    assert_eq!(h.take(b), "", "a later pause shortens nothing");
    h.pass(501);
    assert_eq!((h.take(a).as_str(), h.take(b).as_str()), ("+OK\r\n", "+PONG\r\n"));
}

#[test]
fn subcommands_are_named_in_errors() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(h.say(c, "CLIENT"), "-ERR wrong number of arguments for 'client' command\r\n");
    assert_eq!(h.say(c, "CLIENT nope x"), "-ERR unknown subcommand 'nope'. Try CLIENT HELP.\r\n");
    assert_eq!(h.say(c, "CLIENT ID x"), "-ERR wrong number of arguments for 'client|id' command\r\n");
    assert!(h.say(c, "CLIENT|ID").starts_with("-ERR unknown command 'CLIENT|ID'"));
    assert_eq!(h.call(c, &[b"CLIENT", b"a\0b"]), "-ERR unknown subcommand 'a'. Try CLIENT HELP.\r\n");
    assert_eq!(
        h.say(c, "CLIENT PAUSE 1 ALL x"),
        "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT HELP.\r\n"
    );
    assert_eq!(h.say(c, "COMMAND nope"), "-ERR unknown subcommand 'nope'. Try COMMAND HELP.\r\n");
}

#[test]
fn select_names_its_limits() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert_eq!(h.say(c, "SELECT 16"), "-ERR DB index is out of range\r\n");
    assert_eq!(h.say(c, "SELECT x"), "-ERR value is not an integer or out of range\r\n");
    let range = "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n";
    assert_eq!(h.say(c, "SELECT 2147483648"), range);
}

#[test]
fn a_pause_of_writes_holds_exec_with_a_write() {
    let mut h = Harness::new(2);
    let (a, b, c) = (h.open(0), h.open(1), h.open(1));
    for client in [b, c] {
        h.say(client, "MULTI");
    }
    h.say(b, "SET k v");
    h.say(c, "GET k");
    h.say(a, "CLIENT PAUSE 1000 WRITE");
    assert_eq!(h.say(b, "EXEC"), "");
    assert_eq!(h.say(c, "EXEC"), "*1\r\n$-1\r\n");
    h.say(a, "CLIENT UNPAUSE");
    assert_eq!(h.take(b), "*1\r\n+OK\r\n");
}

#[test]
fn the_line_shows_a_transaction() {
    let mut h = Harness::new(1);
    let (a, b) = (h.open(0), h.open(0));
    let fields = |h: &mut Harness| {
        let line = h.say(b, "CLIENT LIST ID 1");
        (
            line.contains(" flags=x "),
            line.split(" multi=").nth(1).unwrap().split(' ').next().unwrap().to_owned(),
        )
    };
    h.say(a, "MULTI");
    assert_eq!(fields(&mut h), (true, "0".into()));
    h.say(a, "GET k");
    assert_eq!(fields(&mut h), (true, "1".into()));
    h.say(a, "EXEC");
    assert_eq!(fields(&mut h), (false, "-1".into()));
    h.say(a, "MULTI");
    assert_eq!(h.say(a, "RESET"), "+RESET\r\n");
    assert_eq!(fields(&mut h), (false, "-1".into()));
    assert_eq!(h.say(a, "EXEC"), "-ERR EXEC without MULTI\r\n");
}

#[test]
fn a_hold_of_the_control_plane_and_a_pause_are_two_things() {
    let mut h = Harness::new(1);
    let (a, b) = (h.open(0), h.open(0));
    // The pause outlasts the hold.
    h.say(a, "CLIENT PAUSE 1000 WRITE");
    h.engine.hold_writes(true);
    h.engine.hold_writes(false);
    assert_eq!(h.say(b, "SET k 1"), "");
    h.pass(1001);
    assert_eq!(h.take(b), "+OK\r\n");
    // The hold outlasts the pause, of writes and of everything.
    h.engine.hold_writes(true);
    h.say(a, "CLIENT PAUSE 100 WRITE");
    assert_eq!(h.say(a, "CLIENT UNPAUSE"), "+OK\r\n");
    assert_eq!(h.say(b, "SET k 2"), "");
    h.say(a, "CLIENT PAUSE 100 ALL");
    let c = h.open(0);
    assert_eq!(h.say(c, "GET k"), "");
    h.pass(101);
    assert_eq!((h.take(c), h.take(b)), ("$1\r\n1\r\n".into(), String::new()));
    // Whoever else holds them has a say.
    h.engine.hold_writes(true);
    h.engine.hold_writes(false);
    h.pass(0);
    assert_eq!(h.take(b), "");
    h.engine.hold_writes(false);
    h.pass(0);
    assert_eq!(h.take(b), "+OK\r\n");
}
