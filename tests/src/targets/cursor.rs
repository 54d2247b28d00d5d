//! Cursors that nobody made: refused, or the same when they are made again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use server::asked::{cursor, place};

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    again::<String>(&text);
    again::<(String, String)>(&text);
    again::<(i64, u64)>(&text);
    again::<(u32, Vec<(String, u64)>)>(&text);
}

fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    let Ok(Some(read)) = place::<T>(Some(text)) else { return };
    let made = cursor(&read);
    let second = place::<T>(Some(&made)).unwrap_or_else(|_| panic!("a cursor that was made is refused"));
    assert_eq!(second, Some(read), "a cursor leads to another place");
}
