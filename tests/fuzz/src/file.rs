//! What people carry: requests and invites, drafts and signatures, as a file or as a line of text.

use charter::{
    Request,
    file::{
        self, ActDraft, ActSignature, Content, FileError, Founding, FoundingDraft, FoundingSignature, Invite, Kind,
    },
};
use identity::Signed;

use crate::{Ends, Target, ends::ends, statement, world::WORLD};

pub(crate) const FILE: Target =
    Target { name: "file", run: file, ends: &[FILE_ERRORS, KINDS, statement::STATEMENT_ERRORS], unreached: &[] };

ends!(file_error, FILE_ERRORS: FileError {
    Foreign, Kind, Version, Damaged, TooLarge, Content, Inconsistent, OtherDraft, Stranger, Signature, Unsigned,
});
ends!(kind, KINDS: Kind {
    Request, FoundingDraft, FoundingSignature, Founding, Invite, ActDraft, ActSignature,
});

/// By the first byte: which kind is expected, and whether the rest is a file or line (below 7), the content of one
/// (below 14), or content with so much behind it that the file is too large.
fn file(bytes: &[u8]) -> Ends {
    let Some((first, bytes)) = bytes.split_first() else { return Ends::new() };
    let expected = Kind::ALL[usize::from(first % 7)];
    let bytes = match first {
        0..7 => bytes.to_vec(),
        7..14 => envelope(expected, bytes),
        14.. => envelope(expected, &[bytes, &vec![0; file::FILE_BYTES_MAX]].concat()),
    };
    match expected {
        Kind::Request => read::<Signed<Request>>(&bytes).1,
        Kind::FoundingDraft => read::<FoundingDraft>(&bytes).1,
        Kind::FoundingSignature => {
            let (signature, mut ends) = read::<FoundingSignature>(&bytes);
            // Set beside the draft that it should be for; the other founder's signature is not there.
            if let Some(Err(error)) = signature.map(|signature| WORLD.draft.found(&[signature])) {
                ends.insert(file_error(&error));
            }
            ends
        }
        Kind::Founding => read::<Founding>(&bytes).1,
        Kind::Invite => read::<Invite>(&bytes).1,
        Kind::ActDraft => read::<ActDraft>(&bytes).1,
        Kind::ActSignature => read::<ActSignature>(&bytes).1,
    }
}

fn read<T: Content>(bytes: &[u8]) -> (Option<T>, Ends) {
    match file::read::<T>(bytes) {
        Ok(content) => {
            let line = file::to_line(&content);
            let again = file::read::<T>(line.as_bytes()).map(|again| file::to_bytes(&again));
            assert_eq!(again, Ok(file::to_bytes(&content)), "the line says what the file says");
            (Some(content), Ends::from([kind(&T::KIND)]))
        }
        Err(error) => {
            let mut ends = Ends::from([file_error(&error)]);
            if let FileError::Content { source, .. } = &error {
                ends.insert(statement::statement_error(source));
            }
            (None, ends)
        }
    }
}

/// A file with a right checksum, whatever is in it.
fn envelope(kind: Kind, content: &[u8]) -> Vec<u8> {
    let mut bytes = [b"\x89simpul\n\x01", &[kind as u8][..], content].concat();
    let mut sum = [0; 4];
    let mut hasher = blake3::Hasher::new_derive_key("simpul file checksum v1");
    hasher.update(&bytes).finalize_xof().fill(&mut sum);
    bytes.extend(sum);
    bytes
}
