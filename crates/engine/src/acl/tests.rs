//! Rights from the outside: rules, what they forbid, and what becomes of sessions when they change.

use crate::testing::Harness;

fn admin_and(rules: &str) -> (Harness, usize, usize) {
    let mut h = Harness::new(1);
    let (admin, user) = (h.open(0), h.open(0));
    assert_eq!(h.say(admin, &format!("ACL SETUSER u on nopass {rules}")), "+OK\r\n");
    assert_eq!(h.say(user, "AUTH u x"), "+OK\r\n");
    (h, admin, user)
}

fn line(h: &mut Harness, admin: usize, name: &str) -> String {
    let reply = h.say(admin, "ACL LIST");
    let start = format!("user {name} ");
    reply.lines().find(|l| l.starts_with(&start)).unwrap_or_default().to_owned()
}

const NO_KEY: &str = "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
const NO_CHANNEL: &str =
    "-NOPERM this user has no permissions to access one of the channels used as arguments\r\n";

fn no_command(name: &str) -> String {
    format!("-NOPERM this user has no permissions to run the '{name}' command\r\n")
}

#[test]
fn rules_are_shown_as_they_were_said() {
    for (rules, shown) in [
        ("", "off resetchannels -@all"),
        (
            "on >p ~a* %R~b &c +get",
            "on #148de9c5a7a44d19e56cd9ae1a554bf67847afb0c58f6e12fa29ac7ddfca9940 ~a* %R~b resetchannels &c -@all +get",
        ),
        ("reset", "off sanitize-payload resetchannels -@all"),
        ("+@all -@write +set", "off resetchannels +@all -@write +set"),
        ("+config|get +config -config|set", "off resetchannels -@all +config -config|set"),
        ("+GET +get|x -GeT", "off resetchannels -@all -get"),
        ("%R~k %W~k", "off ~k resetchannels -@all"),
        (
            "(~x +get) (%R~y)",
            "off resetchannels -@all (~x resetchannels -@all +get) (%R~y resetchannels -@all)",
        ),
        ("( ~x +get )", "off resetchannels -@all (~x resetchannels -@all +get)"),
        ("allkeys allchannels allcommands nopass", "off nopass ~* &* +@all"),
        ("(+get) clearselectors skip-sanitize-payload", "off skip-sanitize-payload resetchannels -@all"),
        (">p <p nopass resetpass", "off resetchannels -@all"),
    ] {
        let mut h = Harness::new(1);
        let admin = h.open(0);
        let command = format!("ACL SETUSER x {rules}");
        assert_eq!(h.say(admin, command.trim_end()), "+OK\r\n", "{rules}");
        assert_eq!(line(&mut h, admin, "x"), format!("user x {shown}"), "{rules}");
    }
}

#[test]
fn a_rule_that_is_wrong_changes_nothing() {
    let mut h = Harness::new(1);
    let admin = h.open(0);
    let keys = "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    let hash =
        "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";
    for (rule, why) in [
        ("+nosuch", "Unknown command or category name in ACL"),
        ("-@nosuch", "Unknown command or category name in ACL"),
        ("+get|", "Syntax error"),
        ("+get|\tx", "Syntax error"),
        ("-get|x", "Unknown command or category name in ACL"),
        ("+config|get|x", "Allowing first-arg of a subcommand is not supported"),
        ("%RR~x", "Syntax error"),
        ("%~x", "Syntax error"),
        ("#12", hash),
        ("<none", "The password you are trying to remove from the user does not exist"),
        ("(on)", "Syntax error"),
        ("what", "Syntax error"),
    ] {
        let reply = h.say(admin, &format!("ACL SETUSER new on {rule} +get"));
        assert_eq!(reply, format!("-ERR Error in ACL SETUSER modifier '{rule}': {why}\r\n"));
    }
    assert_eq!(
        h.say(admin, "ACL SETUSER new allkeys ~x"),
        format!("-ERR Error in ACL SETUSER modifier '~x': {keys}\r\n")
    );
    assert_eq!(
        h.say(admin, "ACL SETUSER new (+get"),
        "-ERR Unmatched parenthesis in acl selector starting at '(+get'.\r\n"
    );
    assert_eq!(h.say(admin, "ACL USERS"), "*1\r\n$7\r\ndefault\r\n");
}

#[test]
fn commands_keys_and_channels_are_checked() {
    let (mut h, _, u) = admin_and("+@all -flushall -config +config|help ~a* %R~r* %W~w* &ch*");
    for (command, reply) in [
        ("FLUSHALL", no_command("flushall").as_str()),
        ("CONFIG GET x", &no_command("config|get")),
        ("GET a1", "$-1\r\n"),
        ("GET z", NO_KEY),
        ("SET w 1", "+OK\r\n"),
        ("SET w 1 GET", NO_KEY),
        ("GET w", NO_KEY),
        ("SET r 1", NO_KEY),
        ("COPY r w", ":0\r\n"),
        ("COPY w r", NO_KEY),
        ("MGET a r z", NO_KEY),
        ("BITFIELD r GET u8 0", "*1\r\n:0\r\n"),
        ("BITFIELD r SET u8 0 1", NO_KEY),
        ("STRLEN w", ":1\r\n"),
        ("SORT r BY x*", "-ERR BY option of SORT denied due to insufficient ACL permissions.\r\n"),
        ("SORT r GET x", "-ERR GET option of SORT denied due to insufficient ACL permissions.\r\n"),
        ("SORT r BY nosort", "*0\r\n"),
        ("SORT z", NO_KEY),
        ("SORT a STORE r", NO_KEY),
        ("SORT r STORE w", ":0\r\n"),
        ("ZUNIONSTORE w 1 r", ":0\r\n"),
        ("ZUNIONSTORE w 1 z", NO_KEY),
        ("PUBLISH ch 1", ":0\r\n"),
        ("PUBLISH x 1", NO_CHANNEL),
        ("SPUBLISH x 1", NO_CHANNEL),
        ("SUBSCRIBE ch x", NO_CHANNEL),
        ("PSUBSCRIBE ch1", NO_CHANNEL),
        ("PSUBSCRIBE ch*", "*3\r\n$10\r\npsubscribe\r\n$3\r\nch*\r\n:1\r\n"),
        ("PUNSUBSCRIBE x", "*3\r\n$12\r\npunsubscribe\r\n$1\r\nx\r\n:1\r\n"),
    ] {
        assert_eq!(h.say(u, command), reply, "{command}");
    }
}

#[test]
fn one_selector_alone_must_permit_a_command() {
    let (mut h, _, u) = admin_and("+get ~a (+set ~b) (%R~c +@all)");
    assert_eq!(h.say(u, "GET a"), "$-1\r\n");
    assert_eq!(h.say(u, "SET b 1"), "+OK\r\n");
    assert_eq!(h.say(u, "GET b"), NO_KEY);
    assert_eq!(h.say(u, "SET a 1"), NO_KEY);
    assert_eq!(h.say(u, "MGET c c"), "*2\r\n$-1\r\n$-1\r\n");
    assert_eq!(h.say(u, "MGET c a"), NO_KEY);
}

#[test]
fn first_arguments_can_be_allowed_alone() {
    let (mut h, _, u) = admin_and("allkeys +select|2 +debug|jmap");
    assert_eq!(h.say(u, "SELECT 2"), "+OK\r\n");
    assert_eq!(h.say(u, "SELECT 3"), no_command("select"));
    assert_eq!(h.say(u, "DEBUG sleep 0"), no_command("debug"));
}

#[test]
fn rights_that_change_hold_for_the_next_command() {
    let (mut h, admin, u) = admin_and("+@all allkeys");
    assert_eq!(h.say(u, "GET a"), "$-1\r\n");
    h.say(admin, "ACL SETUSER u -get");
    assert_eq!(h.say(u, "GET a"), no_command("get"));
    h.say(admin, "ACL SETUSER u +get");
    assert_eq!(h.say(u, "GET a"), "$-1\r\n");
}

#[test]
fn a_transaction_is_checked_when_it_is_queued_and_when_it_runs() {
    let (mut h, admin, u) = admin_and("+@all ~a");
    h.say(u, "MULTI");
    assert_eq!(h.say(u, "GET b"), NO_KEY);
    assert!(h.say(u, "EXEC").starts_with("-EXECABORT"));
    h.say(u, "MULTI");
    assert_eq!(h.say(u, "SET a 1"), "+QUEUED\r\n");
    assert_eq!(h.say(u, "PING"), "+QUEUED\r\n");
    h.say(admin, "ACL SETUSER u -set");
    assert_eq!(
        h.say(u, "EXEC"),
        "*2\r\n-NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: no permission to execute the command or subcommand\r\n+PONG\r\n"
    );
    let log = h.say(admin, "ACL LOG 1");
    assert!(log.contains("multi") && log.contains("cmd=set user=u"), "{log}");
}

#[test]
fn who_waits_is_asked_again_when_its_key_comes() {
    let (mut h, admin, u) = admin_and("+@all allkeys");
    assert_eq!(h.say(u, "BLPOP k 0"), "");
    h.say(admin, "ACL SETUSER u resetkeys");
    h.say(admin, "RPUSH k 1");
    assert_eq!(h.take(u), NO_KEY);
    assert_eq!(h.say(admin, "LLEN k"), ":1\r\n");
}

#[test]
fn a_deleted_user_is_hung_up_on() {
    let (mut h, admin, u) = admin_and("+@all allkeys");
    let other = h.open(0);
    h.say(other, "AUTH u y");
    assert_eq!(h.say(u, "ACL DELUSER u nobody"), ":1\r\n", "whoever asks still hears the answer");
    assert!(h.flow(u).has(crate::Flow::CLOSE));
    assert!(h.flow(other).has(crate::Flow::KILL));
    assert_eq!(h.say(admin, "ACL DELUSER default"), "-ERR The 'default' user cannot be removed\r\n");
    assert_eq!(h.say(admin, "PING"), "+PONG\r\n");
}

#[test]
fn subscribers_are_hung_up_on_when_they_may_no_longer_listen() {
    let (mut h, admin, u) = admin_and("+@all allkeys &a &b");
    h.say(u, "SUBSCRIBE a");
    h.say(admin, "ACL SETUSER u &c");
    assert!(!h.flow(u).has(crate::Flow::KILL));
    h.say(admin, "ACL SETUSER u resetchannels (allchannels)");
    assert!(!h.flow(u).has(crate::Flow::KILL));
    h.say(admin, "ACL SETUSER u clearselectors &b");
    assert!(h.flow(u).has(crate::Flow::KILL));
    assert_eq!(h.say(admin, "PUBLISH a 1"), ":1\r\n", "it has not closed yet");
    assert_eq!(h.take(u).matches("message").count(), 0, "but it hears nothing any more");
}

#[test]
fn the_default_user_has_the_password_of_requirepass() {
    let mut h = Harness::new(1);
    h.engine.set_password(b"p");
    let (c, waiting) = (h.open(0), h.open(0));
    assert_eq!(h.say(c, "PING"), "-NOAUTH Authentication required.\r\n");
    assert!(h.say(c, "AUTH q").starts_with("-WRONGPASS"));
    assert_eq!(h.say(c, "AUTH p"), "+OK\r\n");
    let log = h.say(c, "ACL LOG");
    assert!(log.contains("auth") && log.contains("AUTH") && log.contains("default"), "{log}");
    assert!(line(&mut h, c, "default").contains("#148de9c5"), "it is a hash");
    h.say(c, "ACL SETUSER default nopass");
    let open = h.open(0);
    assert_eq!(h.say(open, "PING"), "+PONG\r\n");
    let large = "x".repeat(20_000);
    assert_eq!(h.say(waiting, &format!("ECHO {large}")), format!("$20000\r\n{large}\r\n"), "it may as well");
    h.say(c, "ACL SETUSER default off");
    assert_eq!(h.say(c, "PING"), "+PONG\r\n", "who is in stays in");
    let late = h.open(0);
    assert_eq!(h.say(late, "PING"), "-NOAUTH Authentication required.\r\n");
}

#[test]
fn strangers_are_turned_away_while_anybody_can_be_the_default_user() {
    let mut h = Harness::new(1);
    let admin = h.open(0);
    h.engine.limits().protected.store(true, std::sync::atomic::Ordering::Relaxed);
    for (rules, is_let_in) in [
        ("on nopass", false),
        ("off nopass", false),
        ("on >p", true),
        ("off resetpass", true),
        ("on nopass", false),
    ] {
        assert_eq!(h.say(admin, &format!("ACL SETUSER default {rules}")), "+OK\r\n");
        assert_eq!(h.is_let_in_from_elsewhere(), is_let_in, "{rules}");
    }
    h.engine.limits().protected.store(false, std::sync::atomic::Ordering::Relaxed);
    assert!(h.is_let_in_from_elsewhere());
}

#[test]
fn a_certificate_makes_a_session_its_user() {
    let mut h = Harness::new(1);
    let (admin, c) = (h.open(0), h.open(0));
    assert!(!h.trust(c, b"ann"), "nobody is called so");
    h.say(admin, "ACL SETUSER ann off >p +@all");
    assert!(!h.trust(c, b"ann"), "who is off can't be anybody");
    h.say(admin, "ACL SETUSER ann on");
    assert!(h.trust(c, b"ann"));
    assert_eq!(h.say(c, "ACL WHOAMI"), "$3\r\nann\r\n");
    assert_eq!(h.say(c, "GET k"), NO_KEY);
}

#[test]
fn files_are_taken_whole_or_not_at_all() {
    let (mut h, admin, u) = admin_and("+@all allkeys");
    let wrong = b"foo\nuser\nuser x y\nuser b +foo\nuser b on\nuser a (on\n";
    let error = h.engine.load_users(wrong, b"f", None).expect_err("much is wrong");
    assert_eq!(
        String::from_utf8_lossy(&error),
        "f:1 should start with user keyword followed by the username. f:2 should start with user keyword followed by the username. f:3: Syntax error. f:4: Error in applying operation '+foo': Unknown command or category name in ACL. WARNING: Duplicate user 'b' found on line 5. f:6: Unmatched parenthesis in selector definition. WARNING: ACL errors detected, no change to the previously active ACL rules was performed"
    );
    assert_eq!(h.say(u, "PING"), "+PONG\r\n");
    h.engine.load_users(b"\n  user v on (+get ~k)\t\r\n", b"f", None).expect("it is right");
    assert_eq!(h.say(admin, "ACL USERS"), "*2\r\n$7\r\ndefault\r\n$1\r\nv\r\n");
    assert!(h.flow(u).has(crate::Flow::KILL), "its user is gone");
    let text = h.engine.users_text();
    assert_eq!(
        String::from_utf8_lossy(&text),
        "user default on nopass ~* &* +@all\nuser v on resetchannels -@all (~k resetchannels -@all +get)\n"
    );
    h.engine.load_users(&text, b"f", None).expect("what is written can be read");
    assert_eq!(h.engine.users_text(), text);
}

#[test]
fn declarations_are_judged_before_there_are_users() {
    let h = Harness::new(1);
    assert!(crate::check_user(&[b"a", b"on", b"+nosuch"]).is_ok(), "it may come with a module");
    assert_eq!(crate::check_user(&[b"a", b"on", b"what"]), Err((1, "Syntax error")));
    assert_eq!(h.engine.declare_user(&[b"a", b"+get"]), Ok(()));
    assert_eq!(h.engine.declare_user(&[b"a b"]), Err(b"Spaces not allowed in ACL usernames".to_vec()));
    assert_eq!(
        h.engine.declare_user(&[b"b", b"+foo"]),
        Err(b"Error loading ACL rule '+foo' for the user named 'b': Unknown command or category name in ACL"
            .to_vec())
    );
    assert_eq!(h.engine.declare_user(&[b"default", b"on", b">x", b"+@all"]), Ok(()));
    assert_eq!(h.engine.describe_users()[0], b"a off resetchannels -@all +get");
    assert_eq!(h.engine.disabled_users(), [b"a"]);
}

#[test]
fn a_dry_run_says_why_not() {
    let (mut h, admin, _) = admin_and("+@read ~a &c");
    for (command, reply) in [
        ("u get a", "+OK\r\n"),
        ("u mget a z", "$55\r\nThis user has no permissions to access the 'z' key\r\n"),
        ("u set a 1", "$57\r\nThis user has no permissions to run the 'set' command\r\n"),
        ("v get a", "-ERR User 'v' not found\r\n"),
        ("u nosuch", "-ERR Command 'nosuch' not found\r\n"),
        ("u config nosuch", "-ERR Command 'config' not found\r\n"),
        ("u get", "-ERR wrong number of arguments for 'get' command\r\n"),
        ("u auth x", "+OK\r\n"),
    ] {
        let reply_is = h.say(admin, &format!("ACL DRYRUN {command}"));
        let body = |text: &str| text.split_once("\r\n").map(|(_, rest)| rest.to_owned());
        if reply.starts_with('$') {
            assert_eq!(body(&reply_is), body(reply), "{command}");
        } else {
            assert_eq!(reply_is, reply, "{command}");
        }
    }
    assert_eq!(h.say(admin, "EXISTS a"), ":0\r\n");
}

#[test]
fn passwords_are_as_long_as_asked_for() {
    let mut h = Harness::new(1);
    let c = h.open(0);
    assert!(h.say(c, "ACL GENPASS").starts_with("$64\r\n"));
    assert!(h.say(c, "ACL GENPASS 5").starts_with("$2\r\n"));
    assert!(h.say(c, "ACL GENPASS 4096").starts_with("$1024\r\n"));
    assert!(h.say(c, "ACL GENPASS 4097").starts_with("-ERR ACL GENPASS argument must be"));
    assert_eq!(h.say(c, "ACL GENPASS x"), "-ERR value is not an integer or out of range\r\n");
}
