//! brotli 9 under the name of version 6. See Cargo.toml.

pub use current::*;
