//! The built server for tests with redis-rs: one process a test, on a free port.
//!
//! `HEMATITE_SERVER`: another command that starts a server, such as `redis-server`, to try the tests themselves.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// A running server; ends when it is dropped.
pub struct Server {
    child: Child,
    /// Its URL.
    pub url: String,
}

impl Server {
    /// Starts one and waits until it accepts connections.
    pub fn start() -> Server {
        let entry = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../dist/cli/hematite.js");
        let command = std::env::var("HEMATITE_SERVER").unwrap_or_else(|_| format!("node {entry}"));
        let words: Vec<&str> = command.split(' ').collect();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).expect("a free port").port();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .args(["--port", &port.to_string(), "--save", ""])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let is_ready = |line: std::io::Result<String>| line.is_ok_and(|l| l.contains("Ready to accept connections"));
        assert!(lines.by_ref().any(is_ready), "the server ended before it was ready");
        // Nobody reads what it prints from here on; a full pipe must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, url: format!("redis://127.0.0.1:{port}/") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
