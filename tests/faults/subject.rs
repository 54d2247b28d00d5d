//! The server under attack: started with whatever is to go wrong, asked, and ended.

use crate::Outcome;
use crate::preload::{Control, Tools};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tests::Answer;
use tests::http;

/// A start that takes longer hangs.
const START: Duration = Duration::from_secs(60);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);
/// SIGTERM ends the process within this time.
pub const STOP: Duration = Duration::from_secs(5);

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
        for name in ["DATA", "CONFIG", "LISTEN", "ALLOW_PUBLIC", "NAMING_RULES", "URL", "LOG"] {
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
        let mut subject =
            Subject { child, url: String::new(), data: self.data.clone(), log: self.log.clone(), begin, agent: http::patient(PATIENCE) };
        match url {
            Some(url) => {
                subject.url = url;
                Ok(subject)
            }
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

/// A running server. Killed when dropped.
pub struct Subject {
    child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
    data: PathBuf,
    log: PathBuf,
    begin: u64,
    agent: ureq::Agent,
}

/// Sends a signal; a process that is gone is no error.
pub fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

impl Subject {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What it wrote to standard error since it was started.
    pub fn said(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(bytes.get(self.begin as usize..).unwrap_or_default()).into_owned()
    }

    /// Sends SIGKILL and waits until it is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// True while the process lives.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for the end of the process.
    pub fn ended(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }

    /// Sends SIGTERM; how long it took to end and whether it ended well. What takes far too long is killed.
    pub fn stop(mut self) -> (Duration, bool) {
        let begun = Instant::now();
        signal(self.pid(), Signal::TERM);
        let status = self.ended(Duration::from_secs(15));
        (begun.elapsed(), status.is_some_and(|status| status.success()))
    }

    /// Gets something.
    pub fn get(&self, path: &str) -> Outcome<Answer> {
        Ok(http::get(&self.agent, &format!("{}{path}", self.url), &[])?)
    }

    /// Posts something.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Outcome<Answer> {
        Ok(http::post(&self.agent, &format!("{}{path}", self.url), headers, body)?)
    }

    /// Posts one event; the status.
    pub fn post_event(&self, event: &Value) -> Outcome<u16> {
        Ok(self.post("/api/v1/lineage", &[("content-type", "application/json")], event.to_string().as_bytes())?.status)
    }

    /// Asks GraphQL without waiting for the projections; the whole answer.
    pub fn ask(&self, query: &str, variables: Value) -> Outcome<Value> {
        let headers = [("content-type", "application/json"), ("x-headwater-min-seq", "0")];
        let answer = self.post("/graphql", &headers, json!({ "query": query, "variables": variables }).to_string().as_bytes())?;
        if answer.status != 200 {
            return Err(format!("GraphQL answered {}: {}", answer.status, start_of(&answer.text)).into());
        }
        Ok(answer.json())
    }

    /// The data of an answer without errors.
    pub fn data_of(&self, query: &str, variables: Value) -> Outcome<Value> {
        let mut answer = self.ask(query, variables)?;
        if !answer["errors"].is_null() {
            return Err(format!("GraphQL: {}", start_of(&answer["errors"].to_string())).into());
        }
        Ok(answer["data"].take())
    }

    /// True when catalog, graph and search have reached the log's end in time.
    pub fn catches_up(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        loop {
            // Search is committed at once when somebody searches.
            let query = "{ status { logSeq catalogSeq searchSeq } search(query: \"x\", first: 0) { totalCount } }";
            let headers = [("content-type", "application/json")];
            let answer = self.post("/graphql", &headers, json!({ "query": query }).to_string().as_bytes());
            let status = answer.map(|answer| answer.json()["data"]["status"].clone()).unwrap_or_default();
            let at = |name: &str| status[name].as_u64();
            if at("logSeq").is_some() && at("logSeq") == at("catalogSeq") && at("logSeq") == at("searchSeq") {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks `/readyz` until it answers this status; the last answer, and whether it did in time.
    pub fn readyz(&self, wanted: u16, patience: Duration) -> (bool, String) {
        let until = Instant::now() + patience;
        loop {
            let (status, text) = self.get("/readyz").map_or_else(|e| (0, e.to_string()), |answer| (answer.status, answer.text));
            if status == wanted || Instant::now() > until {
                return (status == wanted, format!("{status} {}", start_of(text.trim())));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.kill();
    }
}

/// So much of a text as fits a line.
pub fn start_of(text: &str) -> String {
    text.chars().take(200).collect()
}
