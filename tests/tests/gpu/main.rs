//! The GPU device against the oracle and the CPU device. These need an adapter, and a software one is enough.

mod rows;
mod differential;
mod everything;
mod few_buffers;
mod sizes;
mod refused;
mod schedules;
