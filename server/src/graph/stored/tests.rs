//! The graph from a file is the graph that was written, and goes on as it would have; a damaged file is none.

use super::super::shortcut::{Act, acts, changes};
use super::super::{Builder, Snapshot};
use super::{Held, StoredError};
use crate::fold::flow::Ruled;
use proptest::prelude::*;
use uuid::Uuid;

const HELD: Held = Held { seq: 9, token: -7, columns: 3, explicit: 4, datasets: 5 };

fn written(builder: &Builder) -> Vec<u8> {
    builder.write(HELD, Vec::new()).unwrap()
}

fn absorb(builder: &mut Builder, batches: &[Vec<Act>], from: i64) -> i64 {
    let mut time = from;
    for act in batches.iter().flatten() {
        let mut changes = changes(act, time);
        let ruled = |dataset| Ruled { dataset, id: Uuid::from_u128(u128::from(dataset)), canonical: Uuid::from_u128(1) };
        changes.ruled.extend(Some(ruled(time as u32)).filter(|_| time % 5 == 1));
        builder.absorb(changes).unwrap();
        time += 1;
    }
    time
}

proptest! {
    #[test]
    fn goes_on_as_it_would_have(before in acts(), after in acts()) {
        let mut first = Builder::default();
        let time = absorb(&mut first, &before, 0);
        let file = written(&first);
        let (mut second, held) = Builder::read(&*file).unwrap();
        prop_assert_eq!(held, HELD);
        prop_assert_eq!(second.graph.seq, HELD.seq);
        prop_assert!(written(&second) == file);
        let (one, other) = (Snapshot::default(), Snapshot::default());
        for (builder, snapshot) in [(&mut first, &one), (&mut second, &other)] {
            absorb(builder, &after, time);
            builder.publish(10, snapshot);
        }
        prop_assert!(written(&first) == written(&second));
    }

    #[test]
    fn a_damaged_file_is_refused(batches in acts(), place in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let mut builder = Builder::default();
        absorb(&mut builder, &batches, 0);
        let mut file = written(&builder);
        let place = place.index(file.len());
        prop_assert!(Builder::read(&file[..place]).is_err());
        file[place] ^= flip;
        prop_assert!(Builder::read(&*file).is_err());
    }
}

#[test]
fn a_file_of_another_version_is_told_apart() {
    let mut file = written(&Builder::default());
    file[10] ^= 1;
    assert!(matches!(Builder::read(&*file), Err(StoredError::OtherVersion)));
}
