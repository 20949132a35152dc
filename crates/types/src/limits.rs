//! The numbers that bound every input. Beyond one of them: a clear error, and the connection stays.

/// Largest frame, in bytes.
pub const FRAME_BYTES: usize = 1 << 20;
/// Largest text of a message (`content`), in bytes.
pub const TEXT_BYTES: usize = 64 << 10;
/// Largest `config`, `ext` or `attachment` of a message, in bytes.
pub const EXTRA_BYTES: usize = 64 << 10;
/// Longest name of a user, group or file, in characters.
pub const NAME_CHARS: usize = 64;
/// Longest free text in a profile or group (description, reason, ext), in characters.
pub const FREE_TEXT_CHARS: usize = 4096;
/// Longest list a REST call may carry.
pub const BATCH_ITEMS: usize = 10_000;
/// Longest list of members that the administrator may make a group with.
pub const CROWD_ITEMS: usize = 100_000;
/// Largest JSON body, in bytes.
pub const JSON_BYTES: usize = 2 << 20;
/// Default size limit of an uploaded file, in bytes.
pub const FILE_BYTES: u64 = 1 << 30;
/// Items of one pull.
pub const PULL_ITEMS: usize = 100;
/// Largest history page.
pub const HISTORY_ITEMS: usize = 100;
/// Messages that were taken back, in the span of one history page.
pub const RECALLED_ITEMS: usize = 500;
/// Users one session may watch for presence.
pub const WATCHED_USERS: usize = 200;
/// Default capacity of a group.
pub const GROUP_MEMBERS: usize = 10_000;
/// Lifetime of a user's token, in milliseconds (7 days; renewed by signing in).
pub const TOKEN_MS: i64 = 7 * 86_400_000;
/// How long a message may be recalled by its author unless the app says otherwise, in milliseconds.
pub const RECALL_MS: i64 = 2 * 60_000;
/// How long an older client's resend is recognised, in milliseconds.
pub const RESEND_MS: i64 = 10 * 60_000;
