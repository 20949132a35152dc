mod lifetime;
mod sign_in;
