//! The operations of accounts, called as clients call them, on a router without a listener.

mod accounts;
mod bench;
mod file;
mod group;
mod roster;
