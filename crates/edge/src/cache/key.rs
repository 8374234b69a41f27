//! The key of a stored response: its path, and the values of exactly the inputs that were read for it.

use super::reads::Read;

/// The inputs that a response depends on, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Spec(pub(crate) Box<[Read]>);

/// A path and the values of a [`Spec`]'s inputs, in one unambiguous row of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(pub(crate) std::sync::Arc<[u8]>);
