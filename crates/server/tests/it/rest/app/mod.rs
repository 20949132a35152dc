mod cors;
mod discovery;
mod group_qr;
mod link;
mod mobile;
mod qr_login;
mod secret;
mod support;
