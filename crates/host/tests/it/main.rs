//! The whole program, as its users meet it: every test starts the real binary with an app and talks to it over sockets.
//!
//! One binary, because each one links V8. What needs neither a socket nor a process is tested beside the code.

mod client;
mod host;
mod process;

mod bodies;
mod commonjs;
mod config;
mod faults;
mod health;
mod http2;
mod js;
mod listen;
mod memory;
mod modules;
mod observatory;
mod overload;
mod pool;
mod restart;
mod shutdown;
mod startup;
mod throws;
