//! What follows from Rust: the TypeScript functions and methods of the tables with their docs, the types of what is shown, and the page of
//! ops.
//!
//! `gen` writes the files, `gen --check` fails when they are not what it would write.

use crate::{functions, options, rules, views};
use interfuse_compiler::ops::{Op, Signature};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The scalar functions, and the methods of all functions, a file each. Positions in the tables are what the package and the core name rows
/// by; both are built from the same tables.
fn typescript() -> [String; 2] {
    let mut scalar = String::new();
    let mut methods = String::new();
    for (position, op) in Op::ALL.iter().enumerate() {
        let row = op.row();
        let names = op.facts().operands;
        let typed: Vec<String> = names.iter().map(|name| format!("{name}: Operand")).collect();
        let doc = doc(*op);
        let name = row.name;
        let arity = row.arity;
        // Writing to a string cannot fail.
        let _ = write!(
            scalar,
            "/** {doc} */\nexport function {name}({}): Tensor {{\n  return apply{arity}({position}, \"{name}\", {});\n}}\n\n",
            typed.join(", "),
            names.join(", "),
        );
        let operands: Vec<&str> = ["this as unknown as Tensor"].into_iter().chain(names[1..].iter().copied()).collect();
        let _ = write!(
            methods,
            "\n  /** {doc} */\n  {name}({}): Tensor {{\n    return apply{arity}({position}, \"{name}\", {});\n  }}\n",
            typed[1..].join(", "),
            operands.join(", "),
        );
    }
    methods.push_str(&functions::methods());
    let head = "// Generated from crate/lanes/src/ops.rs by `npm run gen`. Do not edit.\n\n\
        import type { Tensor } from \"./tensor.js\";\nimport { apply1, apply2, apply3, type Operand } from \"./wire.js\";\n\n";
    let names: Vec<String> = Op::ALL.iter().map(|op| format!("\"{}\"", op.name())).collect();
    let class = format!(
        "// Generated from crate/lanes/src/ops.rs and the functions in crate/interfuse/src by `npm run gen`. Do not edit.\n\n{}\n\
        /** The names of the scalar ops, in the order of the table. */\nexport const tableOps = [{}] as const;\n\n\
        /** The functions of the tables as methods; tensors inherit them. */\nexport class TableOps {{{methods}}}\n",
        functions::method_imports(&methods),
        names.join(", ")
    );
    [format!("{head}{}\n", scalar.trim_end()), class]
}

/// The doc with the names of the operands as they are in TypeScript.
fn doc(op: Op) -> String {
    op.facts().doc.replace("*/", "* /").replace('\n', "\n * ")
}

fn dtypes(signature: Signature) -> &'static str {
    match signature {
        Signature::Float => "float; integers and bool as float32",
        Signature::Number => "number; bool as int32",
        Signature::Bits => "int32, uint32, bool",
        Signature::Compare => "any, gives bool; int32 and uint32 by value",
        Signature::Classify => "float, gives bool",
        Signature::Logic => "bool; others, each by itself, as \"is not 0\"",
        Signature::Choose => "condition bool, others any",
    }
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Generated from crate/lanes/src/ops.rs by `npm run gen`. Do not edit. -->\n\n# Scalar ops\n\n\
        Each is a function and a method of the same name. Operands broadcast and promote (bool < int32, uint32 < float16 < float32);\n\
        numbers take the dtype of the tensors they meet. int32 and uint32 meet in comparisons only. The error is the largest over the op's\n\
        domain on every device, in units in the last place.\n\n\
        | op | what it computes | dtypes | error |\n|---|---|---|---|\n",
    );
    for op in Op::ALL {
        let row = op.row();
        let facts = op.facts();
        let bound = match (facts.bound.ulps, facts.bound.absolute) {
            (0.0, 0.0) => "exact".to_string(),
            (ulps, 0.0) => format!("{ulps} ulp"),
            (ulps, absolute) => format!("{ulps} ulp + {absolute:e}"),
        };
        let doc = facts.doc.replace('\n', " ").replace('|', "\\|");
        let _ = writeln!(
            page,
            "| `{}({})` | {doc} | {} | {bound} |",
            row.name,
            facts.operands.join(", "),
            dtypes(row.signature)
        );
    }
    page
}

/// Writes or checks; the exit status.
pub fn run(check: bool) -> i32 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let [scalar, methods] = typescript();
    let mut files = vec![
        ("web/interfuse/src/ops.gen.ts", scalar),
        ("web/interfuse/src/methods.gen.ts", methods),
        ("web/interfuse/OPS.md", page()),
    ];
    files.push(("web/interfuse/test/suites/examples.gen.mjs", functions::examples()));
    files.push(("web/interfuse/src/optim.gen.ts", functions::optimisers()));
    files.push(("web/interfuse/src/compile.gen.ts", options::file()));
    files.push(("web/interfuse/src/nn/layers.gen.ts", functions::layers()));
    files.push(("web/interfuse/src/views.gen.ts", views::file()));
    files.push(("web/interfuse/src/rules.gen.ts", rules::file()));
    files.extend(functions::files());
    let mut status = 0;
    for (name, text) in files {
        let path: PathBuf = root.join(name);
        // A checkout on Windows may have other line ends.
        let now = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if now == text {
            continue;
        }
        if check {
            eprintln!("{name} is not what follows from the table: run `npm run gen`");
            status = 1;
        } else if let Err(error) = std::fs::write(&path, text) {
            eprintln!("{name}: {error}");
            status = 1;
        } else {
            println!("wrote {name}");
        }
    }
    status
}
