//! Directives of observation, by the names and in the texts of the configuration.

use super::Thresholds;
use crate::engine::Engine;
use std::sync::atomic::Ordering::Relaxed;

impl Engine {
    /// Sets a directive of observation from its text, numbers in decimal and lists with blanks between; false and no change if
    /// it is none of those, or the text makes no sense.
    pub fn set_directive(&self, name: &str, text: &str) -> bool {
        if let Some(is_set) = self.set_limit(name, text) {
            return is_set;
        }
        let mut thresholds = self.shared.observation.thresholds.lock().clone();
        if set(&mut thresholds, name, text).is_none() {
            return false;
        }
        self.set_thresholds(&thresholds);
        true
    }

    /// Sets what is no threshold; `None` if it is not here either.
    fn set_limit(&self, name: &str, text: &str) -> Option<bool> {
        match name {
            "tracking-table-max-keys" => {
                Some(text.parse().map(|keys_max| self.shared.tracking.set_keys_max(keys_max)).is_ok())
            }
            // Hard and soft limit in bytes, seconds.
            "client-output-buffer-limit normal" => {
                let numbers: Vec<u64> = text.split(' ').filter_map(|word| word.parse().ok()).collect();
                let [hard, soft, seconds] = numbers[..] else { return Some(false) };
                let limit = &self.shared.limits.normal_output;
                limit.hard_bytes.store(hard as usize, Relaxed);
                limit.soft_bytes.store(soft as usize, Relaxed);
                limit.soft_seconds.store(seconds, Relaxed);
                Some(true)
            }
            _ => None,
        }
    }
}

fn set(to: &mut Thresholds, name: &str, text: &str) -> Option<()> {
    let signed = || text.parse::<i64>().ok();
    let count = || text.parse::<u64>().ok().map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    match name {
        "slowlog-log-slower-than" => to.slower_than_us = signed()?,
        "slowlog-max-len" => to.slow_max = count()?,
        "commandlog-request-larger-than" => to.request_larger_than = signed()?,
        "commandlog-large-request-max-len" => to.large_requests_max = count()?,
        "commandlog-reply-larger-than" => to.reply_larger_than = signed()?,
        "commandlog-large-reply-max-len" => to.large_replies_max = count()?,
        "latency-monitor-threshold" => to.latency_ms = text.parse().ok()?,
        "latency-tracking" => to.tracks_latency = text == "true",
        "latency-tracking-info-percentiles" => {
            to.percentiles = text.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_set_by_their_texts() {
        let engine = Engine::default();
        assert!(engine.set_directive("slowlog-log-slower-than", "-1"));
        assert!(engine.set_directive("latency-tracking-info-percentiles", "50 99.99"));
        assert!(!engine.set_directive("slowlog-max-len", "many"));
        assert!(!engine.set_directive("port", "1"));
        assert!(engine.set_directive("client-output-buffer-limit normal", "3 2 1"));
        assert!(!engine.set_directive("client-output-buffer-limit normal", "3 2"));
        assert_eq!(engine.shared.limits.normal_output.hard_bytes.load(Relaxed), 3);
        let thresholds = engine.shared.observation.thresholds.lock();
        assert_eq!((thresholds.slower_than_us, &thresholds.percentiles[..]), (-1, &[50.0, 99.99][..]));
    }
}
