//! `my-app._instances.internal`: the machines of an app by Fly's list of all of them.
//!
//! `_instances.internal` has one TXT record about every started machine of the organisation, whichever app it belongs to:
//! `instance=<machine>,app=<app>,ip=<address>,region=<region>;instance=…` (fly.io/docs/networking/private-networking). It serves where the
//! AAAA records of `my-app.internal` do not, for example when they are more than one answer takes. There is no name for one app in Fly's
//! DNS; ours is the app's in front of the list's.

use std::net::IpAddr;

/// The name that has the list.
pub(super) const LIST: &str = "_instances.internal.";

/// The app whose machines `host` stands for.
pub(super) fn app(host: &str) -> Option<&str> {
    host.strip_suffix("._instances.internal").filter(|app| !app.is_empty() && !app.contains('.'))
}

/// The addresses of the app's machines. Entries that cannot be read are passed over: the next version of the list may have more in it.
pub(super) fn addresses(list: &str, app: &str) -> Vec<IpAddr> {
    list.split(';')
        .filter(|entry| field(entry, "app") == Some(app))
        .filter_map(|entry| field(entry, "ip")?.parse().ok())
        .collect()
}

fn field<'a>(entry: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = entry.split(',').filter_map(|field| field.trim().split_once('='));
    fields.find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_apps() {
        assert_eq!(app("my-app._instances.internal"), Some("my-app"));
        for other in
            ["_instances.internal", "._instances.internal", "a.b._instances.internal", "my-app.internal", "x_instances.internal"]
        {
            assert_eq!(app(other), None, "{other}");
        }
    }

    #[test]
    fn machines_of_an_app() {
        let list = "instance=1857705b2e7058,app=my-app,ip=fdaa:0:18:a7b:7d:f066:b83b:2,region=ams;\
                    instance=d891,app=my-app-2,ip=fdaa::2,region=ord;\
                    instance=d892,region=ord,ip=fdaa::3,app=my-app,more=1;\
                    instance=d893,app=my-app,ip=none,region=ord;;app=my-app";
        let expected = ["fdaa:0:18:a7b:7d:f066:b83b:2", "fdaa::3"].map(|ip| ip.parse::<IpAddr>().unwrap());
        assert_eq!(addresses(list, "my-app"), expected);
        assert!(addresses(list, "my").is_empty() && addresses("", "my-app").is_empty());
    }
}
