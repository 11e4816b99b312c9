//! Colours of all pages, images and graphs.

use std::fmt::Write;

/// A colour with its values in light and in dark mode.
struct Color {
    /// Name of its CSS variable.
    name: &'static str,
    light: &'static str,
    dark: &'static str,
}

/// Shorthand for a row of the table.
const fn color(name: &'static str, light: &'static str, dark: &'static str) -> Color {
    Color { name, light, dark }
}

/// All colours. Those named `h` and `t` are the background and text of the shades of
/// counts.
const COLORS: [Color; 26] = [
    color("paper", "#f6f6f4", "#15171b"),
    color("card", "#ffffff", "#1c1f24"),
    color("raised", "#f0f1f3", "#272b32"),
    color("text", "#1d2025", "#e7e9ec"),
    color("soft", "#59606b", "#a4acb8"),
    color("line", "#dcdfe4", "#343a43"),
    color("accent", "#2357b5", "#8fb8fa"),
    color("on-accent", "#ffffff", "#14171c"),
    color("chosen", "#e4edfb", "#22324c"),
    color("good", "#1a6e3d", "#74cf99"),
    color("good-card", "#e7f4ec", "#18301f"),
    color("good-line", "#dcefe3", "#1c3b28"),
    color("bad", "#b0281f", "#f4938a"),
    color("bad-card", "#fdeeec", "#3a1f1d"),
    color("bad-line", "#fbe3e0", "#4a2422"),
    color("warn", "#855600", "#efc46d"),
    color("warn-card", "#fdf4e0", "#352a13"),
    color("h0", "#f3f4f2", "#1f242a"),
    color("h1", "#d3ecab", "#1f3560"),
    color("h2", "#93d4bf", "#1f6593"),
    color("h3", "#2a78b5", "#3aa9a8"),
    color("h4", "#1b2f80", "#d3ee9c"),
    color("t1", "#1a2b1a", "#e8eaed"),
    color("t2", "#0d2b2b", "#ffffff"),
    color("t3", "#ffffff", "#06201f"),
    color("t4", "#ffffff", "#14210a"),
];

/// Declares all colours for a page, which can be switched between light and dark.
pub(super) fn declared_for_pages() -> String {
    let mut out = String::from(":root{");
    for Color { name, light, dark } in &COLORS {
        let _ = write!(out, "--{name}:light-dark({light},{dark});");
    }
    out + "}\n"
}

/// Declares the colours that the style of an image uses, light or dark like the reader's
/// system, and adds the style.
pub(crate) fn declared_for_image(selector: &str, style: &str) -> String {
    let declared = |value: fn(&Color) -> &'static str| -> String {
        let used = COLORS.iter().filter(|it| style.contains(&variable(it)));
        used.map(|it| format!("--{}:{};", it.name, value(it))).collect()
    };
    let (light, dark) = (declared(|it| it.light), declared(|it| it.dark));
    format!(
        "{selector}{{{light}}}\
         @media(prefers-color-scheme:dark){{{selector}{{{dark}}}}}{style}"
    )
}

/// Replaces the colours in the style of an image by their light values.
#[cfg(feature = "png")]
pub(crate) fn always_light(style: &str) -> String {
    let replaced = |style: String, it: &Color| style.replace(&variable(it), it.light);
    COLORS.iter().fold(style.to_owned(), replaced)
}

/// Returns the light value of a colour, for formats without a dark mode.
pub(crate) fn light(name: &str) -> &'static str {
    COLORS.iter().find(|it| it.name == name).map_or("#000000", |it| it.light)
}

fn variable(color: &Color) -> String {
    format!("var(--{})", color.name)
}
