//! Transactions that the control plane runs: the session on its way, what comes meanwhile, how it ends.

use crate::direct::Exclusive;
use crate::testing::Harness;
use crate::{Engine, Flow, Host, HostCall, HostedTransaction, Options, Transport};
use parking_lot::Mutex;
use std::sync::Arc;

/// A control plane that keeps what it is asked.
#[derive(Default)]
struct Desk(Mutex<Vec<HostCall>>);

impl Host for Desk {
    fn call(&self, call: HostCall) {
        self.0.lock().push(call);
    }
}

impl Desk {
    fn next(&self) -> HostCall {
        self.0.lock().remove(0)
    }
}

fn harness() -> (Harness, Arc<Desk>) {
    let desk = Arc::new(Desk::default());
    let host = Some(Arc::clone(&desk) as Arc<dyn Host>);
    (Harness::over(Engine::new(Options { host, ..Options::default() }), 2), desk)
}

/// Runs a transaction on a worker of its own; every command of the control plane is answered by its words, and by what
/// `meanwhile` did before.
fn run(h: &mut Harness, hosted: &mut HostedTransaction, mut meanwhile: impl FnMut(&HostCall)) {
    let now = h.now;
    let mut worker = h.engine.worker();
    worker.exclusively(|all: &mut Exclusive<'_, '_>| {
        let mut reply = None;
        while let Some(call) = all.advance(hosted, reply.take(), now) {
            assert!(call.is_in_transaction && !call.may_wait);
            meanwhile(&call);
            let words: Vec<_> = call.args.iter().map(|arg| String::from_utf8_lossy(arg)).collect();
            reply = Some(format!("+{}\r\n", words.join(" ")).into_bytes());
        }
    });
    worker.confirm_transaction(hosted);
}

fn finish(h: &mut Harness, desk: &Desk) {
    let call = desk.next();
    assert_eq!(call.command, "exec");
    let mut hosted = h.engine.take_transaction(call.session).expect("it waits");
    assert!(h.engine.take_transaction(call.session).is_none(), "it is taken once");
    run(h, &mut hosted, |_| ());
    assert!(h.engine.return_transaction(hosted).is_none(), "its front is there");
    h.pass(0);
}

#[test]
fn the_queue_runs_in_its_order_and_the_session_goes_on() {
    let (mut h, desk) = harness();
    let (c, other) = (h.open(0), h.open(1));
    assert_eq!(
        h.feed(c, b"MULTI\r\nSET k 1\r\nCONFIG GET a\r\nINCR k\r\nSELECT 3\r\n").matches("QUEUED").count(),
        4
    );
    assert_eq!(h.feed(c, b"EXEC\r\nSET k three\r\nGET k\r\n"), "");
    assert!(h.flow(c).has(Flow::PARKED));
    assert_eq!(h.say(other, "GET k"), "$-1\r\n", "nothing has run");
    assert_eq!(h.feed(c, b"PING\r\n"), "", "what comes meanwhile is kept");
    finish(&mut h, &desk);
    assert_eq!(h.take(c), "*4\r\n+OK\r\n+CONFIG GET a\r\n:2\r\n+OK\r\n+OK\r\n$5\r\nthree\r\n+PONG\r\n");
    assert_eq!(h.say(other, "GET k"), "$1\r\n2\r\n", "the session had gone to another database");
    let stats = h.say(other, "INFO commandstats");
    assert!(stats.contains("cmdstat_config|get:calls=1,"), "{stats}");
}

#[test]
fn nothing_runs_where_a_watched_key_was_touched_on_the_way() {
    let (mut h, desk) = harness();
    let (c, other) = (h.open(0), h.open(1));
    h.say(c, "WATCH k");
    h.feed(c, b"MULTI\r\nCONFIG SET a b\r\nEXEC\r\n");
    h.say(other, "SET k theirs");
    finish(&mut h, &desk);
    assert_eq!(h.take(c), "*-1\r\n");
    assert!(desk.0.lock().is_empty());
}

#[test]
fn a_pause_that_came_first_holds_it() {
    let (mut h, desk) = harness();
    let (c, other) = (h.open(0), h.open(1));
    h.feed(c, b"MULTI\r\nSET k 1\r\nCONFIG GET a\r\nEXEC\r\nPING\r\n");
    h.say(other, "CLIENT PAUSE 100 WRITE");
    finish(&mut h, &desk);
    assert_eq!(h.take(c), "");
    assert_eq!(h.say(other, "GET k"), "$-1\r\n");
    h.pass(101);
    finish(&mut h, &desk);
    assert_eq!(h.take(c), "*2\r\n+OK\r\n+CONFIG GET a\r\n+PONG\r\n");
}

#[test]
fn whose_front_has_ended_is_closed_wherever_it_is() {
    let (mut h, desk) = harness();
    let watches = |h: &mut Harness| {
        let c = h.open(0);
        h.feed(
            c,
            b"SUBSCRIBE ch\r\nUNSUBSCRIBE ch\r\nWATCH k\r\nMULTI\r\nSET k 1\r\nCONFIG GET a\r\nEXEC\r\n",
        );
        c
    };
    // Before it was taken, while it runs, and on its way back.
    let c = watches(&mut h);
    h.close(c);
    let call = desk.next();
    assert!(h.engine.take_transaction(call.session).is_none());
    let c = watches(&mut h);
    let mut hosted = h.engine.take_transaction(desk.next().session).expect("it waits");
    h.close(c);
    run(&mut h, &mut hosted, |_| ());
    let left = h.engine.return_transaction(hosted).expect("nobody is there to take it");
    h.engine.worker().close(left, h.now);
    let c = watches(&mut h);
    let mut hosted = h.engine.take_transaction(desk.next().session).expect("it waits");
    run(&mut h, &mut hosted, |_| ());
    assert!(h.engine.return_transaction(hosted).is_none());
    h.close(c);
    assert!(!h.engine.shared.watching.any(), "no watch is left behind");
    assert!(h.engine.shared.registry.all().is_empty());
}

#[test]
fn a_control_plane_that_is_not_there_refuses_it() {
    let (mut h, desk) = harness();
    let c = h.open_from(0, Transport::InProcess);
    h.feed(c, b"MULTI\r\nSET k 1\r\nCONFIG GET a\r\nEXEC\r\nGET k\r\n");
    let call = desk.next();
    h.engine.answer(call.session, b"-ERR gone\r\n".to_vec());
    h.pass(0);
    assert_eq!(h.take(c), "-ERR gone\r\n$-1\r\n");
    assert_eq!(h.say(c, "EXEC"), "-ERR EXEC without MULTI\r\n");
}

#[test]
fn what_was_removed_meanwhile_is_unknown() {
    let (mut h, desk) = harness();
    let c = h.open(0);
    let define = |h: &Harness| {
        let command = crate::HostCommand { name: "mine".into(), arity: 1, ..Default::default() };
        h.engine.define(command).expect("it is new");
    };
    define(&h);
    h.feed(c, b"MULTI\r\nmine\r\nPING\r\nEXEC\r\n");
    assert!(h.engine.undefine("mine"));
    finish(&mut h, &desk);
    assert_eq!(h.take(c), "*2\r\n-ERR unknown command 'mine', with args beginning with: \r\n+PONG\r\n");
}

#[test]
fn clients_that_wait_are_served_at_its_end() {
    let (mut h, desk) = harness();
    let (c, other) = (h.open(0), h.open(1));
    h.say(other, "BLPOP l 0");
    h.feed(c, b"MULTI\r\nRPUSH l a\r\nCONFIG GET a\r\nLPUSH l b\r\nEXEC\r\n");
    finish(&mut h, &desk);
    assert_eq!(h.take(other), "*2\r\n$1\r\nl\r\n$1\r\nb\r\n");
    assert_eq!(h.say(other, "LRANGE l 0 -1"), "*1\r\n$1\r\na\r\n");
}

#[test]
fn answers_are_counted_timed_and_logged() {
    let (mut h, desk) = harness();
    let c = h.open(0);
    h.engine.set_directive("commandlog-reply-larger-than", "1000");
    h.engine.set_directive("slowlog-log-slower-than", "0");
    let answer = |h: &mut Harness, reply: Vec<u8>| {
        h.engine.answer(desk.next().session, reply);
        h.pass(0);
        h.take(c)
    };
    h.say(c, "CONFIG SET requirepass secret");
    assert_eq!(answer(&mut h, b"-OOPS it failed\r\n".to_vec()), "-OOPS it failed\r\n");
    h.say(c, "CONFIG GET *");
    answer(&mut h, format!("+{}\r\n", "x".repeat(2000)).into_bytes());
    let log = h.say(c, "COMMANDLOG GET -1 large-reply");
    assert!(
        log.starts_with("*1\r\n") && log.contains(":2003\r\n*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n"),
        "{log}"
    );
    let slow = h.say(c, "SLOWLOG GET -1");
    assert!(slow.contains("$11\r\nrequirepass\r\n$10\r\n(redacted)\r\n"), "{slow}");
    let stats = h.say(c, "INFO commandstats");
    assert!(stats.contains("cmdstat_config|set:calls=1,") && stats.contains("failed_calls=1"), "{stats}");
    assert!(h.say(c, "INFO errorstats").contains("errorstat_OOPS:count=1"));
}

#[test]
fn it_is_one_operation_though_a_front_of_one_thread_runs_it_step_by_step() {
    let (mut h, desk) = harness();
    let (c, other) = (h.open(0), h.open(1));
    h.say(other, "BLPOP l 0");
    h.feed(c, b"MULTI\r\nRPUSH l a\r\nCONFIG GET a\r\nRPUSH l b\r\nEXEC\r\n");
    let mut hosted = h.engine.take_transaction(desk.next().session).expect("it waits");
    let (mut worker, now) = (h.engine.worker(), h.now);
    let mut reply = None;
    while worker.exclusively(|all| all.advance(&mut hosted, reply.take(), now)).is_some() {
        assert_eq!(h.take(other), "", "nobody is served in the middle");
        reply = Some(b"+answer\r\n".to_vec());
    }
    assert!(h.engine.return_transaction(hosted).is_none());
    h.pass(0);
    assert_eq!(h.take(c), "*3\r\n:1\r\n+answer\r\n:2\r\n");
    assert_eq!(h.take(other), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
}
