//! Rules of users: whatever they say, nothing breaks; what ACL LIST shows makes the same users again; and a user may after
//! that what it might before.
//!
//! The input is a program of ACL SETUSER: each byte picks a piece of a rule or, rarely, raw bytes are put in.
#![no_main]

use hematite_engine::{Engine, Flow, Now, Options, Peer, Session, Transport, Wake, Worker};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

const NOW: Now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };

/// Whole rules, and pieces that become one where the next piece is not separated.
const PIECES: [&str; 64] = [
    "on",
    "off",
    "nopass",
    "resetpass",
    "reset",
    "allkeys",
    "resetkeys",
    "allchannels",
    "resetchannels",
    "allcommands",
    "nocommands",
    "clearselectors",
    "sanitize-payload",
    "skip-sanitize-payload",
    "~",
    "&",
    "%R~",
    "%W~",
    "%RW~",
    "%",
    "+",
    "-",
    "+@",
    "-@",
    "@",
    "|",
    "(",
    ")",
    ">",
    "<",
    "#",
    "!",
    "*",
    "a",
    "b*",
    "[a-c]",
    "?",
    "get",
    "set",
    "config",
    "config|get",
    "config|set",
    "select",
    "select|1",
    "read",
    "write",
    "all",
    "hash",
    "fast",
    "dangerous",
    "publish",
    "x",
    "\\",
    "\"",
    "'",
    "148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940",
    "+get",
    "-set",
    "+@read",
    "-@all",
    "~k*",
    "&c*",
    "(~a +get)",
    "+@all",
];

/// Commands whose permission is compared.
const TRIED: [&[&str]; 10] = [
    &["get", "a"],
    &["set", "a", "1"],
    &["set", "kx", "1", "get"],
    &["config", "get", "x"],
    &["config", "set", "x", "y"],
    &["select", "1"],
    &["publish", "c", "1"],
    &["psubscribe", "c*"],
    &["mget", "a", "b", "kx"],
    &["sort", "a", "by", "x*"],
];

struct Client {
    engine: Engine,
    worker: Worker,
    session: Session,
}

impl Client {
    fn new() -> Client {
        let engine = Engine::new(Options::default());
        let mut worker = engine.worker();
        let nowhere = String::new;
        let peer =
            Peer { transport: Transport::InProcess, addr: nowhere(), laddr: nowhere(), fd: -1, local: true };
        let session = worker.open(peer, Arc::new(NoWake), NOW).expect("no limit in process");
        Client { engine, worker, session }
    }
    fn call(&mut self, words: &[&[u8]]) -> Vec<u8> {
        let flow = self.worker.call(&mut self.session, words, NOW);
        assert_eq!(flow, Flow::CONTINUE, "{words:?}");
        self.session.take_output(Vec::new())
    }
    /// Of each of the commands, what ACL DRYRUN says.
    fn permissions(&mut self) -> Vec<Vec<u8>> {
        let try_one = |command: &&[&str]| {
            let mut words: Vec<&[u8]> = vec![b"ACL", b"DRYRUN", b"u"];
            words.extend(command.iter().map(|word| word.as_bytes()));
            self.call(&words)
        };
        TRIED.iter().map(try_one).collect()
    }
}

/// The rules that the input says.
fn rules(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut rules = vec![Vec::new()];
    while let [choice, rest @ ..] = input {
        input = rest;
        let last = rules.last_mut().expect("one is always there");
        match choice {
            0..=127 => last.extend_from_slice(PIECES[usize::from(choice / 2)].as_bytes()),
            // Whole rules and single bytes are separated more often than not.
            128..=140 => last.extend(rest.first()),
            _ => rules.push(Vec::new()),
        }
        if choice % 2 == 1 {
            rules.push(Vec::new());
        }
    }
    rules
}

fuzz_target!(|input: &[u8]| {
    let mut client = Client::new();
    for part in input.split(|byte| *byte == 255) {
        let rules = rules(part);
        let mut words: Vec<&[u8]> = vec![b"ACL", b"SETUSER", b"u"];
        words.extend(rules.iter().map(Vec::as_slice));
        let reply = client.call(&words);
        assert!(reply == b"+OK\r\n" || reply.starts_with(b"-ERR "), "{}", String::from_utf8_lossy(&reply));
        let _ = hematite_engine::check_user(&words[2..]);
    }
    let text = client.engine.users_text();
    // Within a selector quotes count, and a parenthesis ends it: as in the reference, such patterns can't be written.
    if text.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        || text.windows(2).any(|pair| pair == b"))")
    {
        return;
    }
    let lone =
        text.iter().filter(|byte| **byte == b'(').count() != text.windows(2).filter(|p| p == b" (").count();
    let closed = text.iter().filter(|byte| **byte == b')').count()
        != text.iter().filter(|byte| **byte == b'(').count();
    if lone || closed {
        return;
    }
    // As in the reference, %RW~* reads as ~* once it is written, which takes the place of all patterns before it.
    let is_swallowed = |selector: &[u8]| {
        let patterns: Vec<&[u8]> = selector
            .split(|byte| *byte == b' ')
            .filter(|word| word.starts_with(b"~") || word.starts_with(b"%"))
            .collect();
        patterns.len() > 1 && patterns.contains(&b"~*".as_slice())
    };
    if text.split(|byte| matches!(byte, b'(' | b')' | b'\n')).any(is_swallowed) {
        return;
    }
    let mut again = Client::new();
    let outcome = again.engine.load_users(&text, b"users", None);
    assert!(outcome.is_ok(), "{}: {:?}", String::from_utf8_lossy(&text), outcome.map_err(String::from_utf8));
    assert_eq!(String::from_utf8_lossy(&again.engine.users_text()), String::from_utf8_lossy(&text));
    assert_eq!(again.permissions(), client.permissions(), "{}", String::from_utf8_lossy(&text));
});
