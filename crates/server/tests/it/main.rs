//! Black-box tests: a booted server, and clients that talk to it.

mod gateway;
mod rest;
