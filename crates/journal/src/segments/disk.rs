//! A folder in memory that executes the log's operations, and loses what a power cut may lose. For tests and for the
//! simulator.

use super::DiskOp;

/// A folder in memory.
#[derive(Debug, Clone, Default)]
pub struct SimDisk {}

impl SimDisk {
    /// Executes one operation; it is durable only once synced.
    pub fn execute(&mut self, op: &DiskOp) {
        todo!()
    }
}
