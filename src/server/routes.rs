//! The routing table. The router and the OpenAPI document are both built from it,
//! so they cannot differ.

use super::access::Permission;
use super::conversation_routes;
use super::endpoint::analytics::{aggregates, details, queues};
use super::endpoint::directory::{
    calendar, organization, people, prompt_audio, prompt_changes, prompts, queue_changes,
    routing, scripts,
};
use super::endpoint::{
    authorize, bots, call_routes, contacts, control, conversations, directory,
    executions, fixtures, flow_actions, flow_jobs, flows, instances, integrations, live,
    messages, notifications, openapi, settings, simulations, status, table_changes,
    tables, token, webhooks, workbench,
};
use super::http::reply::EndpointResult;
use super::http::request::ApiRequest;
use super::route::Route;
use super::shared::Server;
use super::state::State;

/// A route, and the function that answers it.
#[derive(Clone, Copy)]
pub(super) struct Endpoint {
    pub(super) route: Route,
    pub(super) handler: Handler,
}

/// The function that answers a route.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// Reads and changes the organisation, with exclusive access.
    Exclusive(fn(&mut State, &ApiRequest) -> EndpointResult),
    /// Locks the organisation only as needed, and runs concurrently with other requests.
    Shared(fn(&Server, &ApiRequest) -> EndpointResult),
}

pub(super) const fn route(
    method: &'static str,
    path: &'static str,
    permission: Permission,
    summary: &'static str,
    handler: fn(&mut State, &ApiRequest) -> EndpointResult,
) -> Endpoint {
    let handler = Handler::Exclusive(handler);
    Endpoint { route: Route { method, path, permission, summary }, handler }
}

const fn shared(
    method: &'static str,
    path: &'static str,
    permission: Permission,
    summary: &'static str,
    handler: fn(&Server, &ApiRequest) -> EndpointResult,
) -> Endpoint {
    let handler = Handler::Shared(handler);
    Endpoint { route: Route { method, path, permission, summary }, handler }
}

/// Returns all endpoints.
pub(super) fn endpoints() -> impl Iterator<Item = Endpoint> {
    ENDPOINTS.iter().chain(conversation_routes::endpoints()).copied()
}

/// The endpoints, except those that each medium of conversations has.
#[rustfmt::skip]
const ENDPOINTS: &[Endpoint] = {
    use Permission::*;
    &[
        route("POST", "/oauth/token", Open, "Log in with client credentials or a code", token::give),
        route("POST", "/api/v2/oauth/token", Open, "Log in with client credentials or a code", token::give),
        shared("GET", "/oauth/authorize", Open, "Log a web application in, and redirect to its page", authorize::authorize),

        route("GET", "/api/v2/flows", ReadFlows, "List flows", flows::list),
        route("POST", "/api/v2/flows", WriteFlows, "Create a flow, with a draft or empty", flows::create),
        route("GET", "/api/v2/flows/{flowId}", ReadFlows, "Get a flow", flows::get),
        route("GET", "/api/v2/flows/divisionviews", ReadFlows, "List flows, for clients without access to divisions", flows::list),
        route("PUT", "/api/v2/flows/{flowId}", WriteFlows, "Change a flow, or its draft", flows::replace),
        route("DELETE", "/api/v2/flows/{flowId}", WriteFlows, "Delete a flow", flows::delete),
        route("POST", "/api/v2/flows/{flowId}/publish", WriteFlows, "Publish the newest version of a flow", flow_actions::publish_by_path),
        route("GET", "/api/v2/flows/{flowId}/latestconfiguration", ReadFlows, "Get the newest version of a flow in its source form", flows::latest_configuration),
        route("GET", "/api/v2/flows/{flowId}/versions", ReadFlows, "List the versions of a flow", flows::versions),
        route("GET", "/api/v2/flows/{flowId}/versions/{versionId}", ReadFlows, "Get a version of a flow", flows::version),
        route("GET", "/api/v2/flows/{flowId}/versions/{versionId}/configuration", ReadFlows, "Get a version of a flow in its source form", flows::configuration),
        route("GET", "/api/v2/architect/flows/{flowId}", ReadFlows, "Get a flow with its nodes in their source form", flows::architect_form),

        route("POST", "/api/v2/flows/actions/publish", WriteFlows, "Publish a flow", flow_actions::publish),
        route("POST", "/api/v2/flows/actions/checkin", WriteFlows, "Check a flow in", flow_actions::check_in),
        route("POST", "/api/v2/flows/actions/checkout", WriteFlows, "Check a flow out", flow_actions::check_out),
        route("POST", "/api/v2/flows/actions/unlock", WriteFlows, "Unlock a flow", flow_actions::unlock),
        route("POST", "/api/v2/flows/actions/revert", WriteFlows, "Discard changes that were not checked in", flow_actions::revert),
        route("POST", "/api/v2/flows/actions/deactivate", WriteFlows, "Deactivate a flow", flow_actions::deactivate),

        route("POST", "/api/v2/flows/jobs", WriteFlows, "Register a job that publishes an uploaded flow", flow_jobs::register),
        route("GET", "/api/v2/flows/jobs/{jobId}", ReadFlows, "Get a publishing job", flow_jobs::get),
        route("POST", "/api/v2/flows/export/jobs", ReadFlows, "Export flows", flow_jobs::export),
        route("GET", "/api/v2/flows/export/jobs/{jobId}", ReadFlows, "Get an export", flow_jobs::get),
        route("POST", "/api/v2/flows/validate/jobs", ReadFlows, "Validate flows", flow_jobs::validate),
        route("GET", "/api/v2/flows/validate/jobs/{jobId}", ReadFlows, "Get a validation", flow_jobs::get),

        route("POST", "/api/v2/flows/executions", RunFlows, "Run a flow", executions::launch),
        route("GET", "/api/v2/flows/executions/{executionId}", ReadFlows, "Get a run of a flow", executions::get),
        route("POST", "/api/v2/flows/instances/query", ReadFlows, "Find instances", instances::query),
        route("GET", "/api/v2/flows/instances/querycapabilities", ReadFlows, "List the criteria that instances can be found by", instances::capabilities),
        route("POST", "/api/v2/flows/instances/jobs", ReadFlows, "Request the execution documents of instances", instances::request),
        route("GET", "/api/v2/flows/instances/jobs/{jobId}", ReadFlows, "Get the locations of requested execution documents", flow_jobs::get),
        route("GET", "/api/v2/flows/instances/settings/executiondata", ReadFlows, "Get whether execution documents are recorded", settings::execution_data),
        route("PATCH", "/api/v2/flows/instances/settings/executiondata", WriteFlows, "Set whether execution documents are recorded", settings::set_execution_data),
        route("GET", "/api/v2/flows/instances/settings/loglevels", ReadFlows, "List the flows that have their own log level", settings::list),
        route("GET", "/api/v2/flows/instances/settings/loglevels/characteristics", ReadFlows, "List the available log levels", settings::characteristics),
        route("GET", "/api/v2/flows/instances/settings/loglevels/default", ReadFlows, "Get the default log level", settings::default),
        route("PUT", "/api/v2/flows/instances/settings/loglevels/default", WriteFlows, "Set the default log level", settings::set_default),
        route("DELETE", "/api/v2/flows/instances/settings/loglevels/default", WriteFlows, "Reset the default log level", settings::delete_default),
        route("GET", "/api/v2/flows/{flowId}/instances/settings/loglevels", ReadFlows, "Get the log level of a flow", settings::get),
        route("POST", "/api/v2/flows/{flowId}/instances/settings/loglevels", WriteFlows, "Set the log level of a flow", settings::set),
        route("PUT", "/api/v2/flows/{flowId}/instances/settings/loglevels", WriteFlows, "Change the log level of a flow", settings::set),
        route("DELETE", "/api/v2/flows/{flowId}/instances/settings/loglevels", WriteFlows, "Reset the log level of a flow", settings::delete),
        route("GET", "/api/v2/flows/instances/{instanceId}", ReadFlows, "Get the location of the execution document of an instance", instances::get),
        shared("POST", "/api/v2/flows/variables", WriteFlows, "Write variables of a running instance", instances::write_variables),

        route("GET", "/api/v2/flows/datatables", ReadFlows, "List data tables", tables::list),
        route("GET", "/api/v2/flows/datatables/{datatableId}", ReadFlows, "Get a data table", tables::get),
        route("POST", "/api/v2/flows/datatables", WriteFlows, "Create a data table", table_changes::create),
        route("PUT", "/api/v2/flows/datatables/{datatableId}", WriteFlows, "Replace the name and the columns of a data table", table_changes::replace),
        route("DELETE", "/api/v2/flows/datatables/{datatableId}", WriteFlows, "Delete a data table", table_changes::delete),
        route("POST", "/api/v2/flows/datatables/{datatableId}/rows", WriteFlows, "Add a row to a data table", table_changes::create_row),
        route("PUT", "/api/v2/flows/datatables/{datatableId}/rows/{rowId}", WriteFlows, "Replace a row of a data table", table_changes::replace_row),
        route("DELETE", "/api/v2/flows/datatables/{datatableId}/rows/{rowId}", WriteFlows, "Delete a row of a data table", table_changes::delete_row),
        route("GET", "/api/v2/flows/datatables/divisionviews", ReadFlows, "List data tables, for clients without access to divisions", tables::list),
        route("GET", "/api/v2/flows/datatables/divisionviews/{datatableId}", ReadFlows, "Get a data table, for clients without access to divisions", tables::get),
        route("GET", "/api/v2/flows/datatables/{datatableId}/rows", ReadFlows, "List the rows of a data table", tables::rows),
        route("GET", "/api/v2/flows/datatables/{datatableId}/rows/{rowId}", ReadFlows, "Get a row of a data table", tables::row),
        route("GET", "/api/v2/flows/outcomes", ReadFlows, "List the outcomes that were created", directory::outcomes),
        route("POST", "/api/v2/flows/outcomes", WriteFlows, "Create an outcome", directory::create_outcome),
        route("GET", "/api/v2/flows/outcomes/{flowOutcomeId}", ReadFlows, "Get an outcome", directory::outcome),
        route("GET", "/api/v2/flows/outcomes/divisionviews", ReadFlows, "List outcomes, for clients without access to divisions", directory::outcomes),
        route("PUT", "/api/v2/flows/outcomes/{flowOutcomeId}", WriteFlows, "Replace an outcome", directory::replace_outcome),
        route("GET", "/api/v2/flows/milestones", ReadFlows, "List the milestones that were created", directory::milestones),
        route("POST", "/api/v2/flows/milestones", WriteFlows, "Create a milestone", directory::create_milestone),
        route("GET", "/api/v2/flows/milestones/{milestoneId}", ReadFlows, "Get a milestone", directory::milestone),
        route("GET", "/api/v2/flows/milestones/divisionviews", ReadFlows, "List milestones, for clients without access to divisions", directory::milestones),
        route("PUT", "/api/v2/flows/milestones/{milestoneId}", WriteFlows, "Replace a milestone", directory::replace_milestone),
        route("DELETE", "/api/v2/flows/milestones/{milestoneId}", WriteFlows, "Delete a milestone", directory::delete_milestone),

        route("GET", "/api/v2/architect/schedules", ReadFlows, "List schedules", calendar::schedules),
        route("GET", "/api/v2/architect/schedules/{scheduleId}", ReadFlows, "Get a schedule", calendar::schedule),
        route("POST", "/api/v2/architect/schedules", WriteFlows, "Create a schedule", calendar::create_schedule),
        route("PUT", "/api/v2/architect/schedules/{scheduleId}", WriteFlows, "Replace a schedule", calendar::replace_schedule),
        route("DELETE", "/api/v2/architect/schedules/{scheduleId}", WriteFlows, "Delete a schedule that no group uses", calendar::delete_schedule),
        route("GET", "/api/v2/architect/schedules/divisionviews", ReadFlows, "List schedules, for clients without access to divisions", calendar::schedules),
        route("GET", "/api/v2/architect/schedulegroups", ReadFlows, "List schedule groups", calendar::schedule_groups),
        route("GET", "/api/v2/architect/schedulegroups/{scheduleGroupId}", ReadFlows, "Get a schedule group", calendar::schedule_group),
        route("POST", "/api/v2/architect/schedulegroups", WriteFlows, "Create a schedule group", calendar::create_schedule_group),
        route("PUT", "/api/v2/architect/schedulegroups/{scheduleGroupId}", WriteFlows, "Replace a schedule group", calendar::replace_schedule_group),
        route("DELETE", "/api/v2/architect/schedulegroups/{scheduleGroupId}", WriteFlows, "Delete a schedule group", calendar::delete_schedule_group),
        route("GET", "/api/v2/architect/schedulegroups/divisionviews", ReadFlows, "List schedule groups, for clients without access to divisions", calendar::schedule_groups),
        route("GET", "/api/v2/architect/emergencygroups", ReadFlows, "List emergency groups", calendar::emergency_groups),
        route("GET", "/api/v2/architect/emergencygroups/{emergencyGroupId}", ReadFlows, "Get an emergency group", calendar::emergency_group),
        route("POST", "/api/v2/architect/emergencygroups", WriteFlows, "Create an emergency group", calendar::create_emergency_group),
        route("PUT", "/api/v2/architect/emergencygroups/{emergencyGroupId}", WriteFlows, "Replace an emergency group, or switch it on or off", calendar::replace_emergency_group),
        route("DELETE", "/api/v2/architect/emergencygroups/{emergencyGroupId}", WriteFlows, "Delete an emergency group", calendar::delete_emergency_group),
        route("GET", "/api/v2/architect/emergencygroups/divisionviews", ReadFlows, "List emergency groups, for clients without access to divisions", calendar::emergency_groups),
        route("GET", "/api/v2/architect/ivrs", ReadFlows, "List call routes", call_routes::list),
        route("POST", "/api/v2/architect/ivrs", WriteFlows, "Create a call route", call_routes::create),
        route("GET", "/api/v2/architect/ivrs/{ivrId}", ReadFlows, "Get a call route", call_routes::get),
        route("GET", "/api/v2/architect/ivrs/divisionviews", ReadFlows, "List call routes, for clients without access to divisions", call_routes::list),
        route("PUT", "/api/v2/architect/ivrs/{ivrId}", WriteFlows, "Replace a call route", call_routes::replace),
        route("DELETE", "/api/v2/architect/ivrs/{ivrId}", WriteFlows, "Delete a call route", call_routes::delete),
        route("GET", "/api/v2/architect/prompts", ReadFlows, "List user prompts", prompts::user_prompts),
        route("GET", "/api/v2/architect/prompts/{promptId}", ReadFlows, "Get a user prompt", prompts::user_prompt),
        route("GET", "/api/v2/architect/prompts/{promptId}/resources", ReadFlows, "List the resources of a user prompt", prompts::user_resources),
        route("GET", "/api/v2/architect/prompts/{promptId}/resources/{languageCode}", ReadFlows, "Get the resource of a user prompt in a language", prompts::user_resource),
        route("POST", "/api/v2/architect/prompts", WriteFlows, "Create a user prompt", prompt_changes::create),
        route("PUT", "/api/v2/architect/prompts/{promptId}", WriteFlows, "Change the name of a user prompt", prompt_changes::replace),
        route("DELETE", "/api/v2/architect/prompts/{promptId}", WriteFlows, "Delete a user prompt", prompt_changes::delete),
        route("POST", "/api/v2/architect/prompts/{promptId}/resources", WriteFlows, "Add the resource of a user prompt in a language", prompt_changes::create_resource),
        route("PUT", "/api/v2/architect/prompts/{promptId}/resources/{languageCode}", WriteFlows, "Replace the resource of a user prompt in a language", prompt_changes::replace_resource),
        route("DELETE", "/api/v2/architect/prompts/{promptId}/resources/{languageCode}", WriteFlows, "Delete the resource of a user prompt in a language", prompt_changes::delete_resource),
        route("POST", "/api/v2/architect/prompts/{promptId}/resources/{languageCode}/uploads", WriteFlows, "Get the address to which the audio of a user prompt is uploaded", prompt_audio::begin_upload),
        route("DELETE", "/api/v2/architect/prompts/{promptId}/resources/{languageCode}/audio", WriteFlows, "Delete the audio of a user prompt in a language", prompt_audio::delete),
        route("GET", "/api/v2/architect/systemprompts", ReadFlows, "List system prompts", prompts::system_prompts),
        route("GET", "/api/v2/architect/systemprompts/{promptId}", ReadFlows, "Get a system prompt", prompts::system_prompt),
        route("GET", "/api/v2/architect/systemprompts/{promptId}/resources", ReadFlows, "List the resources of a system prompt", prompts::system_resources),
        route("GET", "/api/v2/architect/systemprompts/{promptId}/resources/{languageCode}", ReadFlows, "Get the resource of a system prompt in a language", prompts::system_resource),
        shared("POST", "/api/v2/architect/simulations", RunFlows, "Run a flow to its end and return its trace", simulations::run),

        route("POST", "/api/v2/conversations", WriteConversations, "Start a conversation in a flow", conversations::create),
        route("GET", "/api/v2/conversations/{conversationId}", ReadConversations, "Get a conversation", conversations::get),
        route("POST", "/api/v2/conversations/{conversationId}/disconnect", WriteConversations, "End a conversation", conversations::disconnect),
        route("POST", "/api/v2/conversations/calls", WriteConversations, "Start a call in a flow", conversations::create_call),
        route("POST", "/api/v2/conversations/calls/{conversationId}/participants/{participantId}/digits", WriteConversations, "Press keys", conversations::digits),
        route("POST", "/api/v2/conversations/callbacks", WriteConversations, "Start a callback in a flow", conversations::create_callback),
        route("POST", "/api/v2/conversations/chats", WriteConversations, "Start a chat in a flow or a queue", conversations::create_chat),
        route("POST", "/api/v2/conversations/emails", WriteConversations, "Start an e-mail in a flow", conversations::create_email),
        route("POST", "/api/v2/conversations/messages", WriteConversations, "Start a message in a flow", conversations::create_message),
        route("POST", "/api/v2/conversations/messages/{integrationId}/inbound/open/message", WriteConversations, "Send an open message, which starts or continues a conversation", messages::receive),
        route("POST", "/api/v2/conversations/emails/{conversationId}/inboundmessages", WriteConversations, "Send a further e-mail of a conversation", messages::receive_email),
        route("GET", "/api/v2/routing/message/recipients", ReadFlows, "List the integrations whose messages start flows", messages::recipients),
        route("GET", "/api/v2/routing/message/recipients/{recipientId}", ReadFlows, "Get the flow that the messages of an integration start", messages::recipient),
        route("PUT", "/api/v2/routing/message/recipients/{recipientId}", WriteFlows, "Set the flow that the messages of an integration start", messages::set_recipient),

        route("POST", "/api/v2/analytics/queues/realtime/query", ReadAnalytics, "Get queue statistics, in the form that the tutorials use", queues::realtime),
        route("POST", "/api/v2/analytics/queues/observations/query", ReadAnalytics, "Get queue statistics", queues::observations),
        route("POST", "/api/v2/analytics/conversations/details/query", ReadAnalytics, "Find conversations in an interval", details::query),
        route("GET", "/api/v2/analytics/conversations/details", ReadAnalytics, "Get the details of conversations", details::list),
        route("GET", "/api/v2/analytics/conversations/{conversationId}/details", ReadAnalytics, "Get the details of a conversation", details::get),
        route("POST", "/api/v2/analytics/conversations/details/jobs", ReadAnalytics, "Start a job that finds conversations", details::start),
        route("GET", "/api/v2/analytics/conversations/details/jobs/availability", ReadAnalytics, "Get the time up to which data is available", details::availability),
        route("GET", "/api/v2/analytics/conversations/details/jobs/{jobId}", ReadAnalytics, "Get the state of a job that finds conversations", details::job_state),
        route("GET", "/api/v2/analytics/conversations/details/jobs/{jobId}/results", ReadAnalytics, "Get the conversations that a job found", details::results),
        route("POST", "/api/v2/analytics/conversations/aggregates/query", ReadAnalytics, "Aggregate metrics of conversations", aggregates::conversations),
        route("POST", "/api/v2/analytics/flows/aggregates/query", ReadAnalytics, "Aggregate metrics of flows", aggregates::flows),
        route("POST", "/api/v2/analytics/flows/observations/query", ReadAnalytics, "Count the running instances of flows", aggregates::observations),
        route("GET", "/api/v2/analytics/botflows/{botFlowId}/reportingturns", ReadAnalytics, "List the turns of conversations with a bot", bots::reporting_turns),
        route("GET", "/api/v2/analytics/botflows/{botFlowId}/divisions/reportingturns", ReadAnalytics, "List the turns of conversations with a bot, in all divisions", bots::reporting_turns),

        route("GET", "/api/v2/externalcontacts/reversewhitepageslookup", ReadContacts, "Find contacts by number, e-mail address or id", contacts::reverse_lookup),
        route("POST", "/api/v2/externalcontacts/identifierlookup", ReadContacts, "Find a contact by an identifier", contacts::identifier_lookup),
        route("POST", "/api/v2/externalcontacts/identifierlookup/contacts", ReadContacts, "Find a contact by an identifier", contacts::identifier_lookup),
        route("GET", "/api/v2/externalcontacts/contacts", ReadContacts, "List contacts", contacts::list),
        route("POST", "/api/v2/externalcontacts/contacts", WriteContacts, "Create a contact", contacts::create),
        route("GET", "/api/v2/externalcontacts/contacts/{contactId}", ReadContacts, "Get a contact", contacts::get),
        route("PUT", "/api/v2/externalcontacts/contacts/{contactId}", WriteContacts, "Replace a contact", contacts::replace),
        route("DELETE", "/api/v2/externalcontacts/contacts/{contactId}", WriteContacts, "Delete a contact that was created", contacts::delete),

        route("GET", "/api/v2/routing/queues", ReadRouting, "List queues", routing::list_queues),
        route("POST", "/api/v2/routing/queues", WriteRouting, "Create a queue", queue_changes::create),
        route("PUT", "/api/v2/routing/queues/{queueId}", WriteRouting, "Replace the name, the flows and the settings of a queue", queue_changes::replace),
        route("DELETE", "/api/v2/routing/queues/{queueId}", WriteRouting, "Delete a queue", queue_changes::delete),
        route("POST", "/api/v2/routing/queues/{queueId}/members", WriteRouting, "Add members to a queue, or remove them", queue_changes::change_members),
        route("PATCH", "/api/v2/routing/queues/{queueId}/members", WriteRouting, "Join members of a queue, or take them out of its distribution", queue_changes::join_members),
        route("PATCH", "/api/v2/routing/queues/{queueId}/members/{memberId}", WriteRouting, "Join a member of a queue, or take it out of the distribution", queue_changes::join_member),
        route("DELETE", "/api/v2/routing/queues/{queueId}/members/{memberId}", WriteRouting, "Remove a member from a queue", queue_changes::remove_member),
        route("GET", "/api/v2/routing/queues/divisionviews", ReadRouting, "List queues, for clients without access to divisions", routing::list_queues),
        route("GET", "/api/v2/routing/queues/divisionviews/all", ReadRouting, "List all queues on one page", routing::all_queues),
        route("GET", "/api/v2/routing/queues/{queueId}", ReadRouting, "Get a queue", routing::queue),
        route("GET", "/api/v2/routing/queues/{queueId}/members", ReadRouting, "List the members of a queue", routing::queue_members),
        route("GET", "/api/v2/routing/queues/{queueId}/users", ReadRouting, "List the members of a queue", routing::queue_members),
        route("GET", "/api/v2/routing/queues/{queueId}/wrapupcodes", ReadRouting, "List the wrap-up codes of a queue", routing::queue_wrapup_codes),
        route("GET", "/api/v2/routing/queues/{queueId}/estimatedwaittime", ReadRouting, "Get the estimated waiting time of a queue", routing::estimated_wait),
        route("GET", "/api/v2/routing/queues/{queueId}/mediatypes/{mediaType}/estimatedwaittime", ReadRouting, "Get the estimated waiting time of a queue for a medium", routing::estimated_wait),
        route("GET", "/api/v2/routing/skills", ReadRouting, "List skills", routing::list_skills),
        route("GET", "/api/v2/routing/skills/{skillId}", ReadRouting, "Get a skill", routing::skill),
        route("GET", "/api/v2/routing/languages", ReadRouting, "List languages", routing::list_languages),
        route("GET", "/api/v2/routing/languages/{languageId}", ReadRouting, "Get a language", routing::language),
        route("GET", "/api/v2/routing/wrapupcodes", ReadRouting, "List wrap-up codes", routing::list_wrapup_codes),
        route("GET", "/api/v2/routing/wrapupcodes/divisionviews", ReadRouting, "List wrap-up codes, for clients without access to divisions", routing::list_wrapup_codes),
        route("GET", "/api/v2/routing/wrapupcodes/{codeId}", ReadRouting, "Get a wrap-up code", routing::wrapup_code),

        route("GET", "/api/v2/users", ReadUsers, "List users", people::list_users),
        route("GET", "/api/v2/users/me", Login, "Get the first user, for the user of the token", people::me),
        route("POST", "/api/v2/users/search", ReadUsers, "Find users", people::search),
        route("GET", "/api/v2/users/{userId}", ReadUsers, "Get a user", people::user),
        route("GET", "/api/v2/users/{userId}/queues", ReadUsers, "List the queues of a user", routing::queues_of_user),
        route("GET", "/api/v2/users/{userId}/routingskills", ReadUsers, "List the skills of a user", people::skills),
        route("GET", "/api/v2/users/{userId}/routinglanguages", ReadUsers, "List the languages of a user", people::languages),
        route("GET", "/api/v2/users/{userId}/routingstatus", ReadUsers, "Get the routing status of a user", people::routing_status),
        route("PUT", "/api/v2/users/{userId}/routingstatus", WriteUsers, "Set the routing status of a user", people::set_routing_status),
        route("GET", "/api/v2/users/{userId}/presences/purecloud", ReadUsers, "Get the presence of a user", people::presence),
        route("PATCH", "/api/v2/users/{userId}/presences/purecloud", WriteUsers, "Set the presence of a user", people::set_presence),
        route("GET", "/api/v2/presence/definitions", Login, "List the definitions of presences", people::presence_definitions),
        route("GET", "/api/v2/presence/definitions/{definitionId}", Login, "Get a definition of a presence", people::presence_definition),
        route("GET", "/api/v2/presencedefinitions", Login, "List the definitions of presences", people::presence_definitions),
        route("GET", "/api/v2/presencedefinitions/{definitionId}", Login, "Get a definition of a presence", people::presence_definition),
        route("GET", "/api/v2/systempresences", Login, "List the presences of the system", people::system_presences),
        route("GET", "/api/v2/groups", ReadUsers, "List groups", people::list_groups),
        route("GET", "/api/v2/groups/{groupId}", ReadUsers, "Get a group", people::group),
        route("GET", "/api/v2/groups/{groupId}/members", ReadUsers, "List the members of a group", people::group_members),

        route("GET", "/api/v2/scripts", ReadScripts, "List scripts", scripts::all),
        route("GET", "/api/v2/scripts/divisionviews", ReadScripts, "List scripts, for clients without access to divisions", scripts::all),
        route("GET", "/api/v2/scripts/{scriptId}", ReadScripts, "Get a script", scripts::script),
        route("GET", "/api/v2/scripts/published", ReadScripts, "List published scripts", scripts::published),
        route("GET", "/api/v2/scripts/published/divisionviews", ReadScripts, "List published scripts, for clients without access to divisions", scripts::published),
        route("GET", "/api/v2/scripts/published/{scriptId}", ReadScripts, "Get a published script", scripts::published_script),

        route("GET", "/api/v2/notifications/availabletopics", Login, "List the topics of notifications", notifications::available),
        route("GET", "/api/v2/notifications/channels", Login, "List channels of notifications", notifications::list),
        route("POST", "/api/v2/notifications/channels", Login, "Open a channel of notifications", notifications::create),
        route("GET", "/api/v2/notifications/channels/{channelId}", Login, "Verify that a channel exists", notifications::verify),
        route("GET", "/api/v2/notifications/channels/{channelId}/subscriptions", Login, "List the topics of a channel", notifications::subscriptions),
        route("POST", "/api/v2/notifications/channels/{channelId}/subscriptions", Login, "Add topics to a channel", notifications::subscribe),
        route("PUT", "/api/v2/notifications/channels/{channelId}/subscriptions", Login, "Replace the topics of a channel", notifications::replace),
        route("DELETE", "/api/v2/notifications/channels/{channelId}/subscriptions", Login, "Remove all topics of a channel", notifications::unsubscribe),

        route("GET", "/api/v2/organizations/me", Login, "Get the organisation", organization::me),
        route("GET", "/api/v2/tokens/me", Login, "Get the organisation, client and scopes of the token", organization::token),
        route("DELETE", "/api/v2/tokens/me", Login, "Revoke the token", organization::revoke),
        route("GET", "/api/v2/authorization/divisions", Login, "List divisions", organization::list_divisions),
        route("GET", "/api/v2/authorization/divisions/home", Login, "Get the home division", organization::home),
        route("GET", "/api/v2/authorization/divisions/{divisionId}", Login, "Get a division", organization::division),

        route("GET", "/api/v2/integrations", ReadIntegrations, "List integrations", integrations::integrations),
        route("GET", "/api/v2/integrations/{integrationId}", ReadIntegrations, "Get an integration", integrations::get_integration),
        route("GET", "/api/v2/integrations/actions", ReadIntegrations, "List data actions", integrations::list_actions),
        route("GET", "/api/v2/integrations/actions/{actionId}", ReadIntegrations, "Get a data action with its contract", integrations::get_action),
        route("POST", "/api/v2/integrations/actions/{actionId}/execute", RunActions, "Run a data action", integrations::execute),
        route("POST", "/api/v2/integrations/actions/{actionId}/test", RunActions, "Test a data action", integrations::test),

        route("GET", "/", Open, "Show the status page, or the available resources as JSON", status::root),
        shared("GET", "/__flowsim/status", Open, "Get what is loaded, what is running, and the time", status::overview),
        shared("GET", "/__flowsim/flows", Open, "List flows with their findings and variables", status::flows),
        route("GET", "/__flowsim/instances", Open, "List waiting and finished instances, the newest first", live::list),
        route("POST", "/__flowsim/instances", Open, "Call a flow by hand", live::call),
        route("GET", "/__flowsim/instances/{instanceId}", Open, "Get the trace of an instance so far, and what it waits for", live::get),
        route("POST", "/__flowsim/instances/{instanceId}/disconnect", Open, "Hang up", live::disconnect),
        route("POST", "/__flowsim/instances/{instanceId}/branches", Open, "Start the same call again up to a question of the participant", workbench::branch),
        route("PATCH", "/__flowsim/instances/{instanceId}/participantData", Open, "Write participant data of the conversation", workbench::write_participant_data),
        route("GET", "/__flowsim/instances/{instanceId}/scenario", Open, "Get the call as a scenario file", workbench::scenario),
        shared("GET", "/__flowsim/flows/{flowId}/drawing", Open, "Get the drawings of a flow", workbench::drawing),
        route("POST", "/__flowsim/reset", Open, "Restore the initial state and discard everything else", control::reset),
        route("PUT", "/__flowsim/fixtures", Open, "Replace the fixtures with this document", fixtures::replace),
        route("GET", "/__flowsim/fixtures", Open, "Get the fixtures", fixtures::get),
        route("PATCH", "/__flowsim/fixtures", Open, "Merge this document over the fixtures", fixtures::merge),
        route("GET", "/__flowsim/stubs", Open, "List stubs, and the number of requests that each has answered", control::stubs),
        route("PUT", "/__flowsim/stubs", Open, "Replace the stubs: prepared answers for any method and path", control::replace_stubs),
        route("DELETE", "/__flowsim/stubs", Open, "Remove the stubs that were set by requests", control::remove_stubs),
        route("GET", "/__flowsim/faults", Open, "List the faults that are still set", control::faults),
        shared("POST", "/__flowsim/faults", Open, "Set faults that the next requests are answered with", control::set_faults),
        route("POST", "/__flowsim/input", Open, "Provide the participant's input", control::give_input),
        route("GET", "/__flowsim/clock", Open, "Get the time of the server's clock", control::clock),
        route("POST", "/__flowsim/clock", Open, "Advance the clock, by a duration or to a time", control::advance_clock),
        route("GET", "/__flowsim/requests", Open, "List requests, their answers, and the reasons", control::requests),
        route("DELETE", "/__flowsim/requests", Open, "Clear the request log", control::clear_requests),
        shared("GET", "/__flowsim/webhooks", Open, "List webhook services and the calls that were made", webhooks::list),
        route("PUT", "/__flowsim/webhooks", Open, "Replace the webhook services", webhooks::replace),
        shared("GET", "/__flowsim/openapi.json", Open, "Get this list as an OpenAPI document", openapi::document),
        route("PUT", "/__flowsim/uploads/{jobId}", Open, "Upload the flow of a job", flow_jobs::upload),
        route("POST", "/__flowsim/uploads/prompts/{promptId}/{languageCode}", Open, "Upload the audio of a user prompt in a form", prompt_audio::upload),
        route("PUT", "/__flowsim/uploads/prompts/{promptId}/{languageCode}", Open, "Upload the audio of a user prompt", prompt_audio::upload),
        route("GET", "/__flowsim/downloads/{jobId}/{fileName}", Open, "Download an exported flow", flow_jobs::download),
        route("GET", "/__flowsim/executions/{instanceId}", Open, "Download an execution document", instances::document),
    ]
};
