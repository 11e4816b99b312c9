//! Bodies that make and round Durations.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{Collection, Duration, Kind, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::limits;

const MILLISECONDS: [i64; 5] = [86_400_000, 3_600_000, 60_000, 1000, 1];

pub(super) fn make_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut total = Some(0_i64);
    for (place, factor) in (0..arguments.values().len()).zip(MILLISECONDS) {
        let part = arguments.integer(place)?.checked_mul(factor);
        total = total.zip(part).and_then(|(total, part)| total.checked_add(part));
    }
    limits::duration(arguments, total.and_then(Duration::from_milliseconds))
}

pub(super) fn difference(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Duration(arguments.datetime(0)?.since(arguments.datetime(1)?)))
}

/// The lower bound may be negative; the catalogue says nothing of it.
pub(super) fn range(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (middle, offset) = (arguments.duration(0)?, arguments.duration(1)?);
    let items = vec![
        limits::duration(arguments, middle.checked_sub(offset))?,
        limits::duration(arguments, middle.checked_add(offset))?,
    ];
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::Duration, items })))
}
