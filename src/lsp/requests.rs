//! The answers to the questions of an editor about its documents.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_server::{ErrorCode, ExtractError, Request};
use lsp_types::request::{
    CodeActionRequest, CodeLensRequest, Completion, DocumentHighlightRequest,
    DocumentSymbolRequest, FoldingRangeRequest, Formatting, GotoDefinition, HoverRequest,
    InlayHintRequest, PrepareRenameRequest, RangeFormatting, References, Rename,
    Request as _, SemanticTokensFullRequest, SignatureHelpRequest,
};
use lsp_types::{DocumentHighlight, DocumentSymbolResponse, TextDocumentPositionParams};
use serde_json::Value;

use super::problems::{self, Problem};
use super::workspace::Workspace;
use super::{complete, expression, hover, lens, navigate, outline, results, uri};

/// The answer to a request, or an error.
pub(super) type Answer = Result<Value, (ErrorCode, String)>;

/// The state that requests are about.
pub(super) struct Requests<'s> {
    pub(super) workspace: &'s Workspace,
    /// The problems that the editor shows.
    pub(super) problems: &'s BTreeMap<PathBuf, Vec<Problem>>,
    /// Whether the client has a debugger.
    pub(super) has_debugger: bool,
}

impl Requests<'_> {
    /// Answers a request.
    pub(super) fn answer(&self, request: Request) -> Answer {
        let workspace = self.workspace;
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
            Rename::METHOD => self.rename(request),
            _ => self.result_for_document(request),
        }
    }

    /// Answers requests about whole documents.
    fn result_for_document(&self, request: Request) -> Answer {
        let workspace = self.workspace;
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
            _ => self.result_for_expressions(request),
        }
    }

    /// Answers requests about expressions.
    fn result_for_expressions(&self, request: Request) -> Answer {
        let workspace = self.workspace;
        match request.method.as_str() {
            SemanticTokensFullRequest::METHOD => {
                ask::<SemanticTokensFullRequest>(request, |params| {
                    let path = uri::path(&params.text_document.uri)?;
                    Some(expression::semantic_tokens(workspace, &path).into())
                })
            }
            InlayHintRequest::METHOD => ask::<InlayHintRequest>(request, |params| {
                let path = uri::path(&params.text_document.uri)?;
                let mut hints = expression::types(workspace, &path, params.range);
                hints.extend(results::remarks(workspace, &path, params.range));
                Some(hints)
            }),
            SignatureHelpRequest::METHOD => {
                ask::<SignatureHelpRequest>(request, |params| {
                    let (path, position) = place(&params.text_document_position_params)?;
                    expression::signatures(workspace, &path, position)
                })
            }
            Formatting::METHOD => ask::<Formatting>(request, |params| {
                let path = uri::path(&params.text_document.uri)?;
                Some(expression::format(workspace, &path, None))
            }),
            RangeFormatting::METHOD => ask::<RangeFormatting>(request, |params| {
                let path = uri::path(&params.text_document.uri)?;
                Some(expression::format(workspace, &path, Some(params.range)))
            }),
            _ => self.result_for_lenses(request),
        }
    }

    /// Answers requests about code lenses. All others are unknown.
    fn result_for_lenses(&self, request: Request) -> Answer {
        match request.method.as_str() {
            CodeLensRequest::METHOD => ask::<CodeLensRequest>(request, |params| {
                let path = uri::path(&params.text_document.uri)?;
                Some(lens::lenses(self.workspace, &path, self.has_debugger))
            }),
            method => {
                let message = format!("flowsim does not answer `{method}`");
                Err((ErrorCode::MethodNotFound, message))
            }
        }
    }

    fn rename(&self, request: Request) -> Answer {
        let params = params::<Rename>(request)?;
        let Some((path, position)) = place(&params.text_document_position) else {
            return Ok(Value::Null);
        };
        let edit = navigate::rename(self.workspace, &path, position, &params.new_name);
        let edit = edit.map_err(|message| (ErrorCode::RequestFailed, message))?;
        Ok(serde_json::to_value(edit).unwrap_or_default())
    }
}

/// Answers a request with the result of a function.
fn ask<R: lsp_types::request::Request>(
    request: Request,
    answer: impl FnOnce(R::Params) -> R::Result,
) -> Answer {
    let result = answer(params::<R>(request)?);
    Ok(serde_json::to_value(result).unwrap_or_default())
}

/// Reads the parameters of a request.
pub(super) fn params<R: lsp_types::request::Request>(
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

fn place(params: &TextDocumentPositionParams) -> Option<(PathBuf, lsp_types::Position)> {
    Some((uri::path(&params.text_document.uri)?, params.position))
}
