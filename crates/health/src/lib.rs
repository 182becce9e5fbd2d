//! Health: haves, receipts and beacons become findings.
