//! Bytes in, bytes out: pipelines, fragments, many clients, clients that do not read, and a codec in between.

mod scripted;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use hematite_engine::{Engine, Transport};
use hematite_pump::codec::{Codec, CodecFactory};
use hematite_pump::{Config, Listen, Pump};
use scripted::{Ledger, config, connect, each_driver, eventually, line, read, start};

#[test]
fn the_engine_answers() {
    each_driver(|driver| {
        let listen = vec![Listen::tcp(SocketAddr::from(([127, 0, 0, 1], 0)))];
        let pump = Pump::start(Engine::default(), Config { driver, listen, ..Config::default() }).unwrap();
        let mut client = connect(&pump);
        client.write_all(&b"PING\r\n".repeat(1000)).unwrap();
        assert_eq!(read(&client, 7000), b"+PONG\r\n".repeat(1000));
        drop(client);
        eventually("the connection is closed", || pump.stats().total.connections == 0);
        let total = pump.stats().total;
        assert_eq!((total.accepted, total.input_bytes, total.output_bytes), (1, 6000, 7000));
    });
}

#[test]
fn a_round_that_is_gathered_is_committed_once_for_all() {
    each_driver(|driver| {
        let ledger = Ledger::new(64 << 10);
        let pump = start(&ledger, config(driver, &ledger));
        let mut clients: Vec<_> = (0..5).map(|_| connect(&pump)).collect();
        eventually("all are served", || ledger.open_now() == 5);
        ledger.gathers.store(5, SeqCst);
        for client in &mut clients {
            client.write_all(b"PING\r\n").unwrap();
        }
        for client in &clients {
            assert_eq!(line(client), "+PONG\r\n");
        }
        assert_eq!(*ledger.commits.lock().unwrap(), [5]);
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_byte_at_a_time() {
    each_driver(|driver| {
        let ledger = Ledger::new(64 << 10);
        let pump = start(&ledger, config(driver, &ledger));
        let mut client = connect(&pump);
        client.set_nodelay(true).unwrap();
        for _ in 0..50 {
            for byte in b"PING\r\n" {
                client.write_all(&[*byte]).unwrap();
            }
            assert_eq!(line(&client), "+PONG\r\n");
        }
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_big_pipeline_that_stalls_on_the_way() {
    each_driver(|driver| {
        let ledger = Ledger::new(64 << 10);
        let pump = start(&ledger, config(driver, &ledger));
        let client = connect(&pump);
        let lines = 300_000;
        let expected: Vec<u8> = (0..lines).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let mut writer = client.try_clone().unwrap();
        let sent = expected.clone();
        let writing = std::thread::spawn(move || writer.write_all(&sent).unwrap());
        assert!(read(&client, expected.len()) == expected);
        writing.join().unwrap();
        assert!(ledger.resumed.load(SeqCst) > 0, "it did stall");
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn one_reply_larger_than_any_socket_buffer() {
    each_driver(|driver| {
        for high_water in [64 << 10, 64 << 20] {
            let ledger = Ledger::new(high_water);
            let pump = start(&ledger, config(driver, &ledger));
            let mut client = connect(&pump);
            let length = 32 << 20;
            client.write_all(format!("BIG {length}\nPING\n").as_bytes()).unwrap();
            let reply = read(&client, length + 1);
            assert!(reply[..length].iter().all(|byte| *byte == b'x'));
            assert_eq!(line(&client), "+PONG\r\n");
            drop(pump);
            ledger.assert_clean();
        }
    });
}

#[test]
fn many_clients_with_few_receive_buffers() {
    each_driver(|driver| {
        let ledger = Ledger::new(256 << 10);
        let base = config(driver, &ledger);
        let pump = start(&ledger, Config { threads: 2, receive_buffers_max: 16, ..base });
        let clients: Vec<_> = (0..48u32)
            .map(|number| {
                let client = connect(&pump);
                std::thread::spawn(move || {
                    let words: Vec<u8> =
                        (0..60_000u32).flat_map(|n| format!("{number}:{n}\n").into_bytes()).collect();
                    let mut writer = client.try_clone().unwrap();
                    let sent = words.clone();
                    let writing = std::thread::spawn(move || writer.write_all(&sent).unwrap());
                    assert!(read(&client, words.len()) == words, "client {number} got its own words");
                    writing.join().unwrap();
                })
            })
            .collect();
        for client in clients {
            client.join().unwrap();
        }
        drop(pump);
        ledger.assert_clean();
    });
}

/// Writes until nothing more is taken for half a second; returns how much was.
fn write_until_full(client: &mut TcpStream, words: &[u8], most: usize) -> usize {
    client.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut written = 0;
    while written < most {
        match client.write(&words[written % words.len()..]) {
            Ok(n) => written += n,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => panic!("{error}"),
        }
    }
    written
}

/// Also with a service that never stalls: the pump has a bound of its own.
#[test]
fn a_client_that_never_reads_is_bounded() {
    each_driver(|driver| {
        for high_water in [64 << 10, usize::MAX] {
            let ledger = Ledger::new(high_water);
            let base = config(driver, &ledger);
            let pump = start(&ledger, Config { output_pause_bytes: 256 << 10, ..base });
            let mut client = connect(&pump);
            let words = [b"a".repeat(1023), b"\n".to_vec()].concat().repeat(64);
            let most = 256 << 20;
            let written = write_until_full(&mut client, &words, most);
            assert!(written < most, "{driver:?}: {written} bytes taken from one who does not read");
            let largest = ledger.output_max.load(SeqCst);
            assert!(largest < 2 << 20, "{driver:?}: {largest} bytes of output kept");
            // Another client is served meanwhile, and the first one gets everything once it reads.
            let mut other = connect(&pump);
            other.write_all(b"PING\n").unwrap();
            assert_eq!(line(&other), "+PONG\r\n");
            let whole = written - written % 1024;
            let replies = read(&client, whole);
            assert!(replies.chunks(1024).all(|reply| reply[1023] == b'\n' && reply[0] == b'a'));
            drop(pump);
            ledger.assert_clean();
        }
    });
}

#[test]
fn a_parked_client_is_bounded() {
    each_driver(|driver| {
        let ledger = Ledger::new(1 << 20);
        let base = config(driver, &ledger);
        let pump = start(&ledger, Config { parked_input_bytes: 128 << 10, ..base });
        let mut client = connect(&pump);
        client.write_all(b"PARK\n").unwrap();
        eventually("parked", || ledger.parked.lock().unwrap().len() == 1);
        let words = b"0123456789abcde\n".repeat(4096);
        let most = 64 << 20;
        let written = write_until_full(&mut client, &words, most);
        assert!(written < most);
        assert!(pump.stats().total.input_bytes < 2 << 20);
        let (id, waker) = ledger.parked.lock().unwrap().drain().next().unwrap();
        waker.wake(id);
        assert_eq!(line(&client), "+WOKEN\r\n");
        let whole = written - written % 16;
        assert!(read(&client, whole).chunks(16).all(|reply| reply == b"0123456789abcde\n"));
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_half_closed_client_gets_its_replies() {
    each_driver(|driver| {
        let ledger = Ledger::new(4 << 10);
        let pump = start(&ledger, config(driver, &ledger));
        let mut client = connect(&pump);
        client.write_all(&b"PING\n".repeat(20_000)).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut replies = Vec::new();
        client.read_to_end(&mut replies).unwrap();
        assert!(replies == b"+PONG\r\n".repeat(20_000));
        eventually("closed", || ledger.closed.load(SeqCst) == 1);
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_half_closed_client_waits_for_the_host_but_not_for_keys() {
    each_driver(|driver| {
        let ledger = Ledger::new(4 << 10);
        let pump = start(&ledger, config(driver, &ledger));
        let mut client = connect(&pump);
        client.write_all(b"PING\nHOST\nPING\nPARK\nPING\n").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        eventually("parked", || ledger.parked.lock().unwrap().len() == 1);
        std::thread::sleep(Duration::from_millis(50));
        let (id, waker) = ledger.parked.lock().unwrap().drain().next().unwrap();
        waker.wake(id);
        let mut replies = String::new();
        client.read_to_string(&mut replies).unwrap();
        assert_eq!(replies, "+PONG\r\n+WOKEN\r\n+PONG\r\n");
        drop(pump);
        ledger.assert_clean();
    });
}

/// Says `hello` first and `bye` last, and turns every byte's top bit in between.
struct Masking {
    greeted: bool,
}

struct MaskingFactory;

impl CodecFactory for MaskingFactory {
    fn transport(&self) -> Transport {
        Transport::Tls
    }
    fn open(&self) -> Box<dyn Codec> {
        Box::new(Masking { greeted: false })
    }
}

impl Codec for Masking {
    fn inbound(&mut self, received: &[u8], plain: &mut Vec<u8>, wire: &mut Vec<u8>) -> Result<(), String> {
        if !std::mem::replace(&mut self.greeted, true) {
            wire.extend(b"hello");
        }
        for byte in received {
            if byte & 0x80 == 0 {
                wire.extend(b"bad");
                return Err("a byte without its mask".into());
            }
            plain.push(byte & 0x7f);
        }
        Ok(())
    }
    fn outbound(&mut self, plain: &[u8], wire: &mut Vec<u8>) -> Result<(), String> {
        wire.extend(plain.iter().map(|byte| byte | 0x80));
        Ok(())
    }
    fn finish(&mut self, wire: &mut Vec<u8>) {
        wire.extend(b"bye");
    }
}

#[test]
fn a_codec_sits_between() {
    let masked = |words: &[u8]| words.iter().map(|byte| byte | 0x80).collect::<Vec<u8>>();
    each_driver(|driver| {
        let ledger = Ledger::new(64 << 10);
        let mut config = config(driver, &ledger);
        config.listen[0].codec = Some(Arc::new(MaskingFactory));
        let pump = start(&ledger, config);
        let mut client = connect(&pump);
        client.write_all(&masked(b"PING\nBIG 3000000\nQUIT\n")).unwrap();
        let mut replies = Vec::new();
        client.read_to_end(&mut replies).unwrap();
        let plain = [b"+PONG\r\n".to_vec(), b"x".repeat(3_000_000), b"\n+OK\r\n".to_vec()].concat();
        assert!(replies == [b"hello".to_vec(), masked(&plain), b"bye".to_vec()].concat());
        assert_eq!(ledger.peers.lock().unwrap()[0].transport, Transport::Tls);
        let mut client = connect(&pump);
        client.write_all(b"plain").unwrap();
        let mut replies = Vec::new();
        client.read_to_end(&mut replies).unwrap();
        assert_eq!(replies, b"hellobadbye");
        drop(pump);
        ledger.assert_clean();
    });
}
