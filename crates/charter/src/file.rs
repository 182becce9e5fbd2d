//! Files and lines that people carry between offices.
