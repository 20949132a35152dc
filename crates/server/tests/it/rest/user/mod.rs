mod batch;
mod device;
mod freeze;
mod password;
mod profile;
mod register;
mod rename;
