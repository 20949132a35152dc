mod cors;
mod discovery;
mod secret;
