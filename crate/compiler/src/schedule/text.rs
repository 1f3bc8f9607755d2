//! The text of schedules, printed and parsed: `row by=workgroup workgroup=128 block=256`.

use super::{By, Schedule, Staging, Vectors};
use std::fmt;

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Map { workgroup, lanes } => write!(f, "map lanes={lanes} workgroup={workgroup}"),
            Schedule::Row { by, workgroup, block } => {
                write!(f, "row by={} workgroup={workgroup} block={block}", by.name())
            }
            Schedule::Contract { staging, workgroup, thread: [rows, columns], vectors } => {
                f.write_str("contract staging=")?;
                match staging {
                    Staging::Registers => f.write_str("registers")?,
                    Staging::Workgroup { depth } => write!(f, "workgroup depth={depth}")?,
                }
                write!(f, " thread={rows}x{columns} vectors={} workgroup={workgroup}", vectors.name())
            }
            Schedule::Serial => f.write_str("serial"),
        }
    }
}

impl By {
    const ALL: [By; 3] = [By::Thread, By::Workgroup, By::Subgroups];

    fn name(self) -> &'static str {
        match self {
            By::Thread => "thread",
            By::Workgroup => "workgroup",
            By::Subgroups => "subgroups",
        }
    }
}

impl Vectors {
    const ALL: [Vectors; 3] = [Vectors::AlongN, Vectors::AlongK, Vectors::None];

    fn name(self) -> &'static str {
        match self {
            Vectors::AlongN => "n",
            Vectors::AlongK => "k",
            Vectors::None => "none",
        }
    }
}

/// Why a text is no schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadSchedule(String);

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSchedule {}

/// The words behind the first, taken one by one.
struct Words<'a> {
    text: &'a str,
    words: Vec<(&'a str, &'a str)>,
}

impl<'a> Words<'a> {
    fn bad<T>(&self, what: impl fmt::Display) -> Result<T, BadSchedule> {
        Err(BadSchedule(format!("schedule '{}': {what}", self.text)))
    }

    fn take(&mut self, key: &str) -> Result<&'a str, BadSchedule> {
        match self.words.iter().position(|(found, _)| *found == key) {
            Some(at) => Ok(self.words.remove(at).1),
            None => self.bad(format_args!("{key}=... is missing")),
        }
    }

    fn number(&mut self, key: &str) -> Result<u32, BadSchedule> {
        let word = self.take(key)?;
        // Larger ones would overflow where they are multiplied; no device has workgroups or tiles of them.
        match word.parse() {
            Ok(number) if number <= 1 << 16 => Ok(number),
            _ => self.bad(format_args!("{key}={word} is no number up to 65536")),
        }
    }

    fn one_of<T: Copy>(&mut self, key: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, BadSchedule> {
        let word = self.take(key)?;
        match all.iter().find(|value| name(**value) == word) {
            Some(value) => Ok(*value),
            None => self
                .bad(format_args!("{key} is one of {}", all.iter().map(|v| name(*v)).collect::<Vec<_>>().join(", "))),
        }
    }
}

impl std::str::FromStr for Schedule {
    type Err = BadSchedule;

    fn from_str(text: &str) -> Result<Schedule, BadSchedule> {
        let mut parts = text.split_whitespace();
        let class = parts.next().unwrap_or_default();
        let mut words = Words { text, words: Vec::new() };
        for part in parts {
            match part.split_once('=') {
                Some(pair) => words.words.push(pair),
                None => return words.bad(format_args!("'{part}' is not of the form key=value")),
            }
        }
        let schedule = match class {
            "map" => Schedule::Map { lanes: words.number("lanes")?, workgroup: words.number("workgroup")? },
            "row" => Schedule::Row {
                by: words.one_of("by", &By::ALL, By::name)?,
                workgroup: words.number("workgroup")?,
                block: words.number("block")?,
            },
            "contract" => {
                let staging = match words.take("staging")? {
                    "registers" => Staging::Registers,
                    "workgroup" => Staging::Workgroup { depth: words.number("depth")? },
                    _ => return words.bad("staging is one of registers, workgroup"),
                };
                let thread = words.take("thread")?;
                let sides = thread.split_once('x').map(|(rows, columns)| (rows.parse(), columns.parse()));
                let Some((Ok(rows @ 0..=256), Ok(columns @ 0..=256))) = sides else {
                    return words.bad("thread is of the form ROWSxCOLUMNS");
                };
                let vectors = words.one_of("vectors", &Vectors::ALL, Vectors::name)?;
                Schedule::Contract { staging, workgroup: words.number("workgroup")?, thread: [rows, columns], vectors }
            }
            "serial" => Schedule::Serial,
            _ => return words.bad("it begins with map, row, contract or serial"),
        };
        match words.words.first() {
            None => Ok(schedule),
            Some((key, _)) => words.bad(format_args!("{key} is said twice, or is nothing of a {class} schedule")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_parsed() {
        let rows = By::ALL.map(|by| Schedule::Row { by, workgroup: 128, block: 256 });
        let tiles = Vectors::ALL.map(|vectors| Schedule::Contract {
            staging: Staging::Registers,
            workgroup: 64,
            thread: [4, 8],
            vectors,
        });
        let staging = Staging::Workgroup { depth: 8 };
        let staged = Schedule::Contract { staging, workgroup: 256, thread: [8, 8], vectors: Vectors::AlongN };
        let others = [staged, Schedule::Map { workgroup: 256, lanes: 4 }, Schedule::Serial];
        for schedule in rows.into_iter().chain(tiles).chain(others) {
            assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }
        assert_eq!(staged.to_string(), "contract staging=workgroup depth=8 thread=8x8 vectors=n workgroup=256");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<Schedule>().expect_err(text).to_string();
        for (text, what) in [
            ("", "it begins with map, row, contract or serial"),
            ("map lanes=4", "workgroup=... is missing"),
            ("map lanes=4 workgroup=99999999999", "workgroup=99999999999 is no number up to 65536"),
            ("map lanes=4 workgroup=64 lanes=4", "lanes is said twice, or is nothing of a map schedule"),
            ("map lanes", "'lanes' is not of the form key=value"),
            ("row by=hand workgroup=64 block=256", "by is one of thread, workgroup, subgroups"),
            ("contract staging=workgroup thread=4x4 vectors=n workgroup=256", "depth=... is missing"),
            ("contract staging=registers thread=4 vectors=n workgroup=64", "thread is of the form ROWSxCOLUMNS"),
        ] {
            assert_eq!(error(text), format!("schedule '{text}': {what}"));
        }
    }
}
