//! Cursors that nobody made: refused, or the same when they are made again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use server::asked::{List, ListKind};

pub(super) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // As whoever tampers with a cursor sends it: no list made its head.
    again::<(u32, String, Option<u128>)>(List::default(), &text);
    // With the head of a list, so that what comes after it is read too.
    let list = List::new(ListKind::Datasets, "all of them");
    let text = list.cursor(&()) + &text;
    again::<String>(list, &text);
    again::<(String, String)>(list, &text);
    again::<(i64, u64)>(list, &text);
    again::<(u32, Vec<(String, u64)>)>(list, &text);
}

fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(list: List, text: &str) {
    let Ok(Some(read)) = list.place::<T>(Some(text)) else { return };
    let made = list.cursor(&read);
    let Ok(second) = list.place::<T>(Some(&made)) else { panic!("a cursor that was made is refused") };
    assert_eq!(second, Some(read), "a cursor leads to another place");
    let other = List::new(ListKind::Jobs, "all of them");
    assert!(other.place::<T>(Some(&made)).is_err(), "a cursor is taken by another list");
}
