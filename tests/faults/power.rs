//! Power cuts: the server is held still, its file system forgets what it was not told to keep, then the server is killed
//! and the file system mounted again. The control does the same to a server whose fsync does nothing, and has to lose
//! events: else the cut cuts nothing.

use crate::Outcome;
use crate::check;
use crate::feed;
use crate::launch::Launch;
use crate::ledger::Ledger;
use crate::mount::{self, Mount};
use crate::preload::{Call, Control, Failure, Rule};
use crate::row::{Row, Rows};
use crate::scene::Scene;
use crate::subject::{Subject, signal};
use rustix::process::Signal;
use std::time::{Duration, Instant};

/// Both.
pub fn run(scene: &Scene, rows: &mut Rows) -> Outcome<()> {
    rows.push(cuts(scene)?);
    rows.push(control(scene)?);
    Ok(())
}

fn cuts(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("power", "power cut of ext4 under 12 posters");
    let mount = Mount::ext4(&scene.place("power")?, 512)?;
    let (launch, ledger) = (scene.launch(&mount.folder.join("data")), Ledger::default());
    let mut numbers = scene.numbers(2);
    for _ in 0..scene.dose.of(6, 60) {
        let mut subject = launch.start()?;
        let before = ledger.count();
        under_posters(scene, &mount, &mut subject, &ledger, Duration::from_millis(200 + numbers.below(600) as u64))?;
        mount.unmount()?;
        mount.mount("rw")?;
        row.rounds += 1;
        row.expect(ledger.count() > before, || "nothing was acknowledged before the cut".into());
    }
    row.note(format!("{} in doubt, sent again", ledger.doubtful().len()));
    check::whole(&mut row, launch.start()?, &launch, &ledger)?;
    mount.unmount()?;
    Ok(row)
}

/// Cuts after so long, and not before something is acknowledged, while posters go on.
fn under_posters(scene: &Scene, mount: &Mount, subject: &mut Subject, ledger: &Ledger, time: Duration) -> Outcome<()> {
    let (begun, before) = (Instant::now(), ledger.count());
    let url = subject.url.clone();
    let mut done = Ok(());
    feed::load(&url, ledger, 12, || {
        let over = begun.elapsed() > time && ledger.count() > before || begun.elapsed() > 20 * time;
        if over {
            done = cut(scene, mount, subject);
        }
        over
    });
    done
}

/// The disk loses power under a server that does not run on to find out.
fn cut(scene: &Scene, mount: &Mount, subject: &mut Subject) -> Outcome<()> {
    hold(subject);
    mount::run(&scene.tools.powercut.display().to_string(), &[&mount.folder.display().to_string()])?;
    subject.kill();
    Ok(())
}

/// Stops every thread. One that waits for the disk goes on to the end of its call, which then is not cut off halfway.
fn hold(subject: &Subject) {
    signal(subject.pid(), Signal::STOP);
    let until = Instant::now() + Duration::from_secs(2);
    while !held(subject.pid()) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// True when all threads of a process are stopped.
fn held(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let stopped = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'));
    threads.into_iter().all(|thread| std::fs::read_to_string(thread.path().join("stat")).is_ok_and(stopped))
}

fn control(scene: &Scene) -> Outcome<Row> {
    let mut row = Row::new("power", "control: the same with an fsync that does nothing has to lose events");
    let place = scene.place("control")?;
    let (mut acked, mut found) = (0, 0);
    for round in 0..scene.dose.of(3, 10) {
        let at = place.join(format!("{round}"));
        std::fs::create_dir(&at)?;
        let mount = Mount::ext4(&at, 256)?;
        let data = mount.folder.join("data");
        let (ledger, control) = (Ledger::default(), Control::new(at.join("control"))?);
        let launch: Launch = scene.launch(&data).with(&scene.tools, &control);
        let mut subject = launch.start()?;
        // The files are there for certain; what is lost is what was acknowledged.
        mount::run("sync", &["-f", &mount.folder.display().to_string()])?;
        control.arm(0, &Rule::all(&[Call::Sync], "log.db*", Failure::Pretend))?;
        under_posters(scene, &mount, &mut subject, &ledger, Duration::from_millis(800))?;
        mount.unmount()?;
        mount.mount("rw")?;
        // A log that cannot be read any more is lost as a whole.
        let kept = ledger.compare(&data).map(|compared| compared.found).unwrap_or_else(|e| {
            row.note(format!("a log is not to be read any more: {e}"));
            0
        });
        (acked, found) = (acked + ledger.count(), found + kept);
        row.rounds += 1;
        mount.unmount()?;
    }
    // Not counted with what has to be found.
    row.note(format!("{} of {acked} acknowledged events lost, as it has to be", acked - found));
    row.expect(acked > found, || format!("nothing of {acked} was lost: the power cut of this harness proves nothing"));
    Ok(row)
}
