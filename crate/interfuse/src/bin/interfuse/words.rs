//! The arguments of a command line, and how it fails.

use interfuse::compiler::graph::Graph;
use interfuse::compiler::text::{parse, print};
use interfuse::io::{FunctionFile, import_function};
use interfuse::{DeviceChoice, Tensor, run_graph};
use lexopt::prelude::*;

/// Why a command did not do its work.
pub enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// The work failed.
    Work(String),
}

impl From<interfuse::Error> for Failure {
    fn from(error: interfuse::Error) -> Failure {
        Failure::Work(error.to_string())
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Failure {
        Failure::Usage(error.to_string())
    }
}

/// What stands alone, and options with their values.
#[derive(Default)]
pub struct Words {
    alone: Vec<String>,
    options: Vec<(&'static str, String)>,
    /// Is the answer to be JSON?
    pub json: bool,
}

/// A graph as it stands in a file: a listing, or an exported function.
pub struct Listing {
    /// As it was written, for the names in it.
    pub text: String,
    /// What it says.
    pub graph: Graph,
    /// The names of the inputs, where the file has better ones than the listing.
    pub inputs: Option<Vec<String>>,
    /// May the sizes of the inputs be others than those of the graph?
    pub open: bool,
    /// The file of an exported function, for its constants.
    function: Option<Vec<u8>>,
}

impl Listing {
    /// Runs it on tensors; what is not of one size, at the sizes that these have.
    pub fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, Failure> {
        match &self.function {
            Some(bytes) if self.open => Ok(import_function(bytes)?.call(inputs)?),
            Some(_) | None => Ok(run_graph(&self.graph, inputs, &self.constants()?)?),
        }
    }

    /// The constants, on the device that is current now.
    pub fn constants(&self) -> Result<Vec<Tensor>, Failure> {
        match &self.function {
            Some(bytes) => Ok(FunctionFile::read(bytes)?.constants().to_vec()),
            None => Ok(Vec::new()),
        }
    }
}

impl Words {
    /// Splits a command line; options that are not known are refused.
    pub fn read(arguments: &[String], known: &[&'static str]) -> Result<Words, Failure> {
        let unknown = |option: &str| {
            let list: String = known.iter().map(|name| format!(" --{name}")).collect();
            Failure::Usage(format!("unknown option {option}; there are --json{list}"))
        };
        let mut words = Words::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(word) = parser.next()? {
            match word {
                Value(word) => words.alone.push(word.string()?),
                Long("json") => words.json = true,
                Long(name) => {
                    let name =
                        *known.iter().find(|known| **known == name).ok_or_else(|| unknown(&format!("--{name}")))?;
                    words.options.push((name, parser.value()?.string()?));
                }
                Short(letter) => return Err(unknown(&format!("-{letter}"))),
            }
        }
        Ok(words)
    }

    /// Every value of an option, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.options.iter().filter(move |(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The last value of an option.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    /// No word may stand alone.
    pub fn no_file(&self) -> Result<(), Failure> {
        match self.alone.first() {
            Some(word) => Err(Failure::Usage(format!("unexpected argument {word}"))),
            None => Ok(()),
        }
    }

    /// The one word that stands alone is the file of a listing or of an exported function.
    pub fn listing(&self) -> Result<Listing, Failure> {
        let [file] = self.alone.as_slice() else {
            return Err(Failure::Usage(format!("give one FILE, got {}", self.alone.len())));
        };
        let failed = |error: &dyn std::fmt::Display| Failure::Work(format!("{file}: {error}"));
        let bytes = std::fs::read(file).map_err(|error| failed(&error))?;
        // Exported functions start with the length of a header, and that with a brace; listings are text.
        if bytes.get(8) == Some(&b'{') && bytes[..8].contains(&0) {
            let function = FunctionFile::read(&bytes).map_err(|error| failed(&error))?;
            // At the sizes of the export; the state of the random generator is an input like the others.
            let graph = function.graph_at_export().map_err(|error| failed(&error))?;
            let open = !function.open_sizes().is_empty() && !function.draws();
            let mut inputs = function.input_names().to_vec();
            inputs.extend(function.draws().then(|| "random.state".to_string()));
            return Ok(Listing { text: print(&graph), graph, inputs: Some(inputs), open, function: Some(bytes) });
        }
        let text =
            String::from_utf8(bytes).map_err(|_| failed(&"this is neither a listing nor an exported function"))?;
        let graph = parse(&text).map_err(|error| Failure::Work(format!("{file}:{error}")))?;
        Ok(Listing { text, graph, inputs: None, open: false, function: None })
    }

    /// The device that `--device` names.
    pub fn device(&self, default: DeviceChoice) -> Result<DeviceChoice, Failure> {
        match self.last("device") {
            None => Ok(default),
            Some("auto") => Ok(DeviceChoice::Auto),
            Some("webgpu") => Ok(DeviceChoice::Gpu),
            Some("cpu") => Ok(DeviceChoice::Cpu),
            Some(other) => Err(Failure::Usage(format!("unknown device {other}; there are auto, webgpu and cpu"))),
        }
    }
}
