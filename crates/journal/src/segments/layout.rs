//! The bytes of a segment file: names, header, frames, footer. No decision is made here.
//!
//! ```text
//! 0      header, twice (4,096 bytes each, so that one bad sector does not cost the key)
//! 8192   frame*        head (16 bytes): kind 1, length 3, where its group began 4, CRC of the body 4, CRC of file
//!                      number, offset and head 4
//!                      body: ChaCha20-Poly1305 under the segment's key, nonce = offset
//! …      footer        a frame that lists the frames before it
//!        trailer       where the footer begins: the last 16 bytes of a closed file
//! ```

use std::{fmt, str::FromStr};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Location, SegmentError};

/// The largest frame, before sealing: eight sealed pages.
pub const FRAME_BYTES_MAX: usize = 8 << 20;
/// The largest file: sixteen full segments rewritten into one.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
/// What a frame adds to its bytes: head and tag.
pub const FRAME_OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

const SALT_BYTES: usize = 16;
const MAGIC: &[u8; 8] = b"SIMPULSG";
const VERSION: u16 = 1;
const HEADER_COPY_BYTES: usize = 4096;
/// Where the frames begin.
pub(super) const HEADER_BYTES: u32 = 2 * HEADER_COPY_BYTES as u32;
/// What is used of a copy of the header: magic, version, first, last, number, previous, folder, machine, salt, wrapped key, CRC.
const HEADER_USED_BYTES: usize = 8 + 2 + 4 * 4 + 16 + 32 + 16 + (32 + TAG_BYTES) + 4;
pub(super) const HEAD_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
/// Where the wrapped key stands in a copy of the header; the salt is just before it.
const WRAPPED_AT: usize = HEADER_USED_BYTES - 4 - 32 - TAG_BYTES;
pub(super) const TRAILER_BYTES: usize = 16;
const TRAILER_MAGIC: &[u8; 4] = b"END.";
/// A footer has nonces of its own: it may be written where a torn frame once lay.
const FOOTER_NONCE: u8 = 1;

/// The name of a segment file. Orders as the log does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// Its first place in the order of the log.
    pub first: u32,
    /// Its last place: a file that was rewritten from several stands for all of theirs.
    pub last: u32,
    /// Its number: never given twice in a folder.
    pub number: u32,
    /// Whether it is still being made; such a file holds nothing that was acknowledged.
    pub making: bool,
}

impl FileName {
    pub(super) fn whole(first: u32, last: u32, number: u32) -> Self {
        Self { first, last, number, making: false }
    }

    pub(super) fn as_making(self) -> Self {
        Self { making: true, ..self }
    }

    /// Whether this file stands in the other's stead.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        !self.making && self.number > other.number && self.first <= other.first && other.last <= self.last
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = if self.making { "making" } else { "seg" };
        write!(f, "{:08x}-{:08x}-{:08x}.{suffix}", self.first, self.last, self.number)
    }
}

impl FromStr for FileName {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (numbers, suffix) = text.split_once('.').ok_or(())?;
        let making = match suffix {
            "seg" => false,
            "making" => true,
            _ => return Err(()),
        };
        let mut parts = numbers.split('-').map(|part| u32::from_str_radix(part, 16).map_err(drop));
        let mut next = || parts.next().ok_or(())?;
        let name = Self { first: next()?, last: next()?, number: next()?, making };
        // One spelling only: what prints as this text.
        if name.to_string() == text && name.first <= name.last && name.last <= name.number { Ok(name) } else { Err(()) }
    }
}

/// What a frame holds. The log does not look inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameKind {
    /// A page of one journal.
    Page,
    /// Tails of several journals in one compressed run.
    Pack,
    /// A statement.
    Statement,
    /// A receipt.
    Receipt,
    /// Two entries with one number.
    ForkProof,
    /// A local durable fact that must survive a rebuild of the index: an own incarnation, a freeze point, a setting.
    Note,
}

impl FrameKind {
    /// Whether it is data, refused when the disk is nearly full. Orders, proofs and notes are still taken then.
    pub fn is_data(self) -> bool {
        matches!(self, FrameKind::Page | FrameKind::Pack | FrameKind::Receipt)
    }
}

/// One thing to keep: a kind and opaque bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it holds.
    pub kind: FrameKind,
    /// The bytes, at most [`FRAME_BYTES_MAX`].
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.kind, self.bytes.len())
    }
}

/// Where a segment was written. Stands in every header, so that a copied folder is noticed by its next owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The data folder.
    pub folder: [u8; 16],
    /// The machine and the folder's place on it.
    pub machine: [u8; 32],
}

/// The key that wraps the keys of the segments. Given by the caller, kept in memory only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MachineKey(pub [u8; 32]);

impl fmt::Debug for MachineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineKey(..)")
    }
}

/// The key of one segment: opens the frames that were read from its file.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SegmentKey([u8; 32]);

impl fmt::Debug for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentKey(..)")
    }
}

impl SegmentKey {
    /// The key of a segment that was copied, from the sealed list that came with the copy.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key, to be sealed beside a copy of the segment.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The frame whose stored bytes were read at a location; `Damaged` if they are not what was written there.
    pub fn open(&self, at: Location, stored: &[u8]) -> Result<Frame, SegmentError> {
        let damaged = || SegmentError::Damaged(at);
        let (head, body) = frame_in(at.file, at.offset, stored).ok_or_else(damaged)?;
        let kind = FrameKind::from_code(head.kind).ok_or_else(damaged)?;
        if head.stored_bytes() != at.bytes {
            return Err(damaged());
        }
        Ok(Frame { kind, bytes: self.unseal(at.offset, head.kind, body).ok_or_else(damaged)? })
    }

    fn nonce(offset: u32, kind: u8) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce[..4].copy_from_slice(&offset.to_le_bytes());
        nonce[11] = if kind == FOOTER_KIND { FOOTER_NONCE } else { 0 };
        nonce
    }

    fn seal(&self, offset: u32, kind: u8, plain: &[u8]) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "fails only above 256 GiB; a frame is at most FRAME_BYTES_MAX")]
        ChaCha20Poly1305::new(&self.0.into())
            .encrypt(&Self::nonce(offset, kind).into(), Payload { msg: plain, aad: &[kind] })
            .expect("a frame is short enough to seal")
    }

    fn unseal(&self, offset: u32, kind: u8, body: &[u8]) -> Option<Vec<u8>> {
        ChaCha20Poly1305::new(&self.0.into())
            .decrypt(&Self::nonce(offset, kind).into(), Payload { msg: body, aad: &[kind] })
            .ok()
    }
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize()
}

/// The little-endian number at `at`; the caller has checked that it is there, else 0.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

/// The head of a segment file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: FileName,
    /// The last place before this file when it was made, 0 for none: so that a file that vanished is missed.
    pub(super) previous: u32,
    pub(super) identity: Identity,
    pub(super) key: SegmentKey,
}

/// Why a file has no header for us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoHeader {
    Unreadable,
    /// It is whole, but the machine key does not open it.
    WrongKey,
    Newer(u16),
}

impl Header {
    /// The header of a new file. `seed` is secret and fresh per recovery, so no number under it was used before.
    pub(super) fn new(name: FileName, previous: u32, identity: Identity, seed: &[u8; 32]) -> Self {
        let mut input = *b"segment key.....";
        input[12..].copy_from_slice(&name.number.to_le_bytes());
        Self { name, previous, identity, key: SegmentKey(*blake3::keyed_hash(seed, &input).as_bytes()) }
    }

    fn wrapping(machine_key: &MachineKey, salt: &[u8]) -> ChaCha20Poly1305 {
        let key = blake3::keyed_hash(&machine_key.0, &[b"simpul segment wrap v1", salt].concat());
        ChaCha20Poly1305::new(&(*key.as_bytes()).into())
    }

    /// Both copies, [`HEADER_BYTES`] in all.
    pub(super) fn encode(&self, machine_key: &MachineKey, seed: &[u8; 32]) -> Vec<u8> {
        let mut input = *b"segment salt....";
        input[12..].copy_from_slice(&self.name.number.to_le_bytes());
        let salt = blake3::keyed_hash(seed, &input);
        let salt = &salt.as_bytes()[..SALT_BYTES];

        let mut copy = Vec::with_capacity(HEADER_BYTES as usize);
        copy.extend_from_slice(MAGIC);
        copy.extend_from_slice(&VERSION.to_le_bytes());
        for number in [self.name.first, self.name.last, self.name.number, self.previous] {
            copy.extend_from_slice(&number.to_le_bytes());
        }
        copy.extend_from_slice(&self.identity.folder);
        copy.extend_from_slice(&self.identity.machine);
        copy.extend_from_slice(salt);
        #[expect(clippy::expect_used, reason = "fails only above 256 GiB; a key is 32 bytes")]
        let wrapped = Self::wrapping(machine_key, salt)
            .encrypt(&[0; 12].into(), Payload { msg: &self.key.0, aad: &copy })
            .expect("a key is short enough to seal");
        copy.extend_from_slice(&wrapped);
        copy.extend_from_slice(&crc(&[&copy]).to_le_bytes());
        copy.resize(HEADER_COPY_BYTES, 0);
        copy.extend_from_within(..);
        copy
    }

    /// The header in the first [`HEADER_BYTES`] of a file of this name, from whichever copy is whole.
    pub(super) fn decode(name: FileName, bytes: &[u8], machine_key: &MachineKey) -> Result<Self, NoHeader> {
        let copies = || bytes.chunks(HEADER_COPY_BYTES).take(2);
        let mut why = NoHeader::Unreadable;
        for copy in copies() {
            match Self::decode_copy(name, copy, machine_key) {
                Err(NoHeader::Unreadable) => {}
                Err(reason) => why = reason,
                Ok(header) => return Ok(header),
            }
        }
        // One damaged copy may look like any version; two that agree are from a newer program.
        let mut versions = copies().map(|copy| match copy.strip_prefix(MAGIC) {
            Some([low, high, ..]) => u16::from_le_bytes([*low, *high]),
            _ => 0,
        });
        match (versions.next(), versions.next()) {
            (Some(a), Some(b)) if a == b && a > VERSION => Err(NoHeader::Newer(a)),
            _ => Err(why),
        }
    }

    fn decode_copy(name: FileName, copy: &[u8], machine_key: &MachineKey) -> Result<Self, NoHeader> {
        let used = copy.get(..HEADER_USED_BYTES).ok_or(NoHeader::Unreadable)?;
        let (signed, stored_crc) = used.split_at(HEADER_USED_BYTES - 4);
        let whole = signed.starts_with(MAGIC)
            && u32_at(stored_crc, 0) == crc(&[signed])
            && signed[8..10] == VERSION.to_le_bytes()
            && [name.first, name.last, name.number] == [10, 14, 18].map(|at| u32_at(signed, at));
        if !whole {
            return Err(NoHeader::Unreadable);
        }
        let (aad, wrapped) = signed.split_at(WRAPPED_AT);
        let array = |at: usize| <[u8; 32]>::try_from(&aad[at..at + 32]).map_err(|_| NoHeader::Unreadable);
        let machine = array(42)?;
        let folder = <[u8; 16]>::try_from(&aad[26..42]).map_err(|_| NoHeader::Unreadable)?;
        let key = Self::wrapping(machine_key, &aad[WRAPPED_AT - SALT_BYTES..])
            .decrypt(&[0; 12].into(), Payload { msg: wrapped, aad })
            .ok()
            .and_then(|key| <[u8; 32]>::try_from(key).ok())
            .ok_or(NoHeader::WrongKey)?;
        Ok(Self { name, previous: u32_at(aad, 22), identity: Identity { folder, machine }, key: SegmentKey(key) })
    }
}

impl FrameKind {
    pub(super) fn code(self) -> u8 {
        match self {
            FrameKind::Page => 1,
            FrameKind::Pack => 2,
            FrameKind::Statement => 3,
            FrameKind::Receipt => 4,
            FrameKind::ForkProof => 5,
            FrameKind::Note => 6,
        }
    }

    pub(super) fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => FrameKind::Page,
            2 => FrameKind::Pack,
            3 => FrameKind::Statement,
            4 => FrameKind::Receipt,
            5 => FrameKind::ForkProof,
            6 => FrameKind::Note,
            _ => return None,
        })
    }
}

/// The head of a frame, after its CRC was checked against the place that it was read from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: u8,
    body_bytes: u32,
    /// Where the group commit began that wrote this frame.
    pub(super) group: u32,
    body_crc: u32,
}

impl Head {
    pub(super) fn stored_bytes(&self) -> u32 {
        HEAD_BYTES as u32 + self.body_bytes
    }

    fn crc(file: u32, offset: u32, head: &[u8]) -> u32 {
        crc(&[&file.to_le_bytes(), &offset.to_le_bytes(), head])
    }

    /// The head that begins `bytes`, which were read at this place.
    fn decode(file: u32, offset: u32, bytes: &[u8]) -> Option<Self> {
        let head = bytes.get(..HEAD_BYTES)?;
        let kind = head[0];
        if kind != FOOTER_KIND && FrameKind::from_code(kind).is_none() {
            return None;
        }
        let body_bytes = u32::from_le_bytes([head[1], head[2], head[3], 0]);
        let group = u32_at(head, 4);
        let fits = (TAG_BYTES..=FRAME_BYTES_MAX + TAG_BYTES).contains(&(body_bytes as usize))
            && (HEADER_BYTES..=offset).contains(&group)
            && u32_at(head, 12) == Self::crc(file, offset, &head[..12]);
        fits.then(|| Self { kind, body_bytes, group, body_crc: u32_at(head, 8) })
    }
}

/// The frame that begins `bytes`, which were read at this place, if it is whole: its head and its sealed body.
pub(super) fn frame_in(file: u32, offset: u32, bytes: &[u8]) -> Option<(Head, &[u8])> {
    let head = Head::decode(file, offset, bytes)?;
    let body = bytes.get(HEAD_BYTES..head.stored_bytes() as usize)?;
    (crc(&[body]) == head.body_crc).then_some((head, body))
}

/// Appends a frame for `offset` in a file to `out`. Returns how many bytes it takes.
pub(super) fn encode_frame(
    out: &mut Vec<u8>,
    (key, file): (&SegmentKey, u32),
    offset: u32,
    group: u32,
    kind: u8,
    plain: &[u8],
) -> u32 {
    let body = key.seal(offset, kind, plain);
    let mut head = [0; HEAD_BYTES];
    head[0] = kind;
    head[1..4].copy_from_slice(&(body.len() as u32).to_le_bytes()[..3]);
    head[4..8].copy_from_slice(&group.to_le_bytes());
    head[8..12].copy_from_slice(&crc(&[&body]).to_le_bytes());
    let head_crc = Head::crc(file, offset, &head[..12]);
    head[12..].copy_from_slice(&head_crc.to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&body);
    (HEAD_BYTES + body.len()) as u32
}

/// What lies between the header and the footer, in order: a frame's kind code or [`GAP`], and how many bytes.
pub(super) type Entries = Vec<(u8, u32)>;

/// Bytes that are no frames: damaged when the file was closed.
pub(super) const GAP: u8 = 0;
/// Marks the footer.
pub(super) const FOOTER_KIND: u8 = 0x46;

/// The plain bytes of a footer.
pub(super) fn footer_plain(entries: &Entries) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "numbers always encode")]
    postcard::to_stdvec(entries).expect("numbers always encode")
}

/// Footer and trailer of a file whose frames end at `end`.
pub(super) fn encode_end((key, file): (&SegmentKey, u32), end: u32, entries: &Entries) -> Vec<u8> {
    let mut out = Vec::new();
    // A group of its own: everything before it had been synced.
    let bytes = encode_frame(&mut out, (key, file), end, end, FOOTER_KIND, &footer_plain(entries));
    out.extend_from_slice(&encode_trailer(file, end, bytes));
    out
}

pub(super) fn encode_trailer(file: u32, footer_at: u32, footer_bytes: u32) -> [u8; TRAILER_BYTES] {
    let mut trailer = [0; TRAILER_BYTES];
    trailer[..4].copy_from_slice(&footer_at.to_le_bytes());
    trailer[4..8].copy_from_slice(&footer_bytes.to_le_bytes());
    let check = crc(&[&file.to_le_bytes(), &trailer[..8]]);
    trailer[8..12].copy_from_slice(&check.to_le_bytes());
    trailer[12..].copy_from_slice(TRAILER_MAGIC);
    trailer
}

/// Where the footer begins and how long it is, by the last bytes of a file of this length.
pub(super) fn decode_trailer(file: u32, file_bytes: u64, trailer: &[u8]) -> Option<(u32, u32)> {
    let (at, bytes) = (u32_at(trailer, 0), u32_at(trailer, 4));
    let fits = trailer.len() == TRAILER_BYTES
        && trailer.ends_with(TRAILER_MAGIC)
        && u32_at(trailer, 8) == crc(&[&file.to_le_bytes(), &trailer[..8]])
        && at >= HEADER_BYTES
        && bytes as usize <= FRAME_BYTES_MAX + FRAME_OVERHEAD_BYTES
        && u64::from(at) + u64::from(bytes) + TRAILER_BYTES as u64 == file_bytes;
    fits.then_some((at, bytes))
}

/// What the footer at `offset` lists, if its bytes are whole and it covers the file up to itself.
pub(super) fn decode_footer((key, file): (&SegmentKey, u32), offset: u32, stored: &[u8]) -> Option<Entries> {
    let (head, body) = frame_in(file, offset, stored)?;
    if head.kind != FOOTER_KIND {
        return None;
    }
    let entries: Entries = postcard::from_bytes(&key.unseal(offset, FOOTER_KIND, body)?).ok()?;
    let mut end = HEADER_BYTES;
    for (kind, bytes) in &entries {
        if *kind != GAP && FrameKind::from_code(*kind).is_none() {
            return None;
        }
        end = end.checked_add(*bytes)?;
    }
    (end == offset).then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: FileName = FileName { first: 3, last: 5, number: 9, making: false };
    const IDENTITY: Identity = Identity { folder: [1; 16], machine: [2; 32] };

    fn header() -> (Header, Vec<u8>) {
        let header = Header::new(NAME, 2, IDENTITY, &[7; 32]);
        let bytes = header.encode(&MachineKey([8; 32]), &[7; 32]);
        (header, bytes)
    }

    #[test]
    fn a_name_has_one_spelling() {
        assert_eq!(NAME.to_string(), "00000003-00000005-00000009.seg");
        for name in [NAME, NAME.as_making()] {
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        for bad in [
            "",
            "x",
            "3-5-9.seg",
            "00000003-00000005-0000000A.seg",
            "00000005-00000003-00000009.seg",
            "00000003-00000005-00000004.seg",
            "00000003-00000005-00000009.bak",
            "+0000003-00000005-00000009.seg",
        ] {
            assert_eq!(bad.parse::<FileName>(), Err(()), "{bad}");
        }
    }

    #[test]
    fn a_header_survives_the_loss_of_either_copy() {
        let (header, bytes) = header();
        for lost in [0..4096, 4096..8192] {
            let mut bytes = bytes.clone();
            bytes[lost].fill(0xff);
            let back = Header::decode(NAME, &bytes, &MachineKey([8; 32])).unwrap();
            assert_eq!((back.key.0, back.identity, back.previous), (header.key.0, IDENTITY, 2));
        }
    }

    #[test]
    fn a_header_is_refused_by_name_key_and_version() {
        let (_, bytes) = header();
        let decode = |bytes: &[u8], name, key| Header::decode(name, bytes, &MachineKey([key; 32])).map(|_| ());
        assert_eq!(decode(&bytes, NAME, 9), Err(NoHeader::WrongKey));
        assert_eq!(decode(&bytes, FileName { number: 10, ..NAME }, 8), Err(NoHeader::Unreadable));
        assert_eq!(decode(&[], NAME, 8), Err(NoHeader::Unreadable));
        let mut newer = bytes.clone();
        newer[8] = 2;
        assert_eq!(decode(&newer, NAME, 8), Ok(()), "one damaged copy is no newer version");
        newer[4096 + 8] = 2;
        assert_eq!(decode(&newer, NAME, 8), Err(NoHeader::Newer(2)));
    }

    #[test]
    fn a_frame_opens_only_where_it_was_written() {
        let (header, _) = header();
        let mut stored = Vec::new();
        let bytes = encode_frame(&mut stored, (&header.key, 9), 8192, 8192, FrameKind::Note.code(), b"freeze");
        assert_eq!(bytes as usize, b"freeze".len() + FRAME_OVERHEAD_BYTES);
        let at = Location { file: 9, offset: 8192, bytes };
        assert_eq!(header.key.open(at, &stored).unwrap(), Frame { kind: FrameKind::Note, bytes: b"freeze".to_vec() });
        assert!(header.key.open(Location { offset: 8193, ..at }, &stored).is_err());
        assert!(header.key.open(Location { file: 8, ..at }, &stored).is_err());
        assert!(header.key.open(at, &stored[..stored.len() - 1]).is_err());
        for at_byte in 0..stored.len() {
            let mut flipped = stored.clone();
            flipped[at_byte] ^= 0x10;
            assert!(header.key.open(at, &flipped).is_err(), "byte {at_byte}");
        }
    }

    #[test]
    fn the_stored_form_is_fixed() {
        let (header, bytes) = header();
        let mut file = bytes;
        let bytes = encode_frame(&mut file, (&header.key, 9), 8192, 8192, FrameKind::Page.code(), b"page");
        file.extend(encode_end((&header.key, 9), 8192 + bytes, &vec![(1, bytes)]));
        assert_eq!(blake3::hash(&file).to_hex().as_str(), GOLDEN, "the stored form changed: raise VERSION");
        assert_eq!(u64::from(bytes), 36);
    }

    const GOLDEN: &str = "9d3f09f24fea6eadb6bdc71eb67373f13cc1ced94d7c06c3a346e4b6c150e357";
}
