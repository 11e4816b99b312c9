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
            client.post(
                path,
                &json!({ "grant_type": "client_credentials", "client_id": "a", "client_secret": "b" }),
            ),
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
fn invalid_credentials_are_refused() {
    let client = Local::shared_flow();
    let body = json!({ "grant_type": "client_credentials", "client_id": "a" });
    let answer = client.anonymous().post("/oauth/token", &body);
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
    let body = json!({ "grant_type": "client_credentials", "client_id": "a",
        "client_secret": "b", "expires_in": 60 });
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
fn a_token_is_restricted_to_its_scopes_in_any_spelling() {
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

/// Returns where a login leads: the address to which it redirects.
fn redirected(client: &Client, query: &str) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let response =
        agent.get(format!("{}/oauth/authorize?{query}", client.url)).call().unwrap();
    assert_eq!(response.status(), 302, "{query}");
    response.headers()["location"].to_str().unwrap().to_owned()
}

const APPLICATION: &str = "client_id=app&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb";

/// Source: RFC 6749 section 4.2, and the implicit grant of the JavaScript SDK.
#[test]
fn web_applications_log_in_with_a_redirect() {
    let server = Local::shared_flow();
    let query = format!("{APPLICATION}&response_type=token&state=a%20b&scope=flows:read");
    let location = redirected(&server, &query);
    let fragment = location.strip_prefix("http://localhost:3000/cb#").unwrap();
    let mut values = fragment.split('&').map(|it| it.split_once('=').unwrap());
    let token = values.next().unwrap();
    assert_eq!(token.0, "access_token");
    assert_eq!(
        values.collect::<Vec<_>>(),
        [("expires_in", "86400"), ("token_type", "bearer"), ("state", "a%20b")]
    );
    let client = Client { token: Some(token.1.to_owned()), ..server.anonymous() };
    assert_eq!(client.get("/api/v2/flows").status, 200);
    assert_eq!(client.post("/api/v2/flows", &json!({})).status, 403);
    for query in [
        "client_id=app&response_type=token",
        "redirect_uri=http://localhost/&response_type=token",
        &format!("{APPLICATION}&response_type=password"),
        &format!("{APPLICATION}&response_type=code&code_challenge=x"),
    ] {
        let answer = server.get(&format!("/oauth/authorize?{query}"));
        assert_eq!(answer.status, 400, "{query}");
    }
    let foreign =
        "client_id=app&response_type=token&redirect_uri=https%3A%2F%2Fexample.com%2F";
    let answer = server.get(&format!("/oauth/authorize?{foreign}"));
    assert_eq!(answer.status, 403, "{answer:?}");
}

/// Source: RFC 7636 with the values of its appendix B.
#[test]
fn web_applications_exchange_a_code_for_a_token() {
    let server = Local::shared_flow();
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let login = || {
        let query = format!(
            "{APPLICATION}&response_type=code&code_challenge={challenge}\
             &code_challenge_method=S256&state=s"
        );
        let location = redirected(&server, &query);
        let query = location.strip_prefix("http://localhost:3000/cb?code=").unwrap();
        query.strip_suffix("&state=s").unwrap().to_owned()
    };
    let exchange = |code: &str, verifier: &str| {
        let body = format!(
            "grant_type=authorization_code&code={code}&{APPLICATION}&code_verifier={verifier}"
        );
        let form = [("content-type", "application/x-www-form-urlencoded")];
        server.anonymous().send("POST", "/oauth/token", Some(&body), &form)
    };
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let code = login();
    let token = token_of(&exchange(&code, verifier));
    let client = Client { token: Some(token), ..server.anonymous() };
    assert_eq!(client.get("/api/v2/flows").status, 200);
    let again = exchange(&code, verifier);
    assert_eq!((again.status, &again.body["error"]), (400, &json!("invalid_grant")));
    assert_eq!(exchange(&login(), "wrong").status, 400);
    let code = login();
    server.post("/__flowsim/clock", &json!({ "advanceMs": 600_000 }));
    assert_eq!(
        exchange(&code, verifier).body["error_description"],
        "the code has expired"
    );
}
