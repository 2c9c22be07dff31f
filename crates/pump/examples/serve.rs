//! Serves the engine by hand: `serve --port 7100 --threads 1 --driver auto [--unix PATH]`.
//! Prints the driver at first and the counters at last; ends when standard input does.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hematite_engine::Engine;
use hematite_pump::{Config, Listen, Pump};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config =
        Config { log: Arc::new(|level, text| eprintln!("{level:?} {text}")), ..Config::default() };
    let mut port: u16 = 6379;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--port" => port = value.parse()?,
            "--threads" => config.threads = value.parse()?,
            "--driver" => config.driver = value.parse()?,
            #[cfg(unix)]
            "--unix" => config.listen.push(Listen::unix(value, Some(0o700))),
            _ => return Err(format!("unknown option {name}").into()),
        }
    }
    config.listen.push(Listen::tcp(SocketAddr::from(([127, 0, 0, 1], port))));
    let pump = Pump::start(Engine::default(), config)?;
    eprintln!("{pump:?}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    pump.shutdown(Duration::from_secs(1));
    eprintln!("{:?}", pump.stats().total);
    Ok(())
}
