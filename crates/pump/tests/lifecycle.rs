//! Listeners, connections and threads come and go.

mod scripted;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use hematite_engine::Transport;
use hematite_pump::{BindReason, Config, Error, Listen, Pump};
use scripted::{Ledger, Scripted, config, connect, each_driver, eventually, line, read, start};

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[test]
fn a_port_in_use_is_named() {
    each_driver(|driver| {
        let taken = TcpListener::bind(loopback(0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let ledger = Ledger::new(1024);
        let mut config = config(driver, &ledger);
        config.listen.push(Listen::tcp(loopback(port)));
        let made = ledger.clone();
        let error = Pump::start_with(move |_| Scripted(made.clone()), config).unwrap_err();
        let Error::Bind { address, reason, .. } = &error else { panic!("{error}") };
        assert_eq!(
            (address.as_str(), *reason),
            (format!("127.0.0.1:{port}").as_str(), BindReason::AddressInUse)
        );
        assert!(error.to_string().contains("already in use"));
    });
}

#[test]
fn an_address_of_nobody_is_named() {
    let ledger = Ledger::new(1024);
    let pump = start(&ledger, config(Default::default(), &ledger));
    let error = pump.listen(&Listen::tcp("203.0.113.7:0".parse().unwrap())).unwrap_err();
    assert!(matches!(error, Error::Bind { reason: BindReason::AddressNotAvailable, .. }), "{error}");
}

#[test]
fn listeners_come_and_go() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, config(driver, &ledger));
        let second = pump.listen(&Listen::tcp(loopback(0))).unwrap();
        let address = second.socket_addr().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"PING\n").unwrap();
        assert_eq!(line(&client), "+PONG\r\n");
        assert!(pump.unlisten(second.id));
        assert!(!pump.unlisten(second.id));
        assert!(TcpStream::connect(address).is_err());
        client.write_all(b"PING\n").unwrap();
        assert_eq!(line(&client), "+PONG\r\n", "connections outlive their listener");
        let again = pump.listen(&Listen::tcp(address)).unwrap();
        assert_eq!(again.socket_addr(), Some(address));
        pump.close_listeners();
        assert!(pump.listeners().is_empty());
        assert!(TcpStream::connect(address).is_err());
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn both_families() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, config(driver, &ledger));
        let v6 = match pump.listen(&Listen::tcp("[::1]:0".parse().unwrap())) {
            Ok(listener) => listener.socket_addr().unwrap(),
            Err(error) => return eprintln!("no IPv6 here: {error}"),
        };
        let mut client = TcpStream::connect(v6).unwrap();
        client.write_all(b"PING\n").unwrap();
        assert_eq!(line(&client), "+PONG\r\n");
        let peer = ledger.peers.lock().unwrap()[0].clone();
        assert_eq!(peer.addr, client.local_addr().unwrap().to_string());
        assert_eq!(peer.laddr, format!("[::1]:{}", v6.port()));
        assert!(peer.local && peer.transport == Transport::Tcp);
    });
}

#[test]
fn connections_are_spread_over_the_threads() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, Config { threads: 4, ..config(driver, &ledger) });
        let clients: Vec<_> = (0..16).map(|_| connect(&pump)).collect();
        for mut client in &clients {
            client.write_all(b"PING\n").unwrap();
            assert_eq!(line(client), "+PONG\r\n");
        }
        let spread: Vec<_> = pump.stats().threads.iter().map(|thread| thread.connections).collect();
        assert_eq!(spread, [4, 4, 4, 4]);
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_storm_of_connections() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, Config { threads: 2, ..config(driver, &ledger) });
        for round in 0..1000 {
            let mut client = connect(&pump);
            match round % 4 {
                0 => {}
                1 => client.write_all(b"PING\n").unwrap(),
                2 => client.write_all(b"BIG 1000000\nPARK\nPIN").unwrap(),
                _ => {
                    client.write_all(b"PING\n").unwrap();
                    assert_eq!(line(&client), "+PONG\r\n");
                }
            }
        }
        eventually("all are closed", || ledger.opened.load(SeqCst) > 700 && ledger.open_now() == 0);
        eventually("and counted", || pump.stats().total.connections == 0);
        let mut client = connect(&pump);
        client.write_all(b"PING\n").unwrap();
        assert_eq!(line(&client), "+PONG\r\n");
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn a_client_too_many_is_told_so() {
    each_driver(|driver| {
        let mut ledger = Ledger::new(1024);
        Arc::get_mut(&mut ledger).unwrap().clients_max = 1;
        let pump = start(&ledger, config(driver, &ledger));
        let mut first = connect(&pump);
        first.write_all(b"PING\n").unwrap();
        assert_eq!(line(&first), "+PONG\r\n");
        let mut words = String::new();
        connect(&pump).read_to_string(&mut words).unwrap();
        assert_eq!(words, "-ERR max number of clients reached\r\n");
        eventually("counted", || pump.stats().total.rejected == 1 && pump.stats().total.connections == 1);
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn quit_kill_and_panic_end_one_session_each() {
    each_driver(|driver| {
        let ledger = Ledger::new(1 << 20);
        let pump = start(&ledger, config(driver, &ledger));
        let mut bystander = connect(&pump);
        for (last, expected) in [("QUIT", "+PONG\r\n+OK\r\n"), ("KILL", ""), ("PANIC", "")] {
            let mut client = connect(&pump);
            client.write_all(format!("PING\n{last}\nPING\n").as_bytes()).unwrap();
            let mut replies = String::new();
            // A socket closed with input unread is reset; what was sent before still arrives on loopback.
            let _ = client.read_to_string(&mut replies);
            assert_eq!(replies, expected);
        }
        bystander.write_all(b"PING\n").unwrap();
        assert_eq!(line(&bystander), "+PONG\r\n");
        assert!(ledger.log.lock().unwrap().iter().any(|text| text == "panic during feed: as it was told"));
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn wakes_reach_their_session() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, Config { threads: 2, ..config(driver, &ledger) });
        let clients: Vec<_> = (0..8).map(|_| connect(&pump)).collect();
        for round in 0..20 {
            for mut client in &clients {
                client.write_all(b"PARK\nPING\n").unwrap();
            }
            eventually("all parked", || ledger.parked.lock().unwrap().len() == clients.len());
            let parked = std::mem::take(&mut *ledger.parked.lock().unwrap());
            let before = Instant::now();
            for (id, waker) in &parked {
                for _ in 0..=round {
                    waker.wake(*id);
                }
                waker.wake(u64::MAX);
            }
            for client in &clients {
                assert_eq!(read(client, 15), b"+WOKEN\r\n+PONG\r\n");
            }
            assert!(before.elapsed() < Duration::from_secs(5));
        }
        let (id, waker) = {
            let mut client = &clients[0];
            client.write_all(b"PARK\n").unwrap();
            eventually("parked", || ledger.parked.lock().unwrap().len() == 1);
            ledger.parked.lock().unwrap().iter().map(|(id, waker)| (*id, waker.clone())).next().unwrap()
        };
        drop(clients);
        eventually("all closed, the parked one too", || ledger.open_now() == 0);
        waker.wake(id);
        drop(pump);
        waker.wake(id);
        ledger.assert_clean();
    });
}

#[test]
fn cron_and_ticks_come() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let begin = Instant::now();
        let pump = start(&ledger, config(driver, &ledger));
        let _clients: Vec<_> = (0..5).map(|_| connect(&pump)).collect();
        eventually("cron comes", || ledger.cron.load(SeqCst) >= 15);
        assert!(begin.elapsed() > Duration::from_millis(1000), "ten times a second, not more");
        eventually("every session is ticked", || ledger.ticked.load(SeqCst) >= 5);
        drop(pump);
        ledger.assert_clean();
    });
}

#[test]
fn shutdown_sends_what_is_left() {
    each_driver(|driver| {
        let ledger = Ledger::new(64 << 20);
        let pump = start(&ledger, Config { threads: 2, ..config(driver, &ledger) });
        let idle = connect(&pump);
        let deaf = connect(&pump);
        let reader = connect(&pump);
        for mut client in [&deaf, &reader] {
            client.write_all(b"BIG 30000000\n").unwrap();
            assert_eq!(read(client, 1), b"x");
        }
        let reading = std::thread::spawn(move || read(&reader, 30_000_000).len());
        let start = Instant::now();
        pump.shutdown(Duration::from_secs(2));
        let taken = start.elapsed();
        assert!(taken >= Duration::from_millis(1900), "it waits for the one that does not read");
        assert!(taken < Duration::from_secs(6), "but not for ever: {taken:?}");
        assert_eq!(reading.join().unwrap(), 30_000_000);
        assert_eq!((&idle).read(&mut [0]).unwrap(), 0);
        ledger.assert_clean();
        assert!(matches!(pump.listen(&Listen::tcp(loopback(0))), Err(Error::Stopped)));
        pump.shutdown(Duration::ZERO);
    });
}

#[test]
fn shutdown_of_idle_connections_takes_no_time() {
    each_driver(|driver| {
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, Config { threads: 2, ..config(driver, &ledger) });
        let clients: Vec<_> = (0..50).map(|_| connect(&pump)).collect();
        eventually("all open", || ledger.open_now() == 50);
        let start = Instant::now();
        pump.shutdown(Duration::from_secs(30));
        assert!(start.elapsed() < Duration::from_secs(5));
        for mut client in clients {
            assert_eq!(client.read(&mut [0]).unwrap(), 0);
        }
        ledger.assert_clean();
    });
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    fn path(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("hematite-pump-{}-{name}.sock", std::process::id()))
    }

    #[test]
    fn a_unix_socket_serves_and_is_cleared_away() {
        each_driver(|driver| {
            let path = path("serves");
            drop(UnixListener::bind(&path).unwrap());
            assert!(path.exists(), "a stale socket is in the way");
            let ledger = Ledger::new(1024);
            let pump = start(&ledger, config(driver, &ledger));
            let listener = pump.listen(&Listen::unix(&path, Some(0o600))).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let mut client = UnixStream::connect(&path).unwrap();
            client.write_all(b"PING\nQUIT\n").unwrap();
            let mut replies = String::new();
            client.read_to_string(&mut replies).unwrap();
            assert_eq!(replies, "+PONG\r\n+OK\r\n");
            let peer = ledger.peers.lock().unwrap()[0].clone();
            assert_eq!((peer.transport, peer.local), (Transport::Unix, true));
            assert_eq!(peer.addr, format!("{}:0", path.display()));
            let error = pump.listen(&Listen::unix(&path, None)).unwrap_err();
            assert!(matches!(error, Error::Bind { reason: BindReason::AddressInUse, .. }), "{error}");
            assert!(pump.unlisten(listener.id));
            assert!(!path.exists());
            drop(pump);
            ledger.assert_clean();
        });
    }

    #[test]
    fn a_file_that_is_no_socket_is_left_alone() {
        let path = path("file");
        std::fs::write(&path, "precious").unwrap();
        let ledger = Ledger::new(1024);
        let pump = start(&ledger, config(Default::default(), &ledger));
        let error = pump.listen(&Listen::unix(&path, None)).unwrap_err();
        assert!(matches!(error, Error::Bind { reason: BindReason::BadPath, .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
        std::fs::remove_file(&path).unwrap();
    }
}
