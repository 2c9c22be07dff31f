//! Shelves of blocks that four threads fill and empty for one another, in bursts, all of one size, so that their central list
//! is always in use. A block that two threads have at once shows in what they wrote to it.

use std::sync::{Arc, Mutex};

const SIZE: usize = 936;

/// Blocks that threads hand to each other.
pub type Blocks = Vec<Box<[u8; SIZE]>>;

/// Runs the threads; one step in five is `aside`.
pub fn trade(aside: fn(&mut Blocks)) {
    let shelves: Arc<Vec<Mutex<Blocks>>> = Arc::new((0..64).map(|_| Mutex::new(Vec::new())).collect());
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
                        _ => aside(&mut shelf),
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
