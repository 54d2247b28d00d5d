//! What every log must do, as tests that run on each implementation: `contract_suite!(open)`, where
//! `open` makes an empty log (and, given the same folder again, reopens it).

mod suite {
    use super::super::*;
    use std::path::Path;

    pub fn entry(text: &str) -> NewEntry {
        let (hash, compressed) = (ContentHash::of(text.as_bytes()), compress(text.as_bytes()).unwrap());
        NewEntry { kind: EntryKind::OpenLineage, hash, arrived: None, compressed, shown: None }
    }

    /// One that arrived as `came` and is stored as `text`.
    fn cleaned(came: &str, text: &str) -> NewEntry {
        let arrived = Arrived { keyed: ContentHash::of(format!("key {came}").as_bytes()), plain: ContentHash::of(came.as_bytes()) };
        NewEntry { arrived: Some(arrived), ..entry(text) }
    }

    pub async fn what_arrived_is_known_again_however_it_is_stored(log: &dyn EventLog) {
        let numbers = |outcome: Vec<Appended>| outcome.iter().map(|o| (o.seq, o.repeated)).collect::<Vec<_>>();
        let first = vec![entry("old pw=1"), cleaned("new pw=1", "new ***"), cleaned("new pw=1", "new ***")];
        assert_eq!(numbers(log.append(first.into(), 7).await.unwrap()), [(1, false), (2, false), (2, true)]);
        let again = vec![
            // Stored with its credential, before there was a rule.
            cleaned("old pw=1", "old ***"),
            // Other rules, another text.
            cleaned("new pw=1", "*** ***"),
            // The same but for the credential.
            cleaned("new pw=2", "new ***"),
            cleaned("other pw=2", "other ***"),
        ];
        assert_eq!(numbers(log.append(again.clone().into(), 7).await.unwrap()), [(1, true), (2, true), (2, true), (3, false)]);
        assert_eq!(numbers(log.append(again.into(), 7).await.unwrap()), [(1, true), (2, true), (2, true), (3, true)]);
        assert_eq!(texts(log, 0).await, [(1, "old pw=1".into()), (2, "new ***".into()), (3, "other ***".into())]);
    }

    pub fn refused(bodies: &[&str]) -> Batch {
        let refused = |body: &&str| Refused::new("why".into(), "/x".into(), body.as_bytes()).unwrap();
        Batch { refused: bodies.iter().map(refused).collect(), ..Batch::default() }
    }

    fn replayed(id: u64, replayed: Replayed) -> Batch {
        Batch { replayed: vec![(id, replayed)], ..Batch::default() }
    }

    async fn texts(log: &dyn EventLog, after: u64) -> Vec<(u64, String)> {
        let entries = log.read_after(after, 1000, usize::MAX).await.unwrap();
        entries.into_iter().map(Result::unwrap).map(|e| (e.seq, String::from_utf8(e.payload).unwrap())).collect()
    }

    pub async fn numbers_are_dense_and_repeats_keep_theirs(log: &dyn EventLog) {
        assert_eq!(log.head().await.unwrap(), 0);
        let outcome = log.append(vec![entry("a"), entry("b"), entry("a")].into(), 7).await.unwrap();
        let seqs: Vec<_> = outcome.iter().map(|o| (o.seq, o.repeated)).collect();
        assert_eq!(seqs, [(1, false), (2, false), (1, true)]);
        let outcome = log.append(vec![entry("b"), entry("c")].into(), 7).await.unwrap();
        assert_eq!((outcome[0].repeated, outcome[1].seq), (true, 3));
        assert_eq!(log.append(vec![entry("c")].into(), 7).await.unwrap()[0], Appended { seq: 3, repeated: true });
        assert_eq!(log.head().await.unwrap(), 3);
        assert_eq!(texts(log, 1).await, [(2, "b".into()), (3, "c".into())]);
    }

    pub async fn reads_stop_where_told(log: &dyn EventLog) {
        let many: Vec<_> = (0..200).map(|i| entry(&format!("entry {i:04}"))).collect();
        log.append(many.into(), 7).await.unwrap();
        assert_eq!(log.read_after(0, 50, usize::MAX).await.unwrap().len(), 50);
        assert_eq!(log.read_after(0, 50, 1).await.unwrap().len(), 1);
        let numbers = |read: &[Read]| read.iter().map(number).collect::<Vec<_>>();
        assert_eq!(numbers(&log.read(vec![200, 3, 999], usize::MAX).await.unwrap()), [3, 200]);
        assert_eq!(numbers(&log.read(vec![200, 3, 999], 1).await.unwrap()), [3]);
        assert_eq!(log.mark(200).await.unwrap().map(|mark| (mark.seq, mark.hash)), Some((200, entry("entry 0199").hash)));
        assert_eq!(log.mark(201).await.unwrap(), None);
        assert!(log.append(Batch::default(), 7).await.unwrap().is_empty());
    }

    /// What is handed over from memory is what the file says, and an entry that is not handed over comes from there.
    pub async fn entries_in_memory_are_those_of_the_file(log: &dyn EventLog) {
        let handed_over = |text: &str| NewEntry { shown: Some(text.as_bytes().to_vec()), ..entry(text) };
        log.append(vec![handed_over("a"), handed_over("b"), handed_over("a")].into(), 7).await.unwrap();
        let clean = NewEntry { shown: Some(b"c ***".to_vec()), ..cleaned("c pw=1", "c ***") };
        log.append(vec![clean, entry("d"), handed_over("e")].into(), 5).await.unwrap();
        for after in 0..5 {
            let followed = log.read_after(after, 10, usize::MAX).await.unwrap();
            let numbers: Vec<u64> = followed.iter().map(number).collect();
            assert_eq!(numbers.first(), Some(&(after + 1)));
            assert_eq!(followed, log.read(numbers, usize::MAX).await.unwrap(), "after {after}");
        }
    }

    pub async fn quarantine_keeps_each_body_once(log: &dyn EventLog) {
        log.append(refused(&["one", "two", "one"]), 1).await.unwrap();
        log.append(refused(&["one"]), 5).await.unwrap();
        let (items, total) = log.quarantined(None, 1).await.unwrap();
        assert_eq!((items.len(), total), (1, 2));
        assert_eq!(items[0].body, b"two");
        let (older, _) = log.quarantined(Some(items[0].id), 5).await.unwrap();
        assert_eq!(older[0].body, b"one");
        assert_eq!((older[0].times, older[0].received_at, older[0].last_at, older[0].whole), (3, 1, 5, true));
    }

    pub async fn repeats_are_counted_beside_the_entry(log: &dyn EventLog) {
        log.append(vec![entry("a"), entry("b"), entry("a")].into(), 12).await.unwrap();
        assert_eq!(log.repeats(vec![1, 2, 3]).await.unwrap(), [Repeated { seq: 1, times: 1, last_at: 12 }]);
        log.append(vec![entry("b"), entry("a"), entry("a"), entry("c")].into(), 30).await.unwrap();
        let (newest, total) = log.repeated(1).await.unwrap();
        assert_eq!((newest, total), (vec![Repeated { seq: 2, times: 1, last_at: 30 }], 2));
        assert_eq!(log.repeats(vec![1]).await.unwrap(), [Repeated { seq: 1, times: 3, last_at: 30 }]);
    }

    /// Whatever the clock does, also between two processes.
    pub async fn times_never_go_back(log: &dyn EventLog, reopen: impl AsyncFn() -> Box<dyn EventLog>) {
        for (text, now) in [("a", 10), ("b", 30), ("c", 20), ("d", -5)] {
            log.append(vec![entry(text)].into(), now).await.unwrap();
        }
        let log = reopen().await;
        log.append(vec![entry("e")].into(), 25).await.unwrap();
        log.append(vec![entry("f")].into(), 31).await.unwrap();
        let entries = log.read_after(0, 10, usize::MAX).await.unwrap();
        assert_eq!(entries.into_iter().map(|entry| entry.unwrap().received_at).collect::<Vec<_>>(), [10, 30, 30, 30, 30, 31]);
    }

    pub async fn contents_are_found_by_their_hash(log: &dyn EventLog) {
        log.append(vec![entry("a"), entry("b")].into(), 7).await.unwrap();
        let hash = |text: &str| ContentHash::of(text.as_bytes());
        assert_eq!(log.find(vec![hash("b"), hash("c")]).await.unwrap(), [(hash("b"), 2)]);
    }

    pub async fn a_replayed_body_is_marked_and_kept(log: &dyn EventLog) {
        log.append(refused(&["one"]), 1).await.unwrap();
        let id = log.quarantined(None, 1).await.unwrap().0[0].id;
        assert_eq!(log.quarantined_at(id).await.unwrap().unwrap().replayed, None);
        log.append(replayed(id, Replayed { at: 7, seq: 3 }), 1).await.unwrap();
        assert_eq!(log.quarantined_at(id).await.unwrap().unwrap().replayed, Some(Replayed { at: 7, seq: 3 }));
        assert!(log.quarantined_at(id + 1).await.unwrap().is_none());
    }

    pub async fn a_sound_log_checks_out(log: &dyn EventLog) {
        log.append(vec![entry("a"), entry("b")].into(), 7).await.unwrap();
        let found = log.check(&|_| ()).await.unwrap();
        assert_eq!((found.entries, found.faults), (2, Vec::<String>::new()));
    }

    /// A way in which the store fails, and how it is made whole again.
    pub trait Fault {
        async fn break_it(&self);
        async fn mend_it(&self);
    }

    /// Any number of failures of any kind, at any call: what is acknowledged afterwards is there for a
    /// process that opens the log later.
    pub async fn after_failures_it_goes_on(log: &dyn EventLog, faults: &[&impl Fault], reopen: impl AsyncFn() -> Box<dyn EventLog>) {
        log.append(vec![entry("before")].into(), 7).await.unwrap();
        log.append(refused(&["before"]), 1).await.unwrap();
        let unwritable = |outcome: Result<(), LogError>| assert!(matches!(outcome, Err(LogError::Unwritable(_))), "{outcome:?}");
        for fault in faults {
            fault.break_it().await;
            unwritable(log.append(vec![entry("lost"), entry("before")].into(), 7).await.map(|_| ()));
            unwritable(log.append(vec![entry("before")].into(), 7).await.map(|_| ()));
            unwritable(log.append(refused(&["lost"]), 1).await.map(|_| ()));
            unwritable(log.append(replayed(1, Replayed { at: 1, seq: 1 }), 1).await.map(|_| ()));
            unwritable(log.probe().await);
            fault.mend_it().await;
        }
        log.probe().await.unwrap();
        assert_eq!(log.head().await.unwrap(), 1);
        assert_eq!(log.append(vec![entry("after"), entry("before")].into(), 7).await.unwrap()[0], Appended { seq: 2, repeated: false });
        log.append(refused(&["after"]), 1).await.unwrap();
        log.append(replayed(1, Replayed { at: 7, seq: 2 }), 1).await.unwrap();
        let later = reopen().await;
        assert_eq!(texts(&*later, 0).await, [(1, "before".into()), (2, "after".into())]);
        assert_eq!(later.repeats(vec![1]).await.unwrap()[0].times, 1);
        let bodies: Vec<_> = later.quarantined(None, 9).await.unwrap().0.into_iter().map(|item| item.body).collect();
        assert_eq!(bodies, [b"after".to_vec(), b"before".to_vec()]);
        assert_eq!(later.quarantined_at(1).await.unwrap().unwrap().replayed, Some(Replayed { at: 7, seq: 2 }));
    }

    pub async fn reopened_it_goes_on(open: impl AsyncFn(&Path) -> Box<dyn EventLog>, dir: &Path) {
        open(dir).await.append(vec![entry("a")].into(), 7).await.unwrap();
        let log = open(dir).await;
        assert_eq!(log.append(vec![entry("b"), entry("a")].into(), 7).await.unwrap()[0].seq, 2);
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
        numbers_are_dense_and_repeats_keep_theirs, what_arrived_is_known_again_however_it_is_stored, reads_stop_where_told, repeats_are_counted_beside_the_entry,
        contents_are_found_by_their_hash, entries_in_memory_are_those_of_the_file, quarantine_keeps_each_body_once, a_replayed_body_is_marked_and_kept, a_sound_log_checks_out);

    #[tokio::test]
    async fn reopened_it_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        suite::reopened_it_goes_on(open, dir.path()).await;
    }

    /// Every change of the database fails. SQLite ends the transaction by itself with ROLLBACK, as it does
    /// when the disk is full at a commit; with ABORT the transaction stays open.
    struct Refusal<'a> {
        db: &'a sqlx::SqlitePool,
        kind: &'static str,
    }

    impl suite::Fault for Refusal<'_> {
        async fn break_it(&self) {
            let kind = self.kind;
            let tables = ["log", "quarantine", "repeat", "head"].map(|table| (table, "INSERT"));
            for (table, change) in tables.into_iter().chain([("quarantine", "UPDATE"), ("repeat", "UPDATE"), ("head", "UPDATE")]) {
                let sql = format!("CREATE TRIGGER {table}_{change} BEFORE {change} ON {table} BEGIN SELECT RAISE({kind}, 'no'); END");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(self.db).await.unwrap();
            }
        }

        async fn mend_it(&self) {
            let names: Vec<(String,)> =
                sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetch_all(self.db).await.unwrap();
            for (name,) in names {
                sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(self.db).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn after_failures_it_goes_on() {
        for kinds in [["ROLLBACK", "ABORT"], ["ROLLBACK", "ROLLBACK"], ["ABORT", "ROLLBACK"], ["ABORT", "ABORT"], ["FAIL", "ROLLBACK"]] {
            let dir = tempfile::tempdir().unwrap();
            let log = open(dir.path()).await;
            let db = crate::sqlite::open(&dir.path().join("log.db"), crate::sqlite::Durability::Normal, 1).await.unwrap();
            let faults = kinds.map(|kind| Refusal { db: &db, kind });
            suite::after_failures_it_goes_on(&*log, &faults.each_ref(), async || open(dir.path()).await).await;
        }
    }

    #[tokio::test]
    async fn times_never_go_back() {
        let dir = tempfile::tempdir().unwrap();
        suite::times_never_go_back(&*open(dir.path()).await, async || open(dir.path()).await).await;
    }

    #[tokio::test]
    async fn an_append_that_is_given_up_leaves_nothing_open() {
        let dir = tempfile::tempdir().unwrap();
        let log = open(dir.path()).await;
        for polls in 1..12 {
            let mut append = log.append(vec![suite::entry("given up")].into(), 7);
            for _ in 0..polls {
                if futures_util::poll!(&mut append).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            drop(append);
            log.append(vec![suite::entry(&format!("kept {polls}"))].into(), 7).await.unwrap();
        }
        let found = open(dir.path()).await.head().await.unwrap();
        assert!(found >= 11, "{found}");
    }

    fn cause(outcome: Result<Vec<Appended>, LogError>) -> Cause {
        match outcome {
            Err(LogError::Unwritable(fault)) => fault.cause,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_log_that_was_deleted_or_replaced_takes_nothing_until_it_is_back() {
        let dir = tempfile::tempdir().unwrap();
        let (path, aside) = (dir.path().join("log.db"), dir.path().join("aside"));
        let log = open(dir.path()).await;
        log.append(vec![suite::entry("a")].into(), 7).await.unwrap();
        std::fs::rename(&path, &aside).unwrap();
        for _ in 0..2 {
            assert_eq!(cause(log.append(vec![suite::entry("b")].into(), 7).await), Cause::Moved);
            assert!(!path.exists());
        }
        std::fs::copy(&aside, &path).unwrap();
        assert_eq!(cause(log.append(vec![suite::entry("a")].into(), 7).await), Cause::Moved);
        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(log.append(vec![suite::entry("c")].into(), 7).await.unwrap()[0].seq, 2);
        assert_eq!(open(dir.path()).await.head().await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_a_deleted_write_ahead_log_held_is_not_lost() {
        for side in ["log.db-wal", "log.db-shm"] {
            let dir = tempfile::tempdir().unwrap();
            let log = open(dir.path()).await;
            let mut acknowledged = 0;
            for round in 0..3 {
                for i in 0..5 {
                    acknowledged = log.append(vec![suite::entry(&format!("{round} {i}"))].into(), 7).await.unwrap()[0].seq;
                }
                std::fs::remove_file(dir.path().join(side)).unwrap();
            }
            assert_eq!(log.append(vec![suite::entry("last")].into(), 7).await.unwrap()[0].seq, acknowledged + 1);
            let later = open(dir.path()).await;
            assert_eq!((later.head().await.unwrap(), later.check(&|_| ()).await.unwrap().faults), (16, Vec::new()));
        }
    }

    #[tokio::test]
    async fn the_quarantine_of_an_older_log_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let pool = crate::sqlite::open(&dir.path().join("log.db"), crate::sqlite::Durability::Full, 1).await.unwrap();
        crate::sqlite::migrate(&pool, &[include_str!("../../migrations/log/1.sql")]).await.unwrap();
        let sql = "INSERT INTO quarantine (received_at, reason, pointer, hash, body) VALUES (5, 'why', '/x', x'00', ?)";
        sqlx::query(sql).bind(compress(b"one").unwrap()).execute(&pool).await.unwrap();
        pool.close().await;
        let (items, _) = open(dir.path()).await.quarantined(None, 1).await.unwrap();
        assert_eq!((items[0].body.as_slice(), items[0].times, items[0].last_at, items[0].whole), (&b"one"[..], 1, 5, true));
    }

    /// A body of about a kilobyte that does not compress.
    fn noise(reason: &str, number: u64) -> Refused {
        let text: String = (0..64).map(|i| format!("{:016x}", (number * 64 + i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        Refused::new(reason.into(), String::new(), text.as_bytes()).unwrap()
    }

    #[tokio::test]
    async fn a_flood_of_one_kind_pushes_out_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(dir.path()).await.unwrap().with_quarantine(100_000);
        log.append(Batch { refused: vec![noise("the run id is missing", 0)], ..Batch::default() }, 1).await.unwrap();
        for round in 0..20 {
            let flood = (1..=50).map(|i| noise(&format!("not JSON: line {i}"), round * 50 + i)).collect();
            log.append(Batch { refused: flood, ..Batch::default() }, 2).await.unwrap();
            let (kept, total) = log.quarantined(None, 1000).await.unwrap();
            let bytes: usize = kept.iter().map(|item| item.body.len() / 2).sum();
            assert!(bytes <= 100_000 && total >= 50, "{total} bodies, {bytes} bytes");
        }
        let (kept, _) = log.quarantined(None, 1000).await.unwrap();
        assert_eq!(kept.last().unwrap().reason, "the run id is missing");
        assert_eq!(kept[0].reason, "not JSON: line 50");
    }

    #[tokio::test]
    async fn the_bound_of_the_quarantine_holds_for_any_number_of_kinds() {
        let dir = tempfile::tempdir().unwrap();
        let log = SqliteLog::open(dir.path()).await.unwrap().with_quarantine(50_000);
        for round in 0..4_u64 {
            let words = |i: u64| format!("{:x}", (round * 100 + i) * 7919).replace(|c: char| c.is_ascii_digit(), "g");
            let refused = (0..100).map(|i| noise(&words(i), round * 100 + i)).collect();
            log.append(Batch { refused, ..Batch::default() }, 1).await.unwrap();
            assert!(log.quarantined(None, 0).await.unwrap().1 <= 90);
        }
        let one = Batch { refused: vec![noise("larger than all room", 0)], ..Batch::default() };
        SqliteLog::open(dir.path()).await.unwrap().with_quarantine(1).append(one, 1).await.unwrap();
        assert_eq!(log.quarantined(None, 0).await.unwrap().1, 0);
    }

    async fn damage(dir: &Path, sql: &str) {
        let pool = crate::sqlite::open(&dir.join("log.db"), crate::sqlite::Durability::Normal, 1).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
        pool.close().await;
    }

    const DAMAGED: [(u64, &str); 7] = [
        (2, "its content is not what was acknowledged: the hash differs"),
        (3, "it is missing"),
        (4, "it is missing"),
        (5, "its payload does not unpack"),
        (7, "it is of kind 9, which this version does not know"),
        (8, "it has no content hash"),
        (10, "it is missing"),
    ];

    /// Ten entries, of which 1, 6 and 9 are left.
    async fn damaged(dir: &Path) -> Box<dyn EventLog> {
        let log = open(dir).await;
        log.append((1..=10).map(|i| suite::entry(&format!("entry {i}"))).collect::<Vec<_>>().into(), 7).await.unwrap();
        let other: String = compress(b"entry x").unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        let sql = format!(
            "UPDATE log SET payload = x'{other}' WHERE seq = 2; DELETE FROM log WHERE seq IN (3, 4, 10); UPDATE log SET kind = 9 WHERE seq = 7; \
             UPDATE log SET payload = x'00' WHERE seq = 5; UPDATE log SET hash = x'' WHERE seq = 8"
        );
        damage(dir, &sql).await;
        log
    }

    #[tokio::test]
    async fn what_is_damaged_is_named_and_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let log = damaged(dir.path()).await;
        for limit in [1, 2, 3, 100] {
            let (mut after, mut good, mut bad) = (0, Vec::new(), Vec::new());
            loop {
                let read = log.read_after(after, limit, usize::MAX).await.unwrap();
                let Some(last) = read.last() else { break };
                assert!(read.len() <= limit);
                after = number(last);
                for read in read {
                    match read {
                        Ok(entry) => good.push(entry.seq),
                        Err(entry) => bad.push((entry.seq, entry.reason)),
                    }
                }
            }
            assert_eq!(good, [1, 6, 9]);
            assert_eq!(bad.len(), DAMAGED.len());
            for ((seq, reason), (expected, text)) in bad.iter().zip(DAMAGED) {
                assert!(*seq == expected && reason.starts_with(text), "{seq}: {reason}");
            }
        }
        let seqs = DAMAGED.map(|(seq, _)| seq).to_vec();
        assert_eq!(log.unreadable().borrow().keys().copied().collect::<Vec<_>>(), seqs);
        let found = log.read(vec![1, 2, 3, 5, 6], usize::MAX).await.unwrap();
        assert_eq!(
            found.iter().map(|read| (number(read), read.is_ok())).collect::<Vec<_>>(),
            [(1, true), (2, false), (5, false), (6, true)]
        );
        let faults = log.check(&|_| ()).await.unwrap().faults;
        assert_eq!((faults.len(), faults[1].as_str()), (7, "entry 3: it is missing"));
    }

    #[tokio::test]
    async fn a_damaged_page_hides_only_its_own_entries() {
        let dir = tempfile::tempdir().unwrap();
        let log = open(dir.path()).await;
        let text = |i: u64| (0..300).map(|j| format!("{:x}", (i * 7919 + j) * 2_654_435_761)).collect::<String>();
        log.append((1..=200).map(|i| suite::entry(&text(i))).collect::<Vec<_>>().into(), 7).await.unwrap();
        log.close().await;
        let path = dir.path().join("log.db");
        let mut bytes = std::fs::read(&path).unwrap();
        // A page in the middle of the table's leaves: of those, most of the file consists.
        let leaf = (bytes.len() / 4096 / 2..).find(|page| bytes[page * 4096] == 13).unwrap();
        bytes[leaf * 4096..leaf * 4096 + 64].fill(0xff);
        std::fs::write(&path, bytes).unwrap();
        let log = open(dir.path()).await;
        let (mut after, mut good, mut bad) = (0, 0, 0);
        loop {
            let read = log.read_after(after, 64, usize::MAX).await.unwrap();
            let Some(last) = read.last() else { break };
            after = number(last);
            good += read.iter().filter(|read| read.is_ok()).count();
            bad += read.iter().filter(|read| read.is_err()).count();
        }
        assert_eq!((after, good + bad), (200, 200));
        assert!((1..60).contains(&bad), "{bad}");
    }

    #[tokio::test]
    async fn a_read_is_bounded_by_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let log = open(dir.path()).await;
        let mut bits = 1_u64;
        let mut noise = |length: usize| {
            let mut text = String::with_capacity(length);
            while text.len() < length {
                bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(&format!("{bits:016x}"));
            }
            text
        };
        // Large as they are stored, and large only when unpacked.
        for i in 0..6 {
            log.append(vec![suite::entry(&noise(1 << 20)), suite::entry(&format!("{i}").repeat(1 << 20))].into(), 7).await.unwrap();
        }
        for max_bytes in [1 << 19, 3 << 20] {
            let (mut after, mut seen) = (0, 0);
            loop {
                let read = log.read_after(after, 1000, max_bytes).await.unwrap();
                let Some(last) = read.last() else { break };
                after = number(last);
                seen += read.len();
                let bytes: usize = read.into_iter().map(|read| read.unwrap().payload.len()).sum();
                assert!(bytes < max_bytes + (2 << 20), "{bytes}");
            }
            assert_eq!(seen, 12);
        }
        assert!(log.read((1..=12).collect(), 1 << 20).await.unwrap().len() <= 3);
    }
}
