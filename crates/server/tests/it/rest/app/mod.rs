mod cors;
mod discovery;
mod group_qr;
mod qr_login;
mod secret;
mod support;
