//! The libraries of scripts: whatever bytes and numbers they are given, a script ends in a reply, and what is packed or encoded
//! comes back as it was.
//!
//! The first byte picks a script; the rest is its arguments, cut at each byte 255. A script that runs for long is ended.
#![no_main]

use hematite_engine::{Engine, Now, Options, Peer, Session, Transport, Wake, Worker};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

struct NoWake;
impl Wake for NoWake {
    fn wake(&self, _: u64) {}
}

const NOW: Now = Now { unix_ms: 1_700_000_000_000, mono_us: 0 };

/// How often whatever runs is ended.
const PERIOD: Duration = Duration::from_millis(20);

/// Scripts that may return anything.
const FREE: &[&str] = &[
    "return cjson.decode(ARGV[1])",
    "return cjson.encode(cjson.decode(ARGV[1]))",
    "cjson.decode_invalid_numbers(true) return cjson.encode(cjson.decode(ARGV[1]))",
    "cjson.encode_sparse_array(true) cjson.encode_keep_buffer(false) return cjson.encode({[#ARGV[1]] = ARGV[2], x = ARGV[3]})",
    "cjson.encode_number_precision(#ARGV[1]) return cjson.encode(tonumber(ARGV[2]) or 0.1)",
    "cjson.encode_max_depth(#ARGV[1] + 1) return cjson.encode({{{{{ARGV[2]}}}}})",
    "cjson.decode_max_depth(#ARGV[1] + 1) return cjson.decode(ARGV[2])",
    "return {cmsgpack.unpack(ARGV[1])}",
    "return cmsgpack.pack(cmsgpack.unpack(ARGV[1]))",
    "return {cmsgpack.unpack_one(ARGV[1], #ARGV[2])}",
    "return {cmsgpack.unpack_limit(ARGV[1], #ARGV[2], #ARGV[3])}",
    "return {struct.unpack(ARGV[1], ARGV[2])}",
    "return {struct.unpack(ARGV[1], ARGV[2], #ARGV[3])}",
    "return struct.size(ARGV[1])",
    "return struct.pack(ARGV[1], tonumber(ARGV[2]) or ARGV[2], tonumber(ARGV[3]) or ARGV[3], ARGV[4])",
    "return {struct.unpack(ARGV[1], struct.pack(ARGV[1], 1, 2, 3, 4, 5, 6))}",
    "return {string.find(ARGV[1], ARGV[2])}",
    "return {string.match(ARGV[1], ARGV[2])}",
    "return {string.gsub(ARGV[1], ARGV[2], ARGV[3])}",
    "local all = {} for a, b in string.gmatch(ARGV[1], ARGV[2]) do all[#all + 1] = b or a if #all > 100 then break end end return all",
    "return string.format(ARGV[1], ARGV[2], ARGV[3])",
    "return string.format(ARGV[1], #ARGV[2], #ARGV[3])",
    "return loadstring(ARGV[1])",
    "local f = loadstring(ARGV[1]) return f and f()",
    "return redis.call(unpack(ARGV))",
    "return redis.pcall(unpack(ARGV))",
    "return {err = ARGV[1]}",
    "return {ok = ARGV[1]}",
    "return redis.error_reply(ARGV[1])",
    "error(ARGV[1])",
];

/// Scripts that return true, or fail.
const TRUE: &[&str] = &[
    "return cjson.decode(cjson.encode(ARGV[1])) == ARGV[1]",
    "return cjson.decode(cjson.encode({[ARGV[1]] = ARGV[2]}))[ARGV[1]] == ARGV[2] or tonumber(ARGV[1]) ~= nil",
    "return cmsgpack.unpack(cmsgpack.pack(ARGV[1])) == ARGV[1]",
    "local a, b, c = cmsgpack.unpack(cmsgpack.pack(ARGV[1], #ARGV[2], ARGV[3])) return a == ARGV[1] and b == #ARGV[2] and c == ARGV[3]",
    "local n = struct.unpack('d', ARGV[1]) local m = cmsgpack.unpack(cmsgpack.pack(n)) return n == m or n ~= n",
    "local n = struct.unpack('d', ARGV[1]) return struct.pack('d', n) == ARGV[1]:sub(1, 8) or n ~= n",
    "local n = struct.unpack('<i4', ARGV[1]) return struct.pack('<i4', n) == ARGV[1]:sub(1, 4) and bit.tobit(n) == n",
    "local n = struct.unpack('>I8', ARGV[1]) local b = bit.bnot(bit.tobit(n)) return b >= -2^31 and b < 2^31 and bit.bnot(b) == bit.tobit(n)",
    "local a, b = struct.unpack('<i4<i4', ARGV[1]) return bit.bxor(bit.bxor(a, b), b) == a and bit.band(a, b) == bit.bnot(bit.bor(bit.bnot(a), bit.bnot(b)))",
    "local a, n = struct.unpack('<i4B', ARGV[1]) return bit.ror(bit.rol(a, n), n) == a and bit.bswap(bit.bswap(a)) == a",
    "local a = struct.unpack('<i4', ARGV[1]) return tonumber(bit.tohex(a), 16) % 2^32 == a % 2^32",
    "return struct.unpack('s', struct.pack('s', ARGV[1])) == ARGV[1] or ARGV[1]:find('%z') ~= nil",
    "local s = struct.unpack('Bc0', struct.pack('Bc0', #ARGV[1], ARGV[1])) return s == ARGV[1] or #ARGV[1] > 255",
    "return ARGV[1]:gsub('(.)', '%1') == ARGV[1] and ARGV[1]:reverse():reverse() == ARGV[1]",
    "return #redis.sha1hex(ARGV[1]) == 40",
];

struct Client {
    worker: Worker,
    session: Session,
}

impl Client {
    fn new() -> Client {
        let options = Options { interpreter: Some(hematite_script::interpreter), ..Options::default() };
        let engine = Engine::new(options);
        let watch = engine.worker();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(PERIOD);
                watch.end_program();
            }
        });
        let mut worker = engine.worker();
        let nowhere = String::new;
        let peer =
            Peer { transport: Transport::InProcess, addr: nowhere(), laddr: nowhere(), fd: -1, local: true };
        let session = worker.open(peer, Arc::new(NoWake), NOW).expect("no limit in process");
        Client { worker, session }
    }
    fn eval(&mut self, script: &str, args: &[&[u8]]) -> Vec<u8> {
        let mut words: Vec<&[u8]> = vec![b"EVAL", script.as_bytes(), b"0"];
        words.extend(args);
        self.worker.call(&mut self.session, &words, NOW);
        self.session.take_output(Vec::new())
    }
}

thread_local! {
    static CLIENT: RefCell<Client> = RefCell::new(Client::new());
}

fuzz_target!(|input: &[u8]| {
    let Some((choice, rest)) = input.split_first() else { return };
    let choice = usize::from(*choice) % (FREE.len() + TRUE.len());
    let mut args: Vec<&[u8]> = rest.split(|byte| *byte == 255).collect();
    while args.len() < 4 {
        args.push(b"");
    }
    CLIENT.with_borrow_mut(|client| match choice.checked_sub(FREE.len()) {
        None => assert!(!client.eval(FREE[choice], &args).is_empty(), "{} says nothing", FREE[choice]),
        Some(choice) => {
            // Bytes are taken as they are here.
            let reply = client.eval(TRUE[choice], &[rest, b"xyz", b"\xff\x00"]);
            assert!(
                reply == b":1\r\n" || reply.starts_with(b"-"),
                "{} is not true of {rest:?}",
                TRUE[choice]
            );
        }
    });
});
