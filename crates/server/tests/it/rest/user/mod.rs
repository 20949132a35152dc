mod device;
mod freeze;
mod password;
mod profile;
mod register;
