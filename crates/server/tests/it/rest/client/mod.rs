mod contact;
mod devices;
mod link_preview;
