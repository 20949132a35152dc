//! How much one app, user, device or address may do in a time.
//!
//! Token buckets: a quota refills evenly over its minute and may be used up at once. Keys are numbers, so a check of a known key allocates
//! nothing; buckets beyond the most kept are forgotten, those not used for longest first, which at worst gives somebody a full bucket.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use cerulean_types::{AppId, Clock, Code, DeviceSn, Millis, PublicError, UserId};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{NotUntil, Quota, RateLimiter};
use moka::sync::Cache;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Buckets of one limit kept at most.
const KEPT: u64 = 200_000;
/// A bucket not used for this long is full again.
const FULL_AFTER: Duration = Duration::from_mins(2);
/// A user may ask the same user or group to let him in so often at once, and then once in this time: each time somebody is told.
const APPLICATIONS: (NonZeroU32, Duration) = (NonZeroU32::new(3).unwrap(), Duration::from_hours(8));
/// A user may try to answer the question of another so often at once, and then once in this time.
const ANSWERS: (NonZeroU32, Duration) = (NonZeroU32::new(5).unwrap(), Duration::from_hours(1));
const DAY_MS: Millis = 86_400_000;

/// What is counted, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Limit {
    /// REST requests of a user.
    UserRequests,
    /// REST requests of a device.
    DeviceRequests,
    /// REST requests of an app, its administrator's included.
    AppRequests,
    /// REST requests of an address where nobody is signed in.
    AddressRequests,
    /// Connections opened from an address.
    AddressConnections,
    /// Messages and operations of a user, over sockets and REST.
    UserSends,
    /// Messages and operations of an app.
    AppSends,
    /// Frames of a device's connection.
    DeviceFrames,
    /// Bytes a device sends in a day.
    DeviceTraffic,
    /// Links that a user has fetched for a preview.
    UserPreviews,
    /// Applications of a user to one other, or to one group.
    Applications,
    /// Answers of a user to the question of one other.
    Answers,
}

impl Limit {
    /// All of them, in order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::UserRequests,
        Self::DeviceRequests,
        Self::AppRequests,
        Self::AddressRequests,
        Self::AddressConnections,
        Self::UserSends,
        Self::AppSends,
        Self::DeviceFrames,
        Self::DeviceTraffic,
        Self::UserPreviews,
        Self::Applications,
        Self::Answers,
    ];

    /// Its name in metrics and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserRequests => "requests_per_minute_of_user",
            Self::DeviceRequests => "requests_per_minute_of_device",
            Self::AppRequests => "requests_per_minute_of_app",
            Self::AddressRequests => "requests_per_minute_of_address",
            Self::AddressConnections => "connections_per_minute_of_address",
            Self::UserSends => "sends_per_minute_of_user",
            Self::AppSends => "sends_per_minute_of_app",
            Self::DeviceFrames => "frames_per_minute_of_device",
            Self::DeviceTraffic => "traffic_per_day_of_device",
            Self::UserPreviews => "previews_per_minute_of_user",
            Self::Applications => "applications_to_one",
            Self::Answers => "answers_to_one",
        }
    }
}

/// How much may be done; 0 for no limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateOptions {
    /// REST requests of a user, and of an address where nobody is signed in.
    pub requests_per_minute: u32,
    /// REST requests of one device.
    pub requests_per_minute_of_device: u32,
    /// REST requests of one app.
    pub requests_per_minute_of_app: u32,
    /// Connections opened from one address.
    pub connections_per_minute_of_address: u32,
    /// Messages and operations of one user.
    pub sends_per_minute: u32,
    /// Messages and operations of one app.
    pub sends_per_minute_of_app: u32,
    /// Frames of one device.
    pub frames_per_minute: u32,
    /// Bytes one device may send in a day.
    pub traffic_per_day: u64,
    /// Links that one user has fetched for a preview.
    pub previews_per_minute: u32,
}

impl RateOptions {
    /// What holds in an app: the stricter of the two.
    pub fn within(&self, app: &AppRates) -> Self {
        let device = app.requests_per_minute_of_device;
        Self {
            requests_per_minute: stricter(self.requests_per_minute, app.requests_per_minute),
            requests_per_minute_of_device: stricter(self.requests_per_minute_of_device, device),
            sends_per_minute: stricter(self.sends_per_minute, app.sends_per_minute),
            traffic_per_day: stricter(self.traffic_per_day, app.traffic_per_day),
            ..self.clone()
        }
    }
}

/// Where an app is stricter than the server; absent for the server's limit. It cannot allow itself more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AppRates {
    /// REST requests of a user.
    pub requests_per_minute: Option<u32>,
    /// REST requests of one device.
    pub requests_per_minute_of_device: Option<u32>,
    /// Messages and operations of one user.
    pub sends_per_minute: Option<u32>,
    /// Bytes one device may send in a day.
    pub traffic_per_day: Option<u64>,
}

impl AppRates {
    /// Whether every limit leaves something.
    pub fn check(&self) -> Result<(), &'static str> {
        let counts = [self.requests_per_minute, self.requests_per_minute_of_device, self.sends_per_minute];
        let is_nothing = counts.contains(&Some(0)) || self.traffic_per_day == Some(0);
        if is_nothing { Err("limits must be above 0, or null for the server's") } else { Ok(()) }
    }
}

/// Somebody does too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too often: try again in {}", for_people(*wait))]
pub struct TooOften {
    /// How long until it may be done again.
    pub wait: Duration,
}

impl PublicError for TooOften {
    fn code(&self) -> Code {
        Code::RateLimited
    }

    fn retry_after(&self) -> Option<Duration> {
        Some(self.wait)
    }
}

/// A span in the largest unit that says it well, rounded up.
fn for_people(span: Duration) -> String {
    let seconds = span.as_millis().div_ceil(1000).max(1);
    match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    App(AppId),
    User(AppId, UserId),
    Device(AppId, UserId, DeviceSn),
    Address(Ipv6Addr),
    Pair(AppId, UserId, i64),
}

/// Time for buckets: the steady clock, or that of a test.
#[derive(Debug, Clone)]
struct Ticks(Clock);

/// Milliseconds of [`Ticks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tick(u64);

impl std::ops::Add<Nanos> for Tick {
    type Output = Self;

    fn add(self, more: Nanos) -> Self {
        Self(self.0.saturating_add(more.as_u64()))
    }
}

impl governor::clock::Reference for Tick {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::new(self.0.saturating_sub(earlier.0))
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.as_u64()))
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Tick;

    fn now(&self) -> Tick {
        Tick(self.0.steady_nanos())
    }
}

/// Buckets by key, of which only the most recently used are kept.
struct Buckets(Cache<Key, Arc<InMemoryState>>);

impl Buckets {
    fn new(full_after: Duration) -> Self {
        Self(Cache::builder().max_capacity(KEPT).time_to_idle(full_after).build())
    }
}

impl StateStore for Buckets {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let bucket = self.0.get(key).unwrap_or_else(|| self.0.get_with(*key, Arc::default));
        bucket.measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

type Keyed = RateLimiter<Key, Buckets, Ticks, NoOpMiddleware<Tick>>;
type Single = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Tick>>;

/// The bucket of one connection, without a key to look up.
pub struct FrameBucket(Option<Single>);

/// What a device has sent today. Shared by its connections.
#[derive(Debug, Default)]
pub struct Traffic {
    day: AtomicI64,
    bytes: AtomicU64,
    told_on: AtomicI64,
}

/// Whether a device may go on sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrafficState {
    /// Yes.
    Within,
    /// Not until tomorrow, and it is to be told.
    Exceeded {
        /// Whether this is the first time today.
        is_news: bool,
    },
}

/// Counts, and refuses what is too much.
pub struct Rates {
    options: RateOptions,
    clock: Clock,
    limiters: RwLock<HashMap<(Limit, u32), Arc<Keyed>>>,
    applications: Keyed,
    answers: Keyed,
    traffic: Cache<(AppId, UserId, DeviceSn), Arc<Traffic>>,
    refused: [AtomicU64; Limit::ALL.len()],
}

impl Rates {
    /// Starts with full buckets.
    pub fn new(options: RateOptions, clock: Clock) -> Self {
        let traffic = Cache::builder().max_capacity(KEPT).time_to_idle(Duration::from_hours(25)).build();
        let slow = |(most, period): (NonZeroU32, Duration)| {
            let quota = Quota::with_period(period).expect("the period is not zero").allow_burst(most);
            RateLimiter::new(quota, Buckets::new(period * most.get()), Ticks(clock.clone()))
        };
        let (applications, answers) = (slow(APPLICATIONS), slow(ANSWERS));
        Self {
            options,
            clock,
            applications,
            answers,
            limiters: RwLock::default(),
            traffic,
            refused: [const { AtomicU64::new(0) }; Limit::ALL.len()],
        }
    }

    /// What the server allows.
    pub fn options(&self) -> &RateOptions {
        &self.options
    }

    /// How often each limit refused something since the start.
    pub fn refused(&self) -> impl Iterator<Item = (Limit, u64)> {
        Limit::ALL.into_iter().map(|limit| (limit, self.refused[limit as usize].load(Ordering::Relaxed)))
    }

    /// Counts a REST request of a user, his device and his app.
    pub fn request_of_user(
        &self,
        app: AppId,
        user: UserId,
        device: DeviceSn,
        rates: &AppRates,
    ) -> Result<(), TooOften> {
        let of_user = stricter(self.options.requests_per_minute, rates.requests_per_minute);
        self.count(Limit::UserRequests, of_user, Key::User(app, user))?;
        if device != DeviceSn::NONE {
            let of_device = stricter(self.options.requests_per_minute_of_device, rates.requests_per_minute_of_device);
            self.count(Limit::DeviceRequests, of_device, Key::Device(app, user, device))?;
        }
        self.request_of_app(app)
    }

    /// Counts a REST request of an app.
    pub fn request_of_app(&self, app: AppId) -> Result<(), TooOften> {
        self.count(Limit::AppRequests, self.options.requests_per_minute_of_app, Key::App(app))
    }

    /// Counts a REST request of an address where nobody is signed in.
    pub fn request_of_address(&self, address: IpAddr) -> Result<(), TooOften> {
        self.count(Limit::AddressRequests, self.options.requests_per_minute, key_of(address))
    }

    /// Counts a connection opened from an address.
    pub fn connection_of(&self, address: IpAddr) -> Result<(), TooOften> {
        self.count(Limit::AddressConnections, self.options.connections_per_minute_of_address, key_of(address))
    }

    /// Counts a message or operation of a user.
    pub fn send_of(&self, app: AppId, user: UserId, rates: &AppRates) -> Result<(), TooOften> {
        let of_user = stricter(self.options.sends_per_minute, rates.sends_per_minute);
        self.count(Limit::UserSends, of_user, Key::User(app, user))?;
        self.count(Limit::AppSends, self.options.sends_per_minute_of_app, Key::App(app))
    }

    /// Counts a link that is fetched because a user wants its preview.
    pub fn preview_of(&self, app: AppId, user: UserId) -> Result<(), TooOften> {
        self.count(Limit::UserPreviews, self.options.previews_per_minute, Key::User(app, user))
    }

    /// Counts an application of a user to another (or to a group) of which somebody is told.
    pub fn application_to(&self, app: AppId, applicant: UserId, target: i64) -> Result<(), TooOften> {
        let key = Key::Pair(app, applicant, target);
        self.applications.check_key(&key).map_err(|until| self.refuse(Limit::Applications, &until))
    }

    /// Counts a user's answer to the question of another, right or wrong.
    pub fn answer_to(&self, app: AppId, applicant: UserId, target: UserId) -> Result<(), TooOften> {
        let key = Key::Pair(app, applicant, target.as_i64());
        self.answers.check_key(&key).map_err(|until| self.refuse(Limit::Answers, &until))
    }

    /// A full bucket for the frames of a new connection.
    pub fn frame_bucket(&self) -> FrameBucket {
        let quota = NonZeroU32::new(self.options.frames_per_minute).map(Quota::per_minute);
        FrameBucket(quota.map(|quota| RateLimiter::direct_with_clock(quota, Ticks(self.clock.clone()))))
    }

    /// Counts a frame of a connection.
    pub fn frame_of(&self, bucket: &FrameBucket) -> Result<(), TooOften> {
        match &bucket.0 {
            Some(limiter) => limiter.check().map_err(|until| self.refuse(Limit::DeviceFrames, &until)),
            None => Ok(()),
        }
    }

    /// What a device has sent, to be kept with its connection.
    pub fn traffic_of(&self, app: AppId, user: UserId, device: DeviceSn) -> Arc<Traffic> {
        self.traffic.get_with((app, user, device), Arc::default)
    }

    /// Counts bytes that a device sent.
    pub fn add_traffic(&self, traffic: &Traffic, bytes: usize, rates: &AppRates) -> TrafficState {
        let limit = stricter(self.options.traffic_per_day, rates.traffic_per_day);
        if limit == 0 {
            return TrafficState::Within;
        }
        let today = self.clock.now() / DAY_MS;
        if traffic.day.swap(today, Ordering::AcqRel) != today {
            traffic.bytes.store(0, Ordering::Release);
        }
        if traffic.bytes.fetch_add(bytes as u64, Ordering::AcqRel) + bytes as u64 <= limit {
            return TrafficState::Within;
        }
        self.note_refusal(Limit::DeviceTraffic);
        TrafficState::Exceeded { is_news: traffic.told_on.swap(today, Ordering::AcqRel) != today }
    }

    fn refuse(&self, limit: Limit, until: &NotUntil<Tick>) -> TooOften {
        self.note_refusal(limit);
        TooOften { wait: until.wait_time_from(Ticks(self.clock.clone()).now()) }
    }

    fn note_refusal(&self, limit: Limit) {
        self.refused[limit as usize].fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self, limit: Limit, quota: u32, key: Key) -> Result<(), TooOften> {
        let Some(quota) = NonZeroU32::new(quota) else { return Ok(()) };
        let found = self.limiters.read().get(&(limit, quota.get())).cloned();
        let limiter = found.unwrap_or_else(|| self.limiter(limit, quota));
        limiter.check_key(&key).map_err(|until| self.refuse(limit, &until))
    }

    /// Buckets of a limit with a quota of its own: apps that are stricter share none with others, because keys name the app.
    fn limiter(&self, limit: Limit, quota: NonZeroU32) -> Arc<Keyed> {
        let make = || RateLimiter::new(Quota::per_minute(quota), Buckets::new(FULL_AFTER), Ticks(self.clock.clone()));
        self.limiters.write().entry((limit, quota.get())).or_insert_with(|| Arc::new(make())).clone()
    }
}

/// The stricter of what the server and the app say; 0 is no limit.
fn stricter<N: Ord + Copy + Default>(server: N, app: Option<N>) -> N {
    match app {
        Some(app) if server == N::default() => app,
        Some(app) => app.min(server),
        None => server,
    }
}

/// Whoever has an IPv6 address has a whole network of them, so the network counts.
fn key_of(address: IpAddr) -> Key {
    Key::Address(match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(_) => address,
            None => Ipv6Addr::from(u128::from(address) >> 64 << 64),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: AppId = AppId(1);

    fn user(number: i64) -> UserId {
        UserId::from_stored(number << 3 | 1)
    }

    fn rates(change: impl FnOnce(&mut RateOptions)) -> (Rates, Clock) {
        let mut options = RateOptions::default();
        change(&mut options);
        let clock = Clock::adjustable();
        (Rates::new(options, clock.clone()), clock)
    }

    #[test]
    fn a_quota_is_used_up_at_once_and_refills_evenly() {
        let (rates, clock) = rates(|options| options.sends_per_minute = 60);
        let send = |number| rates.send_of(APP, user(number), &AppRates::default()).map_err(drop);
        assert!((0..60).all(|_| send(1).is_ok()));
        assert_eq!(send(1), Err(()));
        assert_eq!(send(2), Ok(()), "another user");
        assert_eq!(rates.send_of(AppId(2), user(1), &AppRates::default()), Ok(()), "another app");
        clock.advance(2_000);
        assert_eq!((send(1), send(1), send(1)), (Ok(()), Ok(()), Err(())));
        clock.advance(60_000);
        assert!((0..60).all(|_| send(1).is_ok()));
        let refused: HashMap<_, _> = rates.refused().collect();
        assert_eq!((refused[&Limit::UserSends], refused[&Limit::AppSends]), (2, 0));
    }

    #[test]
    fn zero_is_no_limit_and_an_app_is_only_ever_stricter() {
        let (none, _) = rates(|_| {});
        assert!((0..10_000).all(|_| none.send_of(APP, user(1), &AppRates::default()).is_ok()));
        let strict = AppRates { sends_per_minute: Some(2), ..AppRates::default() };
        assert_eq!((0..3).filter(|_| none.send_of(APP, user(1), &strict).is_ok()).count(), 2);
        let (some, _) = rates(|options| options.sends_per_minute = 3);
        let loose = AppRates { sends_per_minute: Some(1000), ..AppRates::default() };
        assert_eq!((0..10).filter(|_| some.send_of(APP, user(1), &loose).is_ok()).count(), 3);
        assert!(strict.check().is_ok() && AppRates { traffic_per_day: Some(0), ..strict }.check().is_err());
    }

    #[test]
    fn requests_count_for_user_device_and_app() {
        let (rates, _) = rates(|options| {
            options.requests_per_minute = 100;
            options.requests_per_minute_of_device = 2;
            options.requests_per_minute_of_app = 5;
        });
        let call = |number, device| {
            rates.request_of_user(APP, user(number), DeviceSn(device), &AppRates::default()).map_err(drop)
        };
        assert_eq!((call(1, 1), call(1, 1), call(1, 1)), (Ok(()), Ok(()), Err(())));
        assert_eq!((call(1, 2), call(2, 1), call(3, 0)), (Ok(()), Ok(()), Ok(())));
        assert_eq!((call(4, 1), rates.request_of_app(APP).map_err(drop)), (Err(()), Err(())), "the app's are used up");
        assert_eq!(rates.request_of_app(AppId(2)), Ok(()));
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let (rates, _) = rates(|options| options.connections_per_minute_of_address = 2);
        let connect = |address: &str| rates.connection_of(address.parse().unwrap()).map_err(drop);
        assert_eq!((connect("2001:db8::1"), connect("2001:db8::2")), (Ok(()), Ok(())));
        assert_eq!((connect("2001:db8::3"), connect("2001:db8:0:1::1")), (Err(()), Ok(())));
        assert_eq!((connect("192.0.2.1"), connect("192.0.2.1")), (Ok(()), Ok(())));
        assert_eq!((connect("::ffff:192.0.2.1"), connect("192.0.2.2")), (Err(()), Ok(())));
    }

    #[test]
    fn traffic_counts_by_the_day_and_is_told_once() {
        let (rates, clock) = rates(|options| options.traffic_per_day = 100);
        let traffic = rates.traffic_of(APP, user(1), DeviceSn(1));
        let add = |bytes| rates.add_traffic(&traffic, bytes, &AppRates::default());
        assert_eq!((add(60), add(40)), (TrafficState::Within, TrafficState::Within));
        assert_eq!(add(1), TrafficState::Exceeded { is_news: true });
        assert_eq!(add(1), TrafficState::Exceeded { is_news: false });
        let again = rates.traffic_of(APP, user(1), DeviceSn(1));
        assert_eq!(
            rates.add_traffic(&again, 1, &AppRates::default()),
            TrafficState::Exceeded { is_news: false },
            "a new connection"
        );
        clock.advance(DAY_MS);
        assert_eq!(add(100), TrafficState::Within);
    }

    #[test]
    fn applications_and_answers_are_counted_for_each_pair() {
        let (rates, clock) = rates(|_| ());
        let apply = |target| rates.application_to(APP, user(1), target).map_err(drop);
        assert!((0..3).all(|_| apply(7).is_ok()));
        assert_eq!((apply(7), apply(8)), (Err(()), Ok(())));
        clock.advance(8 * 3_600_000);
        assert_eq!((apply(7), apply(7)), (Ok(()), Err(())));
        let answer = |target| rates.answer_to(APP, user(1), user(target)).map_err(drop);
        assert!((0..5).all(|_| answer(2).is_ok()));
        assert_eq!((answer(2), answer(3)), (Err(()), Ok(())));
        clock.advance(3_600_000);
        assert_eq!((answer(2), answer(2)), (Ok(()), Err(())));
    }

    #[test]
    fn a_connection_has_its_own_bucket() {
        let (rates, clock) = rates(|options| options.frames_per_minute = 2);
        let (one, other) = (rates.frame_bucket(), rates.frame_bucket());
        let of_one = || rates.frame_of(&one).map_err(drop);
        assert_eq!((of_one(), of_one(), of_one()), (Ok(()), Ok(()), Err(())));
        assert_eq!(rates.frame_of(&other), Ok(()));
        clock.advance(30_000);
        assert_eq!(rates.frame_of(&one), Ok(()));
    }

    #[test]
    fn refusals_say_how_long_to_wait() {
        let (rates, clock) = rates(|options| options.sends_per_minute = 2);
        let send = || rates.send_of(APP, user(1), &AppRates::default());
        assert!(send().is_ok() && send().is_ok());
        let refused = send().unwrap_err();
        let wait = refused.retry_after().unwrap();
        assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
        clock.advance(wait.as_millis() as i64 + 1);
        assert_eq!(send(), Ok(()));
        for (span, told) in [
            (Duration::ZERO, "1 second"),
            (Duration::from_millis(1001), "2 seconds"),
            (Duration::from_mins(3), "3 minutes"),
            (Duration::from_hours(8), "8 hours"),
        ] {
            assert_eq!(TooOften { wait: span }.to_string(), format!("too often: try again in {told}"));
        }
    }
}
