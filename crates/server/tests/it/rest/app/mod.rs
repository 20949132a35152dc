mod cors;
mod discovery;
mod qr_login;
mod secret;
