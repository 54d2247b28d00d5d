//! What a hash is taken over when it is not JSON: a name with a version first, then the parts, so written that two
//! different lists of parts never run together. The bytes are a promise: other bytes need another version in the name.

use crate::log::ContentHash;

/// Collects parts. What is encoded, and in which order, belongs to the name that it begins with.
pub struct Encoding(Vec<u8>);

impl Encoding {
    /// Begins with what is encoded and the version of how, such as `naming rules 1`.
    pub fn new(name: &str) -> Self {
        let mut begun = Self(Vec::with_capacity(256));
        begun.text(name);
        begun
    }

    /// A text: its length in bytes, then its bytes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// A number, also the length of a list that follows: eight bytes, the lowest first.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Yes or no.
    pub fn flag(&mut self, flag: bool) -> &mut Self {
        self.0.push(u8::from(flag));
        self
    }

    /// A text that need not be there; none differs from an empty one.
    pub fn optional(&mut self, text: Option<&str>) -> &mut Self {
        self.flag(text.is_some());
        if let Some(text) = text {
            self.text(text);
        }
        self
    }

    /// The hash of everything so far.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let hash = |parts: &[Option<&str>]| {
            let mut encoding = Encoding::new("test 1");
            encoding.number(parts.len() as u64);
            parts.iter().for_each(|part| _ = encoding.optional(*part));
            encoding.hash()
        };
        let lists: [&[Option<&str>]; 7] =
            [&[], &[None], &[Some("")], &[Some("ab")], &[Some("a"), Some("b")], &[Some("ab"), Some("")], &[Some("ab"), None]];
        for (i, one) in lists.iter().enumerate() {
            for other in &lists[i + 1..] {
                assert_ne!(hash(one), hash(other), "{one:?} {other:?}");
            }
        }
    }

    /// Hashes are stored: a new release must find what an older one wrote.
    #[test]
    fn the_bytes_are_a_promise() {
        let mut encoding = Encoding::new("promise 1");
        encoding.text("orders").number(7).flag(true).optional(None).optional(Some("ü"));
        assert_eq!(encoding.hash().to_string(), "dd0a559900e4feef6d5512743d3d978e");
    }
}
