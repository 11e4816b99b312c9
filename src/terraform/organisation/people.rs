//! Queues and users.

use serde_json::{Value as Json, json};

use super::{Organisation, Sections, blocks, named, put, string, strings};
use crate::terraform::instances::Resource;

pub(super) fn add(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let users = organisation.resources.clone().into_iter();
    let users = users.filter(|it| it.kind == "genesyscloud_user");
    let users = users.filter_map(|it| Some((user(it, organisation)?, it))).collect();
    organisation.add_list(sections, "users", users);
    let queues = organisation.all("genesyscloud_routing_queue").into_iter();
    let queues = queues.map(|(it, name)| (queue(it, &name, organisation), it)).collect();
    organisation.add_list(sections, "queues", queues);
}

fn user(resource: &Resource, organisation: &mut Organisation<'_>) -> Option<Json> {
    let email = string(&resource.values, "email");
    let name = string(&resource.values, "name").or_else(|| email.clone())?;
    let mut user = named(&name);
    put(&mut user, "email", json!(email));
    put(&mut user, "skills", json!(skills(resource, organisation)));
    put(&mut user, "extension", json!(extension(resource)));
    Some(Json::Object(user))
}

/// Returns the names of the skills and language skills of a user.
fn skills(resource: &Resource, organisation: &mut Organisation<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for (block, id) in
        [("routing_skills", "skill_id"), ("routing_languages", "language_id")]
    {
        for entry in blocks(&resource.values, block) {
            let Some(id) = string(entry, id) else { continue };
            names.extend(organisation.known(resource, block, &id));
        }
    }
    names
}

fn extension(resource: &Resource) -> Option<String> {
    let addresses = blocks(&resource.values, "addresses").into_iter();
    let mut numbers = addresses.flat_map(|it| blocks(it, "phone_numbers"));
    numbers.find_map(|number| string(number, "extension"))
}

/// Converts a queue. Members of groups are not known as agents.
fn queue(resource: &Resource, name: &str, organisation: &mut Organisation<'_>) -> Json {
    let mut queue = named(name);
    let mut agents = Vec::new();
    for member in blocks(&resource.values, "members") {
        let Some(id) = string(member, "user_id") else { continue };
        let Some(agent) = organisation.known(resource, "members.user_id", &id) else {
            continue;
        };
        let mut agent = named(&agent);
        if let Some(user) = organisation.by_address.get(id.as_str()).copied() {
            put(&mut agent, "skills", json!(skills(user, organisation)));
        }
        agents.push(Json::Object(agent));
    }
    let has_groups = !strings(&resource.values, "groups").is_empty();
    // A queue whose listed agents are only some of its members must not refuse callers.
    if !has_groups {
        put(&mut queue, "agents", Json::Array(agents));
    }
    Json::Object(queue)
}
