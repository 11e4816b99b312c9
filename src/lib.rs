//! Run, test and compare Genesys Cloud Architect flows offline.
//!
//! Flow documents are read into one model, compiled to one program, stepped by one
//! deterministic session that asks its host every question about the outside world, and
//! leave one trace. This crate is the library behind the `flowsim` program and can be
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
//! // A flow is a document: one question, and a goodbye that depends on the answer.
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
//! // source and flow: the text becomes the model; what is wrong with it is collected.
//! let mut files = Files::new();
//! let file = files.add("feedback.json", text);
//! let document = read_document(&file).expect("the text is JSON");
//! let mut diagnostics = Vec::new();
//! let flows = read::read(&document, &mut diagnostics);
//! diagnostics.extend(check::check(&flows));
//! assert!(!diagnostics.iter().any(check::forbids_running));
//!
//! // program: names become numbers, once.
//! let program = Arc::new(Program::compile(&flows));
//! let flow = program.flow("Feedback").expect("the flow was loaded");
//!
//! // engine: a call is played; the world answers what the session asks.
//! let call = Call::new(flow).context(&program, "name", "Ada".into());
//! let inputs = [Input::parse("1@800").expect("one key after 800 milliseconds")];
//! let fixtures = Fixtures::default();
//! let mut session = Session::start(Arc::clone(&program), &call);
//! let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &inputs));
//!
//! // trace: what happened.
//! let legend = &program.legend;
//! let path: Vec<&str> = trace.path(legend).map(|node| node.as_str()).collect();
//! assert_eq!(trace.status, Status::Completed);
//! assert_eq!(path, ["Ask", "Thanks", "End"]);
//! let shown = render_text(&trace, legend, TextStyle { color: false, width: None });
//! assert!(shown.contains("“You pressed 1. Thank you, Ada.”"));
//! ```
//!
//! To answer the questions yourself, leave [`play`](engine::play) out: ask the session for
//! its [`question`](engine::Session::question), [`resume`](engine::Session::resume) it with
//! an answer, and clone it wherever both answers are of interest.
//!
//! # The code map
//!
//! The rooms of the house, in the order in which a call goes through them. A room uses only
//! rooms of a lower layer, and siblings do not know each other; `tests/rules/architecture.rs`
//! holds that. Data goes one way: what is decided in one room is not asked again in a later
//! one.
//!
//! | room | layer | holds |
//! |---|---|---|
//! | [`source`] | 0 | files, places in them, and documents that remember where each value stands; the only room that reads JSON and YAML text |
//! | [`build`] | 0 | version and features of this build |
//! | [`value`] | 0 | the values of flows: types, NOT_SET, exact numbers, times, conversions, comparison, printing |
//! | [`diagnostic`] | 1 | what users are told: one type with stable codes, a page of advice for each, and four ways to write it down |
//! | [`expr`] | 2 | the languages in which flows compute, from text to evaluation: `draft`, and `architect` with its functions |
//! | [`flow`] | 3 | what a flow is; `read` has one module a dialect, `check` one file a finding, `write` draws |
//! | [`world`] | 3 | the questions a session asks, the answers, and fixtures that give them |
//! | [`program`] | 4 | flows compiled: names are ids and slots, texts are parsed, calls are linked |
//! | [`trace`] | 4 | what happened, as events; written as text, JSON, a simulation response or an execution document |
//! | [`engine`] | 5 | the session that steps through a program; `action` has one file a family |
//! | [`analysis`] | 6 | questions about flows, programs and traces: what fixtures lack, what calls covered, whether a call is the one that was recorded |
//! | [`recording`] | 6 | calls that were answered elsewhere: kept, redacted, imported, and made again |
//! | [`suite`] | 7 | scenario files: read, played, judged |
//! | [`platform`] | 7 | a live service: its simulations and execution documents, and webhooks and decisions that are sent to one (feature `live`) |
//! | [`runner`] | 8 | suites run in parallel, told as events in a stable order |
//! | [`report`] | 9 | what a run of suites tells people, CI systems and programs; one file a form |
//! | [`server`] | 10 | the Platform API on this machine: `http` reads and answers, `route` is the table of what is served, `endpoint` has one file a family, `state` is the organisation and how it changes, `calls` makes those of webhooks, `page` shows it in a browser, `elasticsearch` is the second port |
//! | [`cli`] | 11 | arguments, streams, exit codes; one file a command |
//!
//! # What holds everywhere
//!
//! * **The engine does no input or output.** Everything from outside is a
//!   [`Question`](world::Question) with an [`Answer`](world::Answer), whoever gives it:
//!   fixtures, a person, a recording.
//! * **A session is a value.** It can be cloned, compared and continued.
//! * **The same input gives the same bytes.** There is no clock, no randomness and no
//!   environment; time is virtual and goes on only when a call waits.
//! * **A mistake of a user is a [`Diagnostic`](diagnostic::Diagnostic)** with a code, a
//!   place and advice. A panic is a bug of ours.
//! * **Text is made when somebody reads it.** A trace holds ids and values; the
//!   [`Legend`](flow::Legend) of its program turns them into names.

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
