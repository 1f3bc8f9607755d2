//! The command line: which devices there are; run, explain and measure a graph listing.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line is wrong. Results go to the standard output, everything else (errors,
//! progress) to the standard error.

mod words;
mod inputs;
mod terminal;
mod drawing;
mod html;
mod run;
mod explain;
mod bench;
mod devices;

use std::process::ExitCode;
use words::{Failure, Words};

const USAGE: &str = "\
interfuse: see what a graph compiles to, run it, measure it

  interfuse devices
  interfuse run FILE [--input [NAME=]x.npy|random]... [--output [NAME=]y.npy]... [--device auto|webgpu|cpu]
  interfuse explain FILE [--pass NAME] [--kernel N] [--as text|wgsl|msl|spirv|hlsl|glsl|dot|json|html] [--device webgpu|cpu]
  interfuse bench FILE [--input [NAME=]x.npy|random]... [--repeats N] [--device auto|webgpu|cpu]

Every command takes --json. FILE is an exported function, or a graph listing, such as

  %x: float32[4] = input 0
  %y: float32[4] = exp %x
  return %y

Inputs and outputs are npy files, in the order of the graph's unless NAME (`x`, `y`) says which. `random` fills an input with the
same random numbers every time, and all that are not given when it stands without a name; bench does so by itself. Without
--output, run prints shapes and first elements. NO_COLOR turns colours off, which appear on a terminal only.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|word| word == "--json");
    let (kind, message, code) = match dispatch(&arguments) {
        Ok(text) => {
            println!("{}", text.trim_end());
            return ExitCode::SUCCESS;
        }
        Err(Failure::Usage(message)) => ("usage", message, 2),
        Err(Failure::Work(message)) => ("work", message, 1),
    };
    if json {
        eprintln!("{}", serde_json::json!({ "error": { "kind": kind, "message": message } }));
    } else {
        let head = terminal::errors().red("interfuse:");
        eprintln!("{head} {message}");
        if code == 2 {
            eprintln!("\n{USAGE}");
        }
    }
    ExitCode::from(code)
}

fn dispatch(arguments: &[String]) -> Result<String, Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Failure::Usage("no command".into()));
    };
    match command.as_str() {
        "devices" => devices::devices(&Words::read(rest, &[])?),
        "run" => run::run(&Words::read(rest, &["input", "output", "device"])?),
        "explain" => explain::explain(&Words::read(rest, &["pass", "kernel", "as", "device"])?),
        "bench" => bench::bench(&Words::read(rest, &["input", "repeats", "device"])?),
        "help" | "--help" | "-h" => Ok(USAGE.to_string()),
        "--version" | "-V" => Ok(format!("interfuse {}", env!("CARGO_PKG_VERSION"))),
        other => Err(Failure::Usage(format!("unknown command {other}"))),
    }
}
