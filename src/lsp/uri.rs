//! Paths and the addresses of the protocol, and edits of files.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::{
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};
use percent_encoding::{
    AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};

/// Characters of a path that stay as they are.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Returns the path of a file; `None` for an address of another kind.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let text = uri.as_str().strip_prefix("file://")?;
    let text = percent_decode_str(text).decode_utf8().ok()?;
    // On Windows, `/c:/flows` is `c:/flows`.
    let is_drive = text.as_bytes().get(2) == Some(&b':');
    let text = if is_drive { text.trim_start_matches('/') } else { &*text };
    let path = PathBuf::from(text);
    Some(path.canonicalize().unwrap_or(path))
}

/// Returns the address of a file.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', "/");
    let text = text.trim_start_matches("//?/");
    let slash = if text.starts_with('/') { "" } else { "/" };
    let encoded = utf8_percent_encode(text, KEPT);
    Uri::from_str(&format!("file://{slash}{encoded}")).ok()
}

/// Returns the edits of a file.
pub(super) fn edit(path: &Path, edits: Vec<TextEdit>) -> Option<TextDocumentEdit> {
    let text_document =
        OptionalVersionedTextDocumentIdentifier { uri: of(path)?, version: None };
    Some(TextDocumentEdit {
        text_document,
        edits: edits.into_iter().map(OneOf::Left).collect(),
    })
}

/// Returns the edits of several files.
pub(super) fn edits(changes: Vec<TextDocumentEdit>) -> Option<WorkspaceEdit> {
    let document_changes = Some(DocumentChanges::Edits(changes));
    Some(WorkspaceEdit { document_changes, ..WorkspaceEdit::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_converted_back_and_forth() {
        let known = Path::new("/no such folder/flöws/a+b.yaml");
        let uri = of(known).unwrap();
        assert_eq!(uri.as_str(), "file:///no%20such%20folder/fl%C3%B6ws/a%2Bb.yaml");
        assert_eq!(path(&uri).unwrap(), known);
        assert_eq!(path(&Uri::from_str("untitled:Untitled-1").unwrap()), None);
    }
}
