//! Chores of the project: `cargo run -p interfuse-xtask -- bench`.

mod compile_bench;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("bench") => compile_bench::run(),
        other => {
            eprintln!("unknown chore {other:?}; there is: bench");
            std::process::exit(2);
        }
    }
}
