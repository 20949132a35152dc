mod history;
mod repeat;
mod send;
