//! Limits of the evaluation of Terraform, and large modules that are within them.

use super::terraform::{FLOW, fixtures, flowsim, load, repository, unknowns};

/// Locals that repeat each other double with each level.
#[test]
fn values_that_grow_exponentially_are_findings() {
    let levels = |first: &str, next: &dyn Fn(String) -> String| {
        let mut text = format!("locals {{\na0 = {first}\n");
        for level in 1..=40 {
            let before = next(format!("local.a{}", level - 1));
            text.push_str(&format!("a{level} = {before}\n"));
        }
        text + "}\nresource \"genesyscloud_routing_queue\" \"q\" { name = \"Q\" }\n"
    };
    let text = "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"";
    for main in [
        levels("[\"x\", \"y\"]", &|it| format!("[{it}, {it}]")),
        levels("{ x = 1 }", &|it| format!("{{ p = {it}, q = {it} }}")),
        levels("[1]", &|it| format!("concat({it}, [{it}, {it}])")),
        levels(text, &|it| format!("\"${{{it}}}${{{it}}}\"")),
    ] {
        let repository = repository(&[("flows/main.yaml", FLOW), ("main.tf", &main)]);
        let unknown = unknowns(&load(repository.path().to_owned(), &[]));
        let is_size = |it: &&String| it.contains("the value has more than 8388608 bytes");
        assert_eq!(unknown.iter().filter(is_size).count(), 1, "{unknown:?}");
        let (code, _, problems) = flowsim(repository.path(), "init --from . made");
        assert_eq!(code, Some(0), "{problems}");
    }
}

/// Many large values are too large together.
#[test]
fn copies_of_large_values_are_findings() {
    let large = "x".repeat(1 << 20);
    let mut main =
        format!("locals {{\na = \"{large}\"\nb = [local.a, local.a, local.a]\n");
    for index in 0..100 {
        main.push_str(&format!("c{index} = local.b\n"));
    }
    main.push_str("}\n");
    let repository = repository(&[("main.tf", &main)]);
    let unknown = unknowns(&load(repository.path().to_owned(), &[]));
    let is_all = |it: &&String| it.contains("all values have more than 67108864 bytes");
    assert!(unknown.iter().filter(is_all).count() > 10, "{unknown:?}");
}

/// Functions, operators, templates and `for` count while they build a value.
#[test]
fn values_that_would_exhaust_the_memory_are_findings() {
    let items = "1,".repeat(16_000);
    let text = "x".repeat(1 << 20);
    let many = "local.f, ".repeat(5_000);
    for value in [
        "[for x in local.f : local.f]".to_owned(),
        "{ for i, x in local.f : i => local.f }".to_owned(),
        "{ for x in local.f : \"same\" => local.f... }".to_owned(),
        "local.f[*] == [for x in [for y in local.f : local.f] : x]".to_owned(),
        format!("concat({many})"),
        format!("[{many}][*]"),
        "merge({}, { for i in range(1000) : i => local.f })".to_owned(),
        "replace(local.t, \"x\", local.t)".to_owned(),
        "replace(local.t, \"/x/\", local.t)".to_owned(),
        "replace(local.t, \"/.*/\", \"$0$0$0$0$0$0$0$0$0$0\")".to_owned(),
        "join(local.t, local.f)".to_owned(),
        "split(\"\", local.t)".to_owned(),
        "indent(1000, replace(local.t, \"x\", \"\\n\"))".to_owned(),
        "\"%{ for x in local.f }${local.t}%{ endfor }\"".to_owned(),
        format!("\"{}\"", "${local.t}".repeat(20)),
    ] {
        let main =
            format!("locals {{\nf = [{items}]\nt = \"{text}\"\nbig = {value}\n}}\n");
        let repository = repository(&[("main.tf", &main)]);
        let unknown = unknowns(&load(repository.path().to_owned(), &[]));
        let shown: String = value.chars().take(60).collect();
        assert_eq!(unknown.len(), 1, "{shown}: {unknown:?}");
        let message = "the value has more than 8388608 bytes";
        assert!(unknown[0].contains(message), "{shown}: {unknown:?}");
    }
}

/// Work that leaves no value counts too.
#[test]
fn loops_without_a_value_end() {
    let items = "1,".repeat(16_000);
    let main = format!(
        "locals {{\nf = [{items}]\nbig = [for x in local.f : [for y in local.f : 1 if \
         y == 2]]\n}}\n"
    );
    let repository = repository(&[("main.tf", &main)]);
    let unknown = unknowns(&load(repository.path().to_owned(), &[]));
    let message = "the evaluation copies more than 4294967296 bytes";
    assert!(unknown[0].contains(message), "{unknown:?}");
}

#[test]
fn a_template_that_uses_itself_is_a_finding() {
    let main = "locals {\na = templatefile(\"a.tftpl\", {})\n}\n";
    let template = "${templatefile(\"a.tftpl\", {})}";
    let repository = repository(&[("main.tf", main), ("a.tftpl", template)]);
    let unknown = unknowns(&load(repository.path().to_owned(), &[]));
    let message = "a template of `templatefile(…)` uses `templatefile(…)`";
    assert!(unknown[0].contains(message), "{unknown:?}");
}

/// Rows of a large table that are read from a file, with a reference in each attribute.
#[test]
fn thousands_of_rows_of_a_file_are_read_in_time() {
    let rows = (0..9_000).map(|row| {
        let text = "x".repeat(200);
        format!("\"row{row}\": {{\"key\": \"{row}\", \"text\": \"{text}\"}}")
    });
    let rows = format!("{{{}}}", rows.collect::<Vec<_>>().join(",\n"));
    let main = r#"
locals { rows = jsondecode(file("rows.json")) }
resource "genesyscloud_architect_datatable" "t" {
  name = "T"
  properties {
    name = "key"
    type = "string"
  }
}
resource "genesyscloud_architect_datatable_row" "row" {
  for_each        = local.rows
  datatable_id    = genesyscloud_architect_datatable.t.id
  key_value       = "${each.value.key}-${upper(each.key)}"
  properties_json = jsonencode({ text = lookup(local.rows, each.key).text, again = local.rows[each.key].text })
  division_id     = contains(keys(each.value), "key") ? each.value["key"] : null
}
"#;
    let repository = repository(&[("main.tf", main), ("rows.json", &rows)]);
    let terraform = load(repository.path().to_owned(), &[]);
    assert_eq!(unknowns(&terraform), [""; 0]);
    let rows = &fixtures(&terraform)["dataTables"]["T"]["rows"];
    assert_eq!(rows.as_array().map(Vec::len), Some(9_000));
    assert_eq!(rows[0]["key"], "0-ROW0");
}

/// Expressions have the values that Terraform gives them.
#[test]
fn expressions_have_the_values_of_terraform() {
    const CASES: [(&str, &str); 22] = [
        ("1 + 2 * 3", "7"),
        ("7 / 2", "3.5"),
        ("10 / 5", "2"),
        ("-(7 % 4)", "-3"),
        ("\"5\" + 1", "6"),
        ("1 < 2 && !(2 >= 3) || false", "true"),
        ("\"a\" == \"a\" ? \"yes\" : nofunction()", "yes"),
        ("[for i, x in [\"a\", \"b\"] : \"${i}${x}\" if x != \"a\"][0]", "1b"),
        ("{ for k, v in { a = 1 } : upper(k) => v + 1 }[\"A\"]", "2"),
        ("{ for x in [\"a\", \"ab\"] : substr(x, 0, 1) => x... }.a[1]", "ab"),
        ("join(\",\", [{ a = { b = 1 } }, { a = { b = 2 } }][*].a.b)", "1,2"),
        ("[{ a = [3] }, { a = [4] }].*.a[1][0]", "4"),
        ("max([1, 3, 2]...)", "3"),
        ("[for x in [1, 2] : [for y in [3] : [for z in [4] : x + y + z]]][1][0][0]", "9"),
        ("\"%{ if 1 > 2 }a%{ else }b%{ endif }\"", "b"),
        ("\"%{ for x in [1, 2] }<${x}>%{ endfor }\"", "<1><2>"),
        ("\"x %{~ if true ~} y %{~ endif ~} z\"", "xyz"),
        ("try(local.nothing, \"else\")", "else"),
        ("\"${[1, 2]}\"[1]", "2"),
        ("length({ a = 1 })", "1"),
        ("index([\"a\", \"b\"], \"b\")", "1"),
        ("replace(\"a-b\", \"/(.)-(.)/\", \"$2$1\")", "ba"),
    ];
    for (expression, value) in CASES {
        let main = format!(
            "resource \"genesyscloud_routing_queue\" \"q\" {{\n  name = \"=${{{expression}}}\"\n}}\n"
        );
        let repository = repository(&[("main.tf", &main)]);
        let terraform = load(repository.path().to_owned(), &[]);
        let unknown = unknowns(&terraform);
        assert_eq!(unknown, [""; 0], "{expression}");
        let name = &fixtures(&terraform)["queues"][0]["name"];
        assert_eq!(
            *name,
            format!("={value}"),
            "{expression}: {:?}",
            unknowns(&terraform)
        );
    }
}

/// Calculations without a result are findings.
#[test]
fn calculations_without_a_result_are_findings() {
    let main = "locals {\na = 1 / 0\nb = 1 % 0\nc = 1e308 * 1e308\nd = -\"x\"\n}\n";
    let repository = repository(&[("main.tf", main)]);
    let unknown = unknowns(&load(repository.path().to_owned(), &[]));
    assert_eq!(unknown.len(), 4, "{unknown:?}");
    assert!(unknown.iter().all(|it| it.contains("has no result")), "{unknown:?}");
}
