//! What a start finds in the folder: which files stand, how far they reach, what is lost and what is cut.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
};

use super::layout::{
    Entries, FILE_BYTES_MAX, FOOTER_KIND, FRAME_OVERHEAD_BYTES, FileName, FrameKind, GAP, HEADER_BYTES, Header,
    Identity, MachineKey, NoHeader, SegmentKey, TRAILER_BYTES, decode_footer, decode_trailer, encode_trailer, frame_in,
};
use super::log::{Active, File, Log, Sizing, destroy, position};
use super::{DiskOp, Location, Position, SegmentError};

/// Reads up to so many bytes of a file from an offset; fewer only at its end.
pub type ReadFile<'a> = dyn FnMut(FileName, u64, usize) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> + 'a;

/// A frame that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// Where.
    pub at: Location,
    /// What it holds.
    pub kind: FrameKind,
}

/// Bytes that a start could not take as frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// In which file.
    pub file: FileName,
    /// From which offset.
    pub from: u32,
    /// Up to which offset; `u32::MAX` when it is unknown how much there was.
    pub to: u32,
    /// What happened, as far as one can tell.
    pub why: Why,
}

/// What happened to bytes that are no frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The last group commit was not whole, as after a power cut: cut. Nobody was told that it is kept, unless it was
    /// damaged later, which looks the same.
    TornTail,
    /// Frames that had been synced are unreadable. The others are kept. Reported at each start until it is rewritten.
    Damaged,
    /// The file lost its end: how much is unknown. Reported at each start until it is rewritten.
    NoEnd,
    /// The file's header is unreadable, and with it all that it held. Reported at each start while the file is there.
    NoHeader,
    /// The file belongs to another data folder or machine key; it is left alone.
    Foreign,
    /// Files between this one and the one before it are not there. Reported at each start until this one is rewritten.
    Missing,
    /// The log ends before the position that the caller expected.
    Behind,
}

/// What the caller hands to a start.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The data folder and machine: what new files say, and what the last one should.
    pub identity: Identity,
    /// Wraps the segments' keys.
    pub machine_key: MachineKey,
    /// 32 fresh random bytes: the keys of new segments are drawn from them.
    pub seed: [u8; 32],
    /// How files grow.
    pub sizing: Sizing,
    /// How far the log once reached, if the caller knows.
    pub expected: Option<Position>,
}

/// What a start found.
#[derive(Debug)]
pub struct Recovered {
    /// Every frame, in order. Those of closed files are as their footers list them, and were not read.
    pub frames: Vec<Located>,
    /// What was cut, and what is lost.
    pub cuts: Vec<Cut>,
    /// Where the last file was written; `None` in an empty folder. A file that was written elsewhere is not written on.
    pub identity: Option<Identity>,
}

/// What one file holds.
struct Contents {
    entries: Entries,
    end: u32,
    state: State,
}

enum State {
    /// It has its footer and ends with it.
    Closed,
    /// It has its footer, but its end is not as it should be: the close was cut short, or the trailer damaged.
    ClosedAtFooter { footer_bytes: u32 },
    /// It has no footer.
    Open { torn_to: Option<u32> },
}

impl Log {
    /// The log of a folder that holds the files of `listing` (names that are not ours are ignored), read by `read`;
    /// what was found; and what to execute before anything else. An empty folder gives an empty log.
    pub fn recover(
        listing: &[(String, u64)],
        read: &mut ReadFile<'_>,
        setup: &Setup,
    ) -> Result<(Self, Recovered, Vec<DiskOp>), SegmentError> {
        let lengths: BTreeMap<FileName, u64> =
            listing.iter().filter_map(|(name, bytes)| Some((name.parse().ok()?, *bytes))).collect();
        let next_number = lengths.keys().map(|name| name.number).max().map_or(Some(1), |number| number.checked_add(1));
        let mut log = Self {
            identity: setup.identity,
            machine_key: setup.machine_key.clone(),
            sizing: setup.sizing,
            seed: MachineKey(setup.seed),
            files: BTreeMap::new(),
            active: None,
            next_number: next_number.ok_or(SegmentError::Full)?,
            saving_space: false,
        };
        let (mut ops, mut cuts) = (Vec::new(), Vec::new());
        let headers = read_headers(&lengths, read, &log, &mut cuts)?;
        let standing = drop_leftovers(&lengths, &headers, &mut ops);

        let (mut frames, mut previous) = (Vec::new(), 0);
        let last = standing.last().copied();
        for name in standing {
            let Some(header) = headers.get(&name) else { continue };
            if header.previous > previous {
                cuts.push(Cut { file: name, from: 0, to: 0, why: Why::Missing });
            }
            previous = name.last;
            let contents = read_contents(name, lengths.get(&name).copied().unwrap_or(0), &header.key, read)?;
            frames.extend(located(name, &contents.entries));
            log.adopt(name, header, contents, Some(name) == last, lengths.get(&name).copied(), &mut ops, &mut cuts);
        }
        let written_at = last.and_then(|name| headers.get(&name)).map(|header| header.identity);
        if written_at.is_some_and(|written_at| written_at != setup.identity) {
            log.close_active(&mut ops);
        }
        if let Some(expected) = setup.expected
            && log.end() < expected
        {
            let file = FileName::whole(expected.place.min(expected.file), expected.place, expected.file);
            let from = if log.end().file == expected.file { log.end().offset } else { 0 };
            cuts.push(Cut { file, from, to: expected.offset, why: Why::Behind });
        }
        Ok((log, Recovered { frames, cuts, identity: written_at }, ops))
    }

    /// Takes a file into the log: cuts, closes or repairs its end where it has to.
    #[expect(clippy::too_many_arguments, reason = "one step of `recover`, which holds all of these")]
    fn adopt(
        &mut self,
        name: FileName,
        header: &Header,
        contents: Contents,
        last: bool,
        file_bytes: Option<u64>,
        ops: &mut Vec<DiskOp>,
        cuts: &mut Vec<Cut>,
    ) {
        let Contents { entries, end, state } = contents;
        let mut offset = HEADER_BYTES;
        for (kind, bytes) in &entries {
            if *kind == GAP {
                cuts.push(Cut { file: name, from: offset, to: offset + bytes, why: Why::Damaged });
            }
            offset += bytes;
        }
        let damaged = entries.iter().any(|(kind, _)| *kind == GAP);
        self.files.insert(name.first, File { name, key: header.key.clone(), end });
        match state {
            State::Closed => {}
            State::ClosedAtFooter { footer_bytes } => {
                let trailer = encode_trailer(name.number, end, footer_bytes);
                let behind = u64::from(end) + u64::from(footer_bytes);
                ops.push(DiskOp::Write { file: name, offset: behind, bytes: trailer.to_vec() });
                ops.push(DiskOp::Truncate { file: name, bytes: behind + TRAILER_BYTES as u64 });
                ops.push(DiskOp::Sync { file: name });
            }
            // It was closed before the next one was made, so it lost what had been synced.
            State::Open { .. } if !last => {
                cuts.push(Cut { file: name, from: end, to: u32::MAX, why: Why::NoEnd });
            }
            State::Open { torn_to } => {
                if let Some(to) = torn_to {
                    cuts.push(Cut { file: name, from: end, to, why: Why::TornTail });
                    ops.push(DiskOp::Truncate { file: name, bytes: end.into() });
                }
                // What we read may still be on its way to the disk: a killed process leaves unsynced writes behind.
                ops.push(DiskOp::Sync { file: name });
                let file_bytes = file_bytes.and_then(|bytes| u32::try_from(bytes).ok()).unwrap_or(end).max(end);
                self.active = Some(Active { place: name.first, entries, file_bytes });
                // Not written on: a key seals two contents at no offset, and footers are what remembers a gap.
                if torn_to.is_some() || damaged {
                    self.close_active(ops);
                }
            }
        }
    }
}

/// The headers of all whole files that are ours.
fn read_headers(
    lengths: &BTreeMap<FileName, u64>,
    read: &mut ReadFile<'_>,
    log: &Log,
    cuts: &mut Vec<Cut>,
) -> Result<BTreeMap<FileName, Header>, SegmentError> {
    let mut headers = BTreeMap::new();
    let mut foreign = Vec::new();
    let mut lost = Vec::new();
    for (name, _) in lengths.iter().filter(|(name, _)| !name.making) {
        let bytes =
            read(*name, 0, HEADER_BYTES as usize).map_err(|source| SegmentError::Read { file: *name, source })?;
        let whole = Cut { file: *name, from: 0, to: u32::MAX, why: Why::NoHeader };
        match Header::decode(*name, &bytes, &log.machine_key) {
            Ok(header) if header.identity.folder == log.identity.folder => {
                headers.insert(*name, header);
            }
            Ok(_) | Err(NoHeader::WrongKey) => foreign.push(Cut { why: Why::Foreign, ..whole }),
            Err(NoHeader::Unreadable) => lost.push(whole),
            Err(NoHeader::Newer(version)) => return Err(SegmentError::Newer { file: name.number, version }),
        }
    }
    if headers.is_empty() && !foreign.is_empty() {
        return Err(SegmentError::WrongKey);
    }
    // A file whose key is destroyed already, and that is only still to be removed, is not lost.
    lost.retain(|cut| !headers.keys().any(|name| name.replaces(&cut.file)));
    cuts.extend(foreign);
    cuts.extend(lost);
    Ok(headers)
}

/// Undoes files that were being made and finishes rewrites. Returns the files that stand, in the order of the log.
fn drop_leftovers(
    lengths: &BTreeMap<FileName, u64>,
    headers: &BTreeMap<FileName, Header>,
    ops: &mut Vec<DiskOp>,
) -> Vec<FileName> {
    let mut standing: BTreeSet<FileName> = headers.keys().copied().collect();
    let mut touched = false;
    for name in lengths.keys() {
        if name.making {
            ops.push(DiskOp::Remove { file: *name });
            touched = true;
        } else if headers.keys().any(|other| other.replaces(name)) {
            standing.remove(name);
            destroy(*name, ops);
            touched = true;
        }
    }
    if touched {
        ops.push(DiskOp::SyncFolder);
    }
    standing.into_iter().collect()
}

fn located(name: FileName, entries: &Entries) -> Vec<Located> {
    let mut offset = HEADER_BYTES;
    let mut frames = Vec::with_capacity(entries.len());
    for (code, bytes) in entries {
        if let Some(kind) = FrameKind::from_code(*code) {
            frames.push(Located { at: Location { file: name.number, offset, bytes: *bytes }, kind });
        }
        offset += bytes;
    }
    frames
}

/// Where the frames of one file are, in order, with the position behind each. For a file that is being written, `end`
/// says how far it may be read.
pub fn frames_of(
    name: FileName,
    file_bytes: u64,
    end: u32,
    key: &SegmentKey,
    read: &mut ReadFile<'_>,
) -> Result<Vec<(Located, Position)>, SegmentError> {
    let contents = read_contents(name, file_bytes, key, read)?;
    let frames = located(name, &contents.entries).into_iter();
    Ok(frames
        .map(|frame| (frame, position(name, frame.at.offset + frame.at.bytes)))
        .filter(|(_, behind)| behind.offset <= end)
        .collect())
}

/// By the footer where there is one, else by reading the file whole.
fn read_contents(
    name: FileName,
    file_bytes: u64,
    key: &SegmentKey,
    read: &mut ReadFile<'_>,
) -> Result<Contents, SegmentError> {
    let file_bytes = file_bytes.min(FILE_BYTES_MAX + FRAME_OVERHEAD_BYTES as u64 + TRAILER_BYTES as u64);
    let mut read =
        |offset, bytes| read(name, offset, bytes).map_err(|source| SegmentError::Read { file: name, source });
    let trailer = read(file_bytes.saturating_sub(TRAILER_BYTES as u64), TRAILER_BYTES)?;
    if let Some((at, bytes)) = decode_trailer(name.number, file_bytes, &trailer)
        && let Some(entries) = decode_footer((key, name.number), at, &read(at.into(), bytes as usize)?)
    {
        return Ok(Contents { entries, end: at, state: State::Closed });
    }
    let bytes = read(0, usize::try_from(file_bytes).unwrap_or(usize::MAX))?;
    Ok(scan(name, key, &bytes))
}

/// A whole frame that a scan came across.
struct Found {
    offset: u32,
    kind: u8,
    bytes: u32,
    group: u32,
}

/// Reads a file from its first frame to its end, over whatever is damaged.
fn scan(name: FileName, key: &SegmentKey, file: &[u8]) -> Contents {
    let mut found: Vec<Found> = Vec::new();
    let mut offset = HEADER_BYTES;
    while let Some(frame) = next_frame(name.number, offset, file) {
        if frame.kind == FOOTER_KIND {
            let stored = file.get(frame.offset as usize..).unwrap_or_default();
            if let Some(entries) = decode_footer((key, name.number), frame.offset, stored) {
                return Contents {
                    entries,
                    end: frame.offset,
                    state: State::ClosedAtFooter { footer_bytes: frame.bytes },
                };
            }
            // Written over a torn tail and not opened by our key: as good as any damaged bytes.
            offset = frame.offset + 1;
            continue;
        }
        offset = frame.offset + frame.bytes;
        found.push(frame);
    }

    // Everything before the beginning of the last group that we see had been synced when that group was written.
    let synced = found.iter().map(|frame| frame.group).max().unwrap_or(HEADER_BYTES);
    let used = file.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u32 + 1);
    let mut entries = Entries::new();
    let mut end = HEADER_BYTES;
    for frame in found {
        if frame.offset > end {
            if end >= synced {
                return Contents { entries, end, state: State::Open { torn_to: Some(used) } };
            }
            entries.push((GAP, frame.offset - end));
        }
        entries.push((frame.kind, frame.bytes));
        end = frame.offset + frame.bytes;
    }
    Contents { entries, end, state: State::Open { torn_to: (used > end).then_some(used) } }
}

/// The first whole frame at or behind an offset.
fn next_frame(number: u32, from: u32, file: &[u8]) -> Option<Found> {
    let mut offset = from;
    loop {
        let rest = file.get(offset as usize..)?;
        if let Some((head, _)) = frame_in(number, offset, rest) {
            return Some(Found { offset, kind: head.kind, bytes: head.stored_bytes(), group: head.group });
        }
        // No frame begins with a zero, so zeros written ahead are passed over quickly.
        let skip = rest.iter().skip(1).position(|byte| *byte != 0)?;
        offset = offset.checked_add(u32::try_from(skip).ok()? + 1)?;
    }
}
