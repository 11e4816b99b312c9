"""Makes calls, and compares recordings, in Spark's data frames.

    import flowsim.spark

    results = flowsim.spark.run(spark.read.parquet("calls"), "flows", select=["queueName"])

Each Python worker loads the flows once, and again
when their files have changed; the paths must exist on all machines. The calls run
in the workers of Spark, in constant memory: rows are exchanged as Arrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from . import _worker

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

__all__ = ["compare", "run"]


def run(
    calls: DataFrame,
    flows: _worker.Paths,
    *,
    fixtures: _worker.Paths | None = None,
    select: Sequence[str] | None = None,
) -> DataFrame:
    """Makes the call of each row. Returns `id`, the selected properties and `error`."""
    return _mapped(calls, "run_batch", _worker.key(flows, fixtures), select)


def compare(
    recordings: DataFrame,
    flows: _worker.Paths,
    *,
    fixtures: _worker.Paths | None = None,
    select: Sequence[str] | None = None,
    distinct: bool = False,
) -> DataFrame:
    """Compares the recording of each row. Returns `id`, the selected properties and
    `error`. With `distinct`, equal calls of a partition are replayed once, which does not
    change the result."""
    return _mapped(recordings, "compare", _worker.key(flows, fixtures), select, distinct=distinct)


def _mapped(
    frame: DataFrame,
    method: str,
    key: _worker.Key,
    select: Sequence[str] | None,
    **options: bool,
) -> DataFrame:
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    def handled(table: object) -> pa.RecordBatchReader:
        handle = getattr(_worker.project(key), method)
        # Spark has a worker for each core.
        results = handle(table, select=select, jobs=1, **options)
        return pa.RecordBatchReader.from_stream(results)

    def partition(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        # All batches are one stream, in which equal calls are found.
        for first in batches:
            table = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
            yield from handled(table)

    # The schema of the output follows from that of the input; an empty table shows it. A
    # mistake in the flows is reported here, before any worker starts.
    empty = to_arrow_schema(frame.schema).empty_table()
    return frame.mapInArrow(partition, from_arrow_schema(handled(empty).schema))
