//! Tokens and scopes.

use serde_json::json;

use super::support::{Client, Local};

fn token_of(answer: &super::support::Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["token_type"], "bearer");
    assert!(answer.body["expires_in"].as_i64().unwrap() > 0);
    answer.body["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn credentials_come_in_a_header_a_form_json_or_the_query() {
    let server = Local::shared_flow();
    let client = server.anonymous();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let basic = [form[0], ("authorization", "Basic YTpi")];
    let grant = "grant_type=client_credentials";
    let full = "grant_type=client_credentials&client_id=a&client_secret=b";
    for path in ["/oauth/token", "/api/v2/oauth/token"] {
        let answers = [
            client.send("POST", path, Some(grant), &basic),
            client.send("POST", path, Some(full), &form),
            client.post(path, &json!({ "client_id": "a", "client_secret": "b" })),
            client.send("POST", &format!("{path}?{full}"), Some(""), &[]),
        ];
        for answer in &answers {
            let token = token_of(answer);
            let client = Client { token: Some(token), ..client.clone() };
            assert_eq!(client.get("/api/v2/flows").status, 200);
        }
    }
}

#[test]
fn credentials_that_are_none_are_refused() {
    let client = Local::shared_flow();
    let answer = client.anonymous().post("/oauth/token", &json!({ "client_id": "a" }));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.body["error"], "invalid_client");
    let body =
        json!({ "client_id": "a", "client_secret": "b", "grant_type": "password" });
    let answer = client.anonymous().post("/oauth/token", &body);
    assert_eq!(answer.body["error"], "unsupported_grant_type");
    let headers = [("authorization", "Basic %%%")];
    let answer = client.anonymous().send("POST", "/oauth/token", Some(""), &headers);
    assert_eq!(answer.status, 400);
}

#[test]
fn without_a_valid_token_there_is_401() {
    let server = Local::shared_flow();
    let client = server.anonymous();
    let answer = client.get("/api/v2/flows");
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (401, &json!("authentication.required"))
    );
    let wrong = Client { token: Some("wrong".into()), ..client };
    let answer = wrong.get("/api/v2/flows");
    assert_eq!((answer.status, &answer.body["code"]), (401, &json!("bad.credentials")));
}

#[test]
fn tokens_expire_by_the_clock_of_the_server() {
    let server = Local::shared_flow();
    let body = json!({ "client_id": "a", "client_secret": "b", "expires_in": 60 });
    let token = token_of(&server.anonymous().post("/oauth/token", &body));
    let client = Client { token: Some(token), ..server.anonymous() };
    assert_eq!(client.get("/api/v2/flows").status, 200);
    assert_eq!(
        server.post("/__flowsim/clock", &json!({ "advanceMs": 60_000 })).status,
        200
    );
    assert_eq!(client.get("/api/v2/flows").status, 401);
}

#[test]
fn a_token_is_held_to_its_scopes_however_they_are_spelt() {
    let server = Local::shared_flow();
    for scope in
        ["flow:read", "flows:read", "architect:flow:read", "flow:write", "architect"]
    {
        let client = server.anonymous().logged_in(scope);
        assert_eq!(client.get("/api/v2/flows").status, 200, "{scope}");
    }
    let reader = server.anonymous().logged_in("flow:read conversation:read");
    let answer = reader.post("/api/v2/flows", &super::support::draft("New"));
    assert_eq!(answer.status, 403);
    assert!(
        answer.body["message"].as_str().unwrap().contains("flow:write"),
        "{answer:?}"
    );
    let answer = reader.post("/api/v2/architect/simulations", &json!({ "flowId": "x" }));
    assert_eq!(answer.status, 403);
    let runner = server.anonymous().logged_in("flow:simulation:run");
    let answer = runner.post("/api/v2/architect/simulations", &json!({ "flowId": "x" }));
    assert_eq!(answer.status, 400);
}
