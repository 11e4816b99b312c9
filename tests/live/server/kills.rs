//! A server that is killed at any moment loses no acknowledged write of any kind.
//! `FLOWSIM_KILLS` sets the number of times.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::kept::{kill_while_it_starts, shared_flow_with};
use super::support::{Client, Process, draft};

/// Number of kills without `FLOWSIM_KILLS`.
const KILLS: usize = 3;
/// Number of kills in one folder. A server replays everything that is stored there, so the
/// time of a start grows with them.
const OF_A_FOLDER: usize = 25;

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

/// Writes from three clients until the server is killed, at a moment that differs from
/// round to round and is the same in each run. Returns the acknowledged writes.
fn write_until_killed(
    server: &mut Process,
    client: &Client,
    next: &AtomicUsize,
    round: usize,
) -> Vec<Write> {
    let flow = client.flow_id("Inbound_Flow_A");
    let one = || write(client, next.fetch_add(1, Ordering::Relaxed), &flow);
    let all = || std::iter::from_fn(one).collect::<Vec<Write>>();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3).map(|_| scope.spawn(all)).collect();
        let moment = 40 + (round * 7_919) % 311;
        std::thread::sleep(Duration::from_millis(moment as u64));
        server.kill();
        writers.into_iter().flat_map(|it| it.join().unwrap()).collect()
    })
}

fn assert_kept(client: &Client, writes: &[Write], round: usize) {
    for (path, pointer, value) in writes {
        let answer = client.get(path);
        assert_eq!(answer.status, 200, "{path} before round {round}");
        assert_eq!(answer.body.pointer(pointer), Some(&json!(value)), "{path}");
    }
}

/// Kills servers that use the same folder. Returns the number of acknowledged writes.
fn survive(rounds: Range<usize>) -> usize {
    let folder = TempDir::new().unwrap();
    let (next, mut token) = (AtomicUsize::new(0), None);
    let (mut kept, mut last) = (Vec::new(), Vec::new());
    let begin = |token: Option<String>| {
        let server = shared_flow_with(folder.path(), &[]);
        let client = match token {
            None => server.client.logged_in(""),
            Some(_) => Client { token, ..server.client.clone() },
        };
        (server, client)
    };
    for round in rounds.clone() {
        // A server may also be killed while it replays what was stored.
        let moment = (round * 37) % 97;
        kill_while_it_starts(folder.path(), Duration::from_millis(moment as u64));
        let (mut server, client) = begin(token.take());
        assert_kept(&client, &last, round);
        kept.append(&mut last);
        last = write_until_killed(&mut server, &client, &next, round);
        token = client.token;
    }
    let (_server, client) = begin(token);
    kept.append(&mut last);
    assert_kept(&client, &kept, rounds.end);
    kept.len()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test is configured by its environment")]
fn mixed_writes_survive_kills() {
    let given = std::env::var("FLOWSIM_KILLS").ok().and_then(|it| it.parse().ok());
    let kills: usize = given.unwrap_or(KILLS);
    let began = Instant::now();
    let mut total = 0;
    for first in (0..kills).step_by(OF_A_FOLDER) {
        total += survive(first..kills.min(first + OF_A_FOLDER));
        eprintln!("{total} acknowledged writes after {:?}", began.elapsed());
    }
    assert!(total >= kills, "{total} writes in {kills} rounds");
}
