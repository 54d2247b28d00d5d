//! A disk in memory that fails at call N, for tests of whoever writes an index.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, RamDirectory, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use super::open::Place;
use super::{SearchError, SearchIndex};

/// Which calls fail.
#[derive(Debug, Default)]
pub struct Disk {
    calls: AtomicU64,
    from: AtomicU64,
    until: AtomicU64,
}

impl Disk {
    fn call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let fails = (self.from.load(Ordering::SeqCst)..self.until.load(Ordering::SeqCst)).contains(&call);
        if fails { Err(io::Error::from_raw_os_error(28)) } else { Ok(()) }
    }

    /// From its call after so many more on, so many fail.
    pub fn fails(&self, after: u64, calls: u64) {
        let begin = self.calls.load(Ordering::SeqCst) + after;
        self.from.store(begin, Ordering::SeqCst);
        self.until.store(begin + calls, Ordering::SeqCst);
    }

    /// No call fails any more.
    pub fn works(&self) {
        self.until.store(0, Ordering::SeqCst);
    }

    /// An empty index on it.
    pub fn index(self: &Arc<Self>) -> Result<SearchIndex, SearchError> {
        let directory = Failing { under: RamDirectory::create(), disk: self.clone() };
        SearchIndex::at(Place::Directory(Box::new(directory)))
    }
}

#[derive(Clone, Debug)]
struct Failing {
    under: RamDirectory,
    disk: Arc<Disk>,
}

struct File {
    under: WritePtr,
    disk: Arc<Disk>,
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.call()?;
        self.under.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.under.flush()
    }
}

impl TerminatingWrite for File {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.disk.call()?;
        self.under.terminate_ref(token)
    }
}

impl Directory for Failing {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.disk.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.under.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let failed = |e| DeleteError::IoError { io_error: Arc::new(e), filepath: path.to_owned() };
        self.disk.call().map_err(failed)?;
        self.under.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.disk.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.under.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.disk.call().map_err(|e| OpenWriteError::wrap_io_error(e, path.to_owned()))?;
        let under = self.under.open_write(path)?;
        Ok(WritePtr::new(Box::new(File { under, disk: self.disk.clone() })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.disk.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.under.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.disk.call()?;
        self.under.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.disk.call()?;
        self.under.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.disk.call().map_err(|e| LockError::IoError(Arc::new(e)))?;
        // The file of a lock that fell is not there; a delete that fails would leave it here.
        self.under.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.under.watch(callback)
    }
}
