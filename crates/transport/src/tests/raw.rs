//! A client that need not behave: any TLS settings, any bytes.

use std::{io, sync::Arc};

use rustls::{
    ClientConfig, HandshakeKind,
    client::AlwaysResolvesClientRawPublicKeys,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName},
    sign::{CertifiedKey, SingleCertAndKey},
    version::TLS13,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::*;
use crate::{
    frame::BLANK,
    quic,
    tls::{self, Tls},
};

/// A self-signed Ed25519 certificate, as any TLS library would show one.
pub(super) const X509: &[u8] = include_bytes!("x509.der");

/// What a client shows of itself.
#[derive(Clone, Copy)]
pub(super) enum Shows {
    Nothing,
    Certificate,
    CertificateAsKey,
    RawKey,
}

/// A TLS client that trusts `to` and is free to misbehave. Its key is that of node 1.
pub(super) fn client(shows: Shows, to: &Endpoint) -> ClientConfig {
    let (good, verifier) = Tls::new(&secret(1), tls::provider()).unwrap().client(to.node_key()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(tls::provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let certified = || Arc::new(CertifiedKey::new(vec![CertificateDer::from(X509)], signing_key()));
    let mut config = match shows {
        Shows::RawKey => return good,
        Shows::Nothing => builder.with_no_client_auth(),
        Shows::Certificate => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified()))),
        Shows::CertificateAsKey => {
            builder.with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(certified())))
        }
    };
    config.alpn_protocols = good.alpn_protocols;
    config
}

pub(super) fn signing_key() -> Arc<dyn rustls::sign::SigningKey> {
    let pkcs8 = secret(1).signing_key_pkcs8();
    rustls::crypto::aws_lc_rs::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(&pkcs8[..])).unwrap()
}

/// A connection without the manners of a link.
pub(super) enum Raw {
    Quic {
        connection: quinn::Connection,
        stream: Option<(quinn::SendStream, quinn::RecvStream)>,
        /// Whether no ticket allowed an early start.
        full: bool,
        _endpoint: quinn::Endpoint,
    },
    Tcp(Box<TlsStream<TcpStream>>),
}

impl Raw {
    pub(super) async fn connect(over: Over, config: ClientConfig, to: &Endpoint) -> io::Result<Self> {
        match over {
            Over::Quic => {
                let endpoint = quic::dial_only(loopback())?;
                let config = quic::client(config, &Limits::default())?;
                let connecting = endpoint.connect_with(config, to.udp_addr().unwrap(), "simpul").unwrap();
                let (connection, full) = match connecting.into_0rtt() {
                    Ok((connection, _)) => (connection, false),
                    Err(connecting) => (connecting.await?, true),
                };
                Ok(Raw::Quic { connection, stream: None, full, _endpoint: endpoint })
            }
            Over::Tcp => {
                let stream = TcpStream::connect(to.tcp_addr().unwrap()).await?;
                let name = ServerName::try_from("simpul").unwrap();
                Ok(Raw::Tcp(Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)))
            }
        }
    }

    /// Connects and opens the stream as a link would.
    pub(super) async fn open(over: Over, config: ClientConfig, to: &Endpoint) -> io::Result<Self> {
        let mut raw = Self::connect(over, config, to).await?;
        if let Raw::Quic { connection, stream, .. } = &mut raw {
            *stream = Some(connection.open_bi().await?);
        }
        raw.write(&BLANK).await?;
        Ok(raw)
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Raw::Quic { stream, .. } => Ok(stream.as_mut().unwrap().0.write_all(bytes).await?),
            Raw::Tcp(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    pub(super) async fn read(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; bytes];
        match self {
            Raw::Quic { stream, .. } => {
                stream.as_mut().unwrap().1.read_exact(&mut buffer).await.map_err(io::Error::other)?;
            }
            Raw::Tcp(stream) => {
                stream.read_exact(&mut buffer).await?;
            }
        }
        Ok(buffer)
    }

    /// Ends the way out, without a code.
    pub(super) async fn finish(&mut self) {
        match self {
            // Refused when the other side has closed already, which is fine.
            Raw::Quic { stream, .. } => drop(stream.as_mut().unwrap().0.finish()),
            Raw::Tcp(stream) => drop(stream.shutdown().await),
        }
    }

    /// Returns once the other side has ended the connection.
    pub(super) async fn ended(&mut self) -> bool {
        match self {
            Raw::Quic { connection, .. } => {
                connection.closed().await;
                true
            }
            Raw::Tcp(stream) => matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)),
        }
    }

    pub(super) async fn code_at_the_end(&mut self) -> CloseCode {
        match self {
            Raw::Quic { connection, .. } => {
                let quinn::ConnectionError::ApplicationClosed(close) = connection.closed().await else { panic!() };
                u32::try_from(close.error_code.into_inner()).unwrap().into()
            }
            Raw::Tcp(_) => {
                assert_eq!(self.read(4).await.unwrap(), [255; 4]);
                u32::from_be_bytes(self.read(4).await.unwrap().try_into().unwrap()).into()
            }
        }
    }

    pub(super) fn was_full_handshake(&self) -> bool {
        match self {
            Raw::Quic { full, .. } => *full,
            Raw::Tcp(stream) => stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Full),
        }
    }
}
