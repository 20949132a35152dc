//! Black-box tests: a booted server, and clients that talk to it.

mod console;
mod equality;
mod gateway;
mod pages;
mod rest;
mod transfer;
