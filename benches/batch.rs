//! Compares generated recordings as a stream of rows, with one and two threads.
//!
//! `cargo bench --bench batch` measures. `cargo bench --bench batch -- generate N [SEED]`
//! writes N recordings to standard output; a row depends only on its number and the seed.
//! `docs/performance.md` explains the figures.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use flowsim::analysis::comparison::Rules;
use flowsim::batch::{
    CallContext, CallField, CallWorker, RecordingContext, RecordingWorker, RowSource,
    RowWorker, Rows, Stream, StreamEnd, Summary, VerdictField,
};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::world::Fixtures;
use flowsim::{Call, Project};

/// Number of rows that are measured.
const ROWS: u64 = 30_000;

/// Number of measurements of each kind; the fastest counts.
const ROUNDS: usize = 3;

/// One of this number of recordings differs.
const DIFFERENT: u64 = 100;

/// Keys at a menu and their share of the callers, in percent. Few callers do anything else
/// than most.
const KEYS: [(&str, u64); 6] =
    [("1", 46), ("2", 30), ("3", 12), ("-", 5), ("*", 4), ("0", 3)];

/// A pseudo-random sequence: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below the limit.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn key(&mut self) -> &'static str {
        let mut chosen = self.below(100);
        for (key, share) in KEYS {
            match chosen.checked_sub(share) {
                Some(rest) => chosen = rest,
                None => return key,
            }
        }
        KEYS[0].0
    }
}

/// The flows of the callers: that of all, and that of the few calls which differ.
struct Generator {
    same: Project,
    other: Project,
    seed: u64,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/deep-menu")
}

impl Generator {
    fn new(seed: u64) -> Self {
        let path = folder().join("flows/northwind.json");
        let text = std::fs::read_to_string(path).expect("is bundled");
        let goodbye = "Thank you for calling Northwind Broadband.";
        assert!(text.contains(goodbye));
        let project = |text: String| {
            let builder = Project::builder().flow_text("northwind.json", text);
            let project = builder.fixtures(folder().join("fixtures.yaml")).load();
            project.expect("is bundled")
        };
        let other = project(text.replace(goodbye, "Goodbye."));
        Self { same: project(text), other, seed }
    }

    /// Writes the recording with this number, on one line. Every caller has another
    /// telephone number, and calls at another time.
    fn write(&self, number: u64, out: &mut impl Write) -> io::Result<()> {
        let mut random = Random(self.seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        let keys: Vec<&str> = (0..12).map(|_| random.key()).collect();
        let from = format!("+1555{:07}", random.below(10_000_000));
        let second = random.below(86_400);
        let at = format!(
            "2026-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            random.below(12) + 1,
            random.below(28) + 1,
            second / 3600,
            second / 60 % 60,
            second % 60
        );
        let project =
            if number.is_multiple_of(DIFFERENT) { &self.other } else { &self.same };
        let call = Call::new("Northwind_Menu").context("from", from.as_str());
        let call = call.inputs(keys.iter().copied());
        let trace = project.run(&call).expect("is bundled");
        // A recording has no keys that no menu received.
        let received = keys.iter().take(keys.len() - trace.unused_inputs());
        let received = received.map(|key| format!("\"{key}\"")).collect::<Vec<_>>();
        let (received, response) = (received.join(","), trace.to_simulation_json());
        writeln!(
            out,
            "{{\"schema\":\"flowsim.recording/1\",\"kind\":\"simulation\",\
             \"id\":\"call-{number}\",\"recordedAt\":\"{at}\",\"source\":{{}},\
             \"flow\":{{\"name\":\"Northwind_Menu\",\"version\":\"1\"}},\
             \"request\":{{\"flowId\":\"Northwind_Menu\",\"context\":{{\"from\":\"{from}\"}},\
             \"timeout\":600000,\"inputs\":{{\"dtmf\":[{received}]}}}},\
             \"response\":{response},\"redactions\":[]}}"
        )
    }
}

fn generate(count: u64, seed: u64, out: impl Write) -> io::Result<()> {
    let generator = Generator::new(seed);
    let mut out = BufWriter::new(out);
    (0..count).try_for_each(|number| generator.write(number, &mut out))?;
    out.flush()
}

/// The compiled flow, its fixtures, and their files.
fn compiled() -> (Arc<Program>, Arc<Fixtures>, Files) {
    let mut files = Files::new();
    let loaded = read::load(&[folder().join("flows")], &[], &mut files);
    let program = Program::compile_all(&loaded.flows, &loaded.architect);
    let (fixtures, _) = Fixtures::load(&[folder().join("fixtures.yaml")], &mut files);
    (Arc::new(program), Arc::new(fixtures), files)
}

/// Processes the rows of a file and returns the workers.
fn process<W: RowWorker>(path: &Path, jobs: usize, worker: impl FnMut() -> W) -> Vec<W> {
    let owned = path.to_owned();
    let rows = Rows::new([RowSource::new(path, move || File::open(owned))]);
    match Stream::new(rows, io::sink(), jobs).process(worker) {
        Ok(StreamEnd::Complete(workers)) => workers,
        _ => panic!("the file is readable and the output accepts everything"),
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn fastest(mut work: impl FnMut()) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    rounds.min().unwrap_or_default()
}

fn report(name: &str, jobs: usize, time: Duration) -> io::Result<()> {
    let rows = f64::from(u32::try_from(ROWS).unwrap_or(u32::MAX));
    let speed = rows / time.as_secs_f64();
    writeln!(io::stdout(), "{name:<24} {jobs} threads {speed:>10.0} rows per second")
}

fn measure() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("recordings.ndjson");
    generate(ROWS, 1, File::create(&path)?)?;
    let bytes = path.metadata()?.len();
    writeln!(io::stdout(), "{ROWS} rows of {} bytes on average", bytes / ROWS)?;
    let (program, fixtures, files) = compiled();
    for (name, is_distinct) in [("compare", false), ("compare --distinct", true)] {
        for jobs in [1, 2] {
            let time = fastest(|| {
                let (program, fixtures) = (Arc::clone(&program), Arc::clone(&fixtures));
                let fields = VerdictField::DEFAULT.to_vec();
                let context =
                    RecordingContext::new(program, fixtures, Rules::default(), fields);
                let context = Arc::new(context.distinct(is_distinct));
                let workers = process(&path, jobs, || RecordingWorker::new(&context));
                let summaries = workers.into_iter().map(RecordingWorker::summary);
                let summary = summaries.fold(Summary::new(false), Summary::merged);
                let expected = format!("\"different\":{},", ROWS / DIFFERENT);
                let json = summary.to_json();
                assert!(json.contains(&expected), "{json}");
            });
            report(name, jobs, time)?;
        }
    }
    let calls = folder.path().join("calls.ndjson");
    write_calls(&calls)?;
    for jobs in [1, 2] {
        let time = fastest(|| {
            let fields = CallField::DEFAULT.to_vec();
            let (program, fixtures) = (Arc::clone(&program), Arc::clone(&fixtures));
            let context = Arc::new(CallContext::new(program, fixtures, fields, &files));
            let workers = process(&calls, jobs, || CallWorker::new(&context));
            assert_eq!(workers.iter().map(|it| it.errors).sum::<u64>(), 0);
        });
        report("run", jobs, time)?;
    }
    Ok(())
}

/// Writes rows of `flowsim batch run`.
fn write_calls(path: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for number in 0..ROWS {
        let mut random = Random(number);
        let keys: Vec<&str> = (0..12).map(|_| random.key()).collect();
        let keys = keys.join("\",\"");
        writeln!(
            out,
            "{{\"id\":{number},\"flow\":\"Northwind_Menu\",\"input\":[\"{keys}\"]}}"
        )?;
    }
    out.flush()
}

fn main() -> io::Result<()> {
    // Cargo adds its own flags.
    let arguments = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    let arguments: Vec<String> = arguments.collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => measure(),
        ["generate", count, seed @ ..] => {
            let number = |text: &str| text.parse().expect("expected a number");
            let seed = seed.first().map_or(1, |it| number(it));
            generate(number(count), seed, io::stdout().lock())
        }
        other => panic!("expected `generate N [SEED]`, found {other:?}"),
    }
}
