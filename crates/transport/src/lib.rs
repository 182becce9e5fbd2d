//! QUIC and TLS over TCP with raw public keys; the only room that names quinn.
