//! One connection's TLS: records in, plain bytes out, and the other way round.

use super::certificate;
use super::settings::UserField;
use crate::codec::Codec;
use rustls::{ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::sync::Arc;

/// Plain bytes taken out of rustls at once.
const CHUNK_BYTES: usize = 16 << 10;

pub(super) struct TlsCodec {
    /// None where rustls could not even begin, which the first byte that arrives tells.
    connection: Result<ServerConnection, String>,
    /// What of the client's certificate names its user, until that was looked at.
    user_field: Option<UserField>,
    users: Vec<Vec<u8>>,
    /// The client has said goodbye.
    has_ended: bool,
}

impl TlsCodec {
    pub fn new(config: Arc<ServerConfig>, user_field: Option<UserField>) -> Self {
        let connection = ServerConnection::new(config).map_err(|error| error.to_string());
        let connection = connection.map(|mut connection| {
            // How much waits is bounded by the pump, which hands out more only when the last has gone.
            connection.set_buffer_limit(None);
            connection
        });
        TlsCodec { connection, user_field, users: Vec::new(), has_ended: false }
    }

    /// Once the handshake is over, the certificate is there if it ever will be.
    fn look_at_certificate(&mut self) {
        if let (Some(field), Ok(connection)) = (self.user_field, &self.connection)
            && !connection.is_handshaking()
        {
            self.user_field = None;
            if let Some([end, ..]) = connection.peer_certificates() {
                self.users = certificate::users(end, field);
            }
        }
    }
}

fn flush(connection: &mut ServerConnection, wire: &mut Vec<u8>) -> Result<(), String> {
    while connection.wants_write() {
        connection.write_tls(wire).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Takes bytes off the wire; whether the client has said goodbye.
fn read(connection: &mut ServerConnection, mut received: &[u8], plain: &mut Vec<u8>) -> Result<bool, String> {
    let mut has_ended = false;
    while !received.is_empty() {
        if connection.read_tls(&mut received).map_err(|error| error.to_string())? == 0 {
            // What follows a farewell is not for us.
            return Ok(true);
        }
        let state = connection.process_new_packets().map_err(|error| error.to_string())?;
        has_ended |= state.peer_has_closed();
        let mut left = state.plaintext_bytes_to_read();
        while left > 0 {
            let start = plain.len();
            plain.resize(start + left.min(CHUNK_BYTES), 0);
            let taken = connection.reader().read(&mut plain[start..]).map_err(|error| error.to_string())?;
            plain.truncate(start + taken);
            left -= taken.min(left);
            if taken == 0 {
                break;
            }
        }
    }
    Ok(has_ended)
}

impl Codec for TlsCodec {
    fn inbound(&mut self, received: &[u8], plain: &mut Vec<u8>, wire: &mut Vec<u8>) -> Result<(), String> {
        let connection = self.connection.as_mut().map_err(|error| error.clone())?;
        let outcome = read(connection, received, plain);
        // After an error, too: it is told to the client as an alert.
        flush(connection, wire)?;
        self.look_at_certificate();
        self.has_ended |= outcome?;
        Ok(())
    }
    fn outbound(&mut self, plain: &[u8], wire: &mut Vec<u8>) -> Result<(), String> {
        let connection = self.connection.as_mut().map_err(|error| error.clone())?;
        connection.writer().write_all(plain).map_err(|error| error.to_string())?;
        flush(connection, wire)
    }
    fn finish(&mut self, wire: &mut Vec<u8>) {
        if let Ok(connection) = &mut self.connection {
            connection.send_close_notify();
            // There is nobody left to tell.
            let _ = flush(connection, wire);
        }
    }
    fn has_ended(&self) -> bool {
        self.has_ended
    }
    fn take_users(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.users)
    }
}
