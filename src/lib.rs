//! Run, test and compare Genesys Cloud Architect flows offline.
//!
//! Flow documents are read into one model and compiled to one program. A deterministic
//! session runs the program, asks its host every question about the outside world, and
//! records a trace. This crate is the library of the `flowsim` program and can be
//! embedded: nothing outside [`cli`] prints, reads the environment or ends the process.
//!
//! # A call from end to end
//!
//! ```
//! use std::sync::Arc;
//!
//! use flowsim::engine::{Call, Session, play};
//! use flowsim::flow::{check, read};
//! use flowsim::program::Program;
//! use flowsim::source::{Files, read_document};
//! use flowsim::trace::{Status, TextStyle, render_text};
//! use flowsim::world::{FixtureHost, Fixtures, Input};
//!
//! // A flow is a document. This one asks a question and repeats the answer.
//! let text = r#"{
//!   "id": "feedback", "name": "Feedback", "type": "inbound",
//!   "draft": {
//!     "startNode": "Ask",
//!     "nodes": {
//!       "Ask": {
//!         "id": "Ask", "type": "Gather",
//!         "properties": {"promptText": "Did we help you? Press 1 for yes.", "maxDigits": 1},
//!         "onComplete": {"nextNode": "Thanks"}, "onError": {"nextNode": "End"}
//!       },
//!       "Thanks": {
//!         "id": "Thanks", "type": "Say",
//!         "properties": {"sayText": "You pressed {Ask.digits}. Thank you, {name}."},
//!         "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}
//!       },
//!       "End": {"id": "End", "type": "End", "properties": {"endType": "normal"}}
//!     }
//!   }
//! }"#;
//!
//! // source and flow: read the text into the model and collect its problems.
//! let mut files = Files::new();
//! let file = files.add("feedback.json", text);
//! let document = read_document(&file).expect("the text is JSON");
//! let mut diagnostics = Vec::new();
//! let flows = read::read(&document, &mut diagnostics);
//! diagnostics.extend(check::check(&flows));
//! assert!(!diagnostics.iter().any(check::forbids_running));
//!
//! // program: compile the model, which resolves all names to numbers.
//! let program = Arc::new(Program::compile(&flows));
//! let flow = program.flow("Feedback").expect("the flow was loaded");
//!
//! // engine and world: run a call; the fixture host answers the questions of the session.
//! let call = Call::new(flow).context(&program, "name", "Ada".into());
//! let inputs = [Input::parse("1@800").expect("one key after 800 milliseconds")];
//! let fixtures = Fixtures::default();
//! let mut session = Session::start(Arc::clone(&program), &call);
//! let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs));
//!
//! // trace: inspect and print the events of the call.
//! let symbols = &program.symbols;
//! let path: Vec<&str> = trace.path(symbols).map(|node| node.as_str()).collect();
//! assert_eq!(trace.status, Status::Completed);
//! assert_eq!(path, ["Ask", "Thanks", "End"]);
//! let shown = render_text(&trace, symbols, TextStyle { color: false, width: None });
//! assert!(shown.contains("“You pressed 1. Thank you, Ada.”"));
//! ```
//!
//! To answer the questions without a host, do not use [`play`](engine::play). Read the
//! session's [`question`](engine::Session::question) and call
//! [`resume`](engine::Session::resume) with an answer. To explore several answers, clone
//! the session.
//!
//! # The code map
//!
//! The modules of this crate, in the order in which a call passes through them. A module
//! uses only modules of lower layers, and modules of the same layer are independent of each
//! other; `tests/rules/architecture.rs` enforces this. Data flows in one direction: a decision
//! made in one module is not repeated in a later one.
//!
//! | module | layer | contents |
//! |---|---|---|
//! | [`build`] | 0 | version and features of this build |
//! | [`source`] | 0 | files, positions in them, and documents that keep the position of each value; the only module that parses JSON and YAML |
//! | [`value`] | 0 | the values of flows: types, NOT_SET, exact numbers, times, conversions, comparison, printing |
//! | [`diagnostic`] | 1 | messages for users: one type with stable codes, an explanation page for each code, and four output formats |
//! | [`expr`] | 2 | the expression languages of flows, from parsing to evaluation: `draft`, and `architect` with its functions |
//! | [`flow`] | 3 | the model of a flow; `kinds` is the table of action kinds, `read` has one module per dialect, `check` one file per finding, `write` draws flows |
//! | [`world`] | 3 | the questions that a session asks, their answers, and fixtures that provide answers |
//! | [`program`] | 4 | compiled flows: names are ids and slots, strings are parsed, calls are linked |
//! | [`trace`] | 4 | the events of a call; written as text, JSON, a simulation response or an execution document |
//! | [`engine`] | 5 | the session that executes a program; `action` has one file per family |
//! | [`analysis`] | 6 | analyses of flows, programs and traces: missing fixtures, coverage of calls, comparison of a call with a recording |
//! | [`recording`] | 6 | recorded calls: stored, redacted, imported and replayed |
//! | [`suite`] | 7 | scenario files: reading them, running their tests, and checking expectations |
//! | [`platform`] | 7 | a live service: its simulations and execution documents, and the webhooks and decisions that are sent to one (feature `live`) |
//! | [`runner`] | 8 | parallel runs of suites, reported as events in a stable order |
//! | [`report`] | 9 | reports of test runs, comparisons, coverage, differences and heat maps, for people, CI systems and programs; drawings of flows |
//! | [`server`] | 10 | a local Platform API: `http` parses requests and writes responses, `routes` is the routing table, `endpoint` has one file per family, `state` is the organisation and its changes, `calls` and `delivery` send webhook requests, `page` is the browser page, `elasticsearch` is the second port |
//! | [`cli`] | 11 | arguments, streams, exit codes; one file per command |
//!
//! # Invariants
//!
//! * **The engine does no input or output.** All data from outside comes as the
//!   [`Answer`](world::Answer) to a [`Question`](world::Question). Fixtures, a person or a
//!   recording can answer.
//! * **A session is a value.** It can be cloned, compared and continued.
//! * **The same input gives the same bytes.** The crate reads no clock, no environment and
//!   no source of randomness. Time is virtual and advances only when a call waits.
//! * **A user's mistake is a [`Diagnostic`](diagnostic::Diagnostic)** with a code, a
//!   position and advice. A panic is a bug in flowsim.
//! * **Text is rendered on demand.** A trace holds ids and values. The symbol table of its
//!   program ([`flow::SymbolTable`]) maps the ids to names.

#![forbid(unsafe_code)]

pub mod analysis;
pub mod build;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod expr;
pub mod flow;
pub mod platform;
pub mod program;
pub mod recording;
pub mod report;
pub mod runner;
#[cfg(feature = "serve")]
pub mod server;
pub mod source;
pub mod suite;
pub mod trace;
pub mod value;
pub mod world;
