//! Pools of threads. Their number is limited in this place alone.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// Maximum number of threads per core. More do not make the work faster, because no thread
/// waits for another machine.
const MOST_PER_CORE: usize = 4;

/// Maximum number of threads. Thousands of them exhaust the memory of a process.
const MOST: usize = 256;

/// Returns the number of threads for `jobs`, where 0 is one per core, and for this number of
/// tasks: at least one, and never more than tasks.
pub fn count(jobs: usize, tasks: usize) -> usize {
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    limited(jobs, tasks, cores)
}

fn limited(jobs: usize, tasks: usize, cores: usize) -> usize {
    let wanted = if jobs == 0 { cores } else { jobs };
    let most = cores.saturating_mul(MOST_PER_CORE).min(MOST);
    wanted.min(most).min(tasks).max(1)
}

/// Creates a pool with this [`count`] of threads.
///
/// # Errors
/// The threads cannot be started.
pub fn pool(jobs: usize, tasks: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(count(jobs, tasks)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_jobs_nor_cores_start_too_many_threads() {
        assert_eq!(limited(0, usize::MAX, 2), 2);
        assert_eq!(limited(1, usize::MAX, 2), 1);
        assert_eq!(limited(8, usize::MAX, 2), 8);
        assert_eq!(limited(9, usize::MAX, 2), 8);
        assert_eq!(limited(100_000, usize::MAX, 2), 8);
        assert_eq!(limited(usize::MAX, usize::MAX, 1_000), MOST);
        assert_eq!(limited(0, usize::MAX, 1_000), MOST);
    }

    #[test]
    fn there_are_never_more_threads_than_tasks() {
        assert_eq!(limited(8, 3, 2), 3);
        assert_eq!(limited(0, 1, 64), 1);
        assert_eq!(limited(0, 0, 64), 1);
        assert_eq!(pool(100_000, 2).unwrap().current_num_threads(), 2);
    }
}
