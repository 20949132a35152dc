//! The composition root: joins the parts, listens, serves pages, and offers the command line.
//!
//! Only here are concrete adapters named. Start at [`Parts::open`] for how a node is put together and [`serve`] for how it runs.
//! A new part of start-up is a short function in `parts.rs`; a new page or operator's path is a line in `router.rs`.

mod ask_hooks;
pub mod cli;
mod demo;
mod jobs;
mod listen;
pub mod openapi;
mod ops;
mod parts;
mod plan_pushes;
mod router;
mod serve;
mod telemetry;
mod tls;
mod transfer;
mod web;

pub use listen::{Listening, listen};
pub use parts::{Parts, PartsOptions};
pub use router::{Doors, router};
pub use serve::serve;
