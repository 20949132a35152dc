//! Sizes and time spans as people write them.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserializer, Visitor};

use crate::describe::leaf;

/// A number of bytes: `65536` or `"64 KiB"`. Units are B, KiB, MiB, GiB, TiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// A span of time: `"7 d"`. Units are ms, s, min, h, d; a bare number is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(u64);

const SIZE_UNITS: &[(&str, u64)] = &[("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const SPAN_UNITS: &[(&str, u64)] = &[("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

impl Size {
    /// So many bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }

    /// The number of bytes, where memory is counted.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Span {
    /// So many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The number of milliseconds.
    pub fn as_millis(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// The span as the standard library has it.
    pub fn as_duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

/// Reads `12 unit` or `12unit`; a bare number is taken times `bare`.
fn parse(text: &str, units: &[(&str, u64)], bare: u64) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" => bare,
        name => units.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Writes with the largest unit that leaves a whole number.
fn write(value: u64, units: &[(&str, u64)], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fits = |(_, factor): &&(&str, u64)| value >= *factor && value.is_multiple_of(*factor);
    let (unit, factor) = units.iter().find(fits).unwrap_or(&units[units.len() - 1]);
    write!(f, "{} {unit}", value / factor)
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self.0, SIZE_UNITS, f)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self.0, SPAN_UNITS, f)
    }
}

struct UnitVisitor {
    units: &'static [(&'static str, u64)],
    bare: u64,
    expecting: &'static str,
}

impl Visitor<'_> for UnitVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        parse(text, self.units, self.bare).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        let value = u64::try_from(number).ok().and_then(|number| number.checked_mul(self.bare));
        value.ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
    }
}

impl<'de> de::Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = UnitVisitor { units: SIZE_UNITS, bare: 1, expecting: "a size such as \"64 KiB\"" };
        deserializer.deserialize_any(visitor).map(Self)
    }
}

impl<'de> de::Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = UnitVisitor { units: SPAN_UNITS, bare: 1000, expecting: "a span of time such as \"7 d\"" };
        deserializer.deserialize_any(visitor).map(Self)
    }
}

leaf!(Size, Text, |size| size.to_string());
leaf!(Span, Text, |span| span.to_string());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans_are_read_as_people_write_them() {
        for (text, bytes) in [("64 KiB", 65536), ("64kib", 65536), ("1", 1), ("3 GiB", 3 << 30), ("0", 0)] {
            assert_eq!(parse(text, SIZE_UNITS, 1), Some(bytes), "{text}");
        }
        for (text, millis) in [("7 d", 604_800_000), ("90s", 90_000), ("2 min", 120_000), ("30", 30_000)] {
            assert_eq!(parse(text, SPAN_UNITS, 1000), Some(millis), "{text}");
        }
        for bad in ["", "KiB", "-1", "1.5 MiB", "1 KB", "1 MiBs", "99999999 TiB", "18446744073709551616"] {
            assert_eq!(parse(bad, SIZE_UNITS, 1), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for value in [0, 1, 999, 1000, 1024, 1536, 60_000, 90_000, 86_400_000, 1 << 30, u64::MAX] {
            assert_eq!(parse(&Size(value).to_string(), SIZE_UNITS, 1), Some(value));
            assert_eq!(parse(&Span(value).to_string(), SPAN_UNITS, 1), Some(value));
        }
        assert_eq!(Size(1 << 20).to_string(), "1 MiB");
        assert_eq!(Span(7 * 86_400_000).to_string(), "7 d");
    }
}
