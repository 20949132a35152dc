mod foreign;
mod relation;
