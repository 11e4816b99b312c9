//! Converts record batches to rows of JSON.

use ::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use ::arrow::compute::cast;
use ::arrow::datatypes::{DataType, FieldRef};
use ::arrow::error::ArrowError;
use ::arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use serde::de::IgnoredAny;

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
    if let Some((index, field)) = schema.column_with_name(ROW)
        && is_text(field.data_type())
    {
        let rows = strings(batch.column(index))?;
        let bytes = |row: Option<&str>| row.unwrap_or("null").as_bytes().to_vec();
        return Ok(rows.iter().map(bytes).collect());
    }
    let options = EncoderOptions::default();
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(field, array)| Column::new(field, array, &options));
    let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok((0..batch.num_rows()).map(|index| row(&mut columns, index)).collect())
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

fn strings(array: &ArrayRef) -> Result<StringArray, ArrowError> {
    Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
}
