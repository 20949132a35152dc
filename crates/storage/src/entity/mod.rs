//! One file per table. Column names are those of the database.

pub mod app;
pub mod block;
pub mod device;
pub mod file;
pub mod file_upload;
pub mod group;
pub mod group_announcement;
pub mod group_file;
pub mod group_member;
pub mod group_request;
pub mod group_restriction;
pub mod outbox;
pub mod roster_application;
pub mod roster_item;
pub mod secret;
pub mod token;
pub mod user;
