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
