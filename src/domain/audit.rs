//! The chain of the audit: a line that was changed, taken out or put in between shows, because every later hash is another.

use sha2::{Digest, Sha256};

/// The hash of a line and of all before it. `None` before the first line.
///
/// **Shape** SHA-256 over the chain so far (nothing, for the first line) and each field in its order, preceded by its length in
/// eight bytes, big endian; a field that is absent has the length 2⁶⁴ − 1.
///
/// **Source** T13.
pub fn link(chain: Option<[u8; 32]>, fields: &[Option<String>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(chain.as_ref().map_or(&[][..], |chain| chain));
    for field in fields {
        match field {
            Some(text) => {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
            None => hash.update(u64::MAX.to_be_bytes()),
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_its_absence_its_place_and_what_came_before_count() {
        let text = |text: &str| Some(text.to_owned());
        let lines = [
            link(None, &[text("ab"), text("c")]),
            link(None, &[text("a"), text("bc")]),
            link(None, &[text("ab"), None]),
            link(None, &[text("ab"), text("")]),
            link(Some([0; 32]), &[text("ab"), text("c")]),
            link(Some([1; 32]), &[text("ab"), text("c")]),
        ];
        for (at, line) in lines.iter().enumerate() {
            assert!(!lines[at + 1..].contains(line), "{at}");
        }
        assert_eq!(lines[0], link(None, &[text("ab"), text("c")]));
    }
}
