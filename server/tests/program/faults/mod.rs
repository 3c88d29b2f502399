//! What goes wrong while people work: servers and databases that are killed or stopped, networks, mail servers and clients that fail.
//! Each test does acts, counts which of them were acknowledged, and closes with an [`Account`](account::Account) of
//! what the database has of them. `bin/faults` runs them with more rounds and prints the accounts.

mod account;
mod backup;
mod database;
mod endurance;
mod hang_ups;
mod kills;
mod kills_of_own_account;
mod mails;
mod replica;
mod stops;
mod two_servers;
