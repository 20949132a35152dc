//! Webhooks, with a real receiver.

mod delivery;
mod events;
mod manage;
mod replay;
mod screen;
