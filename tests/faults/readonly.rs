//! File systems that become read-only: aborted by the kernel as after an error of the disk, refused by every call and
//! then allowed again, and read-only from the start.

use crate::Outcome;
use crate::check;
use crate::feed;
use crate::ledger::Ledger;
use crate::mount::Mount;
use crate::preload::{Call, Control, Failure, Rule};
use crate::row::{Row, Rows};
use crate::scene::Scene;
use crate::subject::start_of;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// All three.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    rows.push(aborted(scene)?);
    rows.push(refused(scene)?);
    rows.push(from_the_start(scene)?);
    Ok(())
}

/// Linux (6.18) says of an fsync that waits while the journal is aborted that it is done, and drops what it was for: seen
/// without a server, with plain files. So what is acknowledged from then on is in doubt; but each poster has one request
/// under way at most, and whoever acknowledges more than that is lying.
const UNDER_WAY: u64 = 6 * 20;

/// The kernel does not let an aborted ext4 be written again before it is mounted anew.
fn aborted(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("readonly", "ext4 aborted by the kernel under posters; mounted anew");
    let mount = Mount::ext4(&scene.place("aborted")?, 256)?;
    let (launch, ledger) = (scene.launch(&mount.folder.join("data")), Ledger::default());
    for _ in 0..scene.dose.of(2, 10) {
        let subject = launch.start()?;
        let begun = Instant::now();
        let (mut aborted, mut known, mut meanwhile) = (false, BTreeSet::new(), 0);
        feed::load(&subject.url, &ledger, 6, || {
            if begun.elapsed() > Duration::from_millis(300) && !aborted {
                known = ledger.known();
                aborted = mount.remount("abort").is_ok();
                // The command itself takes a while, and until it is through all is well.
                meanwhile = (ledger.known().len() - known.len()) as u64;
            }
            begun.elapsed() > Duration::from_millis(900)
        });
        row.expect(aborted, || "the file system could not be aborted".into());
        let later = ledger.doubt(&known);
        row.expect(later <= UNDER_WAY + meanwhile, || format!("{later} events are acknowledged after the file system became read-only"));
        row.expect(!feed::one(&subject, &ledger), || "an event is acknowledged on a read-only file system".into());
        let (red, said) = subject.readyz(503, Duration::from_secs(3));
        row.expect(red, || format!("/readyz on a read-only file system: {said}"));
        row.expect(subject.get("/livez").is_ok_and(|answer| answer.status == 200), || "/livez on a read-only file system".into());
        let (took, _) = subject.stop();
        row.expect(took <= crate::subject::STOP, || format!("SIGTERM took {:.1} s", took.as_secs_f64()));
        mount.unmount()?;
        mount.mount("rw")?;
        row.rounds += 1;
    }
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    mount.unmount()?;
    Ok(row)
}

fn refused(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("readonly", "every writing call refused with EROFS, then allowed; no restart");
    let place = scene.place("refused")?;
    let control = Control::new(place.join("control"))?;
    let launch = scene.launch(&place.join("data")).with(&scene.tools, &control);
    let (subject, ledger) = (launch.start()?, Ledger::default());
    let calls = [Call::Write, Call::Sync, Call::Truncate, Call::Rename, Call::Unlink];
    for _ in 0..scene.dose.of(2, 10) {
        feed::load_for(&subject, &ledger, 6, Duration::from_millis(300));
        control.arm(0, &Rule::all(&calls, "*", Failure::ReadOnly))?;
        feed::load_for(&subject, &ledger, 6, Duration::from_millis(500));
        row.expect(!feed::one(&subject, &ledger), || "an event is acknowledged that cannot be written".into());
        let (red, said) = subject.readyz(503, Duration::from_secs(3));
        row.expect(red, || format!("/readyz while nothing can be written: {said}"));
        control.disarm(0)?;
        row.expect(feed::one_within(&subject, &ledger, Duration::from_secs(10)), || "intake does not come back".into());
        let (green, said) = subject.readyz(200, Duration::from_secs(10));
        row.expect(green, || format!("/readyz when everything can be written again: {said}"));
        row.rounds += 1;
    }
    check::whole(&mut row, subject, &launch, &ledger)?;
    Ok(row)
}

fn from_the_start(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("readonly", "started on a read-only file system");
    let mount = Mount::ext4(&scene.place("start")?, 64)?;
    let (launch, ledger) = (scene.launch(&mount.folder.join("data")), Ledger::default());
    let subject = launch.start()?;
    feed::load_for(&subject, &ledger, 2, Duration::from_millis(100));
    subject.stop();
    mount.remount("ro")?;
    match launch.start() {
        Ok(subject) => {
            row.note("it serves what there is");
            row.expect(!feed::one(&subject, &ledger), || "an event is acknowledged on a read-only file system".into());
            let (red, said) = subject.readyz(503, Duration::from_secs(3));
            row.expect(red, || format!("/readyz on a read-only file system: {said}"));
        }
        Err(no) => {
            row.note(format!("it says: {}", start_of(no.said.trim())));
            row.expect(no.code.is_some_and(|code| code != 0), || "it hangs".into());
            row.expect(no.said.contains("headwater: "), || "it does not say why it ends".into());
        }
    }
    mount.remount("rw")?;
    row.rounds = 1;
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    mount.unmount()?;
    Ok(row)
}
