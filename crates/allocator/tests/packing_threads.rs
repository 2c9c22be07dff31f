//! Blocks are moved while other threads allocate and free: nothing is lost, nothing runs out.

use hematite_allocator::{Hematite, is_sparse, packing, sparse_bytes};
use std::sync::{Arc, Mutex};

#[global_allocator]
static ALLOCATOR: Hematite = Hematite;

const SIZE: usize = 936;

type Shelf = Mutex<Vec<Box<[u8; SIZE]>>>;

#[test]
fn threads_pack_while_others_allocate() {
    let shelves: Arc<Vec<Shelf>> = Arc::new((0..64).map(|_| Mutex::new(Vec::new())).collect());
    let threads: Vec<_> = (0..4u64)
        .map(|seed| {
            let shelves = Arc::clone(&shelves);
            std::thread::spawn(move || {
                let mut state = seed + 1;
                let mut random = move || {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state
                };
                for step in 0..40_000 {
                    let mut shelf = shelves[random() as usize % shelves.len()].lock().unwrap();
                    match random() % 5 {
                        0 | 1 => shelf.extend((0..random() % 64).map(|at| Box::new([at as u8; SIZE]))),
                        2 => {
                            let left = shelf.len() / 2;
                            shelf.truncate(left);
                        }
                        3 => shelf.retain(|block| block[7] % 4 == 0),
                        _ => {
                            sparse_bytes();
                            packing(|| {
                                for block in shelf.iter_mut().filter(|block| is_sparse(block.as_ptr())) {
                                    *block = block.clone();
                                }
                            });
                        }
                    }
                    assert!(shelf.iter().all(|block| block[0] == block[SIZE - 1]), "step {step}");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
