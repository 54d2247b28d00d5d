//! File systems of our own: ext4 in a file, and memory. They end with their guard, and at the latest with the namespace
//! that the harness runs in.

use crate::Outcome;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A mounted file system.
pub struct Mount {
    /// What is mounted: an image, or `None` for memory.
    image: Option<PathBuf>,
    /// Where.
    pub folder: PathBuf,
}

impl Mount {
    /// A new ext4 of so many MiB, in a file.
    pub fn ext4(place: &Path, mib: u64) -> Outcome<Self> {
        let (image, folder) = (place.join("image"), place.join("mount"));
        File::create(&image)?.set_len(mib << 20)?;
        let path = image.display().to_string();
        // Without blocks kept for root: it is root that fills it.
        run("mkfs.ext4", &["-q", "-F", "-m", "0", &path])?;
        std::fs::create_dir(&folder)?;
        let mount = Self { image: Some(image), folder };
        mount.mount("rw")?;
        Ok(mount)
    }

    /// A new one in memory.
    pub fn memory(place: &Path, mib: u64) -> Outcome<Self> {
        let folder = place.join("mount");
        std::fs::create_dir(&folder)?;
        run("mount", &["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs", &folder.display().to_string()])?;
        Ok(Self { image: None, folder })
    }

    /// Mounts it with these options.
    pub fn mount(&self, options: &str) -> Outcome<()> {
        let Some(image) = &self.image else { return Ok(()) };
        run("mount", &["-o", &format!("loop,{options}"), &image.display().to_string(), &self.folder.display().to_string()])
    }

    /// Mounts it again with these options, while it is in use.
    pub fn remount(&self, options: &str) -> Outcome<()> {
        run("mount", &["-o", &format!("remount,{options}"), &self.folder.display().to_string()])
    }

    /// Unmounts it, once nobody uses it any more.
    pub fn unmount(&self) -> Outcome<()> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match run("umount", &[&self.folder.display().to_string()]) {
                Err(e) if Instant::now() > until => return Err(e),
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Writes until nothing more fits; the file to delete.
    pub fn fill(&self) -> Outcome<PathBuf> {
        let path = self.folder.join("ballast");
        let mut file = File::create(&path)?;
        let block = vec![0xa5; 64 << 10];
        let mut size = block.len();
        // To the last block.
        while size > 0 {
            match file.write(&block[..size]) {
                Ok(0) | Err(_) => size /= 2,
                Ok(_) => {}
            }
        }
        // ext4 finds out when it writes back.
        let _ = file.sync_all();
        Ok(path)
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", &self.folder.display().to_string()]);
    }
}

/// Runs a program; what it said when it failed.
pub fn run(program: &str, arguments: &[&str]) -> Outcome<()> {
    let output = Command::new(program).args(arguments).output().map_err(|e| format!("cannot run {program}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("{program} {}: {said}", arguments.join(" ")).into())
}
