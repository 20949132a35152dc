//! The services that pushes go through.

use cerulean_storage::device::PushAddress;

/// A service. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Channel {
    /// The app's own connection.
    Own = 0,
    /// Apple.
    Apns = 1,
    /// Huawei.
    Huawei = 2,
    /// Xiaomi.
    Xiaomi = 3,
    /// Meizu.
    Flyme = 4,
    /// vivo.
    Vivo = 5,
    /// OPPO.
    Oppo = 6,
    /// Google.
    Fcm = 7,
}

impl Channel {
    /// All of them, by number.
    pub const ALL: [Self; 8] =
        [Self::Own, Self::Apns, Self::Huawei, Self::Xiaomi, Self::Flyme, Self::Vivo, Self::Oppo, Self::Fcm];

    /// The name in answers and in the addresses of devices.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "mxpush",
            Self::Apns => "apns",
            Self::Huawei => "huawei",
            Self::Xiaomi => "xiaomi",
            Self::Flyme => "flyme",
            Self::Vivo => "vivo",
            Self::Oppo => "oppo",
            Self::Fcm => "fcm",
        }
    }

    /// The service of a provider's number, 1 to 7.
    pub fn of_provider(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| *channel != Self::Own && i64::from(*channel as i32) == number)
    }

    /// The service a device's address belongs to. Apps name their certificates freely; the name of the service is usually in it, and iOS
    /// has only one.
    pub(crate) fn of_device(address: &PushAddress, platform: i32) -> Self {
        const IOS: i32 = 1;
        let name = address.notifier_name.to_ascii_lowercase();
        let named = Self::ALL.into_iter().find(|channel| name.contains(channel.name()));
        match named {
            Some(channel) => channel,
            None if name.contains("meizu") => Self::Flyme,
            None if platform == IOS => Self::Apns,
            None => Self::Own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_told_by_the_name_of_the_certificate() {
        let of = |name: &str, platform| {
            Channel::of_device(&PushAddress { device_token: String::new(), notifier_name: name.into() }, platform)
        };
        assert_eq!(of("Xiaomi-release", 2), Channel::Xiaomi);
        assert_eq!(of("meizu", 2), Channel::Flyme);
        assert_eq!(of("com.example.app", 1), Channel::Apns);
        assert_eq!(of("com.example.app", 2), Channel::Own);
    }

    #[test]
    fn providers_have_numbers_from_1_to_7() {
        assert_eq!(Channel::of_provider(1), Some(Channel::Apns));
        assert_eq!(Channel::of_provider(7), Some(Channel::Fcm));
        assert!([0, 8, -1].into_iter().all(|number| Channel::of_provider(number).is_none()));
    }
}
