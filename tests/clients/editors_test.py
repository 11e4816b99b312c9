"""`flowsim lsp` with the stored capabilities of editors, checked by pytest-lsp.

FLOWSIM=target/debug/flowsim pytest tests/clients/editors_test.py
"""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

FLOW = """\
inboundCall:
  name: Desk
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Start_1]"
  variables:
    - stringVariable:
        name: Flow.language
  tasks:
    - task:
        name: Start
        refId: Start_1
        actions:
          - playAudio:
              name: Hello
              audio:
                exp: ToAudioTTS(Upper(Flow.language)+"!")
          - disconnect:
              name: Goodbye
"""
LINE = FLOW.splitlines().index('                exp: ToAudioTTS(Upper(Flow.language)+"!")')
EDITORS = ["visual-studio-code", "neovim", "emacs"]
SERVER = os.environ.get("FLOWSIM", "flowsim")


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[SERVER, "lsp"]), params=EDITORS
)
async def editor(lsp_client: LanguageClient, request, tmp_path: pathlib.Path):
    lsp_client.path = tmp_path / "desk.yaml"
    lsp_client.path.write_text(FLOW)
    parameters = types.InitializeParams(
        capabilities=client_capabilities(request.param), root_uri=tmp_path.as_uri()
    )
    await lsp_client.initialize_session(parameters)
    yield
    await lsp_client.shutdown_session()


def document(editor):
    return types.TextDocumentIdentifier(uri=editor.path.as_uri())


def place(editor, character=46):
    position = types.Position(line=LINE, character=character)
    return {"text_document": document(editor), "position": position}


async def show(editor, text=FLOW):
    item = types.TextDocumentItem(editor.path.as_uri(), "yaml", 1, text)
    editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await editor.wait_for_notification("textDocument/publishDiagnostics")


@pytest.mark.asyncio
async def test_diagnostics_and_quick_fixes(editor):
    await show(editor, FLOW.replace("Flow.language)", "Flow.langage)"))
    (found,) = editor.diagnostics[editor.path.as_uri()]
    assert found.code == "UNKNOWN_VARIABLE"
    context = types.CodeActionContext(diagnostics=[found])
    parameters = types.CodeActionParams(document(editor), found.range, context)
    (fix,) = await editor.text_document_code_action_async(parameters)
    assert fix.title == "Replace `Flow.langage` with `Flow.language`"


@pytest.mark.asyncio
async def test_explanations(editor):
    await show(editor)
    hover = await editor.text_document_hover_async(types.HoverParams(**place(editor)))
    assert "Flow.language: String" in hover.contents.value
    parameters = types.CompletionParams(**place(editor))
    items = await editor.text_document_completion_async(parameters)
    labels = [it.label for it in getattr(items, "items", items)]
    assert "Flow.language" in labels
    parameters = types.SignatureHelpParams(**place(editor, 38))
    help = await editor.text_document_signature_help_async(parameters)
    assert help.signatures[0].label.startswith("Upper(")
    parameters = types.DefinitionParams(**place(editor))
    (found,) = await editor.text_document_definition_async(parameters)
    assert found.range.start.line == 6


@pytest.mark.asyncio
async def test_renaming_and_formatting(editor):
    await show(editor)
    parameters = types.RenameParams(**place(editor), new_name="tongue")
    edit = await editor.text_document_rename_async(parameters)
    assert len(edit.document_changes[0].edits) == 2
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    parameters = types.DocumentFormattingParams(document(editor), options)
    (edit,) = await editor.text_document_formatting_async(parameters)
    assert edit.new_text == 'ToAudioTTS(Upper(Flow.language) + "!")'


@pytest.mark.asyncio
async def test_whole_documents(editor):
    await show(editor)
    symbols = await editor.text_document_document_symbol_async(
        types.DocumentSymbolParams(document(editor))
    )
    assert [it.name for it in symbols[0].children] == ["Start"]
    tokens = await editor.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(document(editor))
    )
    assert len(tokens.data) == 6 * 5
    everything = types.Range(types.Position(0, 0), types.Position(LINE + 5, 0))
    hints = await editor.text_document_inlay_hint_async(
        types.InlayHintParams(document(editor), everything)
    )
    assert [it.label for it in hints] == [": Audio"]
    folds = await editor.text_document_folding_range_async(
        types.FoldingRangeParams(document(editor))
    )
    assert folds[0].start_line == 0


@pytest.mark.asyncio
async def test_code_lenses_are_executed_by_the_server(editor):
    await show(editor)
    (lens,) = await editor.text_document_code_lens_async(
        types.CodeLensParams(document(editor))
    )
    assert lens.command.title == "Run"
    parameters = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    await editor.workspace_execute_command_async(parameters)
    for _ in range(100):
        if editor.messages:
            break
        await asyncio.sleep(0.1)
    ended = "Desk: the call ended with an error; the log has it"
    assert editor.messages[0].message == ended  # Flow.language has no value
