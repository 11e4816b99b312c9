"""Makes calls, and compares recordings, in Ray's data sets.

    import flowsim.ray, ray

    results = flowsim.ray.run(ray.data.read_parquet("calls"), "flows", select=["queueName"])

Each worker process loads the flows once, and again
when their files have changed; the paths must exist on all machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _worker

if TYPE_CHECKING:
    import pyarrow
    from ray.data import Dataset

__all__ = ["compare", "run"]


def run(
    calls: Dataset,
    flows: _worker.Paths,
    *,
    fixtures: _worker.Paths | None = None,
    select: Sequence[str] | None = None,
    **options: Any,
) -> Dataset:
    """Makes the call of each row. Returns `id`, the selected properties and `error`.

    Options are those of `Dataset.map_batches`, such as `batch_size` and `num_cpus`.
    """
    return _mapped(calls, "run_batch", _worker.key(flows, fixtures), select, options)


def compare(
    recordings: Dataset,
    flows: _worker.Paths,
    *,
    fixtures: _worker.Paths | None = None,
    select: Sequence[str] | None = None,
    distinct: bool = False,
    **options: Any,
) -> Dataset:
    """Compares the recording of each row. Returns `id`, the selected properties and
    `error`. With `distinct`, equal calls of a batch are replayed once, which does not change
    the result. Options are those of `Dataset.map_batches`."""
    key = _worker.key(flows, fixtures)
    return _mapped(recordings, "compare", key, select, options, distinct=distinct)


def _mapped(
    dataset: Dataset,
    method: str,
    key: _worker.Key,
    select: Sequence[str] | None,
    options: dict[str, Any],
    **flags: bool,
) -> Dataset:
    def handled(table: pyarrow.Table) -> pyarrow.Table:
        import pyarrow as pa

        handle = getattr(_worker.project(key), method)
        # Ray has a worker for each core.
        return pa.table(handle(table, select=select, jobs=1, **flags))

    return dataset.map_batches(handled, batch_format="pyarrow", **options)
