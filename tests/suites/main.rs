//! Tests of scenario files and `flowsim test`: reports, snapshots, schemas, coverage, heat
//! maps and new projects.

mod batch;
#[cfg(unix)]
#[path = "../support/browser/mod.rs"]
mod browser;
mod causes;
mod conformance;
mod console_options;
mod coverage;
mod csv_tables;
mod explored;
mod explored_cache;
mod explored_interrupt;
mod explored_namesakes;
#[path = "../support/folder.rs"]
mod folder;
mod heatmap;
mod html_report;
mod init;
mod init_from;
mod kill;
#[path = "../support/laws.rs"]
mod laws;
mod project;
mod report_merge;
mod reports;
mod repositories;
mod scenario_document;
mod scenario_files;
mod schemas;
mod selection;
#[path = "../support/shared.rs"]
mod shared;
mod suite;
mod terraform;
mod terraform_limits;
mod test_command;
mod test_promises;
mod test_requests;
mod untested_properties;
mod watch;
mod yaml_blocks;
