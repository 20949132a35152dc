//! Ids. Users and groups share one number space below 10^15; the low bits tell which is which.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Ids on the wire and in JSON have at most 15 decimal digits, because JavaScript clients keep them in doubles.
const ID_LIMIT: u64 = 1_000_000_000_000_000;
const KIND_MASK: u64 = 0b111;
const KIND_USER: u64 = 0b001;
const KIND_GROUP: u64 = 0b010;

/// A text or number that is no id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct ParseIdError;

/// The number of an app inside this installation. Every stored row carries it. Its public name is [`AppSlug`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AppId(pub i32);

/// The public name of an app, as clients send it in the `app_id` header: 2 to 32 of `a-z 0-9 - _`, first a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct AppSlug(String);

impl AppSlug {
    /// Checks the form of a public app name.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let well_formed = (2..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(ParseIdError) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! tagged_id {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(u64);

        impl $name {
            /// Makes a fresh random id; the caller retries in the unlikely case that it is taken.
            pub fn random(rng: &mut impl rand::Rng) -> Self {
                let high = rng.random_range(ID_LIMIT / 1000 / 8..ID_LIMIT / 8);
                Self(high << 3 | $kind)
            }

            /// Reads an id, refusing numbers of the other kind or of more than 15 digits.
            pub fn parse(number: u64) -> Result<Self, ParseIdError> {
                if number < ID_LIMIT && number & KIND_MASK == $kind { Ok(Self(number)) } else { Err(ParseIdError) }
            }

            /// The bare number.
            pub fn get(self) -> u64 {
                self.0
            }

            /// The number as databases store it.
            pub fn as_i64(self) -> i64 {
                self.0 as i64
            }

            /// Takes back what [`Self::as_i64`] stored.
            pub fn from_stored(number: i64) -> Self {
                Self(number as u64)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

tagged_id!(
    /// A user of an app.
    UserId,
    KIND_USER
);
tagged_id!(
    /// A group of an app.
    GroupId,
    KIND_GROUP
);

/// Small number of a device inside its user, 1 to 999 999 998 on the wire; 0 means none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct DeviceSn(pub u32);

impl DeviceSn {
    /// No device: the server API, the system.
    pub const NONE: Self = Self(0);
}

/// Server id of an item: strictly rising inside a conversation, below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct MessageId(pub u64);

impl MessageId {
    /// Milliseconds between the Unix epoch and 2024-01-01, where message ids start counting.
    pub const EPOCH_MS: u64 = 1_704_067_200_000;

    /// The smallest id that an item of this moment can have (`ms since 2024 << 12`).
    pub fn at(unix_ms: i64) -> Self {
        Self((unix_ms as u64).saturating_sub(Self::EPOCH_MS) << 12)
    }

    /// The number as databases store it. Clients may name any number: what no column can hold is later than everything, and must not
    /// wrap around to before everything.
    pub fn as_i64(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Takes back what [`Self::as_i64`] stored.
    pub fn from_stored(number: i64) -> Self {
        Self(number as u64)
    }
}

/// The number of a job: work that outlives the call it was asked in. Rises with time and stays below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub u64);

impl JobId {
    /// Makes an id for a job of this moment from 12 random bits; the caller retries in the unlikely case that it is taken.
    pub fn at(unix_ms: i64, random: u16) -> Self {
        Self(MessageId::at(unix_ms).0 | u64::from(random & 0xfff))
    }

    /// The number as databases store it.
    pub fn as_i64(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Takes back what [`Self::as_i64`] stored.
    pub fn from_stored(number: i64) -> Self {
        Self(number as u64)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a client names on the wire by `xid.uid`: a user, a group, or the system (0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Xid {
    /// The user's own system line.
    System,
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
}

impl Xid {
    /// Tells by the low bits what a wire number names.
    pub fn parse(number: u64) -> Result<Self, ParseIdError> {
        if number == 0 {
            return Ok(Self::System);
        }
        UserId::parse(number).map(Self::User).or_else(|_| GroupId::parse(number).map(Self::Group))
    }

    /// The number on the wire.
    pub fn get(self) -> u64 {
        match self {
            Self::System => 0,
            Self::User(id) => id.get(),
            Self::Group(id) => id.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_below_sixteen_digits_and_tell_their_kind() {
        let mut rng = rand::rng();
        for _ in 0..1000 {
            let user = UserId::random(&mut rng);
            let group = GroupId::random(&mut rng);
            assert!(user.get() < ID_LIMIT && group.get() < ID_LIMIT);
            assert_eq!(Xid::parse(user.get()), Ok(Xid::User(user)));
            assert_eq!(Xid::parse(group.get()), Ok(Xid::Group(group)));
            assert!(GroupId::parse(user.get()).is_err());
        }
        assert!(UserId::parse(u64::MAX).is_err());
        assert!(UserId::parse(ID_LIMIT + 1).is_err());
    }

    #[test]
    fn app_names_are_plain() {
        assert!(AppSlug::parse("demo").is_ok());
        for bad in ["", "a", "Demo", "1a", "a b", "a/../b", "ä1"] {
            assert!(AppSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn message_ids_fit_a_double_for_sixty_years() {
        let sixty_years = MessageId::EPOCH_MS as i64 + 60 * 366 * 86_400_000;
        assert!(MessageId::at(sixty_years).0 < 1 << 53);
    }

    #[test]
    fn message_ids_beyond_all_stay_beyond_all() {
        assert_eq!(MessageId(u64::MAX).as_i64(), i64::MAX);
        assert_eq!(MessageId(1 << 63).as_i64(), i64::MAX);
    }
}
