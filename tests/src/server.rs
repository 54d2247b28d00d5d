//! Starts, stops, kills and restarts the real binary on a temporary data directory.

use crate::http::{self, Answer};
use crate::picture;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A running server. Killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
    data: PathBuf,
    agent: ureq::Agent,
    _folder: Option<TempDir>,
}

/// The binary under test: `HEADWATER_BIN`, or the one beside the running test.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("HEADWATER_BIN") {
        return path.into();
    }
    let here = std::env::current_exe().unwrap_or_default();
    let folders = here.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("headwater")).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("there is no headwater binary near {}; build it first: cargo build -p server", here.display()))
}

/// The binary, without the settings of whoever runs the tests.
fn headwater() -> Command {
    let mut command = Command::new(binary());
    for name in ["DATA", "CONFIG", "LISTEN", "ALLOW_PUBLIC", "NAMING_RULES", "URL", "ACCEPT_LOSS", "LOG_FORMAT"] {
        command.env_remove(format!("HEADWATER_{name}"));
    }
    for name in ["DBT_PROFILES_DIR", "DBT_PROFILE", "DBT_TARGET", "OPENLINEAGE_NAMESPACE", "OPENLINEAGE_DBT_JOB_NAME"] {
        command.env_remove(name);
    }
    command
}

impl Server {
    /// A server on an empty data directory of its own.
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap_or_else(|e| panic!("no temporary folder: {e}"));
        let mut server = Self::start_in(folder.path(), &[]);
        server._folder = Some(folder);
        server
    }

    /// A server on this data directory, with more arguments.
    pub fn start_in(data: &Path, arguments: &[&str]) -> Self {
        let mut command = headwater();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments);
        Self::launch(command, data)
    }

    /// A server whose files `limit_files` can keep from growing: a disk that is full, without being root.
    pub fn start_limited(data: &Path) -> Self {
        let mut command = Command::new("sh");
        for (name, value) in headwater().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // Without this the kernel kills who writes beyond the limit instead of refusing.
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::launch(command, data)
    }

    /// No file of a server of `start_limited` can be written beyond so many bytes; `None` for any size.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let soft = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let mut command = Command::new("prlimit");
        command.arg(format!("--pid={}", self.pid())).arg(format!("--fsize={soft}:"));
        assert!(command.status().is_ok_and(|status| status.success()), "prlimit of util-linux is needed");
    }

    /// A server whose log goes to a file, with settings of the environment.
    pub fn start_logging(data: &Path, log: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let file = std::fs::File::create(log).unwrap_or_else(|e| panic!("no log: {e}"));
        let mut command = headwater();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data).args(arguments).envs(environment.iter().copied());
        Self::launch_with(command, data, file.into())
    }

    /// The demo.
    pub fn demo() -> Self {
        let mut command = headwater();
        command.args(["demo", "--listen", "127.0.0.1:0"]);
        Self::launch(command, Path::new(""))
    }

    fn launch(command: Command, data: &Path) -> Self {
        let log = if std::env::var_os("HEADWATER_LOG").is_some() { Stdio::inherit() } else { Stdio::null() };
        Self::launch_with(command, data, log)
    }

    fn launch_with(mut command: Command, data: &Path, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap_or_else(|e| panic!("cannot start the server: {e}"));
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap_or_else(|| panic!("no output")));
        let _ = lines.read_line(&mut line);
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("the server did not start: {line}"))
            .to_owned();
        // Reads on, so that the server never writes into a closed pipe.
        std::thread::spawn(move || lines.lines().for_each(drop));
        Self { child, url, data: data.into(), agent: http::agent(), _folder: None }
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process is still there, for the end of a sentence about a request that failed.
    fn state(&self) -> &'static str {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        if stat.contains(") Z ") || stat.is_empty() { "the server has ended" } else { "the server runs" }
    }

    /// Posts these events one by one; each must be taken.
    pub fn take(&self, events: &[Value]) {
        for event in events {
            let answer = self.post(event);
            assert_eq!(answer.status, 201, "{event}\n{}", answer.text);
        }
    }

    /// Posts an event, or an array of them, to `/api/v1/lineage`.
    pub fn post(&self, event: &Value) -> Answer {
        self.post_bytes("/api/v1/lineage", &[("content-type", "application/json")], event.to_string().as_bytes())
    }

    /// Posts anything anywhere.
    pub fn post_bytes(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        http::post(&self.agent, &format!("{}{path}", self.url), headers, body)
            .unwrap_or_else(|e| panic!("POST {path}: {e}; {}", self.state()))
    }

    /// Posts, and says when the connection fails instead of failing the test.
    pub fn try_post(&self, event: &Value) -> Option<Answer> {
        let url = format!("{}/api/v1/lineage", self.url);
        http::post(&self.agent, &url, &[("content-type", "application/json")], event.to_string().as_bytes()).ok()
    }

    /// Gets anything.
    pub fn get(&self, path: &str) -> Answer {
        http::get(&self.agent, &format!("{}{path}", self.url), &[]).unwrap_or_else(|e| panic!("GET {path}: {e}; {}", self.state()))
    }

    /// Sends a request without a body by any method.
    pub fn send(&self, method: &str, path: &str) -> Answer {
        http::send(&self.agent, method, &format!("{}{path}", self.url)).unwrap_or_else(|e| panic!("{method} {path}: {e}; {}", self.state()))
    }

    /// Asks a GraphQL question; fails on errors in the answer.
    pub fn ask(&self, query: &str) -> Value {
        let answer = self.ask_with(query, Value::Null);
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Asks with variables; returns the whole answer, errors included. Waits for everything that was
    /// acknowledged so far, however slow the machine: the server itself waits two seconds at most.
    pub fn ask_with(&self, query: &str, variables: Value) -> Value {
        if query.contains("search(") {
            self.wait_for("{ search(query: \"\", first: 0) { totalCount } status { logSeq seq: searchSeq } }");
        } else {
            self.wait_for("{ status { logSeq seq: catalogSeq } }");
        }
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.post_bytes("/graphql", &[("content-type", "application/json")], body.as_bytes()).json()
    }

    /// Asks until `seq` has reached the log's end; each time the server waits, so this does not spin.
    fn wait_for(&self, query: &str) {
        let mut min_seq = "0".to_owned();
        for _ in 0..60 {
            let headers = [("content-type", "application/json"), ("x-headwater-min-seq", min_seq.as_str())];
            let answer = self.post_bytes("/graphql", &headers, json!({ "query": query }).to_string().as_bytes()).json();
            let status = &answer["data"]["status"];
            if status["seq"] == status["logSeq"] && status["seq"].is_u64() {
                return;
            }
            min_seq = status["logSeq"].to_string();
        }
        panic!("the projections do not catch up");
    }

    /// The lineage of a dataset of namespace `db` as lines; `arguments` as in GraphQL.
    pub fn lineage(&self, dataset: &str, arguments: &str) -> Vec<String> {
        let query = format!(
            "query($name: String) {{ dataset(namespace: \"db\", name: $name) {{ lineage({arguments}) {{ {} }} }} }}",
            picture::LINEAGE
        );
        picture::lineage(&self.ask_about(&query, dataset)["dataset"]["lineage"])
    }

    /// The root question as lines; `arguments` as in GraphQL.
    pub fn question(&self, arguments: &str) -> Vec<String> {
        picture::question(&self.ask(&format!("{{ lineage({arguments}) {{ {} }} }}", picture::QUESTION))["lineage"])
    }

    /// The lineage of a column of a dataset of namespace `db` as lines.
    pub fn columns(&self, dataset: &str, column: &str, arguments: &str) -> Vec<String> {
        let query = format!(
            "query($name: String!) {{ column(namespace: \"db\", dataset: $name, name: \"{column}\") {{ lineage({arguments}) {{ {} }} }} }}",
            picture::COLUMNS
        );
        picture::columns(&self.ask_about(&query, dataset)["column"]["lineage"])
    }

    /// Asks with `$name`; fails on errors in the answer.
    pub fn ask_about(&self, query: &str, name: &str) -> Value {
        let answer = self.ask_with(query, json!({ "name": name }));
        assert!(answer["errors"].is_null(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// What the server counts.
    pub fn counts(&self) -> Value {
        self.ask("{ status { jobs runs datasets columns edges columnEdges } }")["status"].clone()
    }

    /// Checks a stopped server's data directory; the lines of its three digests.
    pub fn digests(data: &Path) -> Vec<String> {
        let (good, text) = Self::command(&["verify", "--data", &data.display().to_string()]);
        assert!(good, "{text}");
        let lines = text.lines().filter(|line| ["catalog ", "graph ", "search "].iter().any(|name| line.starts_with(name)));
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{text}");
        lines
    }

    /// Sends SIGKILL, also while others still talk to it.
    pub fn kill(&self) {
        let _ = Command::new("kill").arg("-9").arg(self.child.id().to_string()).status();
    }

    /// Ends it in good order with SIGTERM; true when it ended well.
    pub fn stop(mut self) -> bool {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Runs another command of the binary to its end; returns its exit code and both outputs.
    pub fn run(arguments: &[&str]) -> (i32, String, String) {
        let output = headwater().args(arguments).output().unwrap_or_else(|e| panic!("cannot run headwater {arguments:?}: {e}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// The same with settings of the environment.
    pub fn run_with(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
        let output = headwater().args(arguments).envs(environment.iter().copied()).output();
        let output = output.unwrap_or_else(|e| panic!("cannot run headwater {arguments:?}: {e}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// Runs another command of the binary to its end; returns whether it succeeded and its output.
    pub fn command(arguments: &[&str]) -> (bool, String) {
        let output = headwater().args(arguments).output().unwrap_or_else(|e| panic!("cannot run headwater {arguments:?}: {e}"));
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
