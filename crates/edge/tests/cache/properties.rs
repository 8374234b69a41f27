//! For random apps that read random inputs: nobody gets a page that an uncached render of his request would not have been.

use std::time::Duration;

use edge::Body;
use edge::cache::{Config, Purge, Read, Rule, Selector};
use http::Response;

use super::{Host, Seen, page};

const HEADERS: [&str; 3] = ["accept-language", "user-agent", "x-variant"];
const PARAMETERS: [&str; 3] = ["a", "b", "c"];
const VALUES: [&str; 3] = ["", "1", "2"];

/// A page that depends on inputs which are chosen by what was read before: which ones, `seed` says.
fn render(seed: u64, read: &mut dyn FnMut(Input) -> Option<String>) -> Response<Body> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut text = format!("{seed}");
    for _ in 0..random.usize(0..5) {
        let input = match random.u8(0..10) {
            0..4 => Input::Header(HEADERS[random.usize(0..HEADERS.len())]),
            4..8 => Input::Parameter(PARAMETERS[random.usize(0..PARAMETERS.len())]),
            8 => Input::Cookie,
            _ => Input::Query,
        };
        let value = read(input).unwrap_or("-".into());
        text.push('/');
        text.push_str(&value);
        // What comes next depends on what was read.
        random =
            fastrand::Rng::with_seed(value.bytes().fold(random.u64(..), |hash, byte| hash.wrapping_mul(31) + u64::from(byte)));
    }
    let control = ["", "s-maxage=60", "max-age=60", "private", "no-store"][random.usize(0..5)];
    page(control, text)
}

#[derive(Clone, Copy)]
enum Input {
    Header(&'static str),
    Parameter(&'static str),
    Cookie,
    Query,
}

fn of_app(seen: &Seen, input: Input) -> Option<String> {
    match input {
        Input::Header(name) => seen.header(name),
        Input::Parameter(name) => seen.parameter(name),
        Input::Cookie => seen.header("cookie"),
        Input::Query => {
            seen.read(Read::Query);
            seen.parts.uri.query().map(str::to_owned)
        }
    }
}

/// A request, by its values.
struct Asked {
    url: String,
    headers: Vec<(&'static str, &'static str)>,
}

impl Asked {
    fn random(random: &mut fastrand::Rng, seeds: u64) -> Asked {
        let mut headers = Vec::new();
        for name in HEADERS.into_iter().chain(["cookie"]) {
            if random.bool() {
                headers.push((name, VALUES[random.usize(1..VALUES.len())]));
            }
        }
        let mut query = Vec::new();
        for name in PARAMETERS {
            if random.bool() {
                query.push(format!("{name}={}", VALUES[random.usize(0..VALUES.len())]));
            }
        }
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        Asked { url: format!("/{}{query}", random.u64(0..seeds)), headers }
    }

    fn value(&self, input: Input) -> Option<String> {
        let header = |name: &str| self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let query = self.url.split_once('?').map(|(_, query)| query);
        match input {
            Input::Header(name) => header(name),
            Input::Cookie => header("cookie"),
            Input::Query => query.map(str::to_owned),
            Input::Parameter(name) => {
                query?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
            }
        }
    }
}

async fn expect_no_mix_up(config: Config, seed: u64) -> (usize, usize) {
    const SEEDS: u64 = 12;
    let host = Host::simple(config, |seen| {
        let seed: u64 = seen.parts.uri.path()[1..].parse().unwrap();
        render(seed, &mut |input| of_app(seen, input))
    });
    let mut random = fastrand::Rng::with_seed(seed);
    let mut hits = 0;
    for n in 0..2000 {
        let asked = Asked::random(&mut random, SEEDS);
        let told = host.get(&asked.url, &asked.headers).await;
        let seed: u64 = asked.url[1..].split('?').next().unwrap().parse().unwrap();
        let Body::Full(expected) = render(seed, &mut |input| asked.value(input)).into_body() else { panic!() };
        assert_eq!(told.body.as_bytes(), expected, "{} {:?}", asked.url, asked.headers);
        hits += usize::from(told.is_hit());
        if n % 500 == 0 {
            host.cache.purge(Purge { selector: Selector::All, soft: false }).await.unwrap();
        }
    }
    (hits, host.renders())
}

#[tokio::test]
async fn nobody_gets_another_ones_page() {
    for seed in 0..4 {
        let rule = Rule { ttl: Some(Duration::from_secs(60)), ..Rule::new("/*".parse().unwrap()) };
        let with_rule = Config { rules: vec![rule], anonymous: seed % 2 == 0, ..Config::default() };
        let (hits, renders) = expect_no_mix_up(with_rule, seed).await;
        assert!(hits > 200 && renders + hits >= 2000, "{hits} hits, {renders} renders");
        let (hits, _) = expect_no_mix_up(Config::default(), seed).await;
        assert!(hits > 100, "{hits} hits");
    }
}
