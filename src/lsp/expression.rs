//! Expressions in Archy YAML: colours of their words, regular spaces, types, and the
//! parameters of functions.

use std::path::Path;

use lsp_types::{
    InlayHint, InlayHintKind, InlayHintLabel, ParameterInformation, ParameterLabel,
    Position, Range, SemanticToken, SemanticTokenType, SemanticTokens,
    SemanticTokensLegend, SignatureHelp, SignatureInformation, TextEdit,
};

use super::workspace::Workspace;
use crate::expr::architect::{
    Declarations, Expression, Overload, Token, TokenKind, formatted, function,
    parameters, tokens,
};
use crate::flow::architect::{ArchitectFlow, Unit, variables_of_choices};

/// Kinds of words, with their names in the protocol. Their indices are the numbers that
/// editors receive.
const KINDS: [(TokenKind, SemanticTokenType); 7] = [
    (TokenKind::Function, SemanticTokenType::FUNCTION),
    (TokenKind::Variable, SemanticTokenType::VARIABLE),
    (TokenKind::Property, SemanticTokenType::PROPERTY),
    (TokenKind::Keyword, SemanticTokenType::KEYWORD),
    (TokenKind::String, SemanticTokenType::STRING),
    (TokenKind::Number, SemanticTokenType::NUMBER),
    (TokenKind::Operator, SemanticTokenType::OPERATOR),
];

/// The names of the kinds in [`semantic_tokens`].
pub(super) fn word_kinds() -> SemanticTokensLegend {
    let token_types = KINDS.map(|(_, name)| name).into();
    SemanticTokensLegend { token_types, token_modifiers: Vec::new() }
}

/// Returns the words of all expressions, each relative to the previous one.
pub(super) fn semantic_tokens(workspace: &Workspace, path: &Path) -> SemanticTokens {
    let mut data = Vec::new();
    let mut last = Position::default();
    for (_, expression, range) in workspace.expressions(path) {
        for token in tokens(expression.text) {
            let kind = KINDS.iter().position(|(kind, _)| *kind == token.kind);
            let Some(kind) = kind else { continue };
            let before = expression.text.get(..token.start).unwrap_or_default();
            let at = Position {
                character: range.start.character + units(before),
                ..range.start
            };
            let delta_line = at.line - last.line;
            let from = if delta_line == 0 { last.character } else { 0 };
            data.push(SemanticToken {
                delta_line,
                delta_start: at.character - from,
                length: units(token.text),
                token_type: u32::try_from(kind).unwrap_or_default(),
                token_modifiers_bitset: 0,
            });
            last = at;
        }
    }
    SemanticTokens { result_id: None, data }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Returns the edits that give expressions regular spaces. Nothing else of the document
/// changes. `within` limits them to a range.
pub(super) fn format(
    workspace: &Workspace,
    path: &Path,
    within: Option<Range>,
) -> Vec<TextEdit> {
    let Some(text) = workspace.text(path) else { return Vec::new() };
    let is_within = |range: &Range| {
        within.is_none_or(|it| it.start <= range.start && range.end <= it.end)
    };
    let found = workspace.expressions(path).into_iter();
    let edits = found.filter(|(_, _, range)| is_within(range));
    let edits = edits.filter_map(|(_, expression, range)| {
        let new_text = formatted(expression.text)?;
        let before = text.as_str().get(..text.offset(range.start))?;
        let is_quoted = before.ends_with(['"', '\'']);
        let is_safe = is_quoted || is_plain(&new_text);
        let is_other = new_text != expression.text;
        (is_other && is_safe).then_some(TextEdit { range, new_text })
    });
    edits.collect()
}

/// Whether YAML reads the text without quotes as this string. Formatting adds spaces, and
/// a space after a colon or before a hash has a meaning.
fn is_plain(text: &str) -> bool {
    !text.contains(": ") && !text.contains(" #")
}

/// Returns the types of expressions, after those that are in the range.
pub(super) fn types(workspace: &Workspace, path: &Path, within: Range) -> Vec<InlayHint> {
    let is_within = |range: &Range| {
        within.start.line <= range.start.line && range.end.line <= within.end.line
    };
    let found = workspace.expressions(path).into_iter();
    let hints = found.filter(|(_, _, range)| is_within(range));
    let hints = hints.filter_map(|(flow, expression, range)| {
        let mut names = names(flow, expression.unit);
        // The type of a single word is that of its variable, which hovering shows.
        let is_word = tokens(expression.text).iter().all(|it| {
            matches!(it.kind, TokenKind::Variable | TokenKind::Property) || it.text == "."
        });
        let compiled = Expression::compile(expression.text, &mut names, None).ok()?;
        (!is_word).then(|| hint(range.end, compiled.result_type().to_string()))
    });
    hints.collect()
}

fn hint(position: Position, name: String) -> InlayHint {
    InlayHint {
        position,
        label: InlayHintLabel::String(format!(": {name}")),
        kind: Some(InlayHintKind::TYPE),
        text_edits: None,
        tooltip: None,
        padding_left: Some(false),
        padding_right: None,
        data: None,
    }
}

/// The variables that an expression of the unit may use.
pub(super) fn names(flow: &ArchitectFlow, unit: Option<&Unit>) -> Declarations {
    let mut names = Declarations::new();
    for variable in &flow.variables {
        names.declare(&variable.name.value, variable.value_type);
    }
    if let Some(unit) = unit {
        for variable in unit.variables.iter().chain(&variables_of_choices(unit)) {
            names.declare(&variable.name.value, variable.value_type);
        }
    }
    names
}

/// Returns the forms of the function whose arguments are being typed.
pub(super) fn signatures(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Option<SignatureHelp> {
    let text = workspace.text(path)?;
    let start = text.offset(Position { character: 0, ..position });
    let before = text.as_str().get(start..text.offset(position))?;
    let all = tokens(before);
    let (name, argument) = enclosing_call(&all)?;
    let function = function(name)?;
    let form = |overload: &Overload| {
        let wanted = parameters(overload);
        let names = wanted.trim_matches(['(', ')']).split(", ");
        let names = names.filter(|name| !name.is_empty());
        let parameters = names.map(|name| ParameterInformation {
            label: ParameterLabel::Simple(name.to_owned()),
            documentation: None,
        });
        SignatureInformation {
            label: format!("{}{wanted}: {}", function.name, overload.returns),
            documentation: None,
            parameters: Some(parameters.collect()),
            active_parameter: None,
        }
    };
    let signatures: Vec<SignatureInformation> =
        function.overloads.iter().map(form).collect();
    let fits = |it: &SignatureInformation| {
        it.parameters.as_ref().is_some_and(|it| it.len() > argument)
    };
    let active = signatures.iter().position(fits).unwrap_or_default();
    Some(SignatureHelp {
        signatures,
        active_signature: u32::try_from(active).ok(),
        active_parameter: u32::try_from(argument).ok(),
    })
}

/// Returns the function whose parenthesis is open at the end of the text, and the number
/// of arguments before.
fn enclosing_call<'t>(all: &[Token<'t>]) -> Option<(&'t str, usize)> {
    let (mut closed, mut argument) = (0_usize, 0);
    for (index, token) in all.iter().enumerate().rev() {
        match token.text {
            ")" | "]" => closed += 1,
            "(" | "[" if closed > 0 => closed -= 1,
            "(" => {
                let before = all.get(index.checked_sub(1)?)?;
                if before.kind == TokenKind::Function {
                    return Some((before.text, argument));
                }
                argument = 0;
            }
            "[" => argument = 0,
            "," if closed == 0 => argument += 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_around_the_cursor_is_found() {
        for (text, expected) in [
            ("exp: If(a, Substring(b, ", Some(("Substring", 1))),
            ("exp: If(a, Upper(b), ", Some(("If", 2))),
            ("exp: If((a + 1", Some(("If", 0))),
            ("exp: Upper(a)", None),
        ] {
            assert_eq!(enclosing_call(&tokens(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_plain_scalar_gets_no_colon_with_a_space() {
        assert!(is_plain("a + b") && !is_plain("a ? b : c"));
    }
}
