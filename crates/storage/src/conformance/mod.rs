//! The suite that every database must pass. A test is an `async fn name(db: Db, app: AppId, vault: Vault)` in the file of its noun and a
//! line in [`for_each_test`](crate::for_each_test); `tests/conformance.rs` runs it on SQLite and on PostgreSQL.

pub mod app;
pub mod device;
pub mod file;
pub mod group;
pub mod job;
pub mod log;
pub mod qr_login;
pub mod roster;
pub mod token;
pub mod user;

/// Calls `$run!(module::test)` for every conformance test.
#[macro_export]
macro_rules! for_each_test {
    ($run:ident) => {
        $run!(app::slugs_are_unique);
        $run!(app::settings_are_replaced);
        $run!(user::users_are_found_by_every_key);
        $run!(user::user_keys_are_taken_once);
        $run!(user::users_belong_to_one_app);
        $run!(user::parts_of_a_user_change_alone);
        $run!(user::users_are_listed_by_age);
        $run!(user::removed_user_is_absent);
        $run!(user::device_numbers_rise);
        $run!(device::devices_are_found_by_guid);
        $run!(device::guid_is_one_device);
        $run!(device::devices_change_and_go);
        $run!(token::tokens_are_found_by_number);
        $run!(token::revoking_takes_what_it_names);
        $run!(token::devices_hold_tokens);
        $run!(token::expired_tokens_are_forgotten);
        $run!(token::secrets_are_taken_once);
        $run!(qr_login::qr_logins_are_confirmed_by_whoever_scanned);
        $run!(qr_login::qr_logins_are_refused_and_forgotten);
        $run!(qr_login::sign_in_secrets_are_taken_once);
        $run!(file::files_come_back_until_removed);
        $run!(file::file_thumbnails_are_recorded_once);
        $run!(file::abandoned_file_uploads_are_found);
        $run!(file::files_belong_to_one_app);
        $run!(roster::friendship_has_two_sides);
        $run!(roster::gate_tells_friendship_and_blocks);
        $run!(roster::blocked_users_are_listed_in_order);
        $run!(roster::notes_change_only_where_given);
        $run!(roster::friend_requests_are_answered_once);
        $run!(roster::forgotten_user_leaves_no_relation);
        $run!(roster::rosters_belong_to_one_app);
        $run!(group::group_is_stored_in_its_app);
        $run!(group::group_changes_one_thing_at_a_time);
        $run!(group::group_places_are_limited);
        $run!(group::group_dissolves);
        $run!(group::group_numbers_rise);
        $run!(group::group_versions_rise);
        $run!(group::group_members_join_once);
        $run!(group::group_member_settings_are_personal);
        $run!(group::group_members_are_listed_by_cursor);
        $run!(group::group_memberships_of_a_user_are_found);
        $run!(group::group_requests_are_replaced);
        $run!(group::group_requests_are_withdrawn);
        $run!(group::group_requests_are_listed_newest_first);
        $run!(group::group_restrictions_are_kept_apart);
        $run!(group::group_announcements_are_ordered);
        $run!(group::group_files_are_kept);
        $run!(job::jobs_are_claimed_once);
        $run!(job::job_of_a_dead_worker_is_taken_over_once);
        $run!(job::jobs_end_retry_and_go_back);
        $run!(job::job_keys_are_held_while_the_job_lives);
        $run!(job::jobs_are_cancelled);
        $run!(job::jobs_are_listed_and_counted);
        $run!(job::jobs_of_a_destroyed_app_carry_nothing);
        $run!(job::ended_jobs_are_forgotten);
        $run!(job::schedule_turns_are_taken_once);
        $run!(log::items_are_chained_in_order);
        $run!(log::items_survive_a_restart);
        $run!(log::send_keys_are_stored_once);
        $run!(log::client_ids_repeat_only_with_the_same_body);
        $run!(log::recall_erases_but_keeps_the_chain);
        $run!(log::edits_are_folded_into_forms);
        $run!(log::edits_of_recalled_messages_are_refused);
        $run!(log::edits_end_at_the_length_limit);
        $run!(log::repeated_edits_are_folded_once);
        $run!(log::line_states_follow_what_users_do);
        $run!(log::history_pages_backwards);
        $run!(log::states_and_cursors_only_rise);
        $run!(log::unread_counts_others_messages);
        $run!(log::log_lines_belong_to_one_app);
        $run!(log::destroyed_keys_refuse_items);
        $run!(log::rotated_keys_read_old_items);
    };
}
