mod ai;
mod history;
mod repeat;
mod send;
