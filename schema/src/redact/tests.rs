//! Credentials of every kind, in every place, and what must be left alone.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

/// As intake does it; the event unchanged when there is nothing to take out.
fn redacted(event: &Value) -> Value {
    redacted_by(&Rules::default(), event)
}

fn redacted_by(rules: &Rules, event: &Value) -> Value {
    let canonical = Json::parse(event.to_string().as_bytes()).unwrap().canonical();
    rules.event(&canonical).map_or(event.clone(), |bytes| serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn names_lose_their_user_and_values_are_masked() {
    let event = json!({
        "job": { "namespace": "postgres://etl:Hunter2Pw@db:5432", "name": "load" },
        "inputs": [{
            "namespace": "postgres://admin:Hunter2Pw@db:5432", "name": "a.b",
            "facets": {
                "dataSource": { "name": "postgres://admin:Hunter2Pw@db:5432", "uri": "postgres://admin:Hunter2Pw@db:5432/a?password=Hunter2Pw" },
                "columnLineage": { "fields": { "password": { "inputFields": [{ "namespace": "postgres://x:Hunter2Pw@db", "name": "t", "field": "password" }] } } },
                "schema": { "fields": [{ "name": "password", "type": "text" }, { "name": "api_key", "type": "text" }] },
            },
        }],
    });
    assert_eq!(
        redacted(&event),
        json!({
            "_redacted": [
                "/inputs/0/facets/columnLineage/fields/password/inputFields/0/namespace",
                "/inputs/0/facets/dataSource/name",
                "/inputs/0/facets/dataSource/uri",
                "/inputs/0/namespace",
                "/job/namespace",
            ],
            "job": { "namespace": "postgres://db:5432", "name": "load" },
            "inputs": [{
                "namespace": "postgres://db:5432", "name": "a.b",
                "facets": {
                    "dataSource": { "name": "postgres://db:5432", "uri": "postgres://***@db:5432/a?password=***" },
                    "columnLineage": { "fields": { "password": { "inputFields": [{ "namespace": "postgres://db", "name": "t", "field": "password" }] } } },
                    "schema": { "fields": [{ "name": "password", "type": "text" }, { "name": "api_key", "type": "text" }] },
                },
            }],
        })
    );
}

/// Each with a canary in it; what it becomes.
const TEXTS: &[(&str, &str)] = &[
    (
        "jdbc:sqlserver://h:1433;databaseName=d;user=sa;password=CANARYx1;encrypt=true",
        "jdbc:sqlserver://h:1433;databaseName=d;user=sa;password=***;encrypt=true",
    ),
    ("jdbc:postgresql://h/d?user=a&password=CANARY%21x&ssl=true", "jdbc:postgresql://h/d?user=a&password=***&ssl=true"),
    ("jdbc:oracle:thin:scott/CANARY@//h:1521/s", "jdbc:oracle:thin:***@//h:1521/s"),
    ("Server=h;User Id=a;Pwd={CANARY;x};", "Server=h;User Id=a;Pwd={***};"),
    ("host=h user=a password='CANARY x' dbname=d", "host=h user=a password='***' dbname=d"),
    (
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=CANARYabc==;EndpointSuffix=core",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=core",
    ),
    ("Endpoint=sb://n/;SharedAccessKeyName=k;SharedAccessKey=CANARY=", "Endpoint=sb://n/;SharedAccessKeyName=***;SharedAccessKey=***"),
    ("https://a.blob.core.windows.net/c/b?sv=2020&se=2026&sig=CANARY%3D", "https://a.blob.core.windows.net/c/b?sv=2020&se=2026&sig=***"),
    (
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIACANARYCANARYCANA%2F&X-Amz-Signature=CANARY",
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=***&X-Amz-Signature=***",
    ),
    ("https://x:CANARY@github.com/o/r.git", "https://***@github.com/o/r.git"),
    ("https://CANARY@github.com/o/r.git", "https://***@github.com/o/r.git"),
    ("postgres://u:CANARY/w@h:5432/d", "postgres://***@h:5432/d"),
    ("a ghp_CANARY123 b", "a *** b"),
    ("xoxb-1234567890-CANARYabc", "***"),
    ("https://hooks.slack.com/services/T00/B00/CANARYxyz", "https://hooks.slack.com/***"),
    ("Authorization: Bearer CANARY", "Authorization: ***"),
    ("curl -H 'Authorization: Basic dXNlcjpDQU5BUlk=' https://h", "curl -H 'Authorization: ***' https://h"),
    ("curl -u me:CANARY https://h", "curl -u me:*** https://h"),
    ("mysql -h db -u root -pCANARY shop < dump.sql", "mysql -h db -u root -p*** shop < dump.sql"),
    ("mysqldump -pCANARY shop | gzip", "mysqldump -p*** shop | gzip"),
    ("sshpass -p 'CANARY' ssh h", "sshpass -p '***' ssh h"),
    ("mysql\t-u  root  -p\"CANARY\" shop", "mysql\t-u  root  -p\"***\" shop"),
    ("mysqlimport --local -pCANARY shop f.csv", "mysqlimport --local -p*** shop f.csv"),
    ("CREATE LOGIN a WITH PASSWORD = N'CANARY'", "CREATE LOGIN a WITH PASSWORD = N'***'"),
    ("CREATE USER a IDENTIFIED BY PASSWORD \"CANARY\"", "CREATE USER a IDENTIFIED BY PASSWORD \"***\""),
    ("<user>a</user><password>CANARY</password>", "<user>a</user><password>***</password>"),
    ("app:CANARY@tcp(db:3306)/shop", "app:***@tcp(db:3306)/shop"),
    ("nats://CANARY@h:4222", "nats://***@h:4222"),
    ("jdbc:oracle:thin:\"u\"/\"CANARY\"@h", "jdbc:oracle:thin:***@h"),
    ("oracle:thin:scott/CANARY@//h:1521/s", "oracle:thin:***@//h:1521/s"),
    ("kafka://u:CANARY@b1:9092,u:CANARY@b2:9092", "kafka://***@b1:9092,***@b2:9092"),
    ("python x.py --password CANARY --table t", "python x.py --password *** --table t"),
    ("python x.py --api-key=CANARY", "python x.py --api-key=***"),
    ("CREATE USER a WITH PASSWORD 'CANARY'", "CREATE USER a WITH PASSWORD '***'"),
    ("ALTER USER a IDENTIFIED BY CANARY", "ALTER USER a IDENTIFIED BY ***"),
    (
        "COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=a1;aws_secret_access_key=CANARY'",
        "COPY t FROM 's3://b' CREDENTIALS 'aws_access_key_id=***;aws_secret_access_key=***'",
    ),
    ("create secret s (type s3, key_id 'k', secret 'CANARY')", "create secret s (type s3, key_id 'k', secret '***')"),
    ("create stage s credentials=(aws_secret_key = 'CANARY''x') x", "create stage s credentials=(aws_secret_key = '***') x"),
    ("{\"user\":\"a\",\"password\":\"CANARY\"}", "{\"user\":\"a\",\"password\":\"***\"}"),
    ("user: a\npassword: CANARY\nhost: h", "user: a\npassword: ***\nhost: h"),
    ("export DB_PASSWORD=CANARY && run", "export DB_PASSWORD=*** && run"),
    ("spark.hadoop.fs.s3a.secret.key=CANARY,spark.x=1", "spark.hadoop.fs.s3a.secret.key=***,spark.x=1"),
    ("-----BEGIN RSA PRIVATE KEY-----\nCANARY\n-----END RSA PRIVATE KEY-----", "***"),
    ("conf['token'] = 'CANARY'", "conf['token'] = '***'"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDQU5BUlkifQ.CANARY", "***"),
];

#[test]
fn texts_of_every_kind() {
    let masked: Vec<_> = TEXTS.iter().map(|(text, _)| line(text).into_owned()).collect();
    let expected: Vec<_> = TEXTS.iter().map(|(_, expected)| (*expected).to_owned()).collect();
    assert_eq!(masked, expected);
    for (text, expected) in TEXTS {
        assert_eq!(redacted(&json!({ "a": text }))["a"], *expected, "{text}");
        // Also as the key of a member, deep in a list, and in something that is no JSON.
        let mut key = serde_json::Map::new();
        key.insert((*text).to_owned(), json!(1));
        assert!(!redacted(&json!({ "a": [[key]] })).to_string().contains("CANARY"), "{text}");
        let broken = format!("{{\"a\": {}, oops", json!(text));
        let kept = String::from_utf8(Rules::default().anything(broken.as_bytes()).unwrap()).unwrap();
        assert!(!kept.contains("CANARY"), "{text}\n{kept}");
    }
}

#[test]
fn values_under_secret_keys() {
    let event = json!({
        "env": [{ "name": "AWS_SECRET_ACCESS_KEY", "value": "CANARY" }, { "name": "PATH", "value": "/bin" }],
        "properties": { "spark.hadoop.fs.s3a.secret.key": "CANARY", "spark.app.name": "x", "db.password": 12345 },
        "parameters": { "apiKey": ["CANARY", "CANARY"], "retries": 3 },
        "command": ["run", "--token", "CANARY", "--table", "t"],
        "credentials": { "user": "me", "password": "CANARY" },
        "args": ["mysql", "-u", "root", "-pCANARY", "-P3306"],
        "ssh": ["sshpass", "-p", "CANARY", "ssh", "h"],
        "curl": ["/usr/bin/curl", "-u", "me:CANARY", "https://h"],
        "pair": ["spark.hadoop.fs.s3a.secret.key", "CANARY"],
        "DOCKER_AUTH_CONFIG": { "auths": { "ghcr.io": { "auth": "CANARY" } } },
        "db_password": { "value": "CANARY", "length": 6 },
    });
    let kept = redacted(&event);
    assert!(!kept.to_string().contains("CANARY") && !kept.to_string().contains("12345"), "{kept:#}");
    assert_eq!(kept["env"][1]["value"], "/bin");
    assert_eq!(kept["credentials"], json!({ "user": "me", "password": "***" }));
    assert_eq!(kept["command"], json!(["run", "--token", "***", "--table", "t"]));
    assert_eq!(kept["args"], json!(["mysql", "-u", "root", "-p***", "-P3306"]));
    assert_eq!(kept["curl"], json!(["/usr/bin/curl", "-u", "me:***", "https://h"]));
    assert_eq!(kept["db_password"], json!({ "value": "***", "length": 6 }));
    assert_eq!(kept["_redacted"].as_array().unwrap().len(), 13);
}

#[test]
fn what_is_no_credential_stays() {
    let texts = [
        "select u.token, s.secret from u join s on u.token = s.token where s.password is not null",
        "select * from t where max_tokens=5 and password=other.password",
        "owner me@company.example, see https://medium.com/@me/post",
        "abfss://container@account.dfs.core.windows.net/path",
        "ssh://git@github.com/o/r.git",
        "git@github.com:o/r.git",
        "the password: see the vault",
        "Basic transformation of bearer bonds",
        "password=${DB_PASSWORD}",
        "password=***&token=***",
        "https://github.com/OpenLineage/OpenLineage/blob/main/integration/spark#token",
        "mysql -p shop -P 3306 --port 3306",
        "jdbc:oracle:thin:@//h:1521/s",
        "risk-adjusted-return-on-capital-employed",
        "primary_key=id;partition_key=day",
    ];
    let masked: Vec<_> = texts.iter().map(|text| line(text).into_owned()).collect();
    assert_eq!(masked, texts);
    let event = json!({
        "facets": {
            "tags": { "tags": [{ "key": "contains_secret", "value": "true" }, { "key": "token", "value": "erc20" }] },
            "keys": { "primary": ["db.orders.token", "db.users.token"], "last_auth": "2026-01-01" },
            "x": { "password": "", "token": null, "secret": false, "passwordPolicy": "strong", "max_tokens": 4096 },
        },
    });
    assert_eq!(redacted(&event), event);
}

#[test]
fn kinds_can_be_left_alone_and_keys_added() {
    let event =
        json!({ "url": "https://u:CANARY@h", "password": "CANARY", "text": "password=CANARY", "token": "x", "note": "ghp_CANARY123" });
    let off = Rules { userinfo: false, keys: false, text: false, tokens: false, ..Rules::default() };
    assert_eq!(redacted_by(&off, &event), event);
    let only = |rules: Rules| redacted_by(&rules, &event)["_redacted"].clone();
    assert_eq!(only(Rules { userinfo: true, ..off.clone() }), json!(["/url"]));
    assert_eq!(only(Rules { keys: true, ..off.clone() }), json!(["/password", "/token"]));
    assert_eq!(only(Rules { text: true, ..off.clone() }), json!(["/text"]));
    assert_eq!(only(Rules { tokens: true, ..off.clone() }), json!(["/note"]));
    assert_eq!(only(off.clone().with_keys(&["n*te".into()]).unwrap()), json!(["/note"]));
    assert!(off.with_keys(&["*".into()]).is_err());
}

#[test]
fn a_hundred_thousand_places_are_taken_out_and_a_hundred_listed() {
    let event = json!({ "all": vec![json!({ "password": "CANARY" }); 100_000] });
    let kept = redacted(&event);
    assert!(!kept.to_string().contains("CANARY"));
    assert_eq!(kept["_redacted"].as_array().unwrap().len(), 100);
}

#[test]
fn a_name_is_the_same_however_it_is_reached() {
    for text in
        ["postgres://u:p@db:5432", "postgres://u@db:5432", "postgres://:p@db:5432", "postgres://u:p@ss@db:5432", "postgres://db:5432"]
    {
        assert_eq!(name(text), "postgres://db:5432");
    }
    for text in ["oracle:thin:u/p@//h:1521", "oracle:thin:u@//h:1521"] {
        assert_eq!(name(text), "oracle:thin:@//h:1521");
    }
    for text in ["kafka://u:p@b1:9092,u:p@b2:9092", "kafka://u:p@b1:9092,v:q@b2:9092", "kafka://b1:9092,b2:9092"] {
        assert_eq!(name(text), "kafka://b1:9092,b2:9092");
    }
    assert_eq!(name("abfss://c@a.dfs.core.windows.net"), "abfss://c@a.dfs.core.windows.net");
}

/// What stands in a name tells one thing from another: only what a URL or a connection string says is taken out of it.
#[test]
fn different_names_stay_different() {
    for same in [
        "crypto/trades/token=BTC",
        "exports/secret=0/part",
        "s3://lake/exports/password=1/part-0.parquet",
        "pass=3",
        "load mysql -previous day",
        "load mysqldump -prod",
        "dag.task --token BTC",
        "password: rotate",
    ] {
        assert_eq!(name(same), same);
    }
    assert_eq!(name("jdbc:sqlserver://h:1433;user=sa;password=x;db=d"), "jdbc:sqlserver://h:1433;user=sa;password=***;db=d");
    assert_eq!(name("https://h/c/b?sv=2020&sig=x%3D&se=1"), "https://h/c/b?sv=2020&sig=***&se=1");
}

/// Texts that look like what is searched for, in pieces.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "password",
        "=",
        ":",
        " ",
        "'",
        "\"",
        "\\",
        "https://",
        "u",
        ":p",
        "@h",
        "/",
        "?sig=",
        "&",
        ";",
        "token",
        "ghp_abcdefgh1",
        "Bearer ",
        "a1",
        "***",
        "é",
        "--secret",
        "IDENTIFIED BY ",
        "jdbc:oracle:thin:",
        "{",
        "}",
        "select a from b ",
        "\n",
        "-----BEGIN PRIVATE KEY-----",
        "name",
        "value",
        ",",
        "api",
        "key",
        "API_KEY",
        " -u ",
        "$$",
        "=>",
        "mysql ",
        "mariadb -",
        "-pw",
        ",",
        ":9092",
        "oracle:oci:",
    ]);
    prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn once_is_enough(key in texts(), value in texts(), name in texts()) {
        let once = redacted(&json!({ key: value, "name": name, "list": [value.clone(), { "password": value }] }));
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn the_scan_passes_over_nothing(key in texts(), value in texts(), name in texts()) {
        let text = json!({ key: value, "name": name }).to_string();
        let mut json = Json::parse(text.as_bytes()).unwrap();
        let canonical = json.canonical();
        let any = tree::redact(&Rules::default(), &mut json);
        prop_assert!(!any || scan::is_suspect(&canonical, &[]), "{}", text);
    }

    #[test]
    fn the_scan_passes_over_no_command(words in prop::collection::vec(prop::sample::select(vec!["sudo", "/bin/mysql", "mysqldump", "mariadb", "shop", "-pCANARY", "-p", "-u"]), 0..6)) {
        let text = json!({ "args": words }).to_string();
        let mut json = Json::parse(text.as_bytes()).unwrap();
        let canonical = json.canonical();
        let any = tree::redact(&Rules::default(), &mut json);
        prop_assert!(!any || scan::is_suspect(&canonical, &[]), "{}", text);
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), text in texts()) {
        let _ = Rules::default().anything(&bytes);
        let _ = Rules::default().anything(text.as_bytes());
    }
}
