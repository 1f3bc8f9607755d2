//! The header of a safetensors file: a JSON object of a known form, read and written.
//!
//! A JSON library builds any value before one can look at it, which costs a hostile header of 100 MB gigabytes; and in the Wasm it is
//! 10 kB gzipped (the crate `safetensors` 36 kB, measured with version 0.8). The form is so narrow that reading it directly is shorter:
//! names, strings, and arrays of few numbers. Our tests read with that crate what is written here, and the other way round.

use std::fmt::Write;

/// What the header says of one tensor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub name: String,
    pub dtype: String,
    pub sizes: Vec<i64>,
    /// First byte and the one behind the last, from the end of the header.
    pub range: (usize, usize),
}

/// A header: tensors in the order written, and metadata.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Header {
    pub entries: Vec<Entry>,
    pub metadata: Vec<(String, String)>,
}

/// More axes than a tensor may have.
const MAX_AXES: usize = 32;

/// Reads a header; the error says what was expected at which byte of it.
pub(super) fn read(text: &str) -> Result<Header, String> {
    let mut reader = Reader { text, at: 0 };
    let mut header = Header::default();
    reader.object(|reader, name| {
        if name == "__metadata__" {
            return reader.object(|reader, key| {
                let value = reader.string()?;
                header.metadata.push((key, value));
                Ok(())
            });
        }
        let (mut dtype, mut sizes, mut range) = (None, None, None);
        reader.object(|reader, field| {
            match field.as_str() {
                "dtype" => dtype = Some(reader.string()?),
                "shape" => sizes = Some(reader.numbers(MAX_AXES)?),
                "data_offsets" => range = Some(reader.numbers(2)?),
                _ => return Err(reader.expected("dtype, shape or data_offsets")),
            }
            Ok(())
        })?;
        let range = match range.as_deref() {
            Some([from, to]) => (usize::try_from(*from), usize::try_from(*to)),
            _ => return Err(reader.expected("data_offsets with two numbers")),
        };
        match (dtype, sizes, range) {
            (Some(dtype), Some(sizes), (Ok(from), Ok(to))) => {
                header.entries.push(Entry { name, dtype, sizes, range: (from, to) });
                Ok(())
            }
            _ => Err(reader.expected("dtype, shape and data_offsets")),
        }
    })?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.expected("the end of the header"));
    }
    Ok(header)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn expected(&self, what: &str) -> String {
        format!("byte {} of the header: expected {what}", self.at)
    }

    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn eat(&mut self, byte: char) -> bool {
        self.space();
        let found = self.text[self.at..].starts_with(byte);
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, byte: char) -> Result<(), String> {
        if self.eat(byte) { Ok(()) } else { Err(self.expected(&format!("`{byte}`"))) }
    }

    /// `{ "name": value, ... }`, each value read by `value`.
    fn object(&mut self, mut value: impl FnMut(&mut Self, String) -> Result<(), String>) -> Result<(), String> {
        self.take('{')?;
        if self.eat('}') {
            return Ok(());
        }
        loop {
            let name = self.string()?;
            self.take(':')?;
            value(self, name)?;
            if self.eat('}') {
                return Ok(());
            }
            self.take(',')?;
        }
    }

    /// `[1, 2, ...]`, at most so many.
    fn numbers(&mut self, most: usize) -> Result<Vec<i64>, String> {
        let mut numbers = Vec::new();
        self.take('[')?;
        if self.eat(']') {
            return Ok(numbers);
        }
        loop {
            if numbers.len() == most {
                return Err(self.expected(&format!("at most {most} numbers")));
            }
            self.space();
            let rest = &self.text[self.at..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            numbers.push(rest[..digits].parse().map_err(|_| self.expected("a whole number"))?);
            self.at += digits;
            if self.eat(']') {
                return Ok(numbers);
            }
            self.take(',')?;
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.take('"')?;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).ok_or_else(|| self.expected("the end of a string"))?;
            if rest[..plain].bytes().any(|byte| byte < 0x20) {
                return Err(self.expected("a string without control characters"));
            }
            out.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes()[plain] == b'"' {
                return Ok(out);
            }
            out.push(self.escape()?);
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, String> {
        let letter = self.text[self.at..].chars().next().ok_or_else(|| self.expected("an escape"))?;
        let plain = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                self.at += 1;
                let high = self.unit()?;
                let paired = (0xd800..0xdc00).contains(&high) && self.text[self.at..].starts_with("\\u");
                let units = if paired {
                    self.at += 2;
                    [high, self.unit()?]
                } else {
                    [high, 0]
                };
                let units = &units[..1 + usize::from(paired)];
                return match char::decode_utf16(units.iter().copied()).next() {
                    Some(Ok(decoded)) => Ok(decoded),
                    _ => Err(self.expected("a whole character")),
                };
            }
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, String> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }
}

/// The header as text, without padding. The same header gives the same text.
pub(super) fn write(header: &Header) -> String {
    let mut out = String::from("{");
    if !header.metadata.is_empty() {
        out.push_str("\"__metadata__\":{");
        for (at, (key, value)) in header.metadata.iter().enumerate() {
            comma(&mut out, at);
            quoted(&mut out, key);
            out.push(':');
            quoted(&mut out, value);
        }
        out.push('}');
    }
    for (at, entry) in header.entries.iter().enumerate() {
        comma(&mut out, at + usize::from(!header.metadata.is_empty()));
        quoted(&mut out, &entry.name);
        // Writing to a string cannot fail.
        let _ = write!(out, ":{{\"dtype\":\"{}\",\"shape\":[", entry.dtype);
        for (at, size) in entry.sizes.iter().enumerate() {
            comma(&mut out, at);
            let _ = write!(out, "{size}");
        }
        let _ = write!(out, "],\"data_offsets\":[{},{}]}}", entry.range.0, entry.range.1);
    }
    out.push('}');
    out
}

fn comma(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => _ = write!(out, "\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
}
