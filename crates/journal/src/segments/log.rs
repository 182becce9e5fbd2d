//! The log: which operations append a group of frames, or rewrite files.

use std::collections::BTreeMap;

use super::layout::{
    Entries, FILE_BYTES_MAX, FRAME_BYTES_MAX, FRAME_OVERHEAD_BYTES, FileName, Frame, HEADER_BYTES, Header, Identity,
    MachineKey, SegmentKey, encode_end, encode_frame, footer_plain,
};
use super::{DiskOp, Location, Position, SegmentError};

/// How files grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// The first zeros of a new file, in bytes; then it doubles.
    pub grow_bytes_min: u32,
    /// The most zeros written ahead at once, in bytes.
    pub grow_bytes_max: u32,
    /// When a file is full, in bytes. One frame alone may go over it.
    pub segment_bytes: u32,
}

impl Default for Sizing {
    /// A fresh village pays 64 KiB; a busy node grows by 1 MiB up to 16 MiB.
    fn default() -> Self {
        Self { grow_bytes_min: 64 << 10, grow_bytes_max: 1 << 20, segment_bytes: 16 << 20 }
    }
}

/// A file that stands.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: FileName,
    pub(super) key: SegmentKey,
    /// Behind the last frame.
    pub(super) end: u32,
}

/// What is known of the file that is being written, beside [`File`]. It is the last one.
#[derive(Debug)]
pub(super) struct Active {
    /// Its first place.
    pub(super) place: u32,
    /// What the footer will list.
    pub(super) entries: Entries,
    /// How long the file is: zeros are written up to here.
    pub(super) file_bytes: u32,
}

/// The state of a folder of segments.
#[derive(Debug)]
pub struct Log {
    pub(super) identity: Identity,
    pub(super) machine_key: MachineKey,
    pub(super) sizing: Sizing,
    /// New keys are drawn from it; `MachineKey` because it is as secret.
    pub(super) seed: MachineKey,
    /// By first place, which is the order of the log.
    pub(super) files: BTreeMap<u32, File>,
    pub(super) active: Option<Active>,
    pub(super) next_number: u32,
    pub(super) saving_space: bool,
}

impl Log {
    /// One group commit. Acknowledge the frames when all operations were executed; the last of them is a sync.
    ///
    /// A group that goes over the end of a file is split at a frame. Of a group that was not acknowledged any frames
    /// may be there after a power cut, the first ones first.
    pub fn append(&mut self, frames: &[Frame]) -> Result<(Vec<DiskOp>, Vec<Location>), SegmentError> {
        self.check(frames)?;
        let (mut ops, mut locations) = (Vec::new(), Vec::with_capacity(frames.len()));
        let mut rest = frames;
        while !rest.is_empty() {
            let end = self.active.as_ref().and_then(|active| self.files.get(&active.place)).map(|file| file.end);
            let taken = self.how_many_fit(end.unwrap_or(HEADER_BYTES), rest);
            if taken == 0 {
                self.close_active(&mut ops);
                continue;
            }
            let (group, behind) = rest.split_at(taken);
            match &end {
                Some(_) => self.append_to_active(group, &mut ops, &mut locations),
                None => self.append_to_new(group, &mut ops, &mut locations),
            }
            rest = behind;
        }
        Ok((ops, locations))
    }

    /// How many of the frames the file may take whose frames end at `end`. A fresh file takes one of any size.
    fn how_many_fit(&self, end: u32, frames: &[Frame]) -> usize {
        let mut at = u64::from(end);
        let fitting = frames.iter().take_while(|frame| {
            at += stored_bytes(frame);
            at <= u64::from(self.sizing.segment_bytes)
        });
        let count = fitting.count();
        if end == HEADER_BYTES { count.max(1) } else { count }
    }

    fn append_to_active(&mut self, frames: &[Frame], ops: &mut Vec<DiskOp>, locations: &mut Vec<Location>) {
        let Some(active) = &mut self.active else { return };
        let Some(file) = self.files.get_mut(&active.place) else { return };
        let group = file.end;
        let mut bytes = Vec::new();
        file.end = encode_group(&mut bytes, file, frames, &mut active.entries, locations);
        ops.push(DiskOp::Write { file: file.name, offset: group.into(), bytes });
        grow(&self.sizing, self.saving_space, file, active, group, ops);
        ops.push(DiskOp::Sync { file: file.name });
    }

    /// Makes a file with its first group in it. It gets its name only when it is durable.
    fn append_to_new(&mut self, frames: &[Frame], ops: &mut Vec<DiskOp>, locations: &mut Vec<Location>) {
        let number = self.draw_number();
        let name = FileName::whole(number, number, number);
        let previous = self.last_place_before(number);
        let header = Header::new(name, previous, self.identity, &self.seed.0);
        let mut bytes = header.encode(&self.machine_key, &self.seed.0);
        let mut file = File { name: name.as_making(), key: header.key, end: HEADER_BYTES };
        let mut active = Active { place: number, entries: Entries::new(), file_bytes: HEADER_BYTES };
        file.end = encode_group(&mut bytes, &file, frames, &mut active.entries, locations);
        ops.push(DiskOp::Create { file: file.name });
        ops.push(DiskOp::Write { file: file.name, offset: 0, bytes });
        grow(&self.sizing, self.saving_space, &file, &mut active, HEADER_BYTES, ops);
        ops.push(DiskOp::Sync { file: file.name });
        ops.push(DiskOp::Rename { from: file.name, to: name });
        ops.push(DiskOp::SyncFolder);
        file.name = name;
        self.files.insert(number, file);
        self.active = Some(active);
    }

    /// Puts `frames` in the stead of all that neighbouring files hold: for erasure, and to make few files of many. The
    /// old files' keys are destroyed. Afterwards old locations in them are gone.
    ///
    /// Old and new never count both: the new file replaces the old ones at once when its name is durable.
    pub fn rewrite(&mut self, files: &[u32], frames: &[Frame]) -> Result<(Vec<DiskOp>, Vec<Location>), SegmentError> {
        self.check(frames)?;
        let places: Vec<u32> =
            self.files.iter().filter(|(_, f)| files.contains(&f.name.number)).map(|(p, _)| *p).collect();
        let (Some(first), Some(last)) = (places.first(), places.last()) else {
            return Err(SegmentError::NotNeighbours(files.to_vec()));
        };
        let neighbours = self.files.range(*first..=*last).count();
        if neighbours != files.len() || places.len() != files.len() {
            return Err(SegmentError::NotNeighbours(files.to_vec()));
        }
        let last_place = self.files.get(last).map_or(*last, |file| file.name.last);

        // Everything that may be refused is refused before the state changes.
        let lengths = frames.iter().map(stored_bytes);
        let file_bytes = u64::from(HEADER_BYTES) + lengths.clone().sum::<u64>();
        let entries_max: Entries = frames.iter().map(|frame| (frame.kind.code(), stored_bytes(frame) as u32)).collect();
        let footer_bytes = footer_plain(&entries_max).len();
        if file_bytes + footer_bytes as u64 > FILE_BYTES_MAX || footer_bytes > FRAME_BYTES_MAX {
            return Err(SegmentError::FileTooLarge(file_bytes));
        }

        let mut ops = Vec::new();
        if self.active.as_ref().is_some_and(|active| places.contains(&active.place)) {
            self.close_active(&mut ops);
        }
        let name = FileName::whole(*first, last_place, self.draw_number());
        let previous = self.last_place_before(*first);
        let header = Header::new(name, previous, self.identity, &self.seed.0);
        let mut bytes = header.encode(&self.machine_key, &self.seed.0);
        let mut file = File { name, key: header.key, end: HEADER_BYTES };
        let (mut entries, mut locations) = (Entries::new(), Vec::with_capacity(frames.len()));
        file.end = encode_group(&mut bytes, &file, frames, &mut entries, &mut locations);
        bytes.extend(encode_end((&file.key, name.number), file.end, &entries));
        let making = name.as_making();
        ops.extend([
            DiskOp::Create { file: making },
            DiskOp::Write { file: making, offset: 0, bytes },
            DiskOp::Sync { file: making },
            DiskOp::Rename { from: making, to: name },
            DiskOp::SyncFolder,
        ]);
        for place in &places {
            if let Some(old) = self.files.remove(place) {
                destroy(old.name, &mut ops);
            }
        }
        ops.push(DiskOp::SyncFolder);
        self.files.insert(*first, file);
        Ok((ops, locations))
    }

    /// Closes the file that is being written, so that it can be rewritten or copied whole.
    pub fn close(&mut self) -> Vec<DiskOp> {
        let mut ops = Vec::new();
        self.close_active(&mut ops);
        ops
    }

    /// The frames of the file are synced: an append ends with a sync, and so does recovery.
    pub(super) fn close_active(&mut self, ops: &mut Vec<DiskOp>) {
        let Some(active) = self.active.take() else { return };
        let Some(file) = self.files.get(&active.place) else { return };
        let end = encode_end((&file.key, file.name.number), file.end, &active.entries);
        let file_bytes = u64::from(file.end) + end.len() as u64;
        ops.push(DiskOp::Write { file: file.name, offset: file.end.into(), bytes: end });
        ops.push(DiskOp::Truncate { file: file.name, bytes: file_bytes });
        ops.push(DiskOp::Sync { file: file.name });
    }

    /// While the disk is nearly full, no zeros are written ahead.
    pub fn save_space(&mut self, on: bool) {
        self.saving_space = on;
    }

    /// How many bytes these frames will take on disk, at most: zeros ahead, a new header and a footer included.
    pub fn cost_bytes(&self, frames: &[Frame]) -> u64 {
        let ahead = if self.saving_space { 0 } else { self.sizing.grow_bytes_max };
        let entries = frames.len() + self.active.as_ref().map_or(0, |active| active.entries.len());
        frames.iter().map(stored_bytes).sum::<u64>() + u64::from(ahead) + u64::from(HEADER_BYTES) + 6 * entries as u64
    }

    /// Behind the last frame.
    pub fn end(&self) -> Position {
        self.files.last_key_value().map_or_else(Position::default, |(_, file)| position(file.name, file.end))
    }

    /// The files in the order of the log, with the offset behind their last frame. All but the last are closed.
    pub fn files(&self) -> Vec<(FileName, u32)> {
        self.files.values().map(|file| (file.name, file.end)).collect()
    }

    /// The number of the file that is being written; all others are closed.
    pub fn active(&self) -> Option<u32> {
        self.active.as_ref().and_then(|active| self.files.get(&active.place)).map(|file| file.name.number)
    }

    /// The file with this number, and the key that opens its frames.
    pub fn segment(&self, file: u32) -> Option<(FileName, SegmentKey)> {
        self.files.values().find(|it| it.name.number == file).map(|it| (it.name, it.key.clone()))
    }

    fn check(&self, frames: &[Frame]) -> Result<(), SegmentError> {
        if let Some(frame) = frames.iter().find(|frame| frame.bytes.len() > FRAME_BYTES_MAX) {
            return Err(SegmentError::FrameTooLarge(frame.bytes.len()));
        }
        // At worst each frame begins a file.
        match u32::try_from(frames.len()).ok().and_then(|files| self.next_number.checked_add(files + 2)) {
            Some(_) => Ok(()),
            None => Err(SegmentError::Full),
        }
    }

    fn last_place_before(&self, place: u32) -> u32 {
        self.files.range(..place).next_back().map_or(0, |(_, file)| file.name.last)
    }

    fn draw_number(&mut self) -> u32 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }
}

/// The position behind `offset` in a file. By its last place, so that a file made of several comes behind them all.
pub(super) fn position(name: FileName, offset: u32) -> Position {
    Position { place: name.last, file: name.number, offset }
}

/// Removes a file for good: first its key, then its name. The copies of a drive that remaps its blocks stay out of
/// reach of this; there the machine key is what guards them.
pub(super) fn destroy(file: FileName, ops: &mut Vec<DiskOp>) {
    ops.push(DiskOp::Zero { file, offset: 0, bytes: HEADER_BYTES.into() });
    ops.push(DiskOp::Sync { file });
    ops.push(DiskOp::Remove { file });
}

fn stored_bytes(frame: &Frame) -> u64 {
    (frame.bytes.len() + FRAME_OVERHEAD_BYTES) as u64
}

/// Appends the frames, which begin a group at the end of `file`, to `bytes`. Returns where they end.
fn encode_group(
    bytes: &mut Vec<u8>,
    file: &File,
    frames: &[Frame],
    entries: &mut Entries,
    locations: &mut Vec<Location>,
) -> u32 {
    let mut offset = file.end;
    for frame in frames {
        let code = frame.kind.code();
        let taken = encode_frame(bytes, (&file.key, file.name.number), offset, file.end, code, &frame.bytes);
        locations.push(Location { file: file.name.number, offset, bytes: taken });
        entries.push((code, taken));
        offset += taken;
    }
    offset
}

/// Writes zeros behind a group that went over the zeros that were there, unless the group is so long that the sync of a
/// new length is small beside it.
fn grow(sizing: &Sizing, saving: bool, file: &File, active: &mut Active, group: u32, ops: &mut Vec<DiskOp>) {
    if file.end <= active.file_bytes {
        return;
    }
    let step = active.file_bytes.clamp(sizing.grow_bytes_min, sizing.grow_bytes_max.max(sizing.grow_bytes_min));
    active.file_bytes = file.end;
    if saving || file.end - group > step / 2 {
        return;
    }
    let ahead = file.end.saturating_add(step).min(sizing.segment_bytes);
    if ahead > file.end {
        let bytes = u64::from(ahead - file.end);
        ops.push(DiskOp::Zero { file: file.name, offset: file.end.into(), bytes });
        active.file_bytes = ahead;
    }
}
