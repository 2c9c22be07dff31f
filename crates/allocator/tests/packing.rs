//! Blocks that lie sparse move together, and what they leave goes back to the system.
//!
//! One test, so that no other thread of the harness allocates meanwhile.

use hematite_allocator::{Hematite, idle, is_sparse, packing, sparse_bytes};

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

const SIZE: usize = 936;

#[test]
fn sparse_blocks_move_together() {
    let mut blocks: Vec<Box<[u8; SIZE]>> = (0..60_000).map(|at| Box::new([at as u8; SIZE])).collect();
    let idle_before = idle();
    let mut at = 0;
    blocks.retain(|_| {
        at += 1;
        at % 4 == 0
    });
    let bytes = blocks.len() * SIZE;
    let sparse = sparse_bytes();
    assert!(sparse > 40 << 20, "{sparse} bytes lie free beside {bytes}");
    for _ in 0..4 {
        for part in blocks.chunks_mut(1_000) {
            sparse_bytes();
            packing(|| {
                for block in part.iter_mut().filter(|block| is_sparse(block.as_ptr())) {
                    *block = block.clone();
                }
            });
        }
    }
    for (at, block) in blocks.iter().enumerate() {
        assert!(
            block.iter().all(|&byte| byte == (4 * at + 3) as u8),
            "block {at} was written by somebody else"
        );
    }
    assert!(idle() < idle_before + bytes / 10, "{} bytes lie idle, {idle_before} did before", idle());
    assert!(sparse_bytes() < bytes / 10, "{} bytes still lie free", sparse_bytes());
    let alien = 7u64;
    assert!(!is_sparse((&raw const alien).cast()), "any address may be asked for");
}
