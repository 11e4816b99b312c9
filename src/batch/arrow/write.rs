//! Converts rows of output to record batches.

use std::sync::Arc;

use ::arrow::array::RecordBatch;
use ::arrow::datatypes::{Field, Schema, SchemaRef};
use ::arrow::error::ArrowError;
use ::arrow::json::ReaderBuilder;
use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::columns::error;
use super::ids::Ids;
use crate::batch::column::ColumnType;

/// Converts rows of output to record batches with the columns `id`, the properties, and
/// `error`.
#[derive(Debug, Clone)]
pub struct RowsToArrow {
    schema: SchemaRef,
    ids: Ids,
    /// Names of properties that become strings of JSON.
    documents: Vec<&'static str>,
}

impl RowsToArrow {
    /// Creates the converter.
    pub fn new(properties: &[(&'static str, ColumnType)], ids: Ids) -> Self {
        let mut fields = vec![Field::new("id", ids.data_type(), true)];
        let own = properties.iter();
        fields.extend(own.map(|(name, it)| Field::new(*name, it.data_type(), true)));
        fields.push(Field::new("error", error(), true));
        let is_document = |it: &&(&str, ColumnType)| it.1 == ColumnType::Document;
        let documents = properties.iter().filter(is_document);
        let documents = documents.map(|(name, _)| *name).collect();
        Self { schema: Arc::new(Schema::new(fields)), ids, documents }
    }

    /// Returns the schema of the output.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Converts rows of JSON.
    ///
    /// # Errors
    /// A row does not fit the schema.
    pub fn batch(&self, rows: &[String]) -> Result<RecordBatch, ArrowError> {
        let mut text = String::new();
        for row in rows {
            self.write(row, &mut text)?;
        }
        decoded(&text, rows.len(), &self.schema)
    }

    /// Appends a row whose documents, and whose id if ids are strings, are strings.
    fn write(&self, row: &str, out: &mut String) -> Result<(), ArrowError> {
        let entries: IndexMap<&str, &RawValue> = serde_json::from_str(row)
            .map_err(|error| ArrowError::JsonError(error.to_string()))?;
        let mut comma = '{';
        for (key, value) in entries {
            let value = value.get();
            let is_number = key == "id" && !value.starts_with('"');
            let is_document = self.documents.contains(&key);
            let is_text = is_document || is_number && self.ids == Ids::Text;
            out.push(comma);
            comma = ',';
            out.push('"');
            out.push_str(key);
            out.push_str("\":");
            match is_text && value != "null" {
                true => out.push_str(&crate::batch::row::quoted(value)),
                false => out.push_str(value),
            }
        }
        out.push_str("}\n");
        Ok(())
    }
}

/// Converts lines of JSON to a record batch.
pub(super) fn decoded(
    lines: &str,
    count: usize,
    schema: &SchemaRef,
) -> Result<RecordBatch, ArrowError> {
    let builder = ReaderBuilder::new(Arc::clone(schema)).with_batch_size(count);
    let mut decoder = builder.build_decoder()?;
    let mut rest = lines.as_bytes();
    while !rest.is_empty() {
        let length = decoder.decode(rest)?;
        rest = rest.get(length..).unwrap_or_default();
        if length == 0 {
            break;
        }
    }
    let batch = decoder.flush()?;
    Ok(batch.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema))))
}

#[cfg(test)]
mod tests {
    use ::arrow::array::AsArray;
    use ::arrow::datatypes::UInt64Type;

    use super::*;

    #[test]
    fn unsigned_ids_may_exceed_the_others() {
        let rows = [format!("{{\"id\":{}}}", u64::MAX), r#"{"id":null}"#.to_owned()];
        let batch = RowsToArrow::new(&[], Ids::Unsigned).batch(&rows).unwrap();
        let ids = batch.column(0).as_primitive::<UInt64Type>();
        assert_eq!(ids.iter().collect::<Vec<_>>(), [Some(u64::MAX), None]);
    }
}
