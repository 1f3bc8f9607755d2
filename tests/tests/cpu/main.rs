//! The CPU device against the oracle.

mod differential;
mod random;
mod function_files;
