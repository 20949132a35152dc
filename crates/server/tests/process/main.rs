//! The binary as operators meet it: how it starts, what it refuses, what its commands do, how it takes a full disk, and what it leaves on
//! the disk.
//!
//! These tests run the real `cerulean` in a folder of its own and look at it from outside. What needs no process of its own is tested in
//! `tests/it/`, in-process.

mod command_line;
mod full_disk;
mod home;
mod keys;
mod people;
mod privacy;
mod refusal;
mod start;
mod stop;
mod tls;
mod traces;
mod webhooks;
