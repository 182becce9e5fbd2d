//! Receipts and beacons: small values under one signature.

use identity::{Domain, Signed, SignedError};
use serde::{Serialize, de::DeserializeOwned};
use sync::{BEACON_BYTES_MAX, Beacon, BeaconBook, KnownReceipt, Receipt, ReceiptBook};

use crate::{Ends, Target, ends::ends, world::secret};

pub(crate) const RECEIPT: Target =
    Target { name: "receipt", run: receipt, ends: &[SIGNED_ERRORS, &["no signed value", "Receipt"]], unreached: &[] };

pub(crate) const BEACON: Target = Target {
    name: "beacon",
    run: beacon,
    ends: &[SIGNED_ERRORS, &["no signed value", "too long", "Beacon"]],
    unreached: &[],
};

ends!(signed_error, SIGNED_ERRORS: SignedError { Signature, Decode });

/// A signed value. By the first byte: as it came (0), or signed here and now.
pub(crate) fn signed<T: Serialize + DeserializeOwned>(bytes: &[u8], domain: Domain) -> Option<Signed<T>> {
    let (first, bytes) = bytes.split_first()?;
    if *first == 0 {
        return postcard::from_bytes(bytes).ok();
    }
    Some(sign(bytes, domain))
}

/// A ministry's signature under whatever it is.
pub(crate) fn sign<T: Serialize + DeserializeOwned>(bytes: &[u8], domain: Domain) -> Signed<T> {
    let secret = secret("kemnaker");
    Signed::from_parts(secret.node_key(), bytes.into(), secret.sign(domain, bytes))
}

fn receipt(bytes: &[u8]) -> Ends {
    let Some(signed) = signed::<Receipt>(bytes, Domain::Receipt) else { return Ends::from(["no signed value"]) };
    let end = signed.verify(Domain::Receipt).as_ref().map_or_else(signed_error, |_| "Receipt");
    let known = KnownReceipt::check(signed);
    assert_eq!(known.is_some(), end == "Receipt");
    if let Some(known) = known {
        let mut book = ReceiptBook::default();
        assert!(book.insert(known.clone()).0, "the first is new");
        assert!(!book.insert(known).0, "the same again is not");
    }
    Ends::from([end])
}

fn beacon(bytes: &[u8]) -> Ends {
    let Some(signed) = signed::<Beacon>(bytes, Domain::Beacon) else { return Ends::from(["no signed value"]) };
    let end = match signed.verify(Domain::Beacon) {
        Ok(_) if signed.bytes().len() > BEACON_BYTES_MAX => "too long",
        Ok(_) => "Beacon",
        Err(error) => signed_error(&error),
    };
    let mut book = BeaconBook::default();
    assert_eq!(book.insert(signed.clone(), false).is_some(), end == "Beacon");
    assert_eq!(book.insert(signed, false), None, "the same again is not new");
    Ends::from([end])
}
