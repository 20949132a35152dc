//! Latencies in logarithmic buckets, within two per cent.

use std::time::Duration;

use serde::Serialize;

const SUB_BITS: u32 = 6;
const SUB: u64 = 1 << SUB_BITS;

/// Counts of durations.
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

/// Three points of a distribution, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Quantiles {
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; ((64 - SUB_BITS + 1) as usize) << SUB_BITS], total: 0 }
    }
}

fn bucket(nanos: u64) -> usize {
    if nanos < SUB {
        return nanos as usize;
    }
    let shift = nanos.ilog2() - SUB_BITS;
    ((u64::from(shift + 1) << SUB_BITS) + ((nanos >> shift) - SUB)) as usize
}

fn upper_end(bucket: usize) -> u64 {
    let (shift, sub) = ((bucket as u64) >> SUB_BITS, bucket as u64 & (SUB - 1));
    if shift == 0 { sub } else { (SUB + sub) << (shift - 1) }
}

impl Histogram {
    pub fn record(&mut self, duration: Duration) {
        self.counts[bucket(duration.as_nanos() as u64)] += 1;
        self.total += 1;
    }

    pub fn count(&self) -> u64 {
        self.total
    }

    fn at(&self, share: f64) -> f64 {
        let wanted = ((self.total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return upper_end(index) as f64 / 1e6;
            }
        }
        0.0
    }

    pub fn quantiles(&self) -> Quantiles {
        Quantiles { p50: self.at(0.50), p95: self.at(0.95), p99: self.at(0.99) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_two_per_cent() {
        let mut histogram = Histogram::default();
        for micros in 1..=10_000_u64 {
            histogram.record(Duration::from_micros(micros));
        }
        let Quantiles { p50, p95, p99 } = histogram.quantiles();
        for (found, exact) in [(p50, 5.0), (p95, 9.5), (p99, 9.9)] {
            assert!((found - exact).abs() / exact < 0.02, "{found} for {exact}");
        }
        assert_eq!(histogram.count(), 10_000);
    }

    #[test]
    fn every_duration_has_a_bucket() {
        let mut histogram = Histogram::default();
        for nanos in [0, 1, 63, 64, 65, 1 << 20, u64::MAX] {
            histogram.record(Duration::from_nanos(nanos));
        }
        assert_eq!(histogram.count(), 7);
    }
}
