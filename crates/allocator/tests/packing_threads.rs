//! Blocks are moved while other threads allocate and free: nothing is lost, nothing runs out.

mod shelves;

use hematite_allocator::{Hematite, is_sparse, packing, sparse_bytes};

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

#[test]
fn threads_pack_while_others_allocate() {
    shelves::trade(|blocks| {
        sparse_bytes();
        packing(|| {
            for block in blocks.iter_mut().filter(|block| is_sparse(block.as_ptr())) {
                *block = block.clone();
            }
        });
    });
}
