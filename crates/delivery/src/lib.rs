//! The door: whatever reaches a device passes here.
//!
//! Owns the context every action runs in ([`Platform`], [`Ctx`]), the way of an item into a conversation, and the audience of a
//! conversation. Knows no rules of the domains above and no frames of the sockets above. Start at [`Ctx`]: an action reads and writes
//! through `ctx.tx`, records notices with [`Ctx::notify`] and events with [`Ctx::emit`], and the caller commits with [`Ctx::commit`];
//! what was recorded leaves only then.

mod audience;
mod client_settings;
mod ctx;
mod device_policy;
pub mod event;
mod group_rules;
mod group_view;
mod notice;
mod outbox;
mod platform;
mod quota;
mod rates;

pub use audience::Place;
pub use client_settings::ClientSettings;
pub use ctx::{Ctx, CtxError};
pub use device_policy::{DevicePolicy, PlatformGroup, SignedInDevice, TooManyDevices, WhenFull};
pub use event::Event;
pub use group_rules::{GroupCapacity, GroupRules, MOST_MEMBERS};
pub use group_view::{GroupFacts, GroupMember, GroupView, NO_MESSAGES, floor};
pub use notice::{Notice, SETTINGS_CHANGED};
pub use platform::{AppSettings, Limits, Platform, PlatformOptions};
pub use quota::{AppQuotas, Counted, QuotaExceeded, Usage};
pub use rates::{AppRates, FrameBucket, Limit, RateOptions, Rates, TooOften, Traffic, TrafficState};
