//! A document in pages. A page has the scalars of the document, and as many items of its
//! lists as fit.

use crate::value::{Json, JsonObject, Text};

/// A part of a document.
pub(super) struct Page {
    pub(super) document: Json,
    /// The number of items on this and all earlier pages. `None` on the last page.
    pub(super) next: Option<usize>,
}

/// Returns the page after the first `skip` items, of at most about `most` bytes. A page
/// has at least one item.
pub(super) fn page(document: &Json, skip: usize, most: usize) -> Page {
    let largest = most / 3;
    let mut pager = Pager { skip, left: most, taken: 0, is_full: false, largest };
    let document = pager.part(document);
    let next = pager.is_full.then_some(skip + pager.taken);
    Page { document, next }
}

/// Returns the lines after the first `skip`, and the number of lines up to there
/// if there are more.
pub(super) fn lines(text: &str, skip: usize, most: usize) -> (String, Option<usize>) {
    let (mut page, mut taken) = (String::new(), 0);
    for line in text.lines().skip(skip) {
        if taken > 0 && page.len() + line.len() >= most {
            return (page, Some(skip + taken));
        }
        let Json::String(line) = shortened(&line.into(), most) else { continue };
        page.push_str(&line);
        page.push('\n');
        taken += 1;
    }
    (page, None)
}

struct Pager {
    /// Items that are still to be skipped.
    skip: usize,
    /// Bytes that are left on the page.
    left: usize,
    /// Items on the page.
    taken: usize,
    is_full: bool,
    /// The largest size of an item. A larger one is divided.
    largest: usize,
}

/// Recurses with the nesting of the document, which the reader of JSON limits.
impl Pager {
    /// Returns the part of a list or an object that fits. The scalars and the small parts
    /// of an object are on every page.
    fn part(&mut self, value: &Json) -> Json {
        match value {
            Json::Array(items) => Json::array(
                items.iter().filter_map(|it| self.item(it)).collect::<Vec<_>>(),
            ),
            Json::Object(entries) => {
                let fixed = entries.iter().filter(|(_, value)| is_scalar(value));
                let fixed: usize = fixed.map(|(key, it)| key.len() + size(it)).sum();
                let has_fixed = fixed <= self.largest;
                self.left = self.left.saturating_sub(if has_fixed { fixed } else { 0 });
                let mut kept = JsonObject::default();
                for (key, value) in entries.iter() {
                    if let Some(value) = self.entry(value, has_fixed) {
                        kept.insert(key.clone(), value);
                    }
                }
                Json::Object(kept.into())
            }
            scalar => shortened(scalar, self.largest),
        }
    }

    fn entry(&mut self, value: &Json, has_fixed: bool) -> Option<Json> {
        match value {
            Json::Array(items) if !items.is_empty() => self.divided(value),
            Json::Object(_) if size(value) > self.largest / 2 => self.divided(value),
            value if has_fixed || !is_scalar(value) => {
                Some(shortened(value, self.largest))
            }
            value => self.item(value),
        }
    }

    /// Returns the part of a value that fits, if it has an item.
    fn divided(&mut self, value: &Json) -> Option<Json> {
        let (left, before) = (self.left, self.taken);
        let part = self.part(value);
        if self.taken == before {
            self.left = left;
        }
        (self.taken > before).then_some(part)
    }

    /// Returns an item of a list, or the part of it that fits.
    fn item(&mut self, item: &Json) -> Option<Json> {
        let is_divided = size(item) > self.largest && has_items(item);
        if is_divided {
            return self.divided(item);
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        let item = shortened(item, self.largest);
        let size = size(&item) + 1;
        self.is_full |= self.taken > 0 && size > self.left;
        if self.is_full {
            return None;
        }
        self.left = self.left.saturating_sub(size);
        self.taken += 1;
        Some(item)
    }
}

fn size(value: &Json) -> usize {
    value.to_string().len()
}

fn is_scalar(value: &Json) -> bool {
    !matches!(value, Json::Array(_) | Json::Object(_))
}

/// Whether a value can be divided: somewhere in it is a list that is not empty.
fn has_items(value: &Json) -> bool {
    match value {
        Json::Array(items) => !items.is_empty(),
        Json::Object(entries) => entries.values().any(has_items),
        _ => false,
    }
}

/// Returns the value with its long strings shortened.
fn shortened(value: &Json, most: usize) -> Json {
    match value {
        Json::String(text) if text.len() > most => {
            let mut end = most;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let rest = text.get(end..).unwrap_or_default().chars().count();
            let start = text.get(..end).unwrap_or_default();
            Json::String(Text::from(format!("{start}… ({rest} more characters)")))
        }
        Json::Array(items) => Json::array(items.iter().map(|it| shortened(it, most))),
        Json::Object(entries) => Json::object(
            entries.iter().map(|(key, it)| (key.clone(), shortened(it, most))),
        ),
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_pages(document: &Json, most: usize) -> Vec<Json> {
        let (mut pages, mut skip) = (Vec::new(), 0);
        loop {
            let page = page(document, skip, most);
            pages.push(page.document);
            match page.next {
                Some(next) => {
                    assert!(next > skip, "no page is empty");
                    skip = next;
                }
                None => return pages,
            }
        }
    }

    #[test]
    fn the_pages_have_every_item_once_and_scalars_always() {
        let item = |number: i64| {
            Json::object([
                ("number".into(), number.into()),
                ("text".into(), "x".repeat(50).as_str().into()),
            ])
        };
        let document = Json::object([
            ("schema".into(), "a/1".into()),
            ("items".into(), Json::array((0..40).map(item))),
            (
                "nested".into(),
                Json::array([Json::object([
                    ("name".into(), "one".into()),
                    ("items".into(), Json::array((40..60).map(item))),
                ])]),
            ),
        ]);
        let pages = all_pages(&document, 600);
        let mut numbers = Vec::new();
        for page in &pages {
            assert_eq!(page.get("schema"), Some(&"a/1".into()));
            assert!(size(page) < 800, "{page}");
            let text = page.to_string();
            let found = text.split("\"number\":").skip(1);
            numbers.extend(
                found.map(|it| it.split(',').next().unwrap().parse::<i64>().unwrap()),
            );
        }
        assert_eq!(numbers, (0..60).collect::<Vec<_>>());
    }

    #[test]
    fn long_strings_are_shortened_and_say_so() {
        let document = Json::object([("a".into(), "ä".repeat(500).as_str().into())]);
        let pages = all_pages(&document, 300);
        assert_eq!(pages.len(), 1);
        assert!(pages[0].to_string().contains("… (450 more characters)"), "{}", pages[0]);
    }

    #[test]
    fn lines_are_divided_between_pages() {
        let text = "one\ntwo\nthree\n";
        assert_eq!(lines(text, 0, 8), ("one\ntwo\n".to_owned(), Some(2)));
        assert_eq!(lines(text, 2, 8), ("three\n".to_owned(), None));
    }
}
