//! Chores of the project: `cargo run -p interfuse-xtask -- bench`, `-- gen [--check]`.

mod compile_bench;
mod functions;
mod options;
mod rules;
mod views;
mod generate;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("bench") => compile_bench::run(),
        Some("gen") => std::process::exit(generate::run(std::env::args().any(|arg| arg == "--check"))),
        other => {
            eprintln!("unknown chore {other:?}; there are: bench, gen");
            std::process::exit(2);
        }
    }
}
