//! Scripts, which agents see. Fixtures have their ids and names, so they have no pages.
//! *Source: the SDKs' `ScriptsApi`.*

use serde_json::{Value, json};

use super::section::{Section, encoded, entities};
use super::{list, one};
use crate::server::http::reply::EndpointResult;
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::value::derived_id;

const SCRIPTS: Section = Section::named("scripts", "Script", "/api/v2/scripts");
const PUBLISHED: &str = "/api/v2/scripts/published";
const SCRIPT: &str = "the script";

/// Returns the scripts, which all are published, with the path of one of them.
fn scripts(state: &State, path: &str) -> Vec<Value> {
    let script = |written: Value| {
        let id = written["id"].as_str().unwrap_or_default();
        json!({
            "id": id,
            "name": written["name"],
            "division": written["division"],
            "versionId": derived_id(&format!("ScriptVersion:{id}")).as_str(),
            "selfUri": format!("{path}/{}", encoded(id)),
        })
    };
    entities(state, &SCRIPTS).into_iter().map(script).collect()
}

/// Lists scripts.
pub(in crate::server) fn all(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    list(asked, scripts(state, SCRIPTS.path))
}

/// Returns a script.
pub(in crate::server) fn script(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    one(scripts(state, SCRIPTS.path), SCRIPT, asked.parameter("scriptId"))
}

/// Lists published scripts.
pub(in crate::server) fn published(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, scripts(state, PUBLISHED))
}

/// Returns a published script.
pub(in crate::server) fn published_script(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(scripts(state, PUBLISHED), SCRIPT, asked.parameter("scriptId"))
}
