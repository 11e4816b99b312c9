//! Links of the OpenAPI document: from the answer about an object to the other operations on
//! it. They follow from the routing table and the schemas of the answers.
//!
//! *Source: OpenAPI 3.1, Link Object and Runtime Expressions.*

use serde_json::{Map, Value, json};

use super::{names, operation_id};
use crate::server::route::Route;

/// Keys of answers that contain the id of an object under another name than its
/// placeholder in paths.
const KEYS: [(&str, &str); 2] = [("rowId", "key"), ("languageCode", "language")];

/// Returns the links of a route, by the id of the operation that they lead to.
pub(super) fn links(route: &Route, all: &[Route], schemas: &Value) -> Map<String, Value> {
    let known = &schemas["routes"][route.key()]["response"];
    let mut links = Map::new();
    if route.method == "DELETE" {
        return links;
    }
    let mut link = |to: &Route, parameters: &Map<String, Value>| {
        let target = json!({ "operationId": operation_id(to), "parameters": parameters });
        links.insert(operation_id(to), target);
    };
    for (list, pointer) in objects(route, known, schemas) {
        let own = own_parameters(route);
        for (placeholder, to) in on_objects(&list, all) {
            let Some(key) = key_of(placeholder, &pointer, known, schemas) else {
                continue;
            };
            let mut parameters = own.clone();
            let expression = format!("$response.body#{pointer}/{key}");
            parameters.insert(placeholder.to_owned(), expression.into());
            link(to, &parameters);
        }
    }
    let is_object = route.path.ends_with('}') && route.method != "POST";
    let same = all.iter().filter(|to| to.path == route.path);
    for to in same.filter(|to| is_object && to.method != route.method) {
        link(to, &own_parameters(route));
    }
    links
}

/// Returns the lists to which objects of an answer belong, each with the pointer to one of
/// its objects.
fn objects(route: &Route, answer: &Value, schemas: &Value) -> Vec<(String, String)> {
    let has = |pointer: &str| at(answer, pointer, schemas).is_some();
    if route.path.ends_with('}') {
        // The parts of an object: the participants of a conversation.
        let parts = resolved(answer, schemas)["properties"].as_object();
        let parts = parts.into_iter().flatten().map(|(name, _)| name);
        let parts = parts.filter(|name| has(&format!("/{name}/0/id")));
        let part =
            |name: &String| (format!("{}/{name}", route.path), format!("/{name}/0"));
        return parts.map(part).collect();
    }
    let pointers = match route.method {
        "GET" => &["/entities/0"][..],
        "POST" if has("/conversation/id") => &["/conversation"],
        "POST" => &[""],
        _ => &[],
    };
    let list = |pointer: &&str| (route.path.to_owned(), (*pointer).to_owned());
    pointers.iter().map(list).collect()
}

/// Returns the routes for one object of a list that need no further id, each with the
/// placeholder of the object.
fn on_objects<'r>(
    list: &str,
    all: &'r [Route],
) -> impl Iterator<Item = (&'r str, &'r Route)> {
    let rest = move |route: &'r Route| {
        route.path.strip_prefix(list)?.strip_prefix("/{")?.split_once('}')
    };
    // A placeholder of another name is an id of something else.
    let of_object = all.iter().filter_map(rest).find(|(_, rest)| rest.is_empty());
    let placeholder = of_object.map(|(name, _)| name);
    all.iter().filter_map(move |route| {
        let (name, rest) = rest(route)?;
        let fits = Some(name) == placeholder && !rest.contains('{');
        fits.then_some((name, route))
    })
}

/// Returns the key with the id of an object at a place of an answer.
fn key_of<'k>(
    placeholder: &'k str,
    pointer: &str,
    answer: &Value,
    schemas: &Value,
) -> Option<&'k str> {
    let other = KEYS.iter().find(|(known, _)| *known == placeholder);
    let keys = [Some(placeholder), other.map(|(_, key)| *key), Some("id")];
    let mut keys = keys.into_iter().flatten();
    keys.find(|key| at(answer, &format!("{pointer}/{key}"), schemas).is_some())
}

/// Returns the schema of a place in an answer.
fn at<'s>(schema: &'s Value, pointer: &str, schemas: &'s Value) -> Option<&'s Value> {
    let mut parts = pointer.split('/').skip(1);
    parts.try_fold(resolved(schema, schemas), |schema, part| {
        let inner = match part {
            "0" => schema.get("items"),
            name => schema.get("properties")?.get(name),
        };
        inner.map(|inner| resolved(inner, schemas))
    })
}

/// Returns the schema that another one refers to.
fn resolved<'s>(schema: &'s Value, schemas: &'s Value) -> &'s Value {
    let name = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
    name.map_or(schema, |name| &schemas["schemas"][name])
}

/// Returns the placeholders of a route with their values in the request.
fn own_parameters(route: &Route) -> Map<String, Value> {
    let own = |name: &str| (name.to_owned(), format!("$request.path.{name}").into());
    names(route.path).map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::endpoint::openapi::schemas;
    use crate::server::routes::endpoints;

    fn routes() -> Vec<Route> {
        endpoints().map(|it| it.route).collect()
    }

    fn of(method: &str, path: &str) -> Map<String, Value> {
        let all = routes();
        let route = all.iter().find(|it| it.method == method && it.path == path);
        links(route.unwrap(), &all, &schemas())
    }

    #[test]
    fn created_objects_are_read_changed_and_deleted() {
        for (path, one, parameters) in [
            (
                "/api/v2/routing/queues",
                "RoutingQueue",
                json!({ "queueId": "$response.body#/id" }),
            ),
            (
                "/api/v2/flows/datatables/{datatableId}/rows",
                "FlowsDatatableRow",
                json!({
                    "datatableId": "$request.path.datatableId",
                    "rowId": "$response.body#/key",
                }),
            ),
            (
                "/api/v2/architect/prompts/{promptId}/resources",
                "ArchitectPromptResource",
                json!({
                    "promptId": "$request.path.promptId",
                    "languageCode": "$response.body#/language",
                }),
            ),
        ] {
            let links = of("POST", path);
            for method in ["get", "put", "delete"] {
                let id = format!("{method}{one}");
                assert_eq!(links[&id]["operationId"], id);
                assert_eq!(links[&id]["parameters"], parameters, "{id}");
            }
        }
    }

    #[test]
    fn ids_have_the_keys_of_their_answers() {
        for (path, to, placeholder, expression) in [
            (
                "/api/v2/analytics/conversations/details/jobs",
                "getAnalyticsConversationsDetailsJobResults",
                "jobId",
                "$response.body#/jobId",
            ),
            (
                "/api/v2/conversations/callbacks",
                "getConversationsCallback",
                "conversationId",
                "$response.body#/conversation/id",
            ),
        ] {
            let links = of("POST", path);
            assert_eq!(links[to]["parameters"][placeholder], expression, "{links:?}");
        }
        // The id of a conversation is not that of an integration.
        let links = of("POST", "/api/v2/conversations/messages");
        assert!(links.contains_key("getConversationsMessage"), "{links:?}");
        assert!(links.keys().all(|it| !it.contains("Inbound")), "{links:?}");
    }

    #[test]
    fn listed_objects_and_their_parts_have_links() {
        let of_users = of("GET", "/api/v2/users");
        let user = &of_users["getUserRoutingstatus"]["parameters"]["userId"];
        assert_eq!(user, "$response.body#/entities/0/id");
        let of_call = of("GET", "/api/v2/conversations/calls/{conversationId}");
        let parameters = &of_call["patchConversationsCallParticipant"]["parameters"];
        let expected = json!({
            "conversationId": "$request.path.conversationId",
            "participantId": "$response.body#/participants/0/id",
        });
        assert_eq!(parameters, &expected);
        let of_route = of("PUT", "/api/v2/architect/ivrs/{ivrId}");
        let route = &of_route["deleteArchitectIvr"]["parameters"]["ivrId"];
        assert_eq!(route, "$request.path.ivrId");
    }

    #[test]
    fn links_have_all_parameters_of_their_operations() {
        let (all, schemas) = (routes(), schemas());
        let mut count = 0;
        for route in &all {
            for (id, link) in links(route, &all, &schemas) {
                let to = all.iter().find(|it| operation_id(it) == id).unwrap();
                let given = link["parameters"].as_object().unwrap().keys();
                let mut given: Vec<&str> = given.map(String::as_str).collect();
                let mut needed: Vec<&str> = names(to.path).collect();
                given.sort_unstable();
                needed.sort_unstable();
                assert_eq!(given, needed, "{} to {id}", route.path);
                count += 1;
            }
        }
        assert!(count > 300, "{count}");
    }
}
