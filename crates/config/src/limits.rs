//! The section `limits`.

use cerulean_types::limits;

use crate::describe::section;
use crate::error::Problems;
use crate::{Size, Span};

section! {
    /// What a client may send, and how much of it.
    pub struct Limits {
        /// Largest frame on a socket.
        frame_size: Size = Size::bytes(limits::FRAME_BYTES as u64);
        /// Largest text of a message.
        text_size: Size = Size::bytes(limits::TEXT_BYTES as u64);
        /// Largest uploaded file.
        file_size: Size = Size::bytes(limits::FILE_BYTES);
        /// How long a user's sign-in lasts without being renewed.
        token_lifetime: Span = Span::millis(limits::TOKEN_MS as u64);
        /// How long an author may take a message back, unless the app says otherwise.
        recall_within: Span = Span::millis(limits::RECALL_MS as u64);
        /// Members that a group may have, unless the app says otherwise.
        group_members: u32 = limits::GROUP_MEMBERS as u32;
        /// REST requests per minute, of one user, or of one address where nobody is signed in. 0 for no limit, here and below.
        requests_per_minute: u32 = 6000;
        /// REST requests per minute, of one device of a user.
        requests_per_minute_of_device: u32 = 6000;
        /// REST requests per minute, of one app with all its users.
        requests_per_minute_of_app: u32 = 0;
        /// Sockets opened per minute, from one address.
        connections_per_minute_of_address: u32 = 6000;
        /// Messages and operations per minute, of one user.
        sends_per_minute: u32 = 30000;
        /// Messages and operations per minute, of one app with all its users.
        sends_per_minute_of_app: u32 = 0;
        /// Frames per minute, of one socket.
        frames_per_minute: u32 = 60000;
        /// What one device may send over its sockets in a day; it may still receive. 0 B for no limit.
        traffic_per_day: Size = Size::bytes(0);
        /// Links fetched for a preview per minute, of one user; those already known do not count.
        previews_per_minute: u32 = 120;
        /// Users that an app may have.
        users_of_app: u32 = 0;
        /// Messages that an app may send in a day, UTC.
        messages_per_day_of_app: u32 = 0;
        /// Messages that an app may send in a calendar month, UTC.
        messages_per_month_of_app: u32 = 0;
        /// What the uploaded files of an app may have together. 0 B for no limit.
        files_of_app: Size = Size::bytes(0);
    }
}

impl Limits {
    pub(crate) fn check(&self, problems: &mut Problems) {
        let within = |size: Size, low: u64, high: u64| (low..=high).contains(&size.as_bytes());
        problems.require(
            within(self.frame_size, 16 << 10, 64 << 20),
            "limits.frame_size",
            "must be between 16 KiB and 64 MiB",
        );
        problems.require(
            within(self.text_size, 1, self.frame_size.as_bytes() / 2),
            "limits.text_size",
            "must be at least 1 B and at most half of limits.frame_size",
        );
        problems.require(
            within(self.file_size, 1 << 10, 1 << 40),
            "limits.file_size",
            "must be between 1 KiB and 1 TiB",
        );
        problems.require(
            (60_000..=10 * 366 * 86_400_000).contains(&self.token_lifetime.as_millis()),
            "limits.token_lifetime",
            "must be between 1 min and 3660 d",
        );
        problems.require(
            (2..=1_000_000).contains(&self.group_members),
            "limits.group_members",
            "must be between 2 and 1000000",
        );
    }
}
