//! Two-factor authentication, each case under its id. Codes come from the key that a page shows.

mod demand;
mod ends;
mod enrolment;
mod forgery;
mod paths;
mod power;
mod reset;
mod servers;
mod sign_in;
