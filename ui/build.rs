//! Builds the web app and turns its files into a static table that `src/lib.rs` includes.
//!
//! `HEADWATER_UI=skip` embeds a stub page; `HEADWATER_UI_DIST=dir` embeds a finished build; otherwise npm and
//! Vite run if Node is there. Without Node the stub is embedded with a warning, or, with
//! `HEADWATER_UI=require`, the build fails.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Every input of the build. `node_modules` is left out: package-lock.json stands for it.
const INPUTS: &[&str] = &[
    "build.rs",
    "app",
    "public",
    "index.html",
    "graphiql.html",
    "stub.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
];

fn main() {
    if let Err(error) = run() {
        eprintln!("The web app could not be built.\n{error}");
        exit(1);
    }
}

fn run() -> Outcome<()> {
    for input in INPUTS {
        println!("cargo:rerun-if-changed={input}");
    }
    println!("cargo:rerun-if-env-changed=HEADWATER_UI");
    println!("cargo:rerun-if-env-changed=HEADWATER_UI_DIST");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (dist, stub) = find_dist(&out)?;
    write_table(&dist, &out, stub)
}

/// Says where the finished files are, and whether they are only the stub.
fn find_dist(out: &Path) -> Outcome<(PathBuf, bool)> {
    let wish = env::var("HEADWATER_UI").unwrap_or_default();
    if wish == "skip" {
        return Ok((stub(out)?, true));
    }
    if let Some(dist) = env::var_os("HEADWATER_UI_DIST").map(PathBuf::from) {
        println!("cargo:rerun-if-changed={}", dist.display());
        if !dist.join("index.html").is_file() {
            return Err(format!("HEADWATER_UI_DIST={} holds no index.html", dist.display()).into());
        }
        return Ok((dist, false));
    }
    match missing_tool() {
        None => Ok((build_app(out)?, false)),
        Some(missing) if wish == "require" => Err(missing.into()),
        Some(missing) => {
            println!(
                "cargo:warning={missing} The API works, the web pages are a stub. Install it and run `cargo clean -p ui`, or set HEADWATER_UI_DIST to a finished build."
            );
            Ok((stub(out)?, true))
        }
    }
}

/// What is missing to build the app, as a sentence.
fn missing_tool() -> Option<String> {
    let version = |tool: &str| {
        let output = Command::new(tool).arg("--version").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let Some(node) = version("node") else {
        return Some("Node.js (20.19 or newer) is not installed.".into());
    };
    let mut parts = node.trim().trim_start_matches('v').split('.').map(|p| p.parse().unwrap_or(0));
    let found: (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < (20, 19) {
        return Some(format!("Node.js 20.19 or newer is needed, {} is installed.", node.trim()));
    }
    version(npm()).is_none().then(|| "npm is not installed.".into())
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn build_app(out: &Path) -> Outcome<PathBuf> {
    // Two cargo jobs (an editor's and yours) must not install into one directory at once.
    let lock = File::create(".npm.lock")?;
    lock.lock()?;
    let stamp = Path::new("node_modules/.headwater-stamp");
    let wanted = digest(&fs::read("package-lock.json")?);
    if fs::read_to_string(stamp).ok().as_deref() != Some(wanted.as_str()) {
        must_succeed(Command::new(npm()).args(["ci", "--no-audit", "--no-fund"]))?;
        fs::write(stamp, &wanted)?;
    }
    let dist = out.join("dist");
    must_succeed(
        Command::new("node")
            .args(["node_modules/vite/bin/vite.js", "build", "--emptyOutDir", "--outDir"])
            .arg(&dist)
            .env("NODE_ENV", "production"),
    )?;
    Ok(dist)
}

/// Runs a command; its whole output becomes the error when it fails.
fn must_succeed(command: &mut Command) -> Outcome<()> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("{command:?} ended with {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)).into())
}

fn stub(out: &Path) -> Outcome<PathBuf> {
    let dir = out.join("stub");
    fs::create_dir_all(&dir)?;
    fs::copy("stub.html", dir.join("index.html"))?;
    Ok(dir)
}

/// Writes `assets.rs`: one entry a file, sorted by path, with a gzip copy where that is smaller.
fn write_table(dist: &Path, out: &Path, stub: bool) -> Outcome<()> {
    let mut files = Vec::new();
    collect(dist, "", &mut files)?;
    files.sort();
    let packed = out.join("gzip");
    if packed.exists() {
        fs::remove_dir_all(&packed)?;
    }
    fs::create_dir_all(&packed)?;
    let mut table = format!("static STUB: bool = {stub};\nstatic ASSETS: &[Asset] = &[\n");
    for (index, (path, file)) in files.iter().enumerate() {
        let bytes = fs::read(file)?;
        let small = gzip(&bytes)?;
        let gzip = if small.len() * 10 < bytes.len() * 9 {
            let copy = packed.join(format!("{index}.gz"));
            fs::write(&copy, small)?;
            format!("Some(include_bytes!({copy:?}))")
        } else {
            "None".to_owned()
        };
        writeln!(
            table,
            "    Asset {{ path: {path:?}, mime: {:?}, bytes: include_bytes!({:?}), gzip: {gzip}, etag: {:?}, immutable: {} }},",
            mime(path),
            fs::canonicalize(file)?,
            format!("\"{}\"", digest(&bytes)),
            path.starts_with("assets/"),
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> Outcome<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Enough to tell two builds' files apart; nothing here defends against an enemy.
fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
