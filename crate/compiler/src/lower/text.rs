//! The one pass over the written text: what naga's writer cannot say, and which line belongs to which value.
//!
//! * The results of calls, which the writer numbers (`_e12`), get the names that the builder chose.
//! * Names of values, uniforms and sizes that end in a digit lose the underscore that the writer appends.
//! * Counting loops, which the writer can only print as `loop`, become `for` loops: they read better, and Tint's range analysis
//!   understands them (it then drops bounds checks and its guard against endless loops).
//!
//! Nothing else changes, and the result is parsed again in the tests.

use crate::kernel::{Named, ValueId};
use crate::small::HashMap;

/// Renames, restores loops, and finds the lines of values. `calls` has, per function in the order of the text, the names of call
/// results.
pub(super) fn polish(written: &str, calls: &[Vec<(usize, String)>]) -> (String, Vec<(u32, Named)>) {
    let mut function: Option<usize> = None;
    let mut renamed = Vec::new();
    for line in written.lines() {
        if line.starts_with("fn ") {
            function = Some(function.map_or(0, |f| f + 1));
        }
        renamed.push(rename(line.trim_end(), function.map_or(&[][..], |f| &calls[f][..])));
    }
    let mut text = String::with_capacity(written.len());
    let mut lines = Vec::new();
    for (at, line) in restore_loops(&renamed).iter().enumerate() {
        if let Some(named) = named(line.trim_start()) {
            lines.push((at as u32 + 1, named));
        }
        text.push_str(line);
        text.push('\n');
    }
    (text, lines)
}

fn rename(line: &str, calls: &[(usize, String)]) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '_') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        // A suffix of a number (`1u`, `0x1p`) is no identifier.
        let number = before.ends_with(|c: char| c.is_ascii_digit());
        out.push_str(if number { word } else { renamed(word, calls) });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn renamed<'a>(word: &'a str, calls: &'a [(usize, String)]) -> &'a str {
    if let Some(number) = word.strip_prefix("_e").and_then(|n| n.parse::<usize>().ok()) {
        return calls.iter().find(|(at, _)| *at == number).map_or(word, |(_, name)| name);
    }
    match word.strip_suffix('_') {
        // `v12_log2`, `c3`, `s1`: nothing built in is called so.
        Some(short) if short.starts_with(['v', 'c', 's']) && short[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            short
        }
        _ => word,
    }
}

/// The counters of the builder's loops are variables of this prefix, one per loop.
pub(super) const COUNTER: &str = "next_";

/// Finds what the builder's `begin_loop` and `end_loop` became:
///
/// ```text
/// next_k = START;                          for (var k = START; k < END; k = k + STEP) {
/// loop {                                       ...
///     let k = next_k;                      }
///     if (k >= END) {
///         break;
///     }
///     ...
///     continuing {
///         let _e9 = next_k;
///         next_k = (_e9 + STEP);
///     }
/// }
/// ```
fn restore_loops(lines: &[String]) -> Vec<String> {
    let mut starts: HashMap<&str, &str> = HashMap::default();
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim_start();
        let indent = &lines[at][..lines[at].len() - line.len()];
        if line.starts_with("var next_") {
            at += 1;
            // Without variables there is no blank line after them.
            if out.last().is_some_and(|l| l.starts_with("fn ")) && lines[at].is_empty() {
                at += 1;
            }
        } else if let Some((counter, start)) = assignment(line) {
            starts.insert(counter, start);
            at += 1;
        } else if line == "continuing {"
            && let Some((counter, _)) = lines.get(at + 2).and_then(|l| assignment(l.trim_start()))
            && starts.contains_key(counter)
        {
            at += 4;
        } else if line == "loop {"
            && let Some((name, counter)) = counter_of(&lines[at + 1])
            && let Some(start) = starts.get(counter)
            && let Some(end) = lines[at + 2].trim_start().strip_prefix(&format!("if ({name} >= ")[..])
            && let Some(step) = step_of(&lines[at..], counter)
        {
            let end = end.strip_suffix(") {").expect("a comparison in parentheses");
            out.push(format!("{indent}for (var {name} = {start}; {name} < {end}; {name} = {name} + {step}) {{"));
            at += 5;
        } else {
            out.push(lines[at].clone());
            at += 1;
        }
    }
    out
}

/// `next_k = value;`
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (counter, value) = line.strip_suffix(';')?.split_once(" = ")?;
    counter.starts_with(COUNTER).then_some((counter, value))
}

/// `let k = next_k;`
fn counter_of(line: &str) -> Option<(&str, &str)> {
    let (name, counter) = line.trim_start().strip_prefix("let ")?.strip_suffix(';')?.split_once(" = ")?;
    counter.starts_with(COUNTER).then_some((name, counter))
}

/// The step of that counter: `next_k = (_e9 + STEP);`
fn step_of<'a>(lines: &'a [String], counter: &str) -> Option<&'a str> {
    let (_, value) = lines.iter().filter_map(|l| assignment(l.trim_start())).find(|(c, _)| *c == counter)?;
    Some(value.strip_prefix('(')?.strip_suffix(')')?.split_once(" + ")?.1)
}

/// What `let v12_add = ...` or `b2_out[...] = ...` names.
fn named(line: &str) -> Option<Named> {
    let number = |name: &str| name[..name.find('_')?].parse().ok();
    match line.strip_prefix("let v") {
        Some(name) => number(name).map(|id| Named::Value(ValueId(id))),
        None => number(line.strip_prefix('b')?).map(Named::Binding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identifiers_change() {
        let written = "fn erf(x: f32) -> f32 {\n    let _e1 = x;\n}\n\nfn main() {\n    let _e1 = erf(1e1f);\n    let v7_log2_ = (_e1 + c2_);\n    b2_out[_e11] = v7_log2_ * 12u;\n}\n";
        let calls = [vec![], vec![(1, "v6_erf".to_string())]];
        let (text, lines) = polish(written, &calls);
        assert_eq!(
            text,
            "fn erf(x: f32) -> f32 {\n    let _e1 = x;\n}\n\nfn main() {\n    let v6_erf = erf(1e1f);\n    let v7_log2 = (v6_erf + c2);\n    b2_out[_e11] = v7_log2 * 12u;\n}\n"
        );
        assert_eq!(lines, [(6, Named::Value(ValueId(6))), (7, Named::Value(ValueId(7))), (8, Named::Binding(2))]);
    }

    #[test]
    fn loops_of_the_builder_become_for_loops() {
        let written = "fn main() {\n    var next_k: u32;\n\n    next_k = lane;\n    let v1_a = 2u;\n    loop {\n        let k = next_k;\n        if (k >= min(n, 4u)) {\n            break;\n        }\n        b1_out[k] = v1_a;\n        continuing {\n            let _e9 = next_k;\n            next_k = (_e9 + 16u);\n        }\n    }\n}\n";
        let (text, lines) = polish(written, &[vec![]]);
        assert_eq!(
            text,
            "fn main() {\n    let v1_a = 2u;\n    for (var k = lane; k < min(n, 4u); k = k + 16u) {\n        b1_out[k] = v1_a;\n    }\n}\n"
        );
        assert_eq!(lines, [(2, Named::Value(ValueId(1))), (4, Named::Binding(1))]);
    }
}
