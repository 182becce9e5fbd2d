//! TLS 1.3 with raw public keys on both sides (RFC 7250), Ed25519 only, one full handshake for each connection.
//!
//! The client knows whom it expects and refuses any other key as soon as that key is proven, before it says who it is
//! itself. The server takes any key: the charter decides later.

use std::sync::{Arc, OnceLock};

use identity::{NodeKey, NodeSecret};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme,
    client::{
        AlwaysResolvesClientRawPublicKeys, Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
    server::{
        AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
    sign::CertifiedKey,
    version::TLS13,
};

use crate::groups::GROUPS;

/// What both sides say that they speak; another version of the frames gets another name.
pub(crate) const ALPN: &[u8] = b"simpul/1";

/// The name that QUIC asks for and nobody sees: with raw public keys the key is the name.
pub(crate) const SERVER_NAME: &str = "simpul";

/// An Ed25519 SubjectPublicKeyInfo up to its 32 key bytes (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// This node's key as TLS wants it, and the algorithms.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    key: Arc<CertifiedKey>,
}

/// The algorithms of this project.
pub(crate) fn provider() -> CryptoProvider {
    let kx_groups = GROUPS.iter().map(|group| group as &dyn SupportedKxGroup).collect();
    CryptoProvider { kx_groups, ..aws_lc_rs::default_provider() }
}

impl Tls {
    pub(crate) fn new(secret: &NodeSecret, provider: CryptoProvider) -> Result<Self, Error> {
        let pkcs8 = secret.signing_key_pkcs8();
        let key = aws_lc_rs::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(&pkcs8[..]))?;
        let spki = CertificateDer::from([&SPKI_PREFIX[..], &secret.node_key().0].concat());
        Ok(Self { provider: Arc::new(provider), key: Arc::new(CertifiedKey::new(vec![spki], key)) })
    }

    /// For those who dial us. Gives out nothing that could shorten a later handshake.
    pub(crate) fn server(&self) -> Result<ServerConfig, Error> {
        let verifier = Arc::new(AnyKey { provider: self.provider.clone() });
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(self.key.clone())));
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.max_early_data_size = 0;
        Ok(config)
    }

    /// For one attempt to reach `expected`, and the place where the key that answered can be read afterwards.
    pub(crate) fn client(&self, expected: NodeKey) -> Result<(ClientConfig, Arc<OneKey>), Error> {
        let verifier = Arc::new(OneKey { expected, found: OnceLock::new(), provider: self.provider.clone() });
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(self.key.clone())));
        config.alpn_protocols = vec![ALPN.to_vec()];
        config.resumption = Resumption::disabled();
        config.enable_early_data = false;
        config.enable_sni = false;
        Ok((config, verifier))
    }
}

/// The key in what TLS calls the certificates of a side: exactly one raw Ed25519 key.
pub(crate) fn key_of(certificates: &[CertificateDer<'_>]) -> Option<NodeKey> {
    match certificates {
        [spki] => key_in(spki),
        _ => None,
    }
}

fn key_in(spki: &[u8]) -> Option<NodeKey> {
    spki.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(NodeKey)
}

fn only_key(end_entity: &CertificateDer<'_>, intermediates: &[CertificateDer<'_>]) -> Result<NodeKey, Error> {
    let key = key_in(end_entity).filter(|_| intermediates.is_empty());
    key.ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))
}

fn check_signature(
    provider: &CryptoProvider,
    message: &[u8],
    spki: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let spki = SubjectPublicKeyInfoDer::from(spki.as_ref());
    verify_tls13_signature_with_raw_key(message, &spki, signature, &provider.signature_verification_algorithms)
}

fn no_tls12() -> Result<HandshakeSignatureValid, Error> {
    Err(Error::General("TLS 1.2 is not spoken".to_owned()))
}

/// What a client accepts: one key, once it is proven.
#[derive(Debug)]
pub(crate) struct OneKey {
    expected: NodeKey,
    found: OnceLock<NodeKey>,
    provider: Arc<CryptoProvider>,
}

impl OneKey {
    /// The key that answered and proved itself, when it is another one than expected.
    pub(crate) fn other(&self) -> Option<NodeKey> {
        self.found.get().copied().filter(|found| *found != self.expected)
    }
}

impl ServerCertVerifier for OneKey {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        only_key(end_entity, intermediates).map(|_| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        no_tls12()
    }

    // The key is compared here and not above, so that a refusal names a key whose holder really answered.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = check_signature(&self.provider, message, cert, dss)?;
        let found = only_key(cert, &[])?;
        let _ = self.found.set(found);
        if found == self.expected {
            Ok(valid)
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// What a server accepts: any key, if it is proven.
#[derive(Debug)]
struct AnyKey {
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for AnyKey {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        only_key(end_entity, intermediates).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        no_tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        check_signature(&self.provider, message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
