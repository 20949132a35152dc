//! Webhooks, with a real receiver.

mod delivery;
mod events;
mod manage;
mod moderation;
mod pushes;
mod replay;
mod screen;
