//! Functions on strings, numbers and encodings.

use base64::Engine as _;
use hcl::{Number, Value};
use regex::Regex;

use super::{Arguments, encoded, from_json, from_node, list, text, to_json};
use crate::source::{Files, read_yaml};
use crate::terraform::budget::{Sum, WORK_OF_A_CHARACTER};

/// Maximum size of a regular expression, in bytes.
const MAX_PATTERN: usize = 100_000;

/// The work of compiling a regular expression, in characters.
const WORK_OF_A_PATTERN: usize = 128;

/// Calls a function, if it is one of strings.
#[expect(clippy::too_many_lines, reason = "a table with a line for each function")]
pub(super) fn call(
    name: &str,
    arguments: &Arguments<'_>,
) -> Option<Result<Value, String>> {
    let a = arguments;
    let text_to =
        |convert: &dyn Fn(String) -> String| Ok(Value::from(convert(a.text(0)?)));
    Some(match name {
        "lower" => text_to(&|text| text.to_lowercase()),
        "upper" => text_to(&|text| text.to_uppercase()),
        "title" => text_to(&|text| title(&text)),
        "trimspace" => text_to(&|text| text.trim().to_owned()),
        "chomp" => text_to(&|text| text.trim_end_matches(['\r', '\n']).to_owned()),
        "strrev" => text_to(&|text| text.chars().rev().collect()),
        "urlencode" => text_to(&|text| {
            let all = percent_encoding::NON_ALPHANUMERIC;
            percent_encoding::utf8_percent_encode(&text, all).to_string()
        }),
        "base64encode" => {
            text_to(&|text| base64::engine::general_purpose::STANDARD.encode(text))
        }
        "base64decode" => a.text(0).and_then(|text| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text);
            let decoded = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
            decoded.map(Value::from).ok_or_else(|| "not Base64 of a string".to_owned())
        }),
        "sensitive" | "nonsensitive" => a.copy(0),
        "tostring" => match a.get(0) {
            Ok(Value::Null) => Ok(Value::Null),
            _ => a.text(0).map(Value::from),
        },
        "tonumber" => tonumber(a),
        "tobool" => tobool(a),
        "format" => format_of(a),
        "formatlist" => Err("flowsim does not evaluate `formatlist(…)`".into()),
        "join" => join(a),
        "split" => split(a),
        "replace" => replace(a),
        "regex" => regex(a),
        "substr" => substr(a),
        "trim" => trim(a, |text, set| text.trim_matches(|c| set.contains(c))),
        "trimprefix" => trim(a, |text, prefix| text.strip_prefix(prefix).unwrap_or(text)),
        "trimsuffix" => trim(a, |text, suffix| text.strip_suffix(suffix).unwrap_or(text)),
        "startswith" => compare(a, |text, part| text.starts_with(part)),
        "endswith" => compare(a, |text, part| text.ends_with(part)),
        "strcontains" => compare(a, |text, part| text.contains(part)),
        "indent" => indent(a),
        "jsonencode" | "yamlencode" => {
            a.get(0).and_then(|it| a.budget.copy(it).map(|()| encoded(it)))
        }
        "jsondecode" => parsed_text(a).and_then(|text| {
            let json = serde_json::from_str(&text);
            json.map(|json| from_json(&json)).map_err(|_| "not JSON".into())
        }),
        "yamldecode" => parsed_text(a).and_then(|text| yaml(&text)),
        "abs" | "ceil" | "floor" => number(a),
        _ => return None,
    })
}

fn title(text: &str) -> String {
    let mut is_start = true;
    let capital = |c: char| {
        let start = std::mem::replace(&mut is_start, !c.is_alphanumeric());
        if start { c.to_uppercase().to_string() } else { c.to_string() }
    };
    text.chars().map(capital).collect()
}

fn tonumber(a: &Arguments<'_>) -> Result<Value, String> {
    match a.get(0)? {
        Value::String(text) => {
            let whole = text.parse::<i64>().map(Value::from);
            let number = || text.parse::<f64>().ok().and_then(Number::from_f64);
            whole
                .or_else(|_| number().map(Value::Number).ok_or(()))
                .map_err(|()| format!("`{text}` is not a number"))
        }
        value => Ok(value.clone()),
    }
}

fn tobool(a: &Arguments<'_>) -> Result<Value, String> {
    match a.get(0)? {
        Value::String(text) if text == "true" || text == "false" => {
            Ok(Value::Bool(text == "true"))
        }
        value @ (Value::Bool(_) | Value::Null) => Ok(value.clone()),
        _ => Err(a.unexpected(0, "true or false")),
    }
}

/// Formats with the verbs `%s`, `%d`, `%v`, `%q`, `%t`, `%f` and `%%`, with a width and
/// zeros as in `%03d`.
fn format_of(a: &Arguments<'_>) -> Result<Value, String> {
    let pattern = a.text(0)?;
    let (mut out, mut next) = (String::new(), 1);
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = rest.next_if(|c| c.is_ascii_digit() || "-.+".contains(*c))
        {
            flags.push(flag);
        }
        let verb = rest.next().ok_or("`%` without a verb")?;
        if verb == '%' {
            out.push('%');
            continue;
        }
        let value = a.get(next)?;
        next += 1;
        let shown = match (verb, value) {
            ('q', value) => to_json(value).to_string(),
            ('s' | 'd' | 'v' | 't' | 'f' | 'g', value) => {
                text(value).unwrap_or_else(|| to_json(value).to_string())
            }
            (other, _) => return Err(format!("flowsim does not format with `%{other}`")),
        };
        let width: usize = flags.trim_start_matches(['-', '+']).parse().unwrap_or(0);
        let missing = width.min(1_000).saturating_sub(shown.chars().count());
        let zeros = if flags.starts_with('0') { "0" } else { " " };
        if flags.starts_with('-') {
            out.push_str(&shown);
            out.push_str(&" ".repeat(missing));
        } else {
            out.push_str(&zeros.repeat(missing));
            out.push_str(&shown);
        }
    }
    Ok(Value::from(out))
}

fn join(a: &Arguments<'_>) -> Result<Value, String> {
    let (by, parts) = (a.text(0)?, a.strings(1)?);
    Sum::default().items(0, by.len().saturating_mul(parts.len()))?;
    Ok(Value::from(parts.join(&by)))
}

fn split(a: &Arguments<'_>) -> Result<Value, String> {
    let (by, whole) = (a.text(0)?, a.text(1)?);
    if whole.is_empty() {
        return Ok(list([]));
    }
    let count = if by.is_empty() { whole.len() } else { whole.matches(&by).count() };
    Sum::default().items(count, whole.len())?;
    if by.is_empty() {
        return Ok(list(whole.chars().map(String::from)));
    }
    Ok(list(whole.split(&by).map(str::to_owned)))
}

/// Returns the string that the function parses.
fn parsed_text(a: &Arguments<'_>) -> Result<String, String> {
    let text = a.text(0)?;
    a.budget.work(text.len(), WORK_OF_A_CHARACTER)?;
    Ok(text)
}

/// A pattern between slashes is a regular expression.
fn replace(a: &Arguments<'_>) -> Result<Value, String> {
    let (whole, old, new) = (a.text(0)?, a.text(1)?, a.text(2)?);
    let pattern = old.strip_prefix('/').and_then(|old| old.strip_suffix('/'));
    let Some(pattern) = pattern else {
        let count = whole.matches(&old).count();
        Sum::default().items(0, count.saturating_mul(new.len()))?;
        return Ok(Value::from(whole.replace(&old, &new)));
    };
    let (pattern, mut sum) = (compiled(a, pattern)?, Sum::default());
    let (mut made, mut end) = (String::new(), 0);
    for found in pattern.captures_iter(&whole) {
        let Some(all) = found.get(0) else { continue };
        made.push_str(&whole[end..all.start()]);
        end = all.end();
        // A group of the pattern may be long, and `new` may name it often.
        let names = new.matches('$').count();
        Sum::default().items(0, names.saturating_mul(all.len()))?;
        let before = made.len();
        found.expand(&new, &mut made);
        sum.text(&made[before..])?;
    }
    made.push_str(&whole[end..]);
    Ok(Value::from(made))
}

fn compiled(a: &Arguments<'_>, pattern: &str) -> Result<Regex, String> {
    a.budget.work(WORK_OF_A_PATTERN + pattern.len(), 1 << 10)?;
    let built = regex::RegexBuilder::new(pattern).size_limit(MAX_PATTERN * 10).build();
    built.map_err(|_| format!("`{pattern}` is not a regular expression"))
}

fn regex(a: &Arguments<'_>) -> Result<Value, String> {
    let (pattern, whole) = (compiled(a, &a.text(0)?)?, a.text(1)?);
    let found =
        pattern.captures(&whole).ok_or("the regular expression does not match")?;
    let group = |index: usize| found.get(index).map_or("", |it| it.as_str());
    let names: Vec<Option<&str>> = pattern.capture_names().collect();
    if let [_, named @ ..] = names.as_slice()
        && named.iter().any(Option::is_some)
    {
        let pairs = named.iter().zip(1..);
        let pairs =
            pairs.filter_map(|(name, at)| Some(((*name)?, Value::from(group(at)))));
        return Ok(pairs.collect());
    }
    Ok(match found.len() {
        1 => Value::from(group(0)),
        count => list((1..count).map(|index| group(index).to_owned())),
    })
}

fn substr(a: &Arguments<'_>) -> Result<Value, String> {
    let characters: Vec<char> = a.text(0)?.chars().collect();
    let count = i64::try_from(characters.len()).unwrap_or(i64::MAX);
    let start = a.whole(1)?;
    let start = if start < 0 { start.saturating_add(count) } else { start };
    let start = usize::try_from(start.clamp(0, count)).unwrap_or_default();
    let length = usize::try_from(a.whole(2)?).unwrap_or(usize::MAX);
    Ok(Value::from(characters.iter().skip(start).take(length).collect::<String>()))
}

fn trim(
    a: &Arguments<'_>,
    cut: impl for<'t> Fn(&'t str, &str) -> &'t str,
) -> Result<Value, String> {
    let (whole, part) = (a.text(0)?, a.text(1)?);
    Ok(Value::from(cut(&whole, &part)))
}

fn compare(
    a: &Arguments<'_>,
    is_so: impl Fn(&str, &str) -> bool,
) -> Result<Value, String> {
    Ok(Value::from(is_so(&a.text(0)?, &a.text(1)?)))
}

fn indent(a: &Arguments<'_>) -> Result<Value, String> {
    let spaces = usize::try_from(a.whole(0)?).unwrap_or_default().min(1_000);
    let line = format!("\n{}", " ".repeat(spaces));
    let text = a.text(1)?;
    Sum::default().items(0, text.matches('\n').count().saturating_mul(line.len()))?;
    Ok(Value::from(text.replace('\n', &line)))
}

fn number(a: &Arguments<'_>) -> Result<Value, String> {
    let value = a.get(0)?.as_f64().ok_or_else(|| a.unexpected(0, "a number"))?;
    let value = match a.name {
        "abs" => value.abs(),
        "ceil" => value.ceil(),
        _ => value.floor(),
    };
    let number = Number::from_f64(value).ok_or("the number is too large")?;
    Ok(number.as_i64().map_or(Value::Number(number), Value::from))
}

fn yaml(text: &str) -> Result<Value, String> {
    let mut files = Files::new();
    let file = files.add("text.yaml", text);
    let document = read_yaml(&file).map_err(|problem| problem.message)?;
    Ok(from_node(&document))
}
