//! Group: finds a one-byte tag among the seven of a bucket, in one step.
//!
//! The eighth byte of the word is not a tag and never matches. `generic` is the reference; `sse2` must agree with it.

pub mod generic;
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub mod sse2;

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
pub use generic::matches;
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub use sse2::matches;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn implementations_agree_with_the_naive_search(bytes in any::<[u8; 8]>(), tag in any::<u8>(), fill in 0u8..3) {
            let mut bytes = bytes;
            for b in bytes.iter_mut().take(fill as usize) { *b = tag; }
            let word = u64::from_le_bytes(bytes);
            let naive = (0..7).fold(0u32, |m, i| m | (u32::from(bytes[i] == tag) << i));
            prop_assert_eq!(super::generic::matches(word, tag), naive);
            prop_assert_eq!(super::matches(word, tag), naive);
        }
    }
}
