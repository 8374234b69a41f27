//! The whole program, as its users meet it: every test starts the real binary with an app and talks to it over sockets.
//!
//! One binary, because each one links V8. What needs neither a socket nor a process is tested beside the code.

mod client;
mod host;
mod process;

mod admin;
mod assets;
mod bodies;
mod check;
mod client_address;
mod commonjs;
mod compression;
mod config;
mod faults;
mod fetch;
mod fly;
mod headers;
mod health;
mod healthcheck;
mod http2;
mod init;
mod js;
mod listen;
mod logging;
mod memory;
mod modules;
mod observatory;
mod overload;
mod plugins;
mod pool;
mod proxy;
mod rate_limit;
mod restart;
mod run;
mod shutdown;
mod startup;
mod throws;
mod upgrade;
