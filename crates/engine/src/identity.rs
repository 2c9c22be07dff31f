//! Identity: the random names that a server goes by, forty hexadecimal digits each.

use crate::engine::Options;
use hematite_base::random::Random;
use parking_lot::Mutex;

/// See the head of the file.
pub struct Identity {
    /// Of this run of the process.
    pub run_id: String,
    /// Of the history of the data, for replicas.
    pub replication_id: Mutex<String>,
    /// Memory in use before there was a key, bytes.
    pub startup_bytes: u64,
}

impl Identity {
    /// Names drawn from the options' seed.
    pub fn new(options: &Options) -> Self {
        let mut random = Random::new(options.seed ^ 0x9e37_79b9_7f4a_7c15);
        Identity {
            run_id: name(&mut random),
            replication_id: Mutex::new(name(&mut random)),
            startup_bytes: (options.memory)().used,
        }
    }
}

/// A new name.
pub fn name(random: &mut Random) -> String {
    (0..40).map(|_| char::from(b"0123456789abcdef"[random.below(16) as usize])).collect()
}
