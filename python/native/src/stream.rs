//! Streams of record batches, into and out of Python.

use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchOptions, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyCapsule};
use pyo3_arrow::PyRecordBatchReader;

/// Record batches of any library, by the C stream interface of Arrow.
///
/// The reader of the crate `arrow` refuses arrays of the type Null with a buffer, which
/// polars writes and other libraries accept: such an array has no buffers. This reader
/// ignores it.
pub(crate) struct Import {
    stream: FFI_ArrowArrayStream,
    schema: SchemaRef,
}

impl Import {
    /// Takes the stream of an object that has `__arrow_c_stream__`.
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let capsule = object.call_method0("__arrow_c_stream__")?;
        let capsule = capsule.cast_into::<PyCapsule>()?;
        let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
        // SAFETY: By the C interface, a capsule of this name holds such a structure. The
        // structure that stays in the capsule is marked as released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast().as_ptr()) };
        Self::new(stream).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn new(mut stream: FFI_ArrowArrayStream) -> Result<Self, ArrowError> {
        let get_schema = stream.get_schema.filter(|_| stream.release.is_some());
        let Some(get_schema) = get_schema else {
            let message = "this stream of rows was read before".to_owned();
            return Err(ArrowError::CDataInterface(message));
        };
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: The stream is not released, and both pointers are valid.
        let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
        if code != 0 {
            return Err(failure(&mut stream, code));
        }
        let schema = SchemaRef::new(Schema::try_from(&schema)?);
        Ok(Self { stream, schema })
    }

    fn batch(&self, mut array: FFI_ArrowArray) -> Result<RecordBatch, ArrowError> {
        let holds = DataType::Struct(self.schema.fields().clone());
        // SAFETY: The producer promises that the array has the type of the schema.
        let data = unsafe {
            drop_buffers_of_nulls(&mut array, &holds);
            from_ffi_and_data_type(array, holds)
        }?;
        let count = RecordBatchOptions::new().with_row_count(Some(data.len()));
        let columns = StructArray::from(data).into_parts().1;
        RecordBatch::try_new_with_options(SchemaRef::clone(&self.schema), columns, &count)
    }
}

impl Iterator for Import {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let get_next = self.stream.get_next?;
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: The stream is not released, and both pointers are valid.
        let code = unsafe { get_next(&raw mut self.stream, &raw mut array) };
        match code {
            0 if array.is_released() => None,
            0 => Some(self.batch(array)),
            code => Some(Err(failure(&mut self.stream, code))),
        }
    }
}

impl RecordBatchReader for Import {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}

/// Returns the last error of a stream.
fn failure(stream: &mut FFI_ArrowArrayStream, code: i32) -> ArrowError {
    let text = stream.get_last_error.and_then(|get_last_error| {
        // SAFETY: The stream is not released. It owns the text until it is used again.
        let text = unsafe { get_last_error(stream) };
        let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })?;
        Some(text.to_string_lossy().into_owned())
    });
    let text = text.unwrap_or_else(|| format!("the table cannot be read: error {code}"));
    ArrowError::CDataInterface(text)
}

/// Removes the buffers of arrays of the type Null. Producers own the buffers by their private
/// data, so that the number in the structure does not matter for their release.
///
/// # Safety
/// The array has this type, and pointers to its children are valid.
unsafe fn drop_buffers_of_nulls(array: &mut FFI_ArrowArray, holds: &DataType) {
    let types: Vec<&DataType> = match holds {
        DataType::Null => {
            array.n_buffers = 0;
            return;
        }
        DataType::Struct(fields) => fields.iter().map(|it| it.data_type()).collect(),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => vec![field.data_type()],
        _ => return,
    };
    let count = usize::try_from(array.n_children).unwrap_or_default();
    for (index, holds) in types.into_iter().enumerate().take(count) {
        // SAFETY: The array has this number of children, which nobody else uses.
        unsafe { drop_buffers_of_nulls(&mut **array.children.add(index), holds) };
    }
}

/// The rows of a table, handled while they are read. Every library that knows Arrow reads
/// them, once: `pyarrow.table(stream)`, `polars.DataFrame(stream)`.
#[pyclass(frozen, name = "Stream", module = "flowsim._native")]
pub(crate) struct Export {
    reader: Mutex<Option<Box<dyn RecordBatchReader + Send>>>,
    columns: Vec<String>,
}

impl Export {
    pub(crate) fn new(reader: Box<dyn RecordBatchReader + Send>) -> Self {
        let schema = reader.schema();
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        Self { reader: Mutex::new(Some(reader)), columns }
    }
}

#[pymethods]
impl Export {
    /// Returns the stream for a library that knows Arrow.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(reader) = reader else {
            let message = "the rows of this stream were read before; keep them, for \
                           example with pyarrow.table(stream)";
            return Err(PyValueError::new_err(message));
        };
        let reader = Bound::new(py, PyRecordBatchReader::new(reader))?;
        reader.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    fn __repr__(&self) -> String {
        let columns = self.columns.join(", ");
        format!(
            "<flowsim stream of rows with {columns}; read it once: pyarrow.table(stream)>"
        )
    }
}
