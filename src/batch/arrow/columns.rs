//! Types of columns.

use std::sync::Arc;

use ::arrow::datatypes::{DataType, Field, Fields};

use crate::batch::column::ColumnType;

impl ColumnType {
    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Document => DataType::Utf8,
            Self::Whole => DataType::Int64,
            Self::Truth => DataType::Boolean,
            Self::Texts => list(DataType::Utf8),
            Self::Record(names) => {
                let fields =
                    names.iter().map(|name| Field::new(*name, DataType::Utf8, true));
                DataType::Struct(fields.collect())
            }
        }
    }
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, true)))
}

/// Returns the type of the error of a row.
pub(super) fn error() -> DataType {
    let mistake = || {
        let text = |name| Field::new(name, DataType::Utf8, true);
        let column = Field::new("column", DataType::Int64, true);
        vec![text("code"), text("message"), text("help"), column]
    };
    let more = list(DataType::Struct(Fields::from(mistake())));
    let mut fields = mistake();
    fields.push(Field::new("more", more, true));
    DataType::Struct(Fields::from(fields))
}
