//! The drift table, the rules file, and what must hold for any text.

use super::*;
use proptest::prelude::*;

fn canonical(rules: &Rules, namespace: &str, name: &str) -> (String, String) {
    rules.canonical(namespace, name).map_or_else(|| (namespace.to_owned(), name.to_owned()), |it| (it.namespace, it.name))
}

fn pair(text: &str) -> (&str, &str) {
    let (namespace, name) = text.split_once(" | ").unwrap_or_else(|| panic!("no ` | ` in {text}"));
    (namespace.trim(), name.trim())
}

#[test]
fn every_platform_of_the_naming_table_and_its_drift() {
    let rules = Rules::default();
    let mut lines = 0;
    for line in include_str!("drift.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (sent, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("no ` => ` in {line}"));
        let sent = pair(sent);
        let found = canonical(&rules, sent.0, sent.1);
        let expected = if expected.trim() == "=" { sent } else { pair(expected) };
        assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{line}");
        lines += 1;
    }
    assert!(lines > 80, "only {lines} lines were read");
}

#[test]
fn what_was_applied_is_told() {
    let found = Rules::default().canonical("postgresql://DB", r#""shop"."public"."orders""#).unwrap();
    assert_eq!(found.rules, ["preset:scheme_aliases", "preset:host_case", "preset:default_ports", "preset:quoting"]);
}

#[test]
fn presets_that_are_off_can_be_turned_on() {
    let text =
        "[presets]\ndefaults = false\nleading_slash = true\nbucket_in_name = true\nfold_case = { snowflake = 'upper', postgres = 'lower' }";
    let rules = Rules::read("t", text).unwrap();
    for (sent, expected) in [
        ("s3://lake | /data", "s3://lake | data"),
        ("gs | lake/data", "gs://lake | data"),
        ("s3 | s3a://lake/data", "s3://lake | data"),
        ("gs://lake | gs://lake/data", "gs://lake | data"),
        ("gs://lake | gs://other/data", "gs://lake | gs://other/data"),
        ("snowflake://org-a | db.s.\"T\"", "snowflake://org-a | DB.S.\"T\""),
        ("postgresql://h | Shop.Public.Orders", "postgresql://h | shop.public.orders"),
        ("postgresql://h | shop.public.orders", "postgresql://h | shop.public.orders"),
        ("mysql://h | Shop.Orders", "mysql://h | Shop.Orders"),
    ] {
        let (namespace, name) = pair(sent);
        let found = canonical(&rules, namespace, name);
        assert_eq!((found.0.as_str(), found.1.as_str()), pair(expected), "{sent}");
    }
}

#[test]
fn the_example_is_valid_and_does_what_it_says() {
    let rules = Rules::read("example.toml", EXAMPLE).unwrap();
    assert_eq!(rules.presets(), &Presets::default(), "the example shows the defaults");
    assert_eq!(canonical(&rules, "postgresql://DB-old", "a.b.c").0, "postgres://db.example.org:5432");
    assert_eq!(canonical(&rules, "s3a://landing-eu", "orders/ds=2026-01-01/hour=3/"), ("s3://landing-eu".into(), "orders".into()));
}

#[test]
fn groups_are_numbered_through_both_patterns() {
    let text = r#"
        [[rule]]
        name = "x"
        namespace = '(a)(b)?'
        dataset = '(?<first>[^.]+)\.(.+)'
        to = { namespace = "$1-$3", name = "${4}.${first}$$1$2" }"#;
    assert_eq!(canonical(&Rules::read("t", text).unwrap(), "a", "x.y"), ("a-x".into(), "y.x$1".into()));
}

#[test]
fn a_pattern_matches_the_whole_or_nothing() {
    let text = "[[rule]]\nname = 'x'\nnamespace = 'a|ab'\nto = { namespace = 'c' }";
    let rules = Rules::read("t", text).unwrap();
    assert_eq!(canonical(&rules, "ab", "x").0, "c");
    assert_eq!(canonical(&rules, "abc", "x").0, "abc");
    assert_eq!(canonical(&rules, "ab\n", "x").0, "ab\n");
}

#[test]
fn rules_that_never_settle_do_not_apply() {
    let text = "[[rule]]\nname = 'grows'\nnamespace = 'a+'\nto = { namespace = 'a$$a' }\n
        [[rule]]\nname = 'there'\nnamespace = 'x'\ndataset = '1'\nto = { name = '2' }
        [[rule]]\nname = 'doubles'\nnamespace = '(z.*)'\nto = { namespace = '$1$1' }
        [[rule]]\nname = 'on'\nnamespace = 'p'\nto = { namespace = 'q' }
        [[rule]]\nname = 'back'\nnamespace = 'q'\ndataset = 'w'\nto = { namespace = 'p', name = 'v' }
        [[rule]]\nname = 'empty'\nnamespace = 'e(x)?'\nto = { namespace = '$1' }";
    let rules = Rules::read("t", text).unwrap();
    assert_eq!(canonical(&rules, "x", "1").1, "2");
    assert_eq!((rules.canonical("z", "n"), rules.unsettled("z", "n")), (None, vec!["doubles".to_owned()]));
    assert_eq!(canonical(&rules, "p", "w"), ("q".into(), "v".into()));
    assert_eq!(rules.canonical("e", "n"), None, "a rule that leaves no namespace does not apply");
    let round = "[[rule]]\nname = 'on'\nnamespace = 'p'\nto = { namespace = 'q' }\n[[rule]]\nname = 'port'\nnamespace = 'q'\nto = { namespace = 'r' }\n
        [[rule]]\nname = 'back'\nnamespace = 'postgres://h:5432'\nto = { namespace = 'postgres://h' }";
    let rules = Rules::read("t", round).unwrap();
    assert_eq!(canonical(&rules, "postgres://h", "n").0, "postgres://h:5432", "the presets have the last word");
    assert_eq!(canonical(&rules, "p", "n").0, "r");
}

#[test]
fn faults_name_file_line_and_rule() {
    let rule = "[[rule]]\nname = 'one'\nnamespace = 'a'\nto = { namespace = 'b' }\n";
    for (text, said) in [
        ("[presets]\nquotes = true", "t.toml, line 2: unknown field `quotes`"),
        ("[presets]\nfold_case = { snoflake = 'upper' }", "t.toml, line 2: fold_case: `snoflake` is no scheme"),
        ("[presets]\nfold_case = { s3 = 'upper' }", "t.toml, line 2: fold_case: `s3` is no scheme"),
        ("[presets]\n\nfold_case = { snowflake = 'title' }", "t.toml, line 3: "),
        ("x = ", "t.toml, line 1: "),
        ("[[rule]]\nname = 'a'\nnamespace = 'x'\n", "t.toml, line 1: missing field `to`"),
        ("\n[[rule]]\nname = 'a'\nnamespace = 'x'\nto = { names = 'y' }", "t.toml, line 5: unknown field `names`"),
        (&format!("{rule}{}", rule.replace("'a'", "'('")), "t.toml, line 6, rule `one`: another rule has this name already"),
        (&rule.replace("'a'", "'('"), "t.toml, line 3, rule `one`: namespace: the pattern is wrong: "),
        (&rule.replace("'a'", "'a{1000}{1000}{1000}'"), "t.toml, line 3, rule `one`: namespace: the pattern is "),
        (&rule.replace("'a'", "'(?x)a # b'"), "t.toml, line 3, rule `one`: namespace: the pattern is wrong: "),
        (&rule.replace("'b'", "'$1'"), "t.toml, line 4, rule `one`: `$1` uses the group `1`, which is not in the patterns; they have 0"),
        (&rule.replace("'b'", "'${x}'"), "t.toml, line 4, rule `one`: `${x}` uses the group `x`"),
        (&rule.replace("'b'", "'a$'"), "t.toml, line 4, rule `one`: in `a$` a `$` stands alone"),
        (&rule.replace("namespace = 'b'", ""), "t.toml, line 4, rule `one`: `to` needs a namespace, a name, or both"),
        (&format!("{rule}kind = 'job'"), "t.toml, line 5, rule `one`: kind `job` is unknown"),
        (&rule.replace("'one'", "' '"), "t.toml, line 2, rule ` `: a rule needs a name"),
        (&rule.replace("'one'", "'preset:x'"), "t.toml, line 2, rule `preset:x`: names that begin with `preset:`"),
        (
            &format!("{}dataset = '(?<q>y)'", rule.replace("'a'", "'(?<q>x)'")),
            "t.toml, line 5, rule `one`: dataset: the group `q` is in both",
        ),
    ] {
        let error = Rules::read("t.toml", text).map(|_| text).unwrap_err().to_string();
        assert!(error.starts_with(said), "{text}\n{error}\nshould begin with\n{said}");
    }
    let many: String = (0..=1000).map(|i| rule.replace("one", &i.to_string())).collect();
    let error = Rules::read("t.toml", &many).map(|_| ()).unwrap_err();
    assert_eq!((error.line, error.message.contains("more than 1000 rules")), (4001, true));
    assert!(Rules::read("t.toml", &" ".repeat((1 << 20) + 1)).is_err());
}

/// Texts that look like names and addresses more often than chance would have it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "postgres",
            "postgresql",
            "jdbc:",
            "s3a",
            "s3",
            "gs",
            "kafka",
            "hdfs",
            "file",
            "file:",
            "snowflake",
            "mssql",
            "://",
            "/",
            "//",
            ":",
            ",",
            "@",
            ".",
            "\"",
            "`",
            "[",
            "]",
            "localhost",
            "5432",
            "9092",
            "H",
            "h",
            "a",
            "B",
            "+x",
            "$1",
            "$",
            "é",
            "ß",
            "İ",
            "\0",
            " ",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn some() -> impl Strategy<Value = String> {
    text().prop_map(|text| if text.is_empty() { "x".into() } else { text })
}

fn presets() -> impl Strategy<Value = Presets> {
    (prop::collection::vec(any::<bool>(), 10), any::<bool>()).prop_map(|(on, upper)| {
        let fold = if upper { Fold::Upper } else { Fold::Lower };
        Presets {
            scheme_aliases: on[0],
            host_case: on[1],
            kafka_brokers: on[2],
            default_ports: on[3],
            file_forms: on[4],
            trailing_slash: on[5],
            quoting: on[6],
            leading_slash: on[7],
            bucket_in_name: on[8],
            fold_case: if on[9] { [("postgres".to_owned(), fold)].into() } else { Default::default() },
            fold_all: false,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn canonical_is_idempotent(presets in presets(), namespace in text(), name in text()) {
        let rules = Rules::of(presets);
        if let Some(found) = rules.canonical(&namespace, &name) {
            prop_assert!(!found.rules.is_empty() && !found.namespace.is_empty() && !found.name.is_empty());
            prop_assert_ne!((&found.namespace, &found.name), (&namespace, &name));
            prop_assert_eq!(rules.canonical(&found.namespace, &found.name), None);
        }
    }

    /// What the default presets call one name also looks alike: the report never misses what they join.
    #[test]
    fn alike_is_looser_than_the_presets(namespace in text(), name in text()) {
        if let Some(found) = Rules::default().canonical(&namespace, &name) {
            prop_assert_eq!(alike(&namespace, &name), alike(&found.namespace, &found.name));
        }
    }
}

proptest! {
    // Patterns take a while to compile.
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn rules_of_ones_own_are_idempotent_too(
        rules in prop::collection::vec(("[ab](\\.|[ab]|\\(\\.\\*\\)|\\([ab]\\)){0,3}", "[ab$/]{0,3}", any::<bool>()), 1..5),
        namespace in "[ab]{1,5}",
        name in "[ab]{1,5}",
    ) {
        let mut text = String::new();
        for (i, (pattern, to, on_name)) in rules.iter().enumerate() {
            let groups = pattern.matches('(').count();
            let to = to.replace('$', if groups > 0 { "$1" } else { "$$" });
            let (dataset, to) = if *on_name { (format!("dataset = '{pattern}'"), format!("name = '{to}'")) } else { (String::new(), format!("namespace = '{to}'")) };
            let pattern = if *on_name { ".*" } else { pattern };
            text += &format!("[[rule]]\nname = '{i}'\nnamespace = '{pattern}'\n{dataset}\nto = {{ {to} }}\n");
        }
        let rules = Rules::read("t", &text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        if let Some(found) = rules.canonical(&namespace, &name) {
            prop_assert_eq!(rules.canonical(&found.namespace, &found.name), None);
        }
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}", rule in "(\\[\\[rule\\]\\]\nname = 'x'\nnamespace = '\\PC{0,30}'\nto = \\{ name = '\\PC{0,10}' \\}\n){0,3}") {
        let _ = Rules::read("t", &text);
        let _ = Rules::read("t", &rule);
    }

    /// A suggestion, pasted, is valid and joins the names.
    #[test]
    fn suggestions_do_what_they_say(to in (some(), some()), names in prop::collection::vec((some(), some()), 1..5)) {
        let rules = Rules::default();
        let to = canonical(&rules, &to.0, &to.1);
        let to = (to.0.as_str(), to.1.as_str());
        prop_assume!(names.iter().any(|(namespace, name)| (namespace.as_str(), name.as_str()) != to));
        let text = join_names(to, names.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str())));
        let rules = Rules::read("t", &text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        for (namespace, name) in &names {
            let found = canonical(&rules, namespace, name);
            prop_assert_eq!((found.0.as_str(), found.1.as_str()), to, "{}", text);
        }
        let all = join_namespaces(to.0, names.iter().map(|(namespace, _)| namespace.as_str()));
        prop_assert!(names.iter().all(|(namespace, _)| namespace == to.0) || Rules::read("t", &all).is_ok(), "{}", all);
    }
}

#[test]
fn differences_are_named() {
    for (names, kinds) in [
        (&["postgres://h | a", "postgres://h:5432 | a"][..], &[Difference::Port][..]),
        (&["postgresql://h | a", "postgres://h:5432 | a"], &[Difference::Port, Difference::Scheme]),
        (&["x | \"a\".b", "x | a.b"], &[Difference::Quoting]),
        (&["s3://l | a/", "s3a://l | /a"], &[Difference::Scheme, Difference::Slash]),
        (&["kafka://b1:9092 | t", "kafka://b2:9092,b1:9092 | t"], &[Difference::Brokers]),
        (&["postgres://h | A.b", "postgres://H | a.B"], &[Difference::Case]),
        (&["gs | l/a", "gs://l | a"], &[Difference::Scheme]),
        (&["postgres://h1 | a", "postgres://h2:5432 | A"], &[Difference::Host]),
    ] {
        let names: Vec<_> = names.iter().map(|name| pair(name)).collect();
        assert_eq!(differences(&names), kinds, "{names:?}");
    }
}

#[test]
fn a_family_is_one_name_on_several_hosts() {
    let family = |namespace: &str| host_family(&alike(namespace, "Shop.orders"));
    assert_eq!(family("postgres://db1"), family("postgresql://10.0.0.5:5432"));
    assert_eq!(family("kafka://b2:9092,b1:9092"), family("kafka://b9:9092"));
    assert_ne!(family("postgres://db1:5432"), family("postgres://db1:5433"));
    for namespace in ["s3://lake", "snowflake://org-acct", "bigquery", "file", "postgres://", "sqlmesh-prod"] {
        assert_eq!(family(namespace), None, "{namespace}");
    }
}

#[test]
fn host_names_of_one_machine() {
    for (one, other, agree) in [
        ("postgres://db", "postgres://db.example.org:5432", true),
        ("postgres://DB.example.org", "postgres://db.example.org", true),
        ("postgres://localhost", "postgres://127.0.0.1", true),
        ("postgres://10", "postgres://10.0.0.5", false),
        ("postgres://db.a.org", "postgres://db.b.org", false),
        ("postgres://db1", "postgres://db2", false),
        ("kafka://b1,b2", "kafka://b2.example.org", true),
        ("x", "x", false),
    ] {
        assert_eq!((hosts_agree(one, other), hosts_agree(other, one)), (agree, agree), "{one} {other}");
    }
    assert_eq!(["s3://l", "kafka://b", "file", "postgres://h", "x"].map(keeps_case), [true, true, true, false, false]);
}
