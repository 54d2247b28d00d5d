//! Settings and inputs that cannot be right are refused at the start, with a sentence that names them, before anything is
//! made.

use std::path::Path;
use tests::{Server, events};

fn run(arguments: &[&str]) -> (i32, String) {
    let (code, _, said) = Server::run(arguments);
    (code, said)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn a_limit_of_nothing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (config, data) = (folder.path().join("c.toml"), folder.path().join("data"));
    for limit in [
        "event_bytes",
        "batch_bytes",
        "projection_lag",
        "answer_items",
        "query_seconds",
        "exports",
        "connections",
        "subscriptions",
        "silent_run_seconds",
    ] {
        std::fs::write(&config, format!("[limits]\n{limit} = 0\n")).unwrap();
        let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", &text(&data), "--config", &text(&config)]);
        assert!(code == 1 && said.contains(&format!("limits.{limit} is 0")), "{limit}: {said}");
    }
    std::fs::write(&config, "[redact]\nmore_keys = [\"*\"]\n").unwrap();
    let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", &text(&data), "--config", &text(&config)]);
    assert!(code == 1 && said.contains("redact.more_keys"), "{said}");
    assert!(!data.exists());
}

#[test]
fn a_data_folder_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", &text(&file)]);
    assert!(code == 1 && said.contains("it is a file, not a folder"), "{said}");
    let (code, said) = run(&["verify", "--data", &text(&folder.path().join("nothing"))]);
    assert!(code == 1 && said.contains("there is no event log in"), "{said}");
    // Not "there is none" when it cannot be seen.
    let (code, said) = run(&["verify", "--data", &text(&file)]);
    assert!(code == 1 && said.contains("cannot read the event log in"), "{said}");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, data) = (folder.path().join("events.json"), folder.path().join("data"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (pipe, data_text) = (text(&pipe), text(&data));
    for input in [pipe.as_str(), &text(folder.path()), "/dev/zero"] {
        let (code, said) = run(&["ingest", "--data", &data_text, input]);
        assert!(code == 1 && said.contains("is not a regular file"), "{input}: {said}");
    }
    let (code, said) = run(&["check", "--url", "http://127.0.0.1:9", &pipe]);
    assert!(code != 0 && said.contains("is not a regular file"), "{said}");
    // A target folder of dbt whose manifest is a pipe.
    let target = folder.path().join("target");
    std::fs::create_dir(&target).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(target.join("manifest.json")).status().unwrap().success());
    let (code, said) = run(&["ingest", "--format", "dbt", "--data", &data_text, &text(&target)]);
    assert!(code == 1, "{said}");
    assert!(!data.exists(), "nothing is made for nothing");
}

#[test]
fn a_wrong_filter_of_the_log_is_refused() {
    for filter in ["verbose", "server=loud", "warn,,"] {
        let (code, _, said) = Server::run_with(&["schema"], &[("HEADWATER_LOG", filter)]);
        assert!(code == 2 && said.contains("HEADWATER_LOG") && said.contains("warn,server=debug"), "{filter}: {said}");
    }
    let (code, out, _) = Server::run_with(&["schema"], &[("HEADWATER_LOG", "debug")]);
    assert!(code == 0 && out.contains("type Query"));
    let (code, _, said) = Server::run_with(&["schema"], &[("HEADWATER_LOG_FORMAT", "xml")]);
    assert!(code == 2 && said.contains("json"), "{said}");
}

#[test]
fn settings_in_a_pipe_and_times_without_end_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, config, data) = (folder.path().join("pipe"), folder.path().join("c.toml"), text(&folder.path().join("data")));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for input in [text(&pipe).as_str(), "/dev/zero"] {
        for setting in ["--config", "--naming-rules"] {
            let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", &data, setting, input]);
            assert!(code == 1 && said.contains("is not a regular file"), "{setting} {input}: {said}");
        }
    }
    for limit in ["body_seconds", "query_seconds", "read_wait_ms"] {
        std::fs::write(&config, format!("[limits]\n{limit} = 9223372036854775807\n")).unwrap();
        let (code, said) = run(&["serve", "--listen", "127.0.0.1:0", "--data", &data, "--config", &text(&config)]);
        assert!(code == 1 && said.contains(&format!("limits.{limit} is longer than")), "{limit}: {said}");
    }
}

/// A refused start must leave what the entries may still be got from.
#[test]
fn a_log_whose_file_is_missing_keeps_its_write_ahead_log() {
    let folder = tempfile::tempdir().unwrap();
    let (log, wal, aside) = (folder.path().join("log.db"), folder.path().join("log.db-wal"), folder.path().join("aside"));
    let server = Server::start_in(folder.path(), &[]);
    server.take(&[events::run("COMPLETE", "2026-01-01T00:00:00Z", &events::run_id(1), "job", &["a"], &["b"])]);
    server.kill();
    drop(server);
    std::fs::rename(&log, &aside).unwrap();
    let held = std::fs::read(&wal).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0", "--accept-loss"][..], &["serve", "--listen", "127.0.0.1:0"], &["rebuild"]] {
        let (code, said) = run(&[arguments, &["--data", &text(folder.path())]].concat());
        assert!(code == 1 && !log.exists(), "{arguments:?}: {said}");
        assert_eq!(std::fs::read(&wal).unwrap(), held, "{arguments:?}");
    }
    std::fs::rename(&aside, &log).unwrap();
    assert_eq!(Server::start_in(folder.path(), &[]).ask("{ status { logSeq } }")["status"]["logSeq"], 1);
}

/// Lines are lost then, and nothing else.
#[test]
fn a_log_of_lines_that_cannot_be_written_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_logging(folder.path(), Path::new("/dev/full"), &[], &[("HEADWATER_LOG", "debug")]);
    server.take(&[events::run("COMPLETE", "2026-01-01T00:00:00Z", &events::run_id(1), "job", &["a"], &["b"])]);
    assert_eq!(server.counts()["jobs"], 1);
    assert_eq!(server.post_bytes("/api/v1/lineage", &[], b"{").status, 400);
    let began = std::time::Instant::now();
    assert!(server.stop());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
