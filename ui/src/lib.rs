//! The web app as bytes: every file of its build, ready to be served.
//!
//! `build.rs` makes the table; serving (routes, cache headers, the fallback to `index.html`) is the server's.

/// One file of the web app.
#[derive(Debug)]
pub struct Asset {
    /// Where it is served, without a leading slash: `index.html`, `assets/main-1a2b.js`.
    pub path: &'static str,
    /// The value of its `content-type`.
    pub mime: &'static str,
    /// The file.
    pub bytes: &'static [u8],
    /// The file in gzip, where that is worth it.
    pub gzip: Option<&'static [u8]>,
    /// The value of its `etag`, quotes included.
    pub etag: &'static str,
    /// True when the name holds a hash of the content, so that a browser may keep it for ever.
    pub immutable: bool,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file at this path (no leading slash), if the app has it.
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok().map(|index| &ASSETS[index])
}

/// True when the app was not built and `index.html` only says so.
#[must_use]
pub fn is_stub() -> bool {
    STUB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_path() {
        for entry in ASSETS {
            assert_eq!(asset(entry.path).map(|found| found.etag), Some(entry.etag));
        }
    }

    #[test]
    fn the_front_page_is_html_and_never_cached_for_ever() {
        let page = asset("index.html").map(|found| (found.mime, found.immutable));
        assert_eq!(page, Some(("text/html; charset=utf-8", false)));
    }

    #[test]
    fn an_unknown_path_is_nothing() {
        assert!(asset("no/such/file").is_none());
    }
}
