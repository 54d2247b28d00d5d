//! Runs this program again where nothing can leak: in a mount and a process namespace of its own. When the process inside
//! ends (also by SIGKILL, Ctrl-C or because its time is up) the kernel kills every server and drops every mount and loop
//! device; what is left for us is a folder and a control group.

use crate::{Outcome, cgroup};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Runs the same command inside, for `most` at the longest; its exit code.
pub fn run(most: Duration) -> Outcome<ExitCode> {
    let folder = tempfile::Builder::new().prefix("headwater-faults-").tempdir()?;
    // `setpriv`: not even SIGKILL to this process leaves the other one behind.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"]);
    command.arg(std::env::current_exe()?).args(std::env::args_os().skip(1)).arg("--inside").arg(folder.path());
    let mut child = command.spawn().map_err(|e| format!("cannot run setpriv and unshare (util-linux): {e}"))?;
    let pid = child.id();
    let (tell, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || tell.send(child.wait()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let why = tokio::select! {
            status = ended => return Ok(code(status??)),
            _ = interrupt.recv() => "interrupted",
            _ = terminate.recv() => "told to stop",
            () = tokio::time::sleep(most) => "out of time",
        };
        crate::subject::signal(pid, rustix::process::Signal::KILL);
        eprintln!("headwater-faults: {why}; cleaned up");
        Ok(ExitCode::from(2))
    });
    cgroup::sweep(&folder.path().file_name().unwrap_or_default().to_string_lossy());
    outcome
}

fn code(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        eprintln!("headwater-faults: ended by signal {signal}");
    }
    ExitCode::from(status.code().and_then(|code| code.try_into().ok()).unwrap_or(2))
}
