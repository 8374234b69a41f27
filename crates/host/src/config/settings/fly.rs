//! `[fly]`: what is different on Fly.io.

use ::http::HeaderName;

use super::super::declare::settings;

settings! {
    /// Fly.io.
    pub struct Fly {
        /// This is a machine of Fly.io: its proxy is believed (`trust.preset`), an app that listens on `0.0.0.0` is reached over the private network too, and region and machine are told in log, metrics and to the app.
        enabled: bool = (computed "`true` when FLY_APP_NAME is set"),
        /// A header of every answer that tells region and machine, such as `x-served-by`. Not sent elsewhere than on Fly.io.
        response_header: Option<HeaderName> = (unset "not sent"),
    }
}
