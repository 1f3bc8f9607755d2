//! What the compiler makes of graphs: that every pass keeps values, and which kernels come out.

mod passes;
mod golden;
mod costs;
mod transforms;
mod normal;
