//! Settings: what the configuration says to data commands. The engine replaces them as a whole.

use hematite_base::hash::Hasher;
use hematite_keyspace::{HashLimits, SetLimits};
use hematite_persist::rdb::{self, Encodings};
use hematite_structures::array;
use hematite_structures::quicklist::{self, Fill};

/// Thresholds and limits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `proto-max-bulk-len`, bytes.
    pub bulk_bytes_max: u64,
    /// `hash-max-listpack-entries`.
    pub hash_listpack_entries_max: usize,
    /// `hash-max-listpack-value`, bytes.
    pub hash_listpack_value_bytes_max: usize,
    /// `list-max-listpack-size`: positive entries, or -1..-5 for 4..64 KiB.
    pub list_listpack_size: i64,
    /// `list-compress-depth`.
    pub list_compress_depth: usize,
    /// `set-max-intset-entries`.
    pub set_intset_entries_max: usize,
    /// `set-max-listpack-entries`.
    pub set_listpack_entries_max: usize,
    /// `set-max-listpack-value`, bytes.
    pub set_listpack_value_bytes_max: usize,
    /// `zset-max-listpack-entries`.
    pub zset_listpack_entries_max: usize,
    /// `zset-max-listpack-value`, bytes.
    pub zset_listpack_value_bytes_max: usize,
    /// `hll-sparse-max-bytes`.
    pub hll_sparse_bytes_max: usize,
    /// `stream-node-max-bytes`.
    pub stream_node_bytes_max: usize,
    /// `stream-node-max-entries`.
    pub stream_node_entries_max: usize,
    /// `stream-idmp-duration`: for how long a stream remembers its producers' messages, seconds.
    pub stream_idmp_duration_s: u32,
    /// `stream-idmp-maxsize`: how many of each producer.
    pub stream_idmp_messages_max: u32,
    /// `array-slice-size`: slots of an array's slices.
    pub array_slice_len: u32,
    /// `array-sparse-kmax`: values up to which a slice is sparse.
    pub array_sparse_max: u16,
    /// `array-sparse-kmin`: values with which a dense slice becomes sparse again.
    pub array_sparse_min: u16,
    /// `lazyfree-lazy-user-del`: DEL behaves as UNLINK.
    pub lazy_user_del: bool,
    /// `lazyfree-lazy-server-del`: values that are overwritten are dropped in the background.
    pub lazy_server_del: bool,
    /// `lazyfree-lazy-expire`: keys that expire are dropped in the background, and go to the journal as UNLINK.
    pub lazy_expire: bool,
    /// `rdb-version`: the version of files and, at most, of DUMP payloads.
    pub rdb_version: u16,
    /// `rdbcompression`.
    pub rdb_compression: bool,
    /// `rdbchecksum`.
    pub rdb_checksum: bool,
    /// `lazyfree-lazy-eviction`: keys that are evicted are dropped in the background.
    pub lazy_eviction: bool,
    /// Access frequency is counted (an LFU policy is set): OBJECT FREQ answers, IDLETIME does not.
    pub lfu: bool,
    /// `lfu-log-factor`.
    pub lfu_log_factor: u32,
    /// `lfu-decay-time`, minutes; 0: no decay.
    pub lfu_decay_minutes: u32,
    /// Memory is limited and its policy looks at access clocks: small integers are not shared (OBJECT REFCOUNT).
    pub owns_integers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            bulk_bytes_max: 512 << 20,
            hash_listpack_entries_max: 512,
            hash_listpack_value_bytes_max: 64,
            list_listpack_size: -2,
            list_compress_depth: 0,
            set_intset_entries_max: 512,
            set_listpack_entries_max: 128,
            set_listpack_value_bytes_max: 64,
            zset_listpack_entries_max: 128,
            zset_listpack_value_bytes_max: 64,
            hll_sparse_bytes_max: 3000,
            stream_node_bytes_max: 4096,
            stream_node_entries_max: 100,
            stream_idmp_duration_s: 100,
            stream_idmp_messages_max: 100,
            array_slice_len: 4096,
            array_sparse_max: 10,
            array_sparse_min: 5,
            lazy_user_del: false,
            lazy_server_del: false,
            lazy_expire: false,
            rdb_version: rdb::VERSION,
            rdb_compression: true,
            rdb_checksum: true,
            lazy_eviction: false,
            lfu: false,
            lfu_log_factor: 10,
            lfu_decay_minutes: 1,
            owns_integers: false,
        }
    }
}

impl Settings {
    /// When sets change their encoding.
    pub fn set_limits(&self) -> SetLimits {
        SetLimits {
            intset_entries_max: self.set_intset_entries_max,
            listpack_entries_max: self.set_listpack_entries_max,
            listpack_value_bytes_max: self.set_listpack_value_bytes_max,
        }
    }
    /// When hashes change their encoding.
    pub fn hash_limits(&self) -> HashLimits {
        HashLimits {
            listpack_entries_max: self.hash_listpack_entries_max,
            listpack_value_bytes_max: self.hash_listpack_value_bytes_max,
        }
    }
    /// How arrays are cut into slices.
    pub fn array_shape(&self) -> array::Shape {
        array::Shape::new(self.array_slice_len, self.array_sparse_max, self.array_sparse_min)
    }
    /// How lists are laid out.
    pub fn quicklist(&self) -> quicklist::Settings {
        quicklist::Settings {
            fill: Fill::new(self.list_listpack_size),
            compress_depth: u16::try_from(self.list_compress_depth).unwrap_or(u16::MAX),
            ..quicklist::Settings::default()
        }
    }
    /// What decides in which encoding a value that is loaded is kept; `hasher` is the keyspace's.
    pub fn encodings(&self, hasher: &Hasher) -> Encodings {
        Encodings {
            hasher: hasher.clone(),
            hash: self.hash_limits(),
            set: self.set_limits(),
            array: self.array_shape(),
            sorted_set: crate::sorted_set::limits(self),
            list: self.quicklist(),
        }
    }
    /// How files and payloads are written.
    pub fn rdb_options(&self) -> rdb::Options {
        rdb::Options {
            version: self.rdb_version,
            compression: self.rdb_compression,
            checksum: self.rdb_checksum,
            ..rdb::Options::default()
        }
    }
}
