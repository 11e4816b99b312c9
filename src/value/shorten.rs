//! Beginnings of strings that are too long to show.

use std::borrow::Cow;

/// Returns the first characters of a string, at most the given number.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// Returns a string with at most the given number of characters; a longer one is cut and
/// ends with `…`.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match beginning(text, most) {
        whole if whole.len() == text.len() => Cow::Borrowed(text),
        start => Cow::Owned(format!("{start}…")),
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn only_longer_strings_are_cut() {
        let cut = |text| shortened(text, 3).into_owned();
        assert_eq!(["", "äöü", "äöüß"].map(cut), ["", "äöü", "äöü…"]);
    }
}
