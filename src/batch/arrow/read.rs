//! Converts record batches to rows of JSON.

use std::sync::Arc;

use ::arrow::array::{
    Array, ArrayRef, AsArray, LargeBinaryArray, RecordBatch, StringArray,
};
use ::arrow::compute::cast;
use ::arrow::datatypes::{DataType, FieldRef, Schema};
use ::arrow::error::ArrowError;
use ::arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use serde::de::IgnoredAny;

use super::floats::Floats;

/// Column with whole rows as JSON. If there is one, the other columns are not read.
const ROW: &str = "row";

/// Keys whose values are objects or lists. A string in such a column is JSON.
const DOCUMENTS: [&str; 9] = [
    "context",
    "variables",
    "input",
    "fixtures",
    "source",
    "flow",
    "request",
    "response",
    "redactions",
];

/// Returns the rows as JSON. A null is a missing key.
///
/// # Errors
/// A column has a type that JSON lacks.
pub fn rows_of(batch: &RecordBatch) -> Result<Vec<Vec<u8>>, ArrowError> {
    let schema = batch.schema();
    if let Some(index) = row_column(&schema) {
        let rows = bytes(batch.column(index))?;
        let bytes = |row: Option<&[u8]>| row.unwrap_or(b"null").to_vec();
        return Ok(rows.iter().map(bytes).collect());
    }
    let options = EncoderOptions::default().with_encoder_factory(Arc::new(Floats));
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(field, array)| Column::new(field, array, &options));
    let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok((0..batch.num_rows()).map(|index| row(&mut columns, index)).collect())
}

/// Returns the column with whole rows, if there is one.
pub(super) fn row_column(schema: &Schema) -> Option<usize> {
    let (index, field) = schema.column_with_name(ROW)?;
    (is_text(field.data_type()) || is_binary(field.data_type())).then_some(index)
}

fn row(columns: &mut [Column<'_>], index: usize) -> Vec<u8> {
    let mut out = vec![b'{'];
    for column in columns.iter_mut().filter(|column| !column.is_null(index)) {
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend_from_slice(column.key.as_bytes());
        out.push(b':');
        column.write(index, &mut out);
    }
    out.push(b'}');
    out
}

/// A column and its key as JSON.
struct Column<'a> {
    key: String,
    values: Values<'a>,
}

enum Values<'a> {
    Encoded(NullableEncoder<'a>),
    /// Strings of JSON.
    Documents(StringArray),
}

impl<'a> Column<'a> {
    fn new(
        field: &'a FieldRef,
        array: &'a ArrayRef,
        options: &'a EncoderOptions,
    ) -> Result<Self, ArrowError> {
        let is_document = DOCUMENTS.contains(&field.name().as_str());
        let values = if is_document && is_text(field.data_type()) {
            Values::Documents(strings(array)?)
        } else {
            Values::Encoded(make_encoder(field, array, options)?)
        };
        Ok(Self { key: quoted(field.name()), values })
    }

    fn is_null(&self, index: usize) -> bool {
        match &self.values {
            Values::Encoded(encoder) => encoder.is_null(index),
            Values::Documents(texts) => texts.is_null(index),
        }
    }

    fn write(&mut self, index: usize, out: &mut Vec<u8>) {
        match &mut self.values {
            Values::Encoded(encoder) => encoder.encode(index, out),
            Values::Documents(texts) => {
                let text = texts.value(index);
                // Anything else is reported like a string in this place: the name of a
                // flow is one.
                let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
                match is_json && text.trim_start().starts_with(['{', '[']) {
                    true => out.extend_from_slice(text.as_bytes()),
                    false => out.extend_from_slice(quoted(text).as_bytes()),
                }
            }
        }
    }
}

fn quoted(text: &str) -> String {
    crate::batch::row::quoted(text)
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_binary(data_type: &DataType) -> bool {
    match data_type {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        DataType::Dictionary(_, values) => is_binary(values),
        _ => false,
    }
}

/// Returns strings as bytes, and bytes as they are: whether they are text is found later,
/// row by row.
fn bytes(array: &ArrayRef) -> Result<LargeBinaryArray, ArrowError> {
    let binary = match is_binary(array.data_type()) {
        true => cast(array, &DataType::LargeBinary)?,
        false => cast(&cast(array, &DataType::LargeUtf8)?, &DataType::LargeBinary)?,
    };
    Ok(binary.as_binary::<i64>().clone())
}

fn strings(array: &ArrayRef) -> Result<StringArray, ArrowError> {
    Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
}

#[cfg(test)]
mod tests {
    use ::arrow::array::{BinaryViewArray, Float32Array, Float64Array, NullArray};

    use super::*;

    fn rows(columns: impl IntoIterator<Item = (&'static str, ArrayRef)>) -> Vec<String> {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        );
        let rows = rows_of(&batch.unwrap()).unwrap();
        rows.into_iter().map(|row| String::from_utf8(row).unwrap()).collect()
    }

    #[test]
    fn numbers_that_json_lacks_are_not_missing() {
        let wide = [Some(1.0), Some(f64::NAN), Some(f64::NEG_INFINITY), None];
        let narrow = [Some(0.1), Some(f32::INFINITY), None, None];
        let columns: [(_, ArrayRef); 2] = [
            ("a", Arc::new(Float64Array::from_iter(wide))),
            ("b", Arc::new(Float32Array::from_iter(narrow))),
        ];
        let expected = [
            r#"{"a":1.0,"b":0.1}"#,
            r#"{"a":NaN,"b":Infinity}"#,
            r#"{"a":-Infinity}"#,
            "{}",
        ];
        assert_eq!(rows(columns), expected);
    }

    #[test]
    fn whole_rows_may_be_bytes_beside_any_column() {
        let bytes = [Some(b"{\"id\": 1}".as_slice()), None];
        let columns: [(_, ArrayRef); 2] = [
            ("id", Arc::new(Float64Array::from_iter([5.5, 6.5]))),
            ("row", Arc::new(BinaryViewArray::from_iter(bytes))),
        ];
        assert_eq!(rows(columns), [r#"{"id": 1}"#, "null"]);
    }

    #[test]
    fn a_column_of_nulls_is_missing() {
        let columns: [(_, ArrayRef); 1] = [("at", Arc::new(NullArray::new(2)))];
        assert_eq!(rows(columns), ["{}", "{}"]);
    }
}
