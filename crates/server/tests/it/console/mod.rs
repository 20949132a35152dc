//! The console API, on a real listener.

mod app;
mod callers;
mod hooks;
mod jobs;
pub mod receiver;
