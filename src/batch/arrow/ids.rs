//! The type of the ids of rows.

use ::arrow::datatypes::{DataType, Schema};

use super::read::row_column;

/// The type of the column `id` of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Strings. A number is written as in JSON.
    Text,
    /// Whole numbers.
    Whole,
    /// Whole numbers without a sign, which may exceed the others: hashes, for example.
    Unsigned,
}

impl Ids {
    /// Returns the type for rows of this schema. The ids of whole rows may have any type.
    pub fn of(schema: &Schema) -> Self {
        if row_column(schema).is_some() {
            return Self::Text;
        }
        match schema.field_with_name("id").map(|field| field.data_type()) {
            Ok(DataType::UInt64) => Self::Unsigned,
            Ok(id) if id.is_integer() => Self::Whole,
            _ => Self::Text,
        }
    }

    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Whole => DataType::Int64,
            Self::Unsigned => DataType::UInt64,
        }
    }
}

#[cfg(test)]
mod tests {
    use ::arrow::datatypes::Field;

    use super::*;

    fn ids(columns: &[(&str, DataType)]) -> Ids {
        let fields = columns.iter().map(|(name, it)| Field::new(*name, it.clone(), true));
        Ids::of(&Schema::new(fields.collect::<Vec<_>>()))
    }

    #[test]
    fn ids_have_the_type_of_their_column() {
        assert_eq!(ids(&[("id", DataType::Int8)]), Ids::Whole);
        assert_eq!(ids(&[("id", DataType::UInt32)]), Ids::Whole);
        assert_eq!(ids(&[("id", DataType::UInt64)]), Ids::Unsigned);
        assert_eq!(ids(&[("id", DataType::Float64)]), Ids::Text);
        assert_eq!(ids(&[]), Ids::Text);
    }

    #[test]
    fn a_column_beside_whole_rows_does_not_decide() {
        for row in [DataType::Utf8, DataType::BinaryView] {
            assert_eq!(ids(&[("id", DataType::Int64), ("row", row)]), Ids::Text);
        }
        // This is a column like any other, and a mistake of each row.
        let row = ("row", DataType::Int64);
        assert_eq!(ids(&[("id", DataType::Int64), row]), Ids::Whole);
    }
}
