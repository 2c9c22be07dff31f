//! The harness of the engine's tests: bytes in, bytes out, without a socket.
