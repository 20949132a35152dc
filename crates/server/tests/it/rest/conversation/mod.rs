mod chain;
mod list;
mod problem;
