//! Figures of the append-only file that the control plane tells, for INFO.

/// What the control plane knows of the append-only file, for INFO.
#[derive(Clone, Copy, Debug)]
pub struct AofFigures {
    /// Bytes of the files before the one that is written to.
    pub before_bytes: u64,
    /// Bytes of all files after the last rewrite, or at the start.
    pub base_bytes: u64,
    /// When the rewrite that is under way began, Unix seconds.
    pub rewriting_since_s: Option<i64>,
    /// A rewrite begins as soon as a snapshot is done.
    pub is_scheduled: bool,
    /// Seconds that the last one took; -1: there was none.
    pub last_seconds: i64,
    /// Whether the last one succeeded.
    pub last_is_ok: bool,
    /// Rewrites that began.
    pub rewrites: u64,
    /// Rewrites that failed since the last one that did not.
    pub failures: u64,
    /// Syncs in the background that took longer than two seconds.
    pub delayed_syncs: u64,
}

impl Default for AofFigures {
    fn default() -> Self {
        AofFigures {
            before_bytes: 0,
            base_bytes: 0,
            rewriting_since_s: None,
            is_scheduled: false,
            last_seconds: -1,
            last_is_ok: true,
            rewrites: 0,
            failures: 0,
            delayed_syncs: 0,
        }
    }
}
