//! Whether this kernel does what the driver relies on: tried out, not looked up.

use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use io_uring::types::Fd;
use io_uring::{opcode, squeue};

use super::buffers::{GROUP, ReceiveBuffers};
use super::pace::Want;
use super::ring::{Completion, Kind, Ring};

const PATIENCE: Duration = Duration::from_secs(1);

/// Sends and receives over a pair of sockets the way the driver does. An error says why io_uring is not used.
pub(crate) fn probe() -> Result<(), String> {
    let named = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    let mut ring = Ring::new().map_err(named("io_uring_setup"))?;
    let buffers = ReceiveBuffers::new(&ring, 16).map_err(named("provided buffer ring"))?;
    let outcome = UnixStream::pair().map_err(named("socketpair")).and_then(|(ours, theirs)| {
        let outcome = receive(&mut ring, &buffers, &ours, &theirs)
            .map_err(named("multishot receive"))
            .and_then(|()| send(&mut ring, &ours).map_err(named("send on trial")));
        // Ends the receive: the peer is gone.
        drop(theirs);
        outcome
    });
    let mut rest = Vec::new();
    while ring.operations() > 0 {
        let before = ring.operations();
        let waited = ring.wait(PATIENCE, Want::ONE).and_then(|()| ring.collect(&mut rest));
        if waited.is_err() || ring.operations() == before {
            // Should a receive be left behind, so is its memory.
            std::mem::forget(buffers);
            return outcome.and(Err("a receive did not end with its peer".into()));
        }
    }
    outcome
}

fn next(ring: &mut Ring) -> io::Result<Option<Completion>> {
    let mut completions = Vec::new();
    ring.wait(PATIENCE, Want::ONE)?;
    ring.collect(&mut completions)?;
    Ok(completions.pop())
}

fn refuse<T>(words: &'static str) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, words))
}

fn receive(
    ring: &mut Ring,
    buffers: &ReceiveBuffers,
    ours: &UnixStream,
    theirs: &UnixStream,
) -> io::Result<()> {
    let entry = opcode::RecvMulti::new(Fd(ours.as_raw_fd()), GROUP).build();
    // SAFETY: writes to provided buffers only; `probe` waits for its end before it frees them.
    unsafe { ring.push(entry, Kind::Receive, 0) };
    ring.flush()?;
    { theirs }.write_all(b"probe")?;
    let Some(completion) = next(ring)? else { return refuse("nothing arrived") };
    if let Some(error) = completion.error() {
        return Err(error);
    }
    match completion.buffer() {
        Some(buffer) if completion.more() && buffers.bytes(buffer, 5) == b"probe" => Ok(()),
        _ => refuse("a receive ended after its first completion"),
    }
}

fn send(ring: &mut Ring, ours: &UnixStream) -> io::Result<()> {
    static WORDS: [u8; 4096] = [b'.'; 4096];
    let entry = || {
        let flags = libc::MSG_WAITALL | libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        let send = opcode::Send::new(Fd(ours.as_raw_fd()), WORDS.as_ptr(), WORDS.len() as u32);
        send.flags(flags).build().flags(squeue::Flags::SKIP_SUCCESS)
    };
    let mut completions = Vec::new();
    // SAFETY: points to a static.
    unsafe { ring.push(entry(), Kind::TrialSend, 0) };
    ring.flush()?;
    ring.collect(&mut completions)?;
    if !completions.is_empty() || !ring.submitted() {
        return refuse("a success was not silent");
    }
    ours.set_nonblocking(true)?;
    while { ours }.write(&WORDS).is_ok() {}
    ours.set_nonblocking(false)?;
    // SAFETY: points to a static.
    unsafe { ring.push(entry(), Kind::TrialSend, 0) };
    ring.flush()?;
    ring.collect(&mut completions)?;
    if completions.pop().is_none_or(|completion| completion.result != -libc::EAGAIN) {
        return refuse("a send that would block did not fail");
    }
    Ok(())
}
