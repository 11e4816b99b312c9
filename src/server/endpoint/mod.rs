//! Endpoints, one file for each family. A handler reads its request, reads or changes the
//! [state](super::state), and writes the answer.

pub(super) mod analytics;
pub(super) mod authorize;
pub(super) mod bots;
pub(super) mod call_routes;
pub(super) mod contacts;
pub(super) mod control;
pub(super) mod conversations;
pub(super) mod directory;
pub(super) mod executions;
pub(super) mod fixtures;
pub(super) mod flow_actions;
pub(super) mod flow_jobs;
pub(super) mod flow_list;
mod flow_schema;
pub(super) mod flows;
pub(super) mod instances;
pub(super) mod integrations;
pub(super) mod live;
pub(super) mod messages;
pub(super) mod notifications;
pub(super) mod openapi;
pub(super) mod settings;
pub(super) mod simulations;
pub(super) mod status;
pub(super) mod table_changes;
pub(super) mod tables;
pub(super) mod token;
pub(super) mod webhooks;
pub(super) mod workbench;
