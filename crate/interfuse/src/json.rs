//! JSON texts of what is shown and counted.
//!
//! Floats are written by the standard library, as in listings and shaders: another printer would bring tables of its own, 10 kB of
//! the Wasm on the wire.

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

struct Plain;

impl Formatter for Plain {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write!(writer, "{value:?}")
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        write!(writer, "{value:?}")
    }
}

/// A value as JSON on one line; numbers that are not finite are null.
pub fn to_json<T: ?Sized + Serialize>(value: &T) -> String {
    let mut text = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut text, Plain))
        .expect("what is shown holds nothing that JSON lacks");
    String::from_utf8(text).expect("JSON is text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_back() {
        let values = [0.1, -0.0, 5.0, 1e21, 1e-7, f64::MAX, 5e-324, 1.0 / 3.0];
        let text = to_json(&(&values[..], f64::NAN, f64::INFINITY));
        let back: (Vec<f64>, Option<f64>, Option<f64>) = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, (values.to_vec(), None, None), "{text}");
    }
}
