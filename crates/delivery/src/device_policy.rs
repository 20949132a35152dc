//! How many devices of a user may be signed in at once, and which gives way.

use cerulean_types::{DeviceSn, Millis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens when a device more signs in than may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// The one that signed in longest ago is put out.
    #[default]
    PutOutOldest,
    /// The new one is refused.
    Refuse,
}

/// Platforms that share a number of devices, such as phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformGroup {
    /// 1 iOS, 2 Android, 3 Windows, 4 macOS, 5 Linux, 6 web, 0 unknown.
    pub platforms: Vec<i32>,
    /// Devices of these platforms together.
    pub max_devices: u32,
}

/// How many devices of a user may be signed in at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct DevicePolicy {
    /// In total; 0 for as many as a user may have devices.
    pub max_devices: u32,
    /// For some platforms; those in no group count in total only.
    pub platform_groups: Vec<PlatformGroup>,
    /// What happens beyond.
    pub when_full: WhenFull,
}

/// A device that is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedInDevice {
    /// Its number.
    pub sn: DeviceSn,
    /// Its platform.
    pub platform: i32,
    /// When it signed in last, in milliseconds.
    pub since: Millis,
}

/// There are as many devices as may be, and none gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyDevices {
    /// How many may be.
    pub limit: u32,
}

const PLATFORMS: std::ops::RangeInclusive<i32> = 0..=6;

impl DevicePolicy {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), &'static str> {
        let mut seen = Vec::new();
        for group in &self.platform_groups {
            if group.max_devices == 0 {
                return Err("a group of platforms must allow a device");
            }
            for platform in &group.platforms {
                if !PLATFORMS.contains(platform) || seen.contains(platform) {
                    return Err("platforms are 0 to 6, each in one group at most");
                }
                seen.push(*platform);
            }
        }
        Ok(())
    }

    /// The devices that give way to a new one of a platform.
    pub fn make_room(
        &self,
        signed_in: &[SignedInDevice],
        platform: i32,
    ) -> Result<Vec<SignedInDevice>, TooManyDevices> {
        let mut left = signed_in.to_vec();
        left.sort_by_key(|device| device.since);
        let mut leaving = Vec::new();
        if let Some(group) = self.platform_groups.iter().find(|group| group.platforms.contains(&platform)) {
            let is_member = |device: &SignedInDevice| group.platforms.contains(&device.platform);
            self.reduce(&mut left, &mut leaving, group.max_devices, is_member)?;
        }
        if self.max_devices > 0 {
            self.reduce(&mut left, &mut leaving, self.max_devices, |_| true)?;
        }
        Ok(leaving)
    }

    /// Takes away the oldest of those meant until one more fits.
    fn reduce(
        &self,
        left: &mut Vec<SignedInDevice>,
        leaving: &mut Vec<SignedInDevice>,
        limit: u32,
        is_meant: impl Fn(&SignedInDevice) -> bool,
    ) -> Result<(), TooManyDevices> {
        while left.iter().filter(|device| is_meant(device)).count() >= limit as usize {
            if self.when_full == WhenFull::Refuse {
                return Err(TooManyDevices { limit });
            }
            let Some(oldest) = left.iter().position(&is_meant) else { break };
            leaving.push(left.remove(oldest));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IOS: i32 = 1;
    const ANDROID: i32 = 2;
    const MACOS: i32 = 4;
    const WEB: i32 = 6;

    fn policy(max_devices: u32, when_full: WhenFull) -> DevicePolicy {
        let group = |platforms: &[i32], max_devices| PlatformGroup { platforms: platforms.to_vec(), max_devices };
        let platform_groups = vec![group(&[IOS, ANDROID], 1), group(&[3, MACOS, 5], 1), group(&[WEB], 2)];
        DevicePolicy { max_devices, platform_groups, when_full }
    }

    fn device(sn: u32, platform: i32) -> SignedInDevice {
        SignedInDevice { sn: DeviceSn(sn), platform, since: i64::from(sn) }
    }

    fn leaving(policy: &DevicePolicy, signed_in: &[SignedInDevice], platform: i32) -> Result<Vec<u32>, TooManyDevices> {
        let leaving = policy.make_room(signed_in, platform)?;
        Ok(leaving.iter().map(|device| device.sn.0).collect())
    }

    #[test]
    fn platforms_of_a_group_share_their_places() {
        let policy = policy(0, WhenFull::PutOutOldest);
        let here = [device(5, WEB), device(1, IOS), device(2, MACOS), device(4, WEB)];
        assert_eq!(leaving(&policy, &here, ANDROID), Ok(vec![1]));
        assert_eq!(leaving(&policy, &here, WEB), Ok(vec![4]));
        assert_eq!(leaving(&policy, &here[..2], WEB), Ok(vec![]));
        assert_eq!(leaving(&policy, &here, 0), Ok(vec![]), "in no group");
    }

    #[test]
    fn the_total_counts_those_who_leave_their_group_as_gone() {
        let policy = policy(3, WhenFull::PutOutOldest);
        let here = [device(1, IOS), device(2, MACOS), device(3, WEB)];
        assert_eq!(leaving(&policy, &here, ANDROID), Ok(vec![1]));
        assert_eq!(leaving(&policy, &here, WEB), Ok(vec![1]), "the oldest of all");
        // A limit that was lowered puts out as many as it takes.
        let strict = DevicePolicy { max_devices: 1, ..DevicePolicy::default() };
        assert_eq!(leaving(&strict, &here, WEB), Ok(vec![1, 2, 3]));
    }

    #[test]
    fn where_none_gives_way_the_new_one_is_refused() {
        let refusing = policy(3, WhenFull::Refuse);
        let here = [device(1, IOS), device(2, MACOS), device(3, WEB)];
        assert_eq!(leaving(&refusing, &here, ANDROID), Err(TooManyDevices { limit: 1 }));
        assert_eq!(leaving(&refusing, &here, WEB), Err(TooManyDevices { limit: 3 }));
        assert_eq!(leaving(&refusing, &here[..2], WEB), Ok(vec![]));
    }

    #[test]
    fn groups_are_checked() {
        assert_eq!(policy(0, WhenFull::Refuse).check(), Ok(()));
        for platforms in [vec![7], vec![-1], vec![1, 1]] {
            let platform_groups = vec![PlatformGroup { platforms, max_devices: 1 }];
            assert!(DevicePolicy { platform_groups, ..DevicePolicy::default() }.check().is_err());
        }
        let platform_groups = vec![PlatformGroup { platforms: vec![1], max_devices: 0 }];
        assert!(DevicePolicy { platform_groups, ..DevicePolicy::default() }.check().is_err());
    }
}
