//! Sealed bundles: the outside, the head that says for whom, and the messages inside.

use driver::{BundleError, open_bundle, seal_bundle};
use identity::{Domain, SealKey, Signed};

use crate::{
    Ends, Target,
    ends::ends,
    frame,
    signed::sign,
    world::{WORLD, secret},
};

pub(crate) const BUNDLE: Target = Target {
    name: "bundle",
    run: bundle,
    ends: &[BUNDLE_ERRORS, &["opened"], frame::WIRE_ERRORS],
    unreached: &[
        ("BundleError::Stranger", "said by the node once its charter was asked; a scenario shows it"),
        ("BundleError::Content", "said by the node for what ends as a WireError here; a scenario shows it"),
    ],
};

ends!(bundle_error, BUNDLE_ERRORS: BundleError {
    Foreign, Version, Damaged, OtherNetwork, NotForUs, NoAddressee, Stranger, Key, Content,
});

/// By the first byte: a file as it came (0), a head and a rest behind a good outside (1), the messages inside a good
/// bundle (2), or the key to seal one to (3 and more).
fn bundle(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    match first {
        0 => opened(bytes),
        1 => {
            let Some((length, bytes)) = bytes.split_first_chunk() else { return Ends::new() };
            let (head, rest) = bytes.split_at(usize::from(u16::from_le_bytes(*length)).min(bytes.len()));
            let head = postcard::to_stdvec(&sign::<()>(head, Domain::Bundle) as &Signed<()>).unwrap();
            let length = (head.len() as u32).to_le_bytes();
            opened(&[&b"SIMPULBN\x01"[..], &length, &head, rest].concat())
        }
        2 => sealed(&[(secret("kuripan").node_key(), secret("kuripan").seal_key())], bytes),
        3.. => {
            let key = bytes.try_into().ok().map(|key| (secret("kuripan").node_key(), SealKey(key)));
            sealed(&Vec::from_iter(key), b"")
        }
    }
}

fn sealed(to: &[(identity::NodeKey, SealKey)], content: &[u8]) -> Ends {
    match seal_bundle(&secret("kemnaker"), WORLD.network, to, content, [9; 32]) {
        Ok(file) => opened(&file),
        Err(error) => Ends::from([bundle_error(&error)]),
    }
}

fn opened(file: &[u8]) -> Ends {
    match open_bundle(&secret("kuripan"), WORLD.network, file) {
        Ok((_, content)) => {
            let mut ends = frame::messages(&content, content.len().max(1), frame::NARROW);
            ends.retain(|end| frame::WIRE_ERRORS.contains(end));
            ends.insert("opened");
            ends
        }
        Err(error) => Ends::from([bundle_error(&error)]),
    }
}
