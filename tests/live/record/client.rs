//! The client, with a clock that does not make the test wait.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use flowsim::platform::{
    Client, Clock, Credentials, Failure, Options, Secret, Service, between,
    of_conversation,
};
use flowsim::value::{DateTime, Json};

use super::server::{CLIENT_ID, CLIENT_SECRET, Fault, Server, documents};

const SIMULATIONS: &str = "POST /api/v2/architect/simulations";
const FLOW: &str = "Inbound_Flow_A";

/// A clock that does not sleep, but records the durations.
#[derive(Default)]
struct Impatient(Mutex<Vec<Duration>>);

impl Clock for Impatient {
    fn now(&self) -> DateTime {
        DateTime::parse("2026-11-21T10:00:00Z").unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.0.lock().unwrap().iter().sum()
    }

    fn sleep(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

fn options() -> Options {
    Options { rate: 1000.0, timeout: Duration::from_secs(5), ..Options::default() }
}

fn client_with(server: &Server, options: &Options) -> (Client, Arc<Impatient>) {
    let credentials = Credentials {
        client_id: CLIENT_ID.into(),
        client_secret: Secret::new(CLIENT_SECRET),
    };
    let clock = Arc::new(Impatient::default());
    let service = Service::of_base_url(&server.url()).unwrap();
    let given: Arc<dyn Clock> = Arc::<Impatient>::clone(&clock);
    (Client::new(service, credentials, options, given), clock)
}

fn client(server: &Server) -> (Client, Arc<Impatient>) {
    client_with(server, &options())
}

fn request() -> Json {
    Json::parse(&format!(r#"{{"flowId": "{FLOW}", "inputs": {{"dtmf": ["1"]}}}}"#))
        .unwrap()
}

fn status(answer: &Result<Json, Failure>) -> String {
    match answer {
        Ok(json) => json.get("status").unwrap().to_string(),
        Err(failure) => failure.diagnostic().message,
    }
}

#[test]
fn a_flow_is_simulated_and_named() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    assert_eq!(status(&client.simulate(&request())), "\"completed\"");
    let flow = client.flow(FLOW).unwrap();
    assert_eq!(flow.get("name"), Some(&Json::from(FLOW)));
}

#[test]
fn one_token_serves_many_requests() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.simulate(&request()).unwrap());
        }
    });
    assert_eq!((server.count("POST /oauth/token"), server.count(SIMULATIONS)), (1, 8));
}

#[test]
fn a_token_that_expired_is_renewed_once() {
    let server = Server::start("shared-flow");
    let (client, clock) = client(&server);
    client.simulate(&request()).unwrap();
    server.fail(SIMULATIONS, [Fault::Expired]);
    assert_eq!(status(&client.simulate(&request())), "\"completed\"");
    assert_eq!(server.count("POST /oauth/token"), 2);
    assert!(clock.elapsed() < Duration::from_millis(400), "nobody has to wait for it");
}

#[test]
fn a_token_that_is_never_accepted_is_reported() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    server.fail(SIMULATIONS, [Fault::Status(401, ""), Fault::Status(401, "")]);
    let told = status(&client.simulate(&request()));
    assert!(told.contains("401") && told.contains("bad.credentials"), "{told}");
    assert_eq!(server.count(SIMULATIONS), 2);
}

#[test]
fn temporary_failures_are_retried() {
    let server = Server::start("shared-flow");
    let (client, clock) = client(&server);
    let faults = [
        Fault::Status(409, ""),
        Fault::Status(500, ""),
        Fault::Status(503, ""),
        Fault::Hang,
    ];
    server.fail(SIMULATIONS, faults);
    assert_eq!(status(&client.simulate(&request())), "\"completed\"");
    assert!(clock.elapsed() > Duration::from_millis(7400), "{:?}", clock.elapsed());
}

#[test]
fn the_service_determines_the_waiting_time() {
    for (header, least) in [
        ("Retry-After: 17\r\n", 17),
        ("Retry-After: Sat, 21 Nov 2026 10:01:00 GMT\r\n", 60),
    ] {
        let server = Server::start("shared-flow");
        let (client, clock) = client(&server);
        server.fail(SIMULATIONS, [Fault::Status(429, header)]);
        assert_eq!(status(&client.simulate(&request())), "\"completed\"");
        let slept = clock.0.lock().unwrap().clone();
        assert!(slept.contains(&Duration::from_secs(least)), "{slept:?}");
    }
}

#[test]
fn the_number_of_attempts_is_limited() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    server.fail(SIMULATIONS, vec![Fault::Status(500, ""); 9]);
    let told = status(&client.simulate(&request()));
    let url = server.url();
    assert_eq!(
        told,
        format!(
            "the service answered 500 to {SIMULATIONS}, `general.error`: It cannot be. \
             (contextId context-77)"
        )
        .replace("POST /", &format!("POST {url}/"))
    );
    assert_eq!(server.count(SIMULATIONS), 5);
}

#[test]
fn refused_requests_are_not_retried() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    for code in [400, 403, 404] {
        server.fail(SIMULATIONS, [Fault::Status(code, "")]);
        let told = status(&client.simulate(&request()));
        assert!(told.contains(&code.to_string()), "{told}");
    }
    assert_eq!(server.count(SIMULATIONS), 3);
}

#[test]
fn late_answers_are_not_waited_for() {
    let server = Server::start("shared-flow");
    // The name of the flow has to arrive in this time, on a busy machine too.
    let timeout = Duration::from_secs(1);
    let options = Options { timeout, attempts: 2, ..options() };
    let (client, _) = client_with(&server, &options);
    client.flow(FLOW).unwrap();
    server.fail(SIMULATIONS, vec![Fault::Slow(Duration::from_secs(5)); 2]);
    let failure = client.simulate(&request()).unwrap_err();
    assert!(matches!(failure, Failure::TimedOut { .. }), "{failure:?}");
    assert_eq!(server.count(SIMULATIONS), 2);
}

#[test]
fn truncated_and_non_json_answers_are_reported() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    server.fail(SIMULATIONS, vec![Fault::Half; 5]);
    let told = status(&client.simulate(&request()));
    assert!(told.contains("the response is incomplete"), "{told}");
    server.fail(SIMULATIONS, [Fault::Half]);
    assert_eq!(status(&client.simulate(&request())), "\"completed\"", "asked again");
    for (body, told) in [
        (r#"{"status": "comp"#, "not JSON"),
        ("<html>Log in!</html>", "not JSON"),
        ("[1]", "not a JSON object"),
        ("", "not JSON"),
    ] {
        server.fail(SIMULATIONS, [Fault::Body(body)]);
        let failure = client.simulate(&request()).unwrap_err();
        let diagnostic = failure.diagnostic();
        assert!(diagnostic.message.contains(told), "{body}: {}", diagnostic.message);
        assert_eq!(diagnostic.code.name(), "PLATFORM_ANSWER");
    }
}

#[test]
fn oversized_answers_are_not_read() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    server.fail(SIMULATIONS, [Fault::Huge(70 * 1024 * 1024)]);
    let told = status(&client.simulate(&request()));
    assert!(told.contains("larger than 67108864 bytes"), "{told}");
}

#[test]
fn the_token_does_not_follow_a_redirect() {
    let (server, other) = (Server::start("shared-flow"), Server::start("shared-flow"));
    let (client, _) = client(&server);
    let away = format!("{}/api/v2/architect/simulations", other.url());
    server.fail(SIMULATIONS, [Fault::Redirect(away)]);
    let told = status(&client.simulate(&request()));
    assert!(told.contains("redirect"), "{told}");
    assert!(other.state().seen.is_empty());
}

#[test]
fn wrong_credentials_are_reported_without_showing_them() {
    let server = Server::start("shared-flow");
    let credentials =
        Credentials { client_id: CLIENT_ID.into(), client_secret: Secret::new("wr0ng") };
    let service = Service::of_base_url(&server.url()).unwrap();
    let clock = Arc::new(Impatient::default());
    let client = Client::new(service, credentials, &options(), clock);
    let failure = client.simulate(&request()).unwrap_err();
    let diagnostic = failure.diagnostic();
    assert!(
        diagnostic.message.contains("/oauth/token, `invalid_client`"),
        "{diagnostic:?}"
    );
    assert!(diagnostic.help.unwrap().contains("GENESYS_CLIENT_SECRET"));
    assert!(!format!("{failure:?} {client:?}").contains("wr0ng"));
    assert_eq!(server.count("POST /oauth/token"), 1);
}

#[test]
fn an_unreachable_service_is_reported() {
    let service = Service::of_base_url("http://127.0.0.1:1").unwrap();
    let credentials = Credentials {
        client_id: CLIENT_ID.into(),
        client_secret: Secret::new(CLIENT_SECRET),
    };
    let clock = Arc::new(Impatient::default());
    let gone = Client::new(
        service,
        credentials,
        &options(),
        Arc::<Impatient>::clone(&clock) as _,
    );
    let failure = gone.simulate(&request()).unwrap_err();
    assert_eq!(failure.diagnostic().code.name(), "PLATFORM_UNREACHABLE");
    assert!(clock.elapsed() > Duration::from_secs(7), "{:?}", clock.elapsed());
}

#[test]
fn the_number_of_concurrent_requests_is_limited() {
    let server = Server::start("shared-flow");
    let options = Options { concurrency: 3, ..options() };
    let (client, _) = client_with(&server, &options);
    server.state().delay = Duration::from_millis(20);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| client.simulate(&request()).unwrap());
        }
    });
    let most = server.state().most_at_once;
    assert!((2..=3).contains(&most), "{most}");
}

#[test]
fn executions_are_found_on_all_pages() {
    let server = Server::start("shared-flow");
    server.state().documents = documents(20);
    let (client, _) = client(&server);
    let found = client.find(&of_conversation("conversation-1")).unwrap();
    assert_eq!(found.len(), 10);
    assert_eq!(server.count("POST /api/v2/flows/instances/query"), 4);
}

#[test]
fn a_period_with_too_many_executions_is_divided() {
    let server = Server::start("shared-flow");
    server.state().documents = documents(300);
    let (client, _) = client(&server);
    let time = |text| DateTime::parse(text).unwrap();
    let (from, to) = (time("2026-01-05"), time("2026-01-06"));
    assert_eq!(client.find(&between("the-flow", from, to)).unwrap().len(), 200);
    let (found, are_all) = client.find_between("the-flow", from, to).unwrap();
    assert_eq!((found.len(), are_all), (300, true));
    let (other, _) = client.find_between("another", from, to).unwrap();
    assert!(other.is_empty());
}

#[test]
fn documents_are_prepared_and_fetched_without_the_token() {
    let server = Server::start("shared-flow");
    server.state().documents = documents(2);
    let (client, _) = client(&server);
    let ids: Vec<_> = documents(3).into_keys().map(Into::into).collect();
    let prepared = client.prepare(&ids).unwrap();
    assert_eq!(prepared.len(), 3);
    let missing = prepared[2].1.as_ref().unwrap_err().diagnostic().message;
    assert!(missing.contains("status 404"), "{missing}");
    let address = prepared[0].1.as_ref().unwrap();
    let document = client.download(address).unwrap();
    assert!(document.get("flow").is_some());
    let state = server.state();
    let mut stored = state.seen.iter().filter(|seen| seen.line.contains("/storage/"));
    let download = stored.next().unwrap();
    assert_eq!(download.authorization, None);
    assert!(download.host.starts_with("localhost"), "{}", download.host);
}

#[test]
fn a_redirected_download_is_followed_without_the_token() {
    let server = Server::start("shared-flow");
    server.state().documents = documents(1);
    let (client, _) = client(&server);
    let id = documents(1).into_keys().next().unwrap();
    let address = client.prepare(&[id.as_str().into()]).unwrap()[0].1.clone().unwrap();
    server.fail("GET /api/v2/downloads/1", [Fault::Redirect(address.to_string())]);
    let document = client.download("/api/v2/downloads/1").unwrap();
    assert!(document.get("flow").is_some());
    let state = server.state();
    let asked =
        |path: &str| state.seen.iter().find(|seen| seen.line.contains(path)).unwrap();
    assert!(asked("/downloads/").authorization.is_some());
    assert_eq!(asked("/storage/").authorization, None);
}

#[test]
fn a_download_must_not_use_an_unencrypted_address() {
    let server = Server::start("shared-flow");
    let (client, _) = client(&server);
    let told =
        client.download("http://example.com/x?signature=s").unwrap_err().diagnostic();
    assert!(told.message.contains("not encrypted"), "{}", told.message);
    assert!(!format!("{told:?}").contains("GET http://example.com/x?"), "{told:?}");
}
