//! The connection family: handshake, authentication, CLIENT.

mod auth;
mod client;
mod cluster_mode;
mod echo;
mod hello;
mod ping;
mod quit;
mod reset;
mod select;

pub(crate) use client::{Pauses, client_line, memory_bytes};

use crate::table::{HostRow, SessionRow};

/// The family's rows.
pub(crate) const ROWS: &[&[SessionRow]] = &[
    &[
        auth::AUTH,
        cluster_mode::ASKING,
        cluster_mode::READONLY,
        cluster_mode::READWRITE,
        echo::ECHO,
        hello::HELLO,
        ping::PING,
        quit::QUIT,
        reset::RESET,
        select::SELECT,
    ],
    client::ROWS,
];

/// Rows that only hold subcommands.
pub(crate) const CONTAINERS: &[HostRow] = &[client::CLIENT];
