//! A service on this machine. It implements the part of the Platform API that `flowsim
//! record` needs, and fails on request. Its simulations are run by flowsim itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use flowsim::engine::{Call, Limits, Request, Session, play, start};
use flowsim::flow::read as flows;
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::trace::{JsonWriter, write_simulation};
use flowsim::world::{FixtureHost, Fixtures};
use serde_json::{Value, json};

pub(crate) const CLIENT_ID: &str = "a-client";
pub(crate) const CLIENT_SECRET: &str = "hush-hush-hush-0815";
/// The prefix of every token.
pub(crate) const TOKEN: &str = "tok3n-of-the-server-";
/// The signature in the addresses of downloads.
pub(crate) const SIGNATURE: &str = "s1gnature-of-the-storage";

/// Marks the end of an answer after which the connection is closed.
const CUT_OFF: &[u8] = b"[cut off]";

/// A fault that replaces the answer to a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// An error with a body of the platform, and headers.
    Status(u16, &'static str),
    /// A body that the platform would not send.
    Body(&'static str),
    /// The first half of the answer.
    Half,
    /// The connection is closed without an answer.
    Hang,
    /// The answer, after a delay.
    Slow(Duration),
    /// A redirect to another address.
    Redirect(String),
    /// An oversized body.
    Huge(usize),
    /// All tokens issued so far become invalid.
    Expired,
}

/// A received request.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) authorization: Option<String>,
    pub(crate) host: String,
}

#[derive(Default)]
pub(crate) struct State {
    /// The next faults, by the start of a request line.
    pub(crate) faults: BTreeMap<String, VecDeque<Fault>>,
    /// Whether a request that failed succeeds when it is repeated.
    pub(crate) each_fails_once: bool,
    failed: BTreeSet<(String, String)>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) expires_in: i64,
    pub(crate) delay: Duration,
    pub(crate) most_at_once: usize,
    /// Execution documents by instance.
    pub(crate) documents: BTreeMap<String, Value>,
    /// Maximum number of instances in the result of a query.
    pub(crate) most_found: usize,
    at_once: usize,
    tokens: usize,
    good: BTreeSet<String>,
    jobs: Vec<(usize, Vec<String>)>,
}

/// The server, which ends with the test that started it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
    organisation: Arc<Organisation>,
}

struct Organisation {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
}

impl Server {
    /// Starts a service with the flows of an organisation of `fixtures/`.
    pub(crate) fn start(organisation: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State { expires_in: 3600, most_found: 200, ..State::default() };
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(Mutex::new(state)),
            organisation: Arc::new(Organisation::load(organisation)),
        };
        let accepting = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = accepting.clone();
                thread::spawn(move || server.serve(stream));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Sets the faults for the next requests whose lines start like this, in order.
    pub(crate) fn fail(&self, line: &str, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.entry(line.to_owned()).or_default().extend(faults);
    }

    /// Counts the requests whose lines started like this.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.state().seen.iter().filter(|seen| seen.line.starts_with(line)).count()
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = Received::read(&mut reader) {
            {
                let mut state = self.state();
                state.at_once += 1;
                state.most_at_once = state.most_at_once.max(state.at_once);
                state.seen.push(Seen {
                    line: request.line.clone(),
                    authorization: request.authorization.clone(),
                    host: request.host.clone(),
                });
            }
            let delay = self.state().delay;
            thread::sleep(delay);
            let answer = self.answer_or_fault(&request);
            self.state().at_once -= 1;
            let Some(answer) = answer else { return };
            let is_last = answer.ends_with(CUT_OFF);
            let answer = answer.strip_suffix(CUT_OFF).unwrap_or(&answer);
            if stream.write_all(answer).is_err() || is_last {
                return;
            }
        }
    }

    fn answer_or_fault(&self, request: &Received) -> Option<Vec<u8>> {
        let fault = {
            let mut state = self.state();
            let key = (request.line.clone(), request.body.clone());
            let is_spared = state.each_fails_once && state.failed.contains(&key);
            let faults = state.faults.iter_mut().filter(|_| !is_spared);
            let mut due = faults.filter(|(line, _)| request.line.starts_with(&**line));
            let fault = due.find_map(|(_, faults)| faults.pop_front());
            if fault.is_some() {
                state.failed.insert(key);
            }
            fault
        };
        let whole = |answer: (u16, Value)| http(answer.0, "", &answer.1.to_string());
        match fault {
            None => Some(whole(self.answer(request))),
            Some(Fault::Expired) => {
                self.state().good.clear();
                Some(whole(self.answer(request)))
            }
            Some(Fault::Slow(time)) => {
                thread::sleep(time);
                Some(whole(self.answer(request)))
            }
            Some(Fault::Half) => {
                let mut answer = whole(self.answer(request));
                answer.truncate(answer.len() - 9);
                answer.extend(CUT_OFF);
                Some(answer)
            }
            Some(Fault::Hang) => None,
            Some(Fault::Status(status, headers)) => {
                Some(http(status, headers, &error(status).1.to_string()))
            }
            Some(Fault::Body(body)) => Some(http(200, "", body)),
            Some(Fault::Redirect(to)) => {
                Some(http(302, &format!("Location: {to}\r\n"), ""))
            }
            Some(Fault::Huge(size)) => Some(http(200, "", &" ".repeat(size))),
        }
    }

    fn answer(&self, request: &Received) -> (u16, Value) {
        let path = request.path().to_owned();
        if path == "/oauth/token" {
            return self.token(request);
        }
        if let Some(id) = path.strip_prefix("/storage/") {
            let is_signed = request.line.contains(SIGNATURE);
            return match self.state().documents.get(id) {
                Some(document) if is_signed => (200, document.clone()),
                _ => error(404),
            };
        }
        let bearer = request.authorization.as_deref().unwrap_or_default();
        let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
        if !self.state().good.contains(token) {
            return error(401);
        }
        match (request.method(), path.strip_prefix("/api/v2/").unwrap_or_default()) {
            ("POST", "architect/simulations") => {
                self.organisation.simulate(&request.body)
            }
            ("POST", "flows/instances/query") => self.find(request),
            ("POST", "flows/instances/jobs") => self.job(ids(&request.body)),
            ("GET", path) => {
                if let Some(number) = path.strip_prefix("flows/instances/jobs/") {
                    return self.look(number.parse().unwrap());
                }
                if let Some(id) = path.strip_prefix("flows/instances/") {
                    return self.job(vec![id.to_owned()]);
                }
                match path.strip_prefix("flows/") {
                    Some(id) => self.organisation.flow(id),
                    None => error(404),
                }
            }
            _ => error(404),
        }
    }

    fn token(&self, request: &Received) -> (u16, Value) {
        // `a-client:hush-hush-hush-0815`, in the standard form of a token request.
        let basic = "Basic YS1jbGllbnQ6aHVzaC1odXNoLWh1c2gtMDgxNQ==";
        if request.authorization.as_deref() != Some(basic)
            || !request.body.contains("grant_type=client_credentials")
        {
            return (400, json!({"error": "invalid_client", "error_description": "no"}));
        }
        let mut state = self.state();
        state.tokens += 1;
        let token = format!("{TOKEN}{}", state.tokens);
        state.good.insert(token.clone());
        let expires_in = state.expires_in;
        (
            200,
            json!({"access_token": token, "token_type": "bearer", "expires_in": expires_in}),
        )
    }

    /// Finds the instances that satisfy all conditions of a query.
    fn find(&self, request: &Received) -> (u16, Value) {
        let query: Value = serde_json::from_str(&request.body).unwrap();
        let first = &query["query"][0];
        let conditions = match first.get("and") {
            Some(all) => all.as_array().unwrap().clone(),
            None => vec![first.clone()],
        };
        let state = self.state();
        let fits =
            |flow: &Value| conditions.iter().all(|it| holds(&it["criteria"], flow));
        let found = state.documents.iter().filter(|(_, it)| fits(&it["flow"]));
        let found: Vec<_> =
            found.take(state.most_found).map(|(id, _)| json!({"id": id})).collect();
        // Pages of three.
        let page = request.line.split("pageNumber=").nth(1).unwrap_or("1");
        let page: usize = page.split([' ', '&']).next().unwrap().parse().unwrap();
        let entities: Vec<_> =
            found.iter().skip((page - 1) * 3).take(3).cloned().collect();
        let mut answer = json!({"entities": entities, "pageNumber": page});
        if found.len() > page * 3 {
            let next = page + 1;
            answer["nextUri"] = json!(format!(
                "/api/v2/flows/instances/query?pageSize=3&pageNumber={next}"
            ));
        }
        (200, answer)
    }

    fn job(&self, ids: Vec<String>) -> (u16, Value) {
        let mut state = self.state();
        state.jobs.push((0, ids));
        (200, json!({"id": (state.jobs.len() - 1).to_string(), "jobState": "Registered"}))
    }

    /// A job is complete when it is requested for the second time.
    fn look(&self, number: usize) -> (u16, Value) {
        let mut state = self.state();
        state.jobs[number].0 += 1;
        let (looks, ids) = state.jobs[number].clone();
        if looks < 2 {
            return (200, json!({"id": number.to_string(), "jobState": "Running"}));
        }
        let entities = ids.iter().map(|id| match state.documents.get(id) {
            // Another name of the same machine; the service there must not receive the
            // token.
            Some(_) => json!({"id": id, "downloadUri": format!(
                "http://localhost:{}/storage/{id}?signature={SIGNATURE}", self.port)}),
            None => json!({"id": id, "failed": true, "statusCode": "404"}),
        });
        let entities: Vec<Value> = entities.collect();
        (
            200,
            json!({"id": number.to_string(), "jobState": "Success", "entities": entities}),
        )
    }
}

/// Returns `true` if a criterion of a query holds for an execution.
fn holds(criterion: &Value, flow: &Value) -> bool {
    let text = |key: &str| criterion[key].as_str().unwrap();
    let wanted = text("value");
    let began = flow["startDateTime"].as_str().unwrap().trim_end_matches('Z');
    match (text("key"), text("operator")) {
        ("ConversationId", "eq") => flow["conversationId"] == wanted,
        ("FlowId", "eq") => flow["flowId"] == wanted,
        ("FlowStartDateTime", "gte") => began >= wanted.trim_end_matches('Z'),
        ("FlowStartDateTime", "lt") => began < wanted.trim_end_matches('Z'),
        other => panic!("{other:?}"),
    }
}

impl Organisation {
    fn load(name: &str) -> Self {
        let folder =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let mut files = Files::new();
        let loaded = flows::load(&[folder.join("flows")], &[], &mut files);
        let (fixtures, _) = Fixtures::load(&[folder.join("fixtures.yaml")], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        Self { program: Arc::new(program), fixtures: Arc::new(fixtures) }
    }

    fn simulate(&self, body: &str) -> (u16, Value) {
        let file = Files::new().add("request.json", body);
        let document = read_json(&file).unwrap();
        let Ok(request) = Request::read(&document) else { return error(400) };
        let Ok(flow) = start::flow(&self.program, &request.flow) else {
            return error(400);
        };
        let limits = Limits { timeout_ms: Some(request.timeout_ms), ..Limits::default() };
        let mut call =
            Call::new(flow).limits(limits).in_organisation(Arc::clone(&self.fixtures));
        if let Some(node) = &request.node {
            let Ok(node) = start::node(&self.program, flow, node) else {
                return error(400);
            };
            call = call.at_node(node);
        }
        for (name, value) in &request.context {
            call = call.context(&self.program, name, value.clone());
        }
        let mut session = Session::start(Arc::clone(&self.program), &call);
        let mut host = FixtureHost::new(&self.fixtures, &request.inputs);
        let trace = play(&mut session, &call, &mut host);
        let mut text = String::new();
        write_simulation(&JsonWriter::new(&self.program.symbols), &trace, &mut text);
        (200, serde_json::from_str(&text).unwrap())
    }

    fn flow(&self, id: &str) -> (u16, Value) {
        let Ok(flow) = start::flow(&self.program, id) else { return error(404) };
        let label = self.program.symbols.flow(flow);
        (
            200,
            json!({"id": label.id.as_str(), "name": label.name.as_str(),
            "type": "INBOUNDCALL", "publishedVersion": {"id": "13.0"}}),
        )
    }
}

/// A received request.
struct Received {
    line: String,
    authorization: Option<String>,
    host: String,
    body: String,
}

impl Received {
    fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (mut authorization, mut host, mut length) = (None, String::new(), 0);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => authorization = Some(value.to_owned()),
                "host" => value.clone_into(&mut host),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        Some(Self { line: line.trim_end().to_owned(), authorization, host, body })
    }

    fn method(&self) -> &str {
        self.line.split(' ').next().unwrap()
    }

    fn path(&self) -> &str {
        self.line.split([' ', '?']).nth(1).unwrap()
    }
}

fn ids(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let ids = body["ids"].as_array().unwrap().iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn error(status: u16) -> (u16, Value) {
    let code = match status {
        401 => "bad.credentials",
        409 => "conflict",
        429 => "too.many.requests",
        _ => "general.error",
    };
    let body = json!({"message": "It cannot be.", "code": code, "status": status,
        "contextId": "context-77", "details": [], "errors": []});
    (status, body)
}

fn http(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}

/// Builds the given number of execution documents, each a minute after the previous one.
pub(crate) fn documents(count: usize) -> BTreeMap<String, Value> {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/executions/parcel-desk.json");
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let numbered = (0..count).map(|number| {
        let mut document = document.clone();
        let id = format!("0f6c0000-0000-4000-8000-{number:012}");
        document["flow"]["executionId"] = json!(id);
        document["flow"]["conversationId"] =
            json!(format!("conversation-{}", number % 2));
        document["flow"]["flowId"] = json!("the-flow");
        document["flow"]["startDateTime"] =
            json!(format!("2026-01-05T{:02}:{:02}:00Z", number / 60, number % 60));
        (id, document)
    });
    numbered.collect()
}
