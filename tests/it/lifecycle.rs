//! Projections that must be made anew, are damaged, or cannot be written: what answers meanwhile, and that intake goes on.

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::{Server, binary, events};

/// A dataset for each number, all written by one job.
fn event(number: u32) -> Value {
    let event = events::run("COMPLETE", "2026-11-01T00:00:00Z", &events::run_id(number), "copy", &["a"], &[&format!("b{number}")]);
    let facets = json!({ "schema": events::schema(&[("id", "INT"), ("amount", "TEXT")]), "documentation": { "description": format!("text {number}") } });
    events::with(event, &["outputs", "0", "facets"], facets)
}

/// A stopped server's folder with so many datasets beside `a`.
fn filled(folder: &Path, count: u32) {
    let server = Server::start_in(folder, &[]);
    let events: Vec<Value> = (1..=count).map(event).collect();
    for chunk in events.chunks(500) {
        assert_eq!(server.post(&Value::Array(chunk.to_vec())).status, 201);
    }
    server.counts();
    assert!(server.stop());
}

/// Runs a statement on the catalog of a stopped server; the first value of the first row.
fn catalog(folder: &Path, sql: &'static str) -> i64 {
    // What is changed here is not damage.
    let _ = std::fs::remove_file(folder.join("catalog.sum"));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        use sqlx::Connection;
        let mut db = SqliteConnectOptions::new().filename(folder.join("catalog.db")).connect().await.unwrap();
        let row = sqlx::query(sql).fetch_optional(&mut db).await.unwrap();
        db.close().await.unwrap();
        row.map_or(0, |row| row.get(0))
    })
}

/// Asks without waiting for anything.
fn at_once(server: &Server, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let answer = server.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes()).json();
    assert!(answer["errors"].is_null(), "{answer:#}");
    answer["data"].clone()
}

/// Whatever is shown while a new set is made is the whole of the old one or the whole of the new one, and events are taken.
fn answers_without_a_gap(folder: &Path, arguments: &[&str], count: u32) {
    let server = Server::start_in(folder, arguments);
    let mut posted = 0;
    loop {
        let status = at_once(&server, "{ status { logSeq catalogSeq datasets } }")["status"].clone();
        assert!(status["datasets"].as_u64() > Some(u64::from(count)), "{status}");
        assert!(status["catalogSeq"].as_u64() >= Some(u64::from(count)), "{status}");
        if status["catalogSeq"] == status["logSeq"] && posted > 2 {
            break;
        }
        assert_eq!(server.post(&event(count + 1 + posted)).status, 201);
        posted += 1;
        // Waits for what was posted.
        server.counts();
    }
    let found = server.ask_about("query($name: String) { dataset(namespace: \"db\", name: $name) { description } }", "b7");
    assert_eq!(found["dataset"]["description"], "text 7");
    assert!(server.stop());
    assert!(!folder.join("old").exists(), "the old set is deleted");
    let data = folder.display().to_string();
    let (good, text) = Server::command(&[&["verify", "--data", &data], arguments].concat());
    assert!(good, "{text}");
}

#[test]
fn a_catalog_of_another_fold_answers_until_the_new_one_is_there() {
    let folder = TempDir::new().unwrap();
    filled(folder.path(), 1500);
    let version = catalog(folder.path(), "SELECT fold FROM mark");
    catalog(folder.path(), "UPDATE mark SET fold = fold + 1");
    answers_without_a_gap(folder.path(), &[], 1500);
    assert_eq!(catalog(folder.path(), "SELECT fold FROM mark"), version, "it was made anew");
}

#[test]
fn a_catalog_of_other_naming_rules_answers_until_the_new_one_is_there() {
    let (folder, rules) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    filled(folder.path(), 1000);
    let file = rules.path().join("rules.toml");
    std::fs::write(&file, "[[rule]]\nname = \"none\"\nnamespace = \"nowhere\"\nto = { namespace = \"somewhere\" }\n").unwrap();
    answers_without_a_gap(folder.path(), &["--naming-rules", &file.display().to_string()], 1000);
}

/// The mark of before there were versions, or rows that another version packed: made anew, not misread.
#[test]
fn a_catalog_that_is_not_read_any_more_is_made_anew() {
    for sql in
        ["PRAGMA user_version = 4", "UPDATE mark SET packing = packing - 1", "PRAGMA user_version = 99", "UPDATE mark SET packing = 99"]
    {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 30);
        let digests = Server::digests(folder.path());
        catalog(folder.path(), sql);
        let server = Server::start_in(folder.path(), &[]);
        assert_eq!(server.counts()["datasets"], 31, "{sql}");
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests, "{sql}");
        assert_eq!(folder.path().join("newer").join("catalog.db").exists(), sql.contains("99"), "{sql}");
    }
}

/// What a catalog says of the log counts only when it is what was written: a flipped bit there is no other log.
#[test]
fn a_damaged_mark_is_no_loss() {
    for sql in ["UPDATE mark SET hash = zeroblob(16)", "UPDATE meta SET value = value + 64 WHERE key = 'seq'"] {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 3);
        let digests = Server::digests(folder.path());
        catalog(folder.path(), sql);
        let server = Server::start_in(folder.path(), &[]);
        assert_eq!(server.counts()["datasets"], 4, "{sql}");
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests, "{sql}");
    }
}

/// Changes a closed file in one of five ways.
fn damage(path: &Path, seed: u64) {
    let mut bytes = std::fs::read(path).unwrap();
    let mut numbers = events::Numbers(seed);
    numbers.below(1 << 20);
    let place = numbers.below(bytes.len());
    match seed % 5 {
        0 => bytes[place] ^= 1 << (seed % 8),
        1 => bytes.iter_mut().skip(place).take(64).for_each(|byte| *byte ^= 0xa5),
        2 => bytes.iter_mut().skip(place / 4096 * 4096).take(4096).for_each(|byte| *byte = 0),
        3 => bytes.truncate(place),
        _ => bytes.iter_mut().take(200).for_each(|byte| *byte = b'x'),
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_catalog_is_set_aside_and_made_anew() {
    let folder = TempDir::new().unwrap();
    filled(folder.path(), 60);
    let digests = Server::digests(folder.path());
    let question = "{ datasets(first: 100) { edges { node { name description columns { name } } } } }";
    let mut answer = None;
    for seed in 0..15 {
        damage(&folder.path().join("catalog.db"), seed);
        let server = Server::start_in(folder.path(), &[]);
        let now = server.ask(question);
        assert_eq!(&now, answer.get_or_insert_with(|| now.clone()), "seed {seed}");
        assert!(server.stop(), "seed {seed}");
        assert_eq!(Server::digests(folder.path()), digests, "seed {seed}");
        assert!(folder.path().join("damaged").join("catalog.db").exists(), "seed {seed} was not noticed");
    }
}

/// After a crash there is no sum: damage is found where it is met, and nothing that was ever found keeps a server from
/// starting.
#[test]
fn a_catalog_that_was_damaged_after_a_crash_does_not_stop_a_server() {
    for seed in 100..115 {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 60);
        std::fs::remove_file(folder.path().join("catalog.sum")).unwrap();
        damage(&folder.path().join("catalog.db"), seed);
        let server = Server::start_in(folder.path(), &[]);
        server.take(&[event(61)]);
        // Either it was met and everything is made anew, or what was damaged is not asked for here.
        let body = json!({ "query": "{ status { catalogSeq } }" }).to_string();
        let headers = [("content-type", "application/json"), ("x-headwater-min-seq", "61")];
        let caught_up =
            (0..60).any(|_| server.post_bytes("/graphql", &headers, body.as_bytes()).json()["data"]["status"]["catalogSeq"] == 61);
        assert!(caught_up, "seed {seed}");
        assert!(server.stop(), "seed {seed}");
    }
}

/// Every description as it was posted: soon, once the catalog was made anew, and meanwhile an error, never another text.
fn heals(server: &Server, count: u32, how: &str) {
    let question = json!({ "query": "{ datasets(first: 100) { edges { node { name description } } } }" }).to_string();
    let headers = [("content-type", "application/json"), ("x-headwater-min-seq", &*count.to_string())];
    let is_whole = || {
        let answer = server.post_bytes("/graphql", &headers, question.as_bytes()).json();
        if let Some(error) = answer["errors"][0]["extensions"]["code"].as_str() {
            assert!(["CATALOG_DAMAGED", "UNAVAILABLE"].contains(&error), "{how}: {answer}");
            return false;
        }
        // An answer that is not whole says so.
        let found = answer["data"]["datasets"]["edges"].as_array().unwrap();
        let texts = found.iter().filter(|edge| edge["node"]["name"] != "a");
        let is_right = |node: &Value| node["description"] == format!("text {}", &node["name"].as_str().unwrap()[1..]);
        assert!(texts.clone().all(|edge| is_right(&edge["node"])), "{how}: {answer}");
        // What is not asked for here is found by the check of the whole.
        let is_aside = server.data().join("damaged").join("catalog.db").exists();
        is_aside && answer["extensions"].is_null() && texts.count() == count as usize
    };
    assert!((0..2000).any(|_| is_whole()), "{how}");
}

/// Flips a bit of a facet's content in the file.
fn flip_text(folder: &Path, text: &str) {
    let path = folder.join("catalog.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let place = bytes.windows(text.len()).position(|found| found == text.as_bytes()).unwrap();
    bytes[place + 5] ^= 1;
    // In place: a server may have it open.
    std::fs::OpenOptions::new().write(true).open(path).unwrap().write_all_at(&bytes[place..=place + 5], place as u64).unwrap();
}

#[test]
fn damage_that_only_a_reader_meets_is_healed_while_the_server_runs() {
    let folder = TempDir::new().unwrap();
    filled(folder.path(), 60);
    let digests = Server::digests(folder.path());
    let server = Server::start_in(folder.path(), &[]);
    // Nothing has read it yet, and nothing will write it.
    flip_text(folder.path(), "text 33");
    heals(&server, 60, "met by a query");
    assert!(folder.path().join("damaged").join("catalog.db").exists());
    assert_eq!(server.get("/readyz").status, 200);
    assert!(server.stop());
    assert_eq!(Server::digests(folder.path()), digests);
}

#[test]
fn no_row_that_a_crash_left_damaged_is_taken_for_sound() {
    for sql in [
        "UPDATE content SET body = CAST(replace(CAST(body AS TEXT), 'text 33', 'text 34') AS BLOB)",
        "UPDATE content SET hash = zeroblob(16) WHERE rowid = 5",
        "UPDATE dataset SET doc = substr(doc, 1, length(doc) - 1) WHERE id = 7",
        "UPDATE dataset SET name = 'b99' WHERE name = 'b9'",
        "UPDATE job SET doc = zeroblob(length(doc))",
        "UPDATE run SET doc = zeroblob(length(doc)) WHERE id = 9",
        "UPDATE flow SET doc = x'01'",
        "DELETE FROM content WHERE rowid = 9",
    ] {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 60);
        let digests = Server::digests(folder.path());
        catalog(folder.path(), sql);
        let data = folder.path().display().to_string();
        let (good, text) = Server::command(&["verify", "--data", &data]);
        assert!(!good && text.contains("log      60 entries, all intact"), "{sql}: {text}");
        assert!(text.contains("catalog  CANNOT BE COMPARED: it is damaged") && text.contains("headwater rebuild"), "{sql}: {text}");
        // A stop right after the start makes no damage look sound.
        assert!(Server::start_in(folder.path(), &[]).stop());
        let server = Server::start_in(folder.path(), &[]);
        heals(&server, 60, sql);
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests, "{sql}");
    }
}

/// A name in an index that is not the one in its table.
#[test]
fn an_index_that_a_crash_left_damaged_is_not_taken_for_sound() {
    let folder = TempDir::new().unwrap();
    filled(folder.path(), 60);
    let digests = Server::digests(folder.path());
    let path = folder.path().join("catalog.db");
    let whole = std::fs::read(&path).unwrap();
    let places: Vec<usize> = whole.windows(5).enumerate().filter(|(_, found)| found == b"dbb33").map(|(at, _)| at + 3).collect();
    assert!(places.len() >= 2, "a row and an index");
    for place in places {
        std::fs::remove_file(folder.path().join("catalog.sum")).unwrap();
        let mut bytes = whole.clone();
        bytes[place] = b'9';
        std::fs::write(&path, bytes).unwrap();
        let server = Server::start_in(folder.path(), &[]);
        heals(&server, 60, &format!("byte {place}"));
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests);
        std::fs::remove_dir_all(folder.path().join("damaged")).unwrap();
        std::fs::write(&path, &whole).unwrap();
        std::fs::write(folder.path().join("catalog.sum"), "").unwrap();
    }
}

/// Nobody posts, so only readers meet it.
#[test]
fn a_catalog_that_is_cut_or_deleted_under_a_server_is_made_anew() {
    for cut in [Some(40_960), Some(100), None] {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 60);
        let digests = Server::digests(folder.path());
        let server = Server::start_in(folder.path(), &[]);
        let path = folder.path().join("catalog.db");
        match cut {
            Some(length) => std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap(),
            None => std::fs::remove_file(path).unwrap(),
        }
        if cut.is_some() {
            heals(&server, 60, &format!("cut to {cut:?} bytes"));
            let ready = server.get("/readyz");
            assert_eq!(ready.status, 200, "{}", ready.text);
        }
        assert!(server.stop());
        let server = Server::start_in(folder.path(), &[]);
        assert_eq!(server.counts()["datasets"], 61, "{cut:?}");
        assert!(server.stop());
        assert_eq!(Server::digests(folder.path()), digests, "{cut:?}");
    }
}

/// Numbers that no row has a checksum of: only a rebuild shows them.
#[test]
fn verify_compares_every_number_that_answers_are_made_of() {
    for sql in [
        "UPDATE dataset SET listed = 0 WHERE id = 7",
        "UPDATE dataset SET columns = 1 - columns WHERE id IN (7, 8)",
        "UPDATE run SET ended_at = ended_at + 1 WHERE id = 9",
        "UPDATE run SET state = 5 WHERE id = 9",
        "UPDATE run SET sort_at = sort_at - 1 WHERE id = 9",
        "UPDATE run_io SET run = 3 WHERE run = 9 AND dataset = (SELECT max(dataset) FROM run_io WHERE run = 9)",
        "UPDATE run_io SET role = 1 - role WHERE run = 9",
        "UPDATE run_event SET seq = 10 WHERE seq = 9",
        "UPDATE event SET received = received - 1 WHERE seq = 9",
        "UPDATE event SET time = time - 1 WHERE seq = 9",
        "UPDATE meta SET value = value + 1 WHERE key = 'columns'",
        "UPDATE meta SET value = value + 1 WHERE key = 'listed'",
        "UPDATE facet_key SET key = 'schemb' WHERE key = 'schema'",
        "UPDATE facet SET first = first - 1 WHERE entity = (SELECT min(entity) FROM facet)",
        "UPDATE producer SET events = events + 1",
        "INSERT INTO unreadable VALUES (7, 'nothing')",
    ] {
        let folder = TempDir::new().unwrap();
        filled(folder.path(), 20);
        catalog(folder.path(), sql);
        let (good, text) = Server::command(&["verify", "--data", &folder.path().display().to_string()]);
        assert!(!good && text.contains("headwater rebuild"), "{sql}: {text}");
    }
}

#[test]
fn events_are_taken_while_projections_catch_up() {
    let (folder, settings) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    filled(folder.path(), 1500);
    for name in ["catalog.db", "catalog.sum", "graph.snapshot"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    let file = settings.path().join("headwater.toml");
    std::fs::write(&file, "[limits]\nprojection_lag = 10\n").unwrap();
    let server = Server::start_in(folder.path(), &["--config", &file.display().to_string()]);
    // No more than the lag may grow by, so that the speed of the machine does not matter.
    let statuses: Vec<u16> = (0..10).map(|i| server.post(&event(2000 + i)).status).collect();
    assert_eq!(statuses, [201; 10]);
    assert_eq!(server.counts()["datasets"], 1511);
    assert!(server.stop());
}

/// A catalog that cannot be opened, as on a disk that is full or not ours: events are taken, health says what is wrong,
/// the end is quick, and everything goes on by itself when it can be opened again.
#[test]
fn a_catalog_that_cannot_be_opened_keeps_neither_a_start_nor_an_end() {
    let folder = TempDir::new().unwrap();
    let in_the_way = folder.path().join("catalog.db");
    std::fs::create_dir(&in_the_way).unwrap();
    std::fs::write(in_the_way.join("file"), "x").unwrap();
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event(1), event(2)]);
    let ready = server.get("/readyz");
    assert!(ready.status == 503 && ready.text.contains("catalog does not follow the event log: "), "{}", ready.text);
    assert_eq!(server.get("/livez").status, 200);
    let begun = Instant::now();
    assert!(server.stop());
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event(3)]);
    std::fs::remove_dir_all(&in_the_way).unwrap();
    assert_eq!(server.counts()["datasets"], 4);
    assert_eq!(server.get("/readyz").status, 200);
    assert!(server.stop());
    Server::digests(folder.path());
}

/// Runs a command that may write files of so many KiB at most, and gets an error when it writes more.
fn with_small_files(kib: u32, arguments: &[&str]) -> (bool, String) {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    let output = Command::new("bash").args(["-c", &script]).arg(binary()).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_rebuild_that_fails_leaves_the_old_projections() {
    let folder = TempDir::new().unwrap();
    filled(folder.path(), 1500);
    let before = std::fs::read(folder.path().join("catalog.db")).unwrap();
    let data = folder.path().display().to_string();
    let (good, text) = with_small_files(200, &["rebuild", "--data", &data]);
    assert!(!good && text.contains("the old projections are as they were"), "{text}");
    assert!(std::fs::read(folder.path().join("catalog.db")).unwrap() == before);
    assert!(!folder.path().join("rebuild.part").exists());
    let digests = Server::digests(folder.path());
    let (good, text) = Server::command(&["rebuild", "--data", &data]);
    assert!(good && text.contains("rebuilt up to entry 1500"), "{text}");
    assert_eq!(Server::digests(folder.path()), digests);
}

#[test]
fn verify_works_beside_a_running_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), &[]);
    let data = folder.path().display().to_string();
    let events: Vec<Value> = (1..=300).map(event).collect();
    assert_eq!(server.post(&Value::Array(events)).status, 201);
    let verifying = std::thread::spawn(move || Server::command(&["verify", "--data", &data]));
    let mut number = 300;
    while !verifying.is_finished() {
        number += 1;
        server.take(&[event(number)]);
    }
    let (good, text) = verifying.join().unwrap();
    assert!(good && text.contains("compared as of entry"), "{text}");
    assert_eq!(server.counts()["datasets"], number + 1);
    assert!(server.stop());
}

#[test]
fn what_interrupted_commands_left_goes_at_the_next_start() {
    let folder = TempDir::new().unwrap();
    for name in [".tmpAb12Cd", ".scratch-x", "rebuild.part", "history"] {
        std::fs::create_dir_all(folder.path().join(name).join("search")).unwrap();
    }
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[event(1)]);
    server.counts();
    for name in [".tmpAb12Cd", ".scratch-x", "rebuild.part", "history"] {
        assert!(!folder.path().join(name).exists(), "{name}");
    }
    assert!(server.stop());
}
