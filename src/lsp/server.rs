//! The session of an editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{ExecuteCommand, Request as _};
use lsp_types::{
    InitializeParams, InitializeResult, PublishDiagnosticsParams, ServerInfo,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::capabilities::capabilities;
use super::command::Invocation;
use super::connection;
use super::documents::Schemas;
use super::problems::{self, Problem};
use super::requests::{Answer, Requests, params};
use super::results::own_values;
use super::uri;
use super::workspace::Workspace;

/// The message to a person who starts the command at a terminal.
const NO_EDITOR: &str = "standard input has no request `initialize` of the Language Server \
                         Protocol; an editor starts this command";

/// Serves an editor over standard input and output until it ends the session. Returns
/// whether the session ended as the protocol prescribes. `program` executes commands, and
/// the schemas are those of documents that are not flows.
///
/// # Errors
/// The editor violates the protocol at the start of the session.
pub fn serve(program: &Path, schemas: Schemas) -> Result<bool, String> {
    let (connection, streams) = connection::connect();
    let is_orderly = serve_on(&connection, program, schemas)?;
    drop(connection);
    streams.join().map_err(|error| error.to_string())?;
    Ok(is_orderly)
}

fn serve_on(
    connection: &Connection,
    program: &Path,
    schemas: Schemas,
) -> Result<bool, String> {
    let (id, params) = connection.initialize_start().map_err(|_| NO_EDITOR)?;
    let params: InitializeParams =
        serde_json::from_value(params).map_err(|error| error.to_string())?;
    let result = InitializeResult {
        capabilities: capabilities(),
        server_info: Some(ServerInfo {
            name: "flowsim".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
    };
    let result = serde_json::to_value(result).map_err(|error| error.to_string())?;
    connection.initialize_finish(id, result).map_err(|error| error.to_string())?;
    // Options of another form are those of another client.
    let given = params.initialization_options.clone().unwrap_or_default();
    let options = serde_json::from_value::<Options>(given).unwrap_or_default();
    let options = Options { program: program.to_owned(), ..options };
    let mut server = Server::new(connection, options, schemas);
    for folder in folders(&params) {
        server.workspace.add_folder(&folder);
    }
    server.run()
}

/// The folders of the workspace.
fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten();
    let mut paths: Vec<PathBuf> =
        folders.filter_map(|folder| uri::path(&folder.uri)).collect();
    #[expect(deprecated, reason = "older editors send nothing else")]
    if paths.is_empty() {
        paths.extend(params.root_uri.as_ref().and_then(uri::path));
    }
    paths
}

/// The changes since diagnostics were published.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Changed {
    /// Only this document. Findings of other documents that depend on it wait for the next
    /// time it is saved.
    One(PathBuf),
    /// Several documents, or files on disk.
    Many,
}

/// Settings that the client sends when it starts the server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Options {
    /// Whether the client has the command `flowsim.debug`.
    debug: bool,
    /// Fixtures of the calls that code lenses make.
    fixtures: Vec<String>,
    /// The program that executes commands.
    #[serde(skip)]
    program: PathBuf,
}

struct Server<'c> {
    options: Options,
    connection: &'c Connection,
    workspace: Workspace,
    problems: BTreeMap<PathBuf, Vec<Problem>>,
    changed: Option<Changed>,
    /// Whether a run has ended since results were read.
    has_results: Arc<AtomicBool>,
}

impl<'c> Server<'c> {
    fn new(connection: &'c Connection, options: Options, schemas: Schemas) -> Self {
        Self {
            options,
            connection,
            workspace: Workspace::new(schemas),
            problems: BTreeMap::new(),
            changed: None,
            has_results: Arc::default(),
        }
    }

    /// Handles messages until the editor ends the session.
    fn run(&mut self) -> Result<bool, String> {
        while let Ok(message) = self.connection.receiver.recv() {
            if self.has_results.swap(false, Ordering::Acquire) {
                self.workspace.read_results();
            }
            match message {
                Message::Request(request) => {
                    let is_end = self
                        .connection
                        .handle_shutdown(&request)
                        .map_err(|error| error.to_string())?;
                    if is_end {
                        return Ok(true);
                    }
                    // An answer is about the text that the editor shows.
                    let response = self.answer(request);
                    self.send(Message::Response(response));
                }
                Message::Notification(notification) => self.note(notification),
                Message::Response(_) => {}
            }
            if self.connection.receiver.is_empty() {
                self.publish();
            }
        }
        Ok(false)
    }

    fn send(&self, message: Message) {
        // A closed connection ends the loop at the next message.
        let _ = self.connection.sender.send(message);
    }

    fn answer(&mut self, request: Request) -> Response {
        let id = request.id.clone();
        match self.result(request) {
            Ok(result) => Response::new_ok(id, result),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }
    }

    fn result(&self, request: Request) -> Answer {
        if request.method == ExecuteCommand::METHOD {
            return self.execute(request);
        }
        let (workspace, problems) = (&self.workspace, &self.problems);
        Requests { workspace, problems, has_debugger: self.options.debug }.answer(request)
    }

    /// Starts the command of a code lens.
    fn execute(&self, request: Request) -> Answer {
        let params = params::<ExecuteCommand>(request)?;
        let call = params.arguments.first().unwrap_or(&Value::Null);
        let fixtures = &self.options.fixtures;
        let read = Invocation::read(&params.command, call, fixtures);
        let invocation = read.ok_or_else(|| {
            let message = format!("unknown command `{}`", params.command);
            (ErrorCode::InvalidParams, message)
        })?;
        self.start(invocation, call);
        Ok(Value::Null)
    }

    /// Starts a run in another process. Its values are known when it has ended.
    fn start(&self, invocation: Invocation, call: &Value) {
        let path = Invocation::path(call);
        let folder = path.and_then(|path| self.workspace.folder_of(&path));
        let invocation = match folder {
            Some(folder) => {
                invocation.writing_values(&own_values(folder, &call.to_string()))
            }
            None => invocation,
        };
        let has_results = Arc::clone(&self.has_results);
        let finished = move || has_results.store(true, Ordering::Release);
        let sender = self.connection.sender.clone();
        // A closed connection needs no result.
        let send = move |message| drop(sender.send(message));
        invocation.start(&self.options.program, finished, send);
    }

    /// Handles a notification. A broken one is ignored, because notifications have no
    /// answers.
    fn note(&mut self, notification: Notification) {
        let changed = match notification.method.as_str() {
            DidOpenTextDocument::METHOD => self.open(notification),
            DidChangeTextDocument::METHOD => self.change(notification),
            DidCloseTextDocument::METHOD => self.close(notification),
            DidSaveTextDocument::METHOD => {
                self.workspace.read_results();
                self.workspace.read_terraform();
                Some(Changed::Many)
            }
            DidChangeWatchedFiles::METHOD => self.load_again(notification),
            _ => None,
        };
        self.changed = match (self.changed.take(), changed) {
            (one, None) | (None, one) => one,
            (Some(one), Some(other)) if one == other => Some(one),
            _ => Some(Changed::Many),
        };
    }

    fn open(&mut self, notification: Notification) -> Option<Changed> {
        let params = noted::<DidOpenTextDocument>(notification)?;
        let path = uri::path(&params.text_document.uri)?;
        self.workspace.open(path, params.text_document.text);
        Some(Changed::Many)
    }

    fn change(&mut self, notification: Notification) -> Option<Changed> {
        let params = noted::<DidChangeTextDocument>(notification)?;
        let path = uri::path(&params.text_document.uri)?;
        self.workspace.change(&path, params.content_changes);
        Some(Changed::One(path))
    }

    fn close(&mut self, notification: Notification) -> Option<Changed> {
        let params = noted::<DidCloseTextDocument>(notification)?;
        let path = uri::path(&params.text_document.uri)?;
        self.workspace.close(&path);
        self.problems.remove(&path);
        self.show(&path, Vec::new());
        Some(Changed::Many)
    }

    fn load_again(&mut self, notification: Notification) -> Option<Changed> {
        let params = noted::<DidChangeWatchedFiles>(notification)?;
        for change in params.changes {
            let path = uri::path(&change.uri);
            path.into_iter().for_each(|path| self.workspace.load(&path));
        }
        self.workspace.read_results();
        self.workspace.read_terraform();
        Some(Changed::Many)
    }

    /// Publishes the diagnostics of the documents that changed.
    fn publish(&mut self) {
        let Some(changed) = self.changed.take() else { return };
        let found = match &changed {
            Changed::One(path) => self.workspace.check(Some(path)),
            Changed::Many => self.workspace.check(None),
        };
        for (path, diagnostics) in found {
            let problems = diagnostics.iter();
            let problems: Vec<Problem> = problems
                .filter_map(|it| problems::problem(it, &self.workspace))
                .collect();
            let shown = problems.iter().map(|it| it.diagnostic.clone()).collect();
            self.problems.insert(path.clone(), problems);
            self.show(&path, shown);
        }
    }

    fn show(&self, path: &Path, diagnostics: Vec<lsp_types::Diagnostic>) {
        let Some(uri) = uri::of(path) else { return };
        let params = PublishDiagnosticsParams { uri, diagnostics, version: None };
        let method = PublishDiagnostics::METHOD.to_owned();
        self.send(Message::Notification(Notification::new(method, params)));
    }
}

/// Reads the parameters of a notification.
fn noted<N: lsp_types::notification::Notification>(
    notification: Notification,
) -> Option<N::Params>
where
    N::Params: DeserializeOwned,
{
    notification.extract::<N::Params>(N::METHOD).ok()
}
