//! The connection with an editor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_server::{
    Connection, ErrorCode, ExtractError, Message, Notification, Request, Response,
};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument,
    DidOpenTextDocument, DidSaveTextDocument, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentHighlightRequest, DocumentSymbolRequest,
    FoldingRangeRequest, GotoDefinition, HoverRequest, PrepareRenameRequest, References,
    Rename, Request as _,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DocumentHighlight, DocumentSymbolResponse, FoldingRangeProviderCapability,
    HoverProviderCapability, InitializeParams, InitializeResult, OneOf,
    PublishDiagnosticsParams, RenameOptions, SaveOptions, ServerCapabilities, ServerInfo,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problems::{self, Problem};
use super::workspace::Workspace;
use super::{complete, hover, navigate, outline, uri};

/// The message to a person who starts the command at a terminal.
const NO_EDITOR: &str = "standard input has no request `initialize` of the Language Server \
                         Protocol; an editor starts this command";

/// Serves an editor over standard input and output until it ends the session. Returns
/// whether the session ended as the protocol prescribes.
///
/// # Errors
/// The editor violates the protocol at the start of the session.
pub fn serve() -> Result<bool, String> {
    let (connection, threads) = Connection::stdio();
    let is_orderly = serve_on(&connection)?;
    drop(connection);
    threads.join().map_err(|error| error.to_string())?;
    Ok(is_orderly)
}

fn serve_on(connection: &Connection) -> Result<bool, String> {
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
    let mut server = Server::new(connection);
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

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::SaveOptions(
                    SaveOptions::default(),
                )),
                ..TextDocumentSyncOptions::default()
            },
        )),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", " ", "/", "["].map(str::to_owned).into()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: Default::default(),
        })),
        code_action_provider: Some(CodeActionProviderCapability::Options(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            },
        )),
        ..ServerCapabilities::default()
    }
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

struct Server<'c> {
    connection: &'c Connection,
    workspace: Workspace,
    problems: BTreeMap<PathBuf, Vec<Problem>>,
    changed: Option<Changed>,
}

impl<'c> Server<'c> {
    fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            workspace: Workspace::default(),
            problems: BTreeMap::new(),
            changed: None,
        }
    }

    /// Handles messages until the editor ends the session.
    fn run(&mut self) -> Result<bool, String> {
        while let Ok(message) = self.connection.receiver.recv() {
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

    fn result(&mut self, request: Request) -> Result<Value, (ErrorCode, String)> {
        let server: &Self = self;
        let workspace = &server.workspace;
        match request.method.as_str() {
            HoverRequest::METHOD => ask::<HoverRequest>(request, |params| {
                let (path, position) = place(&params.text_document_position_params)?;
                hover::hover(workspace, &path, position)
            }),
            Completion::METHOD => ask::<Completion>(request, |params| {
                let (path, position) = place(&params.text_document_position)?;
                Some(complete::complete(workspace, &path, position).into())
            }),
            GotoDefinition::METHOD => ask::<GotoDefinition>(request, |params| {
                let (path, position) = place(&params.text_document_position_params)?;
                Some(navigate::definitions(workspace, &path, position).into())
            }),
            References::METHOD => ask::<References>(request, |params| {
                let (path, position) = place(&params.text_document_position)?;
                let all = params.context.include_declaration;
                Some(navigate::references(workspace, &path, position, all))
            }),
            PrepareRenameRequest::METHOD => {
                ask::<PrepareRenameRequest>(request, |params| {
                    let (path, position) = place(&params)?;
                    navigate::prepare_rename(workspace, &path, position)
                })
            }
            Rename::METHOD => server.rename(request),
            _ => server.result_for_document(request),
        }
    }

    /// Answers requests about whole documents.
    fn result_for_document(
        &self,
        request: Request,
    ) -> Result<Value, (ErrorCode, String)> {
        let workspace = &self.workspace;
        match request.method.as_str() {
            DocumentHighlightRequest::METHOD => {
                ask::<DocumentHighlightRequest>(request, |params| {
                    let (path, position) = place(&params.text_document_position_params)?;
                    let all = navigate::references(workspace, &path, position, true);
                    let own = uri::of(&path)?;
                    let here = all.into_iter().filter(|it| it.uri == own);
                    let shown = |range| DocumentHighlight { range, kind: None };
                    Some(here.map(|it| shown(it.range)).collect())
                })
            }
            DocumentSymbolRequest::METHOD => {
                ask::<DocumentSymbolRequest>(request, |params| {
                    let path = uri::path(&params.text_document.uri)?;
                    let symbols = outline::symbols(workspace, &path);
                    Some(DocumentSymbolResponse::Nested(symbols))
                })
            }
            FoldingRangeRequest::METHOD => {
                ask::<FoldingRangeRequest>(request, |params| {
                    let path = uri::path(&params.text_document.uri)?;
                    Some(outline::folds(workspace.text(&path)?))
                })
            }
            CodeActionRequest::METHOD => ask::<CodeActionRequest>(request, |params| {
                let path = uri::path(&params.text_document.uri)?;
                let problems = self.problems.get(&path)?;
                Some(problems::fixes(&path, params.range, problems))
            }),
            method => {
                let message = format!("flowsim does not answer `{method}`");
                Err((ErrorCode::MethodNotFound, message))
            }
        }
    }

    fn rename(&self, request: Request) -> Result<Value, (ErrorCode, String)> {
        let params = params::<Rename>(request)?;
        let Some((path, position)) = place(&params.text_document_position) else {
            return Ok(Value::Null);
        };
        let edit = navigate::rename(&self.workspace, &path, position, &params.new_name);
        let edit = edit.map_err(|message| (ErrorCode::RequestFailed, message))?;
        Ok(serde_json::to_value(edit).unwrap_or_default())
    }

    /// Handles a notification. A broken one is ignored, because notifications have no
    /// answers.
    fn note(&mut self, notification: Notification) {
        let changed = match notification.method.as_str() {
            DidOpenTextDocument::METHOD => self.open(notification),
            DidChangeTextDocument::METHOD => self.change(notification),
            DidCloseTextDocument::METHOD => self.close(notification),
            DidSaveTextDocument::METHOD => Some(Changed::Many),
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

/// Answers a request with the result of a function.
fn ask<R: lsp_types::request::Request>(
    request: Request,
    answer: impl FnOnce(R::Params) -> R::Result,
) -> Result<Value, (ErrorCode, String)> {
    let result = answer(params::<R>(request)?);
    Ok(serde_json::to_value(result).unwrap_or_default())
}

/// Reads the parameters of a request.
fn params<R: lsp_types::request::Request>(
    request: Request,
) -> Result<R::Params, (ErrorCode, String)> {
    match request.extract::<R::Params>(R::METHOD) {
        Ok((_, params)) => Ok(params),
        Err(ExtractError::JsonError { error, .. }) => {
            Err((ErrorCode::InvalidParams, error.to_string()))
        }
        Err(ExtractError::MethodMismatch(request)) => {
            Err((ErrorCode::MethodNotFound, request.method))
        }
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

fn place(params: &TextDocumentPositionParams) -> Option<(PathBuf, lsp_types::Position)> {
    Some((uri::path(&params.text_document.uri)?, params.position))
}
