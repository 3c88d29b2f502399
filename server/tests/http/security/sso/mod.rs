//! Single sign-on by SAML, each case under its id.

mod crafted;
mod relay_state;
mod vectors;
