//! What the `trustProxy` option of a Fastify app means (`getTrustProxyFn` of fastify/lib/request.js 4.29.1, `compile` of
//! proxy-addr 2.0.8). tests/client/recorded.json has what they answer.
//!
//! # Where it differs, on purpose
//! Addresses come out canonical (`::ffff:1.2.3.4` is `1.2.3.4`, `1.2.3.4:80` is `1.2.3.4`). Entries that are no address are left
//! out, where Fastify hands them to the app as they came; among them are the addresses that only `ipaddr.js` reads (`010.0.0.1`,
//! `2130706433`). The walk ends after [`super::MAX_HOPS`]. A host or a scheme that cannot be one counts as not sent.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use serde_json::Value;

use super::Trust;
use super::peers::{Invalid, LOOPBACK, Peers, v4, v6};
use super::trust::{Count, Source, X_FORWARDED_HOST, X_FORWARDED_PROTO};

impl Trust {
    /// The trust of an app whose `trustProxy` has this value. A function cannot be given here: only the app can call it.
    ///
    /// # Errors
    /// Where Fastify throws: the first item of the list that is neither address, network nor name.
    pub fn from_fastify(trust_proxy: &Value) -> Result<Trust, Invalid> {
        let (peers, count) = match trust_proxy {
            Value::Null | Value::Bool(false) => return Ok(Trust::none()),
            Value::Bool(true) => (Peers::anyone_for_app(), Count::All),
            Value::Number(number) => match number.as_f64().unwrap_or_default() {
                0.0 => return Ok(Trust::none()),
                hops if hops < 0.0 => (Peers::of_app(Vec::new()), Count::Hops(0)),
                // `hop < hops`: 1.5 trusts hops 0 and 1.
                hops => (Peers::anyone_for_app(), Count::Hops(hops.ceil() as usize)),
            },
            Value::String(text) if text.is_empty() => return Ok(Trust::none()),
            Value::String(text) => (list(text.split(',').map(str::trim))?, Count::Trusted),
            Value::Array(items) => (list(items.iter().map(|item| item.as_str().unwrap_or_default()))?, Count::Trusted),
            Value::Object(_) => return Err(invalid(&trust_proxy.to_string())),
        };
        Ok(Trust {
            peers,
            address: Some(Source::XForwardedFor(count)),
            proto_header: Some(X_FORWARDED_PROTO),
            host_header: Some(X_FORWARDED_HOST),
        })
    }
}

fn list<'a>(items: impl Iterator<Item = &'a str>) -> Result<Peers, Invalid> {
    let mut nets = Vec::new();
    for item in items {
        match item {
            "loopback" => nets.extend(LOOPBACK),
            "linklocal" => nets.extend([v4([169, 254, 0, 0], 16), v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10)]),
            "uniquelocal" => nets.extend([
                v4([10, 0, 0, 0], 8),
                v4([172, 16, 0, 0], 12),
                v4([192, 168, 0, 0], 16),
                v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7),
            ]),
            _ => nets.push(net(item).ok_or_else(|| invalid(item))?),
        }
    }
    Ok(Peers::of_app(nets))
}

/// `parseipNotation`: an address, or one with a prefix length (never 0) or, in IPv4, a netmask.
fn net(text: &str) -> Option<IpNet> {
    let Some((address, range)) = text.rsplit_once('/') else { return address(text).map(IpNet::from) };
    let address = self::address(address)?;
    let is_number = !range.is_empty() && range.bytes().all(|byte| byte.is_ascii_digit());
    let net = match (is_number, address) {
        (true, _) => IpNet::new(address, range.parse().ok()?).ok()?,
        (false, IpAddr::V4(address)) => Ipv4Net::with_netmask(address, range.parse().ok()?).ok()?.into(),
        (false, IpAddr::V6(_)) => return None,
    };
    (net.prefix_len() > 0).then_some(net)
}

/// `ipaddr.js` takes a number for an address: `trustProxy: "1"` is 0.0.0.1, not one hop.
fn address(text: &str) -> Option<IpAddr> {
    let number = || text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    text.parse().ok().or_else(|| number().map(|number| Ipv4Addr::from(number).into()))
}

fn invalid(value: &str) -> Invalid {
    Invalid {
        value: value.to_owned(),
        expected: "`trustProxy` to be true, a number of hops, or a list of addresses, networks, `loopback`, `linklocal`, `uniquelocal`",
    }
}
