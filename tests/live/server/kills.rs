//! A server that is killed at any moment loses no acknowledged write of any kind.
//! `FLOWSIM_KILLS` sets the number of times.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::kept::shared_flow_with;
use super::support::{Client, draft};

/// Number of kills without `FLOWSIM_KILLS`.
const KILLS: usize = 3;

/// An acknowledged write: a path, a JSON pointer, and what is there.
type Write = (String, &'static str, String);

/// Writes with the number, of a kind that the number selects.
fn write(client: &Client, number: usize, flow: &str) -> Option<Write> {
    let post = |path: &str, body: &serde_json::Value| {
        let answer = client.try_send("POST", path, Some(&body.to_string()), &[]).ok()?;
        assert_eq!(answer.status, 200, "{path} {answer:?}");
        answer.body["id"].as_str().map(str::to_owned)
    };
    let name = format!("N{number}");
    match number % 4 {
        0 => {
            let contact = json!({ "id": name, "firstName": name });
            let id = post("/api/v2/externalcontacts/contacts", &contact)?;
            Some((format!("/api/v2/externalcontacts/contacts/{id}"), "/firstName", name))
        }
        1 => {
            let id = post("/api/v2/flows", &draft(&name))?;
            Some((format!("/api/v2/flows/{id}"), "/name", name))
        }
        2 => {
            let id = post("/api/v2/flows/outcomes", &json!({ "name": name }))?;
            Some((format!("/api/v2/flows/outcomes/{id}"), "/name", name))
        }
        _ => {
            let call = json!({ "type": "voice", "routing": { "flowId": flow } });
            let path = format!(
                "/api/v2/conversations/{}",
                post("/api/v2/conversations", &call)?
            );
            let shown = client.try_send("GET", &path, None, &[]).ok()?.body;
            let customer = shown["participants"][0]["id"].as_str().unwrap().to_owned();
            let path = format!("{path}/participants/{customer}/attributes");
            let body = json!({ "attributes": { "n": name } }).to_string();
            let written = client.try_send("PATCH", &path, Some(&body), &[]).ok()?;
            assert_eq!(written.status, 200, "{written:?}");
            Some((path, "/attributes/n", name))
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is configured by its environment")]
fn mixed_writes_survive_kills() {
    let given = std::env::var("FLOWSIM_KILLS").ok().and_then(|it| it.parse().ok());
    let kills: usize = given.unwrap_or(KILLS);
    let folder = TempDir::new().unwrap();
    let next = AtomicUsize::new(0);
    let mut token = None;
    let mut total = 0;
    for round in 0..kills {
        let mut server = shared_flow_with(folder.path(), &[]);
        let client = match token.take() {
            None => server.client.logged_in(""),
            Some(token) => Client { token: Some(token), ..server.client.clone() },
        };
        let flow = client.flow_id("Inbound_Flow_A");
        let kept: Vec<Write> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|_| {
                    let (client, flow, next) = (client.clone(), &flow, &next);
                    let one = move || {
                        write(&client, next.fetch_add(1, Ordering::Relaxed), flow)
                    };
                    scope.spawn(move || std::iter::from_fn(one).collect::<Vec<Write>>())
                })
                .collect();
            // Moments that differ from round to round, and are the same in each run.
            let moment = 40 + (round * 7_919) % 311;
            std::thread::sleep(Duration::from_millis(moment as u64));
            server.kill();
            writers.into_iter().flat_map(|it| it.join().unwrap()).collect()
        });
        let again = shared_flow_with(folder.path(), &[]);
        let client = Client { token: client.token, ..again.client.clone() };
        for (path, pointer, value) in &kept {
            let answer = client.get(path);
            assert_eq!(answer.status, 200, "{path} after kill {round}");
            assert_eq!(answer.body.pointer(pointer), Some(&json!(value)), "{path}");
        }
        total += kept.len();
        token = client.token;
    }
    eprintln!("{total} acknowledged writes survived {kills} kills");
    assert!(total >= kills, "{total}");
}
