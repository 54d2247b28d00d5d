//! What is measured: the server, or the floor, as a process on a temporary folder.

use crate::Outcome;
use crate::client::Client;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use tests::Server;

/// A running subject. Killed when dropped, and its data deleted.
pub struct Subject {
    /// `host:port`
    pub address: String,
    /// Its process.
    pub pid: u32,
    process: Process,
    folder: TempDir,
}

enum Process {
    Server(Server),
    Floor(Child),
}

impl Subject {
    /// The server on an empty folder.
    pub fn server() -> Outcome<Self> {
        Ok(Self::server_on(TempDir::new()?))
    }

    /// The server on a folder with data.
    pub fn server_on(folder: TempDir) -> Self {
        let server = Server::start_in(folder.path(), &[]);
        Self { address: address(&server.url), pid: server.pid(), process: Process::Server(server), folder }
    }

    /// The floor on an empty folder.
    pub fn floor() -> Outcome<Self> {
        let folder = TempDir::new()?;
        let mut child = Command::new(std::env::current_exe()?).arg("floor").arg(folder.path()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).ok_or("the floor did not start")?;
        Ok(Self { address: address(url), pid: child.id(), process: Process::Floor(child), folder })
    }

    /// A connection to it.
    pub fn client(&self) -> Outcome<Client> {
        Client::open(&self.address)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it in good order; its folder stays.
    pub fn stop(self) -> Outcome<TempDir> {
        let Self { process, folder, .. } = self;
        match process {
            Process::Server(server) => {
                if !server.stop() {
                    return Err("the server did not end well".into());
                }
            }
            Process::Floor(child) => end(child)?,
        }
        Ok(folder)
    }

    /// Ends it with SIGKILL; its folder stays.
    pub fn kill(self) -> Outcome<TempDir> {
        let Self { process, folder, .. } = self;
        match process {
            Process::Server(server) => server.kill(),
            Process::Floor(child) => end(child)?,
        }
        Ok(folder)
    }
}

fn end(mut child: Child) -> Outcome<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn address(url: &str) -> String {
    url.trim_start_matches("http://").trim_end_matches('/').to_owned()
}

/// Bytes of all files below a folder.
pub fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.metadata().map_or(0, |data| if data.is_dir() { size(&entry.path()) } else { data.len() })).sum()
}
