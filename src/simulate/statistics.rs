//! The statistics of a simulation: quantiles, and shares with their intervals.
//!
//! Intervals are of 95% confidence. They say how far chance alone may move a figure, not whether the model is right.

use serde::Serialize;

/// The 97.5% point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A hundredth of a whole, where shares are counted exactly: in millionths of a hundredth.
pub const PERCENT: u64 = 1_000_000;

/// The smallest value that at least such a share of all are at or below (the inverse of the empirical distribution: definition 1 of
/// Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996). `sorted` are the values that are
/// known; the others of `all` are larger than each of them. None where the quantile is one of those.
pub fn quantile(sorted: &[i64], all: u64, share: u64) -> Option<i64> {
    let rank = (u128::from(all) * u128::from(share)).div_ceil(u128::from(100 * PERCENT)).max(1);
    sorted.get(usize::try_from(rank).ok()?.checked_sub(1)?).copied()
}

/// So many of so many, with the interval in which the share lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    pub count: u64,
    pub of: u64,
    /// From 0 to 1; none of nothing.
    pub share: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Share {
    /// The score interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    pub fn of(count: u64, of: u64) -> Share {
        if of == 0 {
            return Share { count, of, share: None, low: None, high: None };
        }
        let (n, share) = (of as f64, count as f64 / of as f64);
        let centre = share + Z * Z / (2.0 * n);
        let spread = Z * ((share * (1.0 - share) + Z * Z / (4.0 * n)) / n).sqrt();
        let scale = 1.0 + Z * Z / n;
        let (low, high) = ((centre - spread) / scale, (centre + spread) / scale);
        // The ends are exact where nothing or everything counts; rounding must not say otherwise.
        let low = if count == 0 { 0.0 } else { low.max(0.0) };
        let high = if count >= of { 1.0 } else { high.min(1.0) };
        Share { count, of, share: Some(share), low: Some(low), high: Some(high) }
    }
}

/// How far apart two shares are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    pub difference: f64,
    pub low: f64,
    pub high: f64,
    /// The interval leaves zero out.
    pub clear: bool,
}

/// `one` less `other`, with the hybrid score interval: method 10 of R. G. Newcombe, "Interval estimation for the difference between
/// independent proportions", Statistics in Medicine 17, 1998. None where one of them is of nothing.
pub fn difference(one: &Share, other: &Share) -> Option<Difference> {
    let (p, p_low, p_high) = (one.share?, one.low?, one.high?);
    let (q, q_low, q_high) = (other.share?, other.low?, other.high?);
    let difference = p - q;
    let low = difference - ((p - p_low).powi(2) + (q_high - q).powi(2)).sqrt();
    let high = difference + ((p_high - p).powi(2) + (q - q_low).powi(2)).sqrt();
    Some(Difference { difference, low, high, clear: low > 0.0 || high < 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 0.000_05)
    }

    #[test]
    fn a_quantile_is_the_first_value_that_reaches_the_share() {
        let values: Vec<i64> = (1..=10).collect();
        assert_eq!(quantile(&values, 10, 50 * PERCENT), Some(5));
        assert_eq!(quantile(&values, 10, 90 * PERCENT), Some(9));
        assert_eq!(quantile(&values, 10, 91 * PERCENT), Some(10));
        assert_eq!(quantile(&values, 10, 100 * PERCENT), Some(10));
        assert_eq!(quantile(&values, 10, 90 * PERCENT + 1), Some(10), "a fraction of a percent counts");
        assert_eq!(quantile(&values, 21, 50 * PERCENT), None, "half of the leads were never answered");
        assert_eq!(quantile(&values, 20, 50 * PERCENT), Some(10));
        assert_eq!(quantile(&[], 0, 50 * PERCENT), None);
    }

    /// The examples of table I and II of Newcombe, "Two-sided confidence intervals for the single proportion", 1998, and of table II of
    /// his paper on differences.
    #[test]
    fn intervals_are_those_that_were_published() {
        for (count, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let share = Share::of(count, of);
            assert!(near(share.low, low) && near(share.high, high), "{share:?}");
        }
        for (one, other, low, high) in
            [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)]
        {
            let found = difference(&Share::of(one.0, one.1), &Share::of(other.0, other.1)).unwrap();
            assert!(near(Some(found.low), low) && near(Some(found.high), high), "{found:?}");
        }
        assert_eq!(difference(&Share::of(0, 0), &Share::of(1, 2)), None);
    }
}
