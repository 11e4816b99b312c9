//! Tests of calls: running flows of both dialects, fixtures, traces and execution documents.

mod architect;
mod call_properties;
#[path = "../support/cpu_time.rs"]
mod cpu_time;
mod execution;
mod execution_documents;
mod execution_of_runs;
mod execution_of_the_platform;
mod explore;
mod explore_emergencies;
mod explore_findings;
mod explore_free;
mod explore_impossible;
mod explore_messages;
mod explore_mutants;
mod explore_page;
mod explore_random;
mod explore_ranges;
mod explore_solve;
mod fixtures;
#[path = "../support/laws.rs"]
mod laws;
mod library;
mod organisations;
mod overlays;
mod properties;
mod real_flows;
#[path = "../support/shared.rs"]
mod shared;
mod timeline;
mod trace_laws;
mod traces;
mod views;
