//! Run, test and compare Genesys Cloud Architect flows offline.
//!
//! Flow documents are read into one model and compiled to one program. A deterministic
//! session runs the program, asks its host every question about the outside world, and
//! records a trace. This crate is the library of the `flowsim` program and can be
//! embedded: it does not print, read the environment or end the process.
//!
//! # A call from end to end
//!
//! ```
//! use flowsim::{Call, Project, Status};
//!
//! let project = Project::builder()
//!     .flows("fixtures/shared-flow/flows")
//!     .fixtures("fixtures/shared-flow/fixtures.yaml")
//!     .load()?;
//! let call = Call::new("Inbound_Flow_A").context("from", "+15551234567").input("1");
//! let trace = project.run(&call)?;
//! assert_eq!(trace.status(), Status::Completed);
//! assert_eq!(trace.path().last(), Some(&"EndFlow"));
//! println!("{}", trace.to_text());
//! # Ok::<(), flowsim::Error>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | load and check flows, from files or from memory | [`Project`] |
//! | make a call, or many in parallel | [`Project::run`], [`Project::run_batch`] |
//! | answer the requests of a call step by step, or explore several answers | [`Project::session`], [`Session`] |
//! | run scenario files as tests | [`Suite`] |
//! | compare recorded calls with local flows | [`Project::compare`] |
//! | handle rows of JSON, each a call or a recording | [`Project::calls`], [`Project::comparisons`] |
//! | search all calls of a flow | [`Project::explore`] |
//!
//! `docs/library.md` has an example of each.
//!
//! # The code map
//!
//! The modules of this crate are internal. Tests, benchmarks and the program use them; they
//! have no stability promise and may change in every version. Use only the items of the
//! root.
//!
//! The modules, in the order in which a call passes through them. A module
//! uses only modules of lower layers, and modules of the same layer are independent of each
//! other; `tests/rules/architecture.rs` enforces this. Data flows in one direction: a decision
//! made in one module is not repeated in a later one.
//!
//! | module | layer | contents |
//! |---|---|---|
//! | `build` | 0 | version and features of this build |
//! | `source` | 0 | files, positions in them, and documents that keep the position of each value; the only module that parses JSON and YAML |
//! | `threads` | 0 | pools of threads, whose number is limited |
//! | `value` | 0 | the values of flows: types, NOT_SET, exact numbers, times, conversions, comparison, printing |
//! | `wire` | 0 | messages of editors: JSON after a header with its length |
//! | `diagnostic` | 1 | messages for users: one type with stable codes, an explanation page for each code, and four output formats |
//! | `expr` | 2 | the expression languages of flows, from parsing to evaluation: `draft`, and `architect` with its functions |
//! | `terraform` | 2 | Terraform of CX as Code: its evaluation, and the organisation that its resources define |
//! | `flow` | 3 | the model of a flow; `kinds` is the table of action kinds, `read` has one module per dialect, `check` one file per finding, `write` draws flows |
//! | `world` | 3 | the questions that a session asks, their answers, and fixtures that provide answers |
//! | `program` | 4 | compiled flows: names are ids and slots, strings are parsed, calls are linked |
//! | `trace` | 4 | the events of a call; written as text, JSON, a simulation response or an execution document |
//! | `engine` | 5 | the session that executes a program; `action` has one file per family |
//! | `analysis` | 6 | analyses of flows, programs and traces: missing fixtures, coverage of calls, comparison of a call with a recording |
//! | `recording` | 6 | recorded calls: stored, redacted, imported and replayed |
//! | `timeline` | 6 | a call that can be stepped forwards and backwards, with branches for other answers |
//! | `explore` | 7 | searches all calls of a flow: a verdict about every action and output, with a call that reaches it |
//! | `suite` | 7 | scenario files: reading them, running their tests, and checking expectations |
//! | `project` | 7 | the project file `flowsim.toml`, and the flows and placeholders of Terraform |
//! | `platform` | 7 | a live service: its simulations and execution documents, and the webhooks and decisions that are sent to one (feature `live`) |
//! | `conformance` | 8 | probes of Genesys Cloud's behaviour, and their comparison with execution documents |
//! | `runner` | 8 | parallel runs of suites, reported as events in a stable order |
//! | `batch` | 9 | calls, and recordings to compare, as a stream of rows; summaries that merge |
//! | `report` | 9 | reports of test runs, comparisons, coverage, differences and heat maps, for people, CI systems and programs; drawings of flows |
//! | `debugger` | 10 | one call that a person stops, steps forwards and backwards, and changes; `dap` is its protocol for editors |
//! | `lsp` | 10 | the language server: the connection, the open documents, problems with quick fixes, hover, completion, navigation, the outline |
//! | `mcp` | 10 | the server for coding assistants: its tools are commands in processes that read the workspace only |
//! | `server` | 10 | a local Platform API: `http` parses requests and writes responses, `routes` is the routing table, `endpoint` has one file per family, `state` is the organisation and its changes, `calls` and `delivery` send webhook requests, `page` is the browser page, `elasticsearch` is the second port |
//! | `api` | 10 | the public API: projects, calls, traces, sessions, suites and comparisons; one file per type |
//! | `cli` | 11 | arguments, streams, exit codes; one file per command |
//!
//! # Invariants
//!
//! * **The engine does no input or output.** All data from outside comes as the
//!   [`Answer`] to a [`Question`]. Fixtures, a person or a recording can answer.
//! * **A session is a value.** It can be cloned, compared and continued.
//! * **The same input gives the same bytes.** The crate reads no clock, no environment and
//!   no source of randomness. Time is virtual and advances only when a call waits.
//! * **A user's mistake is a [`Diagnostic`]** with a code, a
//!   position and advice. A panic is a bug in flowsim.
//! * **Text is rendered on demand.** A trace holds ids and values. The symbol table of its
//!   program maps the ids to names.

#![forbid(unsafe_code)]

mod api;

pub use api::{
    Answer, Batch, BatchOptions, BatchOutput, BatchSummary, Call, Case, CaseResult,
    Choice, CompareOptions, Comparison, Diagnostic, Difference, Error, ErrorKind,
    Exploration, ExploreOptions, Flow, Outcome, Project, ProjectBuilder, Question,
    Routing, Session, Severity, Status, Step, Suite, SuiteOptions, SuiteResult, Trace,
    Transfer, Value, Verdict,
};

#[doc(hidden)]
pub mod analysis;
#[doc(hidden)]
pub mod batch;
#[doc(hidden)]
pub mod build;
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod conformance;
#[doc(hidden)]
pub mod debugger;
#[doc(hidden)]
pub mod diagnostic;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod explore;
#[doc(hidden)]
pub mod expr;
#[doc(hidden)]
pub mod flow;
#[doc(hidden)]
#[cfg(feature = "lsp")]
pub mod lsp;
#[cfg(feature = "mcp")]
#[doc(hidden)]
pub mod mcp;
#[doc(hidden)]
pub mod platform;
#[doc(hidden)]
pub mod program;
#[doc(hidden)]
pub mod project;
#[doc(hidden)]
pub mod recording;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod runner;
#[doc(hidden)]
#[cfg(feature = "serve")]
pub mod server;
#[doc(hidden)]
pub mod source;
#[doc(hidden)]
pub mod suite;
#[doc(hidden)]
pub mod terraform;
#[doc(hidden)]
pub mod threads;
#[doc(hidden)]
pub mod timeline;
#[doc(hidden)]
pub mod trace;
#[doc(hidden)]
pub mod value;
#[doc(hidden)]
#[cfg(any(feature = "dap", feature = "lsp"))]
pub mod wire;
#[doc(hidden)]
pub mod world;
