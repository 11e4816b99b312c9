//! Floating-point numbers as JSON.

use ::arrow::array::{Array, ArrowPrimitiveType, AsArray, PrimitiveArray};
use ::arrow::datatypes::{DataType, FieldRef, Float16Type, Float32Type, Float64Type};
use ::arrow::error::ArrowError;
use ::arrow::json::writer::{Encoder, EncoderFactory, EncoderOptions, NullableEncoder};

/// Writes the numbers that JSON lacks as `NaN` and `Infinity`, as Python does. They are a
/// mistake of their row. The encoder of the crate would write `null`, a missing key.
#[derive(Debug)]
pub(super) struct Floats;

impl EncoderFactory for Floats {
    fn make_default_encoder<'a>(
        &self,
        _: &'a FieldRef,
        array: &'a dyn Array,
        _: &'a EncoderOptions,
    ) -> Result<Option<NullableEncoder<'a>>, ArrowError> {
        let encoder: Box<dyn Encoder + 'a> = match array.data_type() {
            DataType::Float16 => Box::new(Float(array.as_primitive::<Float16Type>())),
            DataType::Float32 => Box::new(Float(array.as_primitive::<Float32Type>())),
            DataType::Float64 => Box::new(Float(array.as_primitive::<Float64Type>())),
            _ => return Ok(None),
        };
        Ok(Some(NullableEncoder::new(encoder, array.nulls().cloned())))
    }
}

struct Float<'a, T: ArrowPrimitiveType>(&'a PrimitiveArray<T>);

impl<T: ArrowPrimitiveType> Encoder for Float<'_, T> {
    fn encode(&mut self, index: usize, out: &mut Vec<u8>) {
        let text = format!("{:?}", self.0.value(index));
        let text = match text.as_str() {
            "inf" => "Infinity",
            "-inf" => "-Infinity",
            finite => finite,
        };
        out.extend_from_slice(text.as_bytes());
    }
}
