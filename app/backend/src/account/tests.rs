//! Changing the password, and proving who one is.
