//! `[fly]` as the parts want it.

use edge::security_headers;

use super::super::settings;
use super::Refused;
use crate::fly::Machine;

impl settings::Fly {
    /// Adds the header that tells who has answered.
    pub(super) fn add_header(&self, machine: Option<&Machine>, headers: &mut security_headers::Config) -> Result<(), Refused> {
        let Some((header, name)) = self.response_header.as_ref().zip(machine.and_then(Machine::name)) else { return Ok(()) };
        headers.set(header.as_str(), &name).map_err(|message| vec![("response_header".to_owned(), message)])
    }
}
