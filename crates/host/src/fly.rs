//! The machine of Fly.io that this process runs on, as Fly tells it in the environment
//! (<https://fly.io/docs/machines/runtime-environment/>).
//!
//! What follows from it is elsewhere: whom to trust (`edge::client::Trust::fly`), where to listen ([`crate::address`]), how much memory there is
//! (`config::machine`), what an app is told (`fly` of `js-runtime/host`).

use std::fmt;

/// A machine. What Fly does not tell is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// `FLY_APP_NAME`.
    pub app: Option<String>,
    /// `FLY_REGION`: where it runs, such as `fra`.
    pub region: Option<String>,
    /// `FLY_MACHINE_ID`.
    pub id: Option<String>,
    /// `FLY_IMAGE_REF`: what it runs.
    pub image: Option<String>,
    /// `PRIMARY_REGION`: where the app's database is written to.
    pub primary_region: Option<String>,
}

impl Machine {
    /// Region and id, as far as they are known: `fra 148e452b7d9489`.
    pub fn name(&self) -> Option<String> {
        let parts: Vec<_> = [&self.region, &self.id].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Tells the log where this is, once.
    pub fn log(&self) {
        let Machine { app, region, id, image, primary_region: _ } = self;
        tracing::info!(app, region, machine = id, image, "this is a machine of Fly.io");
    }

    /// What the app is told.
    pub fn for_app(&self) -> isolate::Fly {
        isolate::Fly {
            app: self.app.clone(),
            region: self.region.clone(),
            machine: self.id.clone(),
            primary_region: self.primary_region.clone(),
        }
    }
}

/// For the line that says that the host is ready: ` on Fly.io (fra 148e452b7d9489)`.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(" on Fly.io")?;
        self.name().map_or(Ok(()), |name| write!(f, " ({name})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_known() {
        let text = |region: Option<&str>, id: Option<&str>| {
            Machine { region: region.map(Into::into), id: id.map(Into::into), ..Machine::default() }.to_string()
        };
        assert_eq!(text(Some("fra"), Some("148e")), " on Fly.io (fra 148e)");
        assert_eq!(text(Some("fra"), None), " on Fly.io (fra)");
        assert_eq!(text(None, None), " on Fly.io");
    }
}
