//! What every log must do, as tests that run on each implementation: `contract_suite!(open)`, where
//! `open` makes an empty log (and, given the same folder again, reopens it).

mod suite {
    use super::super::*;
    use std::path::Path;

    pub fn entry(text: &str) -> NewEntry {
        NewEntry {
            kind: EntryKind::OpenLineage,
            hash: ContentHash::of(text.as_bytes()),
            received_at: 7,
            compressed: compress(text.as_bytes()),
        }
    }

    async fn texts(log: &dyn EventLog, after: u64) -> Vec<(u64, String)> {
        let entries = log.read_after(after, 1000, usize::MAX).await.unwrap();
        entries.into_iter().map(|e| (e.seq, String::from_utf8(e.payload).unwrap())).collect()
    }

    pub async fn numbers_are_dense_and_repeats_keep_theirs(log: &dyn EventLog) {
        assert_eq!(log.head().await.unwrap(), 0);
        let outcome = log.append(vec![entry("a"), entry("b"), entry("a")]).await.unwrap();
        let seqs: Vec<_> = outcome.iter().map(|o| (o.seq, o.repeated)).collect();
        assert_eq!(seqs, [(1, false), (2, false), (1, true)]);
        let outcome = log.append(vec![entry("b"), entry("c")]).await.unwrap();
        assert_eq!((outcome[0].repeated, outcome[1].seq), (true, 3));
        assert_eq!(log.append(vec![entry("c")]).await.unwrap()[0], Appended { seq: 3, repeated: true });
        assert_eq!(log.head().await.unwrap(), 3);
        assert_eq!(texts(log, 1).await, [(2, "b".into()), (3, "c".into())]);
    }

    pub async fn reads_stop_where_told(log: &dyn EventLog) {
        let many: Vec<_> = (0..200).map(|i| entry(&format!("entry {i:04}"))).collect();
        log.append(many).await.unwrap();
        assert_eq!(log.read_after(0, 50, usize::MAX).await.unwrap().len(), 50);
        assert_eq!(log.read_after(0, 50, 1).await.unwrap().len(), 1);
        let some = log.read(vec![200, 3, 999]).await.unwrap();
        assert_eq!(some.iter().map(|e| e.seq).collect::<Vec<_>>(), [3, 200]);
        assert!(log.append(Vec::new()).await.unwrap().is_empty());
    }

    pub async fn quarantine_keeps_each_body_once(log: &dyn EventLog) {
        let item = |body: &str| Quarantined {
            received_at: 1,
            reason: "why".into(),
            pointer: "/x".into(),
            body: body.into(),
            ..Quarantined::default()
        };
        log.quarantine(vec![item("one"), item("two"), Quarantined { received_at: 5, ..item("one") }]).await.unwrap();
        let (items, total) = log.quarantined(None, 1).await.unwrap();
        assert_eq!((items.len(), total), (1, 2));
        assert_eq!(items[0].body, b"two");
        let (older, _) = log.quarantined(Some(items[0].id), 5).await.unwrap();
        assert_eq!(older[0].body, b"one");
        assert_eq!((older[0].times, older[0].received_at, older[0].last_at, older[0].whole), (2, 1, 5, true));
    }

    pub async fn repeats_are_counted_beside_the_entry(log: &dyn EventLog) {
        let at = |text: &str, received_at: i64| NewEntry { received_at, ..entry(text) };
        log.append(vec![at("a", 10), at("b", 11), at("a", 12)]).await.unwrap();
        assert_eq!(log.repeats(vec![1, 2, 3]).await.unwrap(), [Repeated { seq: 1, times: 1, last_at: 12 }]);
        log.append(vec![at("b", 20), at("a", 9), at("a", 30), at("c", 31)]).await.unwrap();
        let (newest, total) = log.repeated(1).await.unwrap();
        assert_eq!((newest, total), (vec![Repeated { seq: 2, times: 1, last_at: 20 }], 2));
        assert_eq!(log.repeats(vec![1]).await.unwrap(), [Repeated { seq: 1, times: 3, last_at: 30 }]);
    }

    pub async fn contents_are_found_by_their_hash(log: &dyn EventLog) {
        log.append(vec![entry("a"), entry("b")]).await.unwrap();
        let hash = |text: &str| ContentHash::of(text.as_bytes());
        assert_eq!(log.find(vec![hash("b"), hash("c")]).await.unwrap(), [(hash("b"), 2)]);
    }

    pub async fn a_replayed_body_is_marked_and_kept(log: &dyn EventLog) {
        log.quarantine(vec![Quarantined { body: b"one".into(), ..Quarantined::default() }]).await.unwrap();
        let id = log.quarantined(None, 1).await.unwrap().0[0].id;
        assert_eq!(log.quarantined_at(id).await.unwrap().unwrap().replayed, None);
        log.mark_replayed(id, Replayed { at: 7, seq: 3 }).await.unwrap();
        assert_eq!(log.quarantined_at(id).await.unwrap().unwrap().replayed, Some(Replayed { at: 7, seq: 3 }));
        assert!(log.quarantined_at(id + 1).await.unwrap().is_none());
    }

    pub async fn a_sound_log_checks_out(log: &dyn EventLog) {
        log.append(vec![entry("a"), entry("b")]).await.unwrap();
        let found = log.check(&|_| ()).await.unwrap();
        assert_eq!((found.entries, found.faults), (2, Vec::<String>::new()));
    }

    pub async fn reopened_it_goes_on(open: impl AsyncFn(&Path) -> Box<dyn EventLog>, dir: &Path) {
        open(dir).await.append(vec![entry("a")]).await.unwrap();
        let log = open(dir).await;
        assert_eq!(log.append(vec![entry("b"), entry("a")]).await.unwrap()[0].seq, 2);
        assert_eq!(log.head().await.unwrap(), 2);
    }
}

mod sqlite {
    use super::super::*;
    use super::suite;
    use std::path::Path;

    async fn open(dir: &Path) -> Box<dyn EventLog> {
        Box::new(SqliteLog::open(dir).await.unwrap())
    }

    macro_rules! contract_suite {
        ($open:path: $($test:ident),*) => {$(
            #[tokio::test]
            async fn $test() {
                let dir = tempfile::tempdir().unwrap();
                suite::$test(&*$open(dir.path()).await).await;
            }
        )*};
    }

    contract_suite!(open:
        numbers_are_dense_and_repeats_keep_theirs, reads_stop_where_told, repeats_are_counted_beside_the_entry,
        contents_are_found_by_their_hash, quarantine_keeps_each_body_once, a_replayed_body_is_marked_and_kept, a_sound_log_checks_out);

    #[tokio::test]
    async fn reopened_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        suite::reopened_it_goes_on(open, dir.path()).await;
    }

    #[tokio::test]
    async fn the_quarantine_of_an_older_log_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let pool = crate::sqlite::open(&dir.path().join("log.db"), crate::sqlite::Durability::Full, 1).await.unwrap();
        crate::sqlite::migrate(&pool, &[include_str!("../../migrations/log/1.sql")]).await.unwrap();
        let sql = "INSERT INTO quarantine (received_at, reason, pointer, hash, body) VALUES (5, 'why', '/x', x'00', ?)";
        sqlx::query(sql).bind(compress(b"one")).execute(&pool).await.unwrap();
        pool.close().await;
        let (items, _) = open(dir.path()).await.quarantined(None, 1).await.unwrap();
        assert_eq!((items[0].body.as_slice(), items[0].times, items[0].last_at, items[0].whole), (&b"one"[..], 1, 5, true));
    }

    #[tokio::test]
    async fn a_changed_byte_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(dir.path()).await.unwrap();
        log.append(vec![suite::entry("a"), suite::entry("b")]).await.unwrap();
        let pool = crate::sqlite::open(&dir.path().join("log.db"), crate::sqlite::Durability::Normal, 1).await.unwrap();
        sqlx::query("UPDATE log SET payload = ? WHERE seq = 1").bind(compress(b"x")).execute(&pool).await.unwrap();
        sqlx::query("DELETE FROM log WHERE seq = 2").execute(&pool).await.unwrap();
        let faults = log.check(&|_| ()).await.unwrap().faults;
        assert_eq!(faults, ["entry 1 is not what was acknowledged: its hash differs", "entries 2 to 2 are missing"]);
    }
}
