//! Keyed hashing: 64 well-mixed bits that a client can't predict.

use std::hash::BuildHasher;

/// A hash function drawn from a family by a seed.
#[derive(Clone)]
pub struct Hasher(foldhash::quality::FixedState);

impl Hasher {
    /// The function for a seed.
    pub fn new(seed: u64) -> Self {
        Hasher(foldhash::quality::FixedState::with_seed(seed))
    }
    /// The hash of some bytes.
    #[inline(always)]
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        use std::hash::Hasher as _;
        let mut state = self.0.build_hasher();
        state.write(bytes);
        state.finish()
    }
}

/// XXH3 with 64 bits and no seed: what DIGEST answers, the same on every machine.
pub fn digest(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn digests_are_those_of_the_reference() {
        assert_eq!(super::digest(b"hello"), 0x9555_e855_5c62_dcfd);
        let leading_zeros =
            b"v8lf0c11xh8ymlqztfd3eeq16kfn4sspw7fqmnuuq3k3t75em5wdizgcdw7uc26nnf961u2jkfzkjytls2kwlj7626sd";
        assert_eq!(super::digest(leading_zeros), 0x0000_6c38_adf3_1777);
    }
}
