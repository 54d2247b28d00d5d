//! How the server under attack is started: on which data folder, with which calls that fail, in which control group.

use crate::Outcome;
use crate::preload::{Control, Tools};
use crate::subject::Subject;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A start that takes longer hangs.
const START: Duration = Duration::from_secs(60);

/// How to start it.
pub struct Launch {
    server: PathBuf,
    data: PathBuf,
    log: PathBuf,
    environment: Vec<(&'static str, OsString)>,
    cgroup: Option<PathBuf>,
}

/// Why it did not start.
#[derive(Debug)]
pub struct NoStart {
    /// Its exit code; `None` when it hung, or died by a signal.
    pub code: Option<i32>,
    /// What it wrote to standard error.
    pub said: String,
}

impl std::fmt::Display for NoStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server did not start (exit code {:?}): {}", self.code, self.said.trim())
    }
}

impl std::error::Error for NoStart {}

impl Launch {
    /// On this data folder, with nothing wrong; its standard error goes to `log`.
    pub fn new(server: &Path, data: &Path, log: PathBuf) -> Self {
        Self { server: server.into(), data: data.into(), log, environment: Vec::new(), cgroup: None }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// With calls that fail as the control says.
    pub fn with(mut self, tools: &Tools, control: &Control) -> Self {
        self.environment.push(("LD_PRELOAD", tools.preload.clone().into()));
        self.environment.push(("FAULTS_CONTROL", control.path.clone().into()));
        self.environment.push(("FAULTS_UNDER", self.data.clone().into()));
        self
    }

    /// In this control group.
    pub fn within(mut self, cgroup: &Path) -> Self {
        self.cgroup = Some(cgroup.into());
        self
    }

    fn command(&self) -> Command {
        let mut command = match &self.cgroup {
            Some(cgroup) => {
                let mut command = Command::new("sh");
                command.args(["-c", "echo 0 > \"$0\"/cgroup.procs && exec \"$@\""]).arg(cgroup).arg(&self.server);
                command
            }
            None => Command::new(&self.server),
        };
        for name in ["DATA", "CONFIG", "LISTEN", "ALLOW_PUBLIC", "NAMING_RULES", "URL", "LOG", "ACCEPT_LOSS"] {
            command.env_remove(format!("HEADWATER_{name}"));
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it and waits until it listens.
    pub fn start(&self) -> Result<Subject, NoStart> {
        let broken = |e: std::io::Error| NoStart { code: None, said: e.to_string() };
        let errors = File::options().create(true).append(true).open(&self.log).map_err(broken)?;
        let begin = errors.metadata().map_err(broken)?.len();
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().map_err(broken)?;
        let (tell, told) = mpsc::channel();
        let stdout = child.stdout.take();
        std::thread::spawn(move || {
            // Reads on, so that the server never writes into a closed pipe.
            for line in stdout.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let line = told.recv_timeout(START).unwrap_or_default();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        let mut subject = Subject::new(child, url.clone().unwrap_or_default(), &self.data, (self.log.clone(), begin));
        match url {
            Some(_) => Ok(subject),
            None => {
                let code = subject.ended(Duration::from_secs(2)).and_then(|status| status.code());
                Err(NoStart { code, said: subject.said() })
            }
        }
    }

    /// `headwater verify` on the data folder: true when log and projections are as they should be; and what it said.
    pub fn verify(&self) -> Outcome<(bool, String)> {
        let output = Command::new(&self.server).args(["verify", "--data"]).arg(&self.data).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Ok((output.status.success(), text))
    }
}
