mod contact;
mod link_preview;
