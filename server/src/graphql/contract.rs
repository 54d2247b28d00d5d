//! `schema/schema.graphql` is what the server serves: UI and clients are checked against it.

#[test]
fn the_committed_schema_is_the_one_served() {
    let committed = include_str!("../../../schema/schema.graphql");
    let same = super::sdl().trim_end() == committed.trim_end();
    assert!(same, "it differs; write it anew: cargo run -- schema > schema/schema.graphql");
}
