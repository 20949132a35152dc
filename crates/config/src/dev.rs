//! The section `dev`.

use serde::Deserialize;

use crate::describe::{leaf, section};

section! {
    /// Help for trying things out.
    pub struct Dev {
        /// Makes the app `demo` with two users when there is no app yet: "on", "off", or "auto", which means on while the
        /// server listens on loopback with SQLite.
        demo_app: DemoApp = DemoApp::Auto;
    }
}

/// Whether a demo app is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemoApp {
    /// On a developer's machine.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

leaf!(DemoApp, Text, |demo| match demo {
    DemoApp::Auto => "auto",
    DemoApp::On => "on",
    DemoApp::Off => "off",
});
