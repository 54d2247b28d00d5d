//! Disks that fill up and are freed, in memory and on ext4. The server answers 503 while it cannot write, says why, goes on
//! answering questions, and takes events again without a restart.

use crate::Outcome;
use crate::check::{self, CATCH_UP};
use crate::feed;
use crate::ledger::Ledger;
use crate::mount::Mount;
use crate::row::{Row, Rows};
use crate::scene::{Scene, copy};
use crate::subject::Subject;
use serde_json::Value;
use std::time::Duration;

/// Both kinds.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    rows.push(cycles(scene, "tmpfs of 48 MiB, filled and freed", &Mount::memory(&scene.place("tmpfs")?, 48)?)?);
    rows.push(cycles(scene, "ext4 of 64 MiB, filled and freed", &Mount::ext4(&scene.place("ext4")?, 64)?)?);
    Ok(())
}

fn cycles(scene: &Scene, case: &str, mount: &Mount) -> Outcome<Row> {
    let mut row = Row::new("full", case);
    let data = mount.folder.join("data");
    let (launch, ledger) = (scene.launch(&data), Ledger::default());
    let subject = launch.start()?;
    for _ in 0..scene.dose.of(2, 10) {
        feed::load_for(&subject, &ledger, 4, Duration::from_millis(150));
        let ballast = mount.fill()?;
        // What is free inside the files goes too.
        feed::load_for(&subject, &ledger, 4, Duration::from_millis(700));
        if refuses(&subject, &ledger) {
            let (red, said) = subject.readyz(503, Duration::from_secs(3));
            row.expect(red, || format!("/readyz while the disk is full: {said}"));
            row.expect(!red || said.to_lowercase().contains("full"), || format!("/readyz does not say that the disk is full: {said}"));
            row.expect(subject.get("/livez").is_ok_and(|answer| answer.status == 200), || "/livez while the disk is full".into());
            let asked = subject.data_of("{ datasets(first: 5) { totalCount } }", Value::Null);
            row.expect(asked.is_ok(), || "no answers while the disk is full".into());
        } else {
            row.off("the disk is full, and events are still acknowledged");
        }
        std::fs::remove_file(ballast)?;
        let again = feed::one_within(&subject, &ledger, Duration::from_secs(10));
        row.expect(again, || "intake does not come back when there is space again".into());
        let (green, said) = subject.readyz(200, Duration::from_secs(10));
        row.expect(green, || format!("/readyz after there is space again: {said}"));
        row.rounds += 1;
        if row.gives_up() {
            break;
        }
    }
    let odd: Vec<u16> = ledger.statuses().into_keys().filter(|status| !matches!(status, 200 | 201 | 503)).collect();
    row.expect(odd.is_empty(), || format!("answers other than 2xx and 503: {odd:?}"));
    row.note(format!("{} answers 503", ledger.statuses().get(&503).copied().unwrap_or(0)));
    row.expect(subject.catches_up(CATCH_UP), || "the projections do not catch up".into());
    check::ended(&mut row, subject);
    // A rebuild beside the projections needs more space than this disk has.
    let roomy = scene.place("roomy")?.join("data");
    copy(&data, &roomy)?;
    let launch = scene.launch(&roomy);
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    Ok(row)
}

/// True when one of the next events is refused. Some may still fit into a write-ahead log that has its space already.
fn refuses(subject: &Subject, ledger: &Ledger) -> bool {
    (0..400).any(|_| !feed::one(subject, ledger))
}
