//! Apps in a real pool, without the host around it: what cannot be seen through HTTP.

mod apps;

mod cache;
mod console;
mod fetch;
mod reads;
mod routes;
mod view;
