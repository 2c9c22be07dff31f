//! Blocks of one size that several threads allocate and free for one another: every way around the central list is taken.

mod shelves;

use hematite_allocator::Hematite;

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

#[test]
fn threads_free_what_others_allocate() {
    shelves::trade(|_| {});
}
