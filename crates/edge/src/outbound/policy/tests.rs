//! Who is admitted: by what is listed, what is asked for, and what it turns out to be.

use super::*;

fn policy(allow: &[&str]) -> Policy {
    Policy::new(Some(&allow.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())).unwrap()
}

/// Whether a connection would be made: `host`, which has this address, may be asked at port 80.
fn reaches(policy: &Policy, host: &str, address: &str) -> bool {
    policy.admits_host(host, 80) && policy.admits_address(host, 80, address.parse().unwrap())
}

const PUBLIC: [&str; 2] = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"];

const INNER: [&str; 12] = [
    "10.1.2.3",
    "172.16.5.5",
    "192.168.7.7",
    "100.64.3.3",
    "fdaa:0:2::5",
    "fc00::1",
    "::ffff:10.1.2.3",
    "64:ff9b::a01:203",
    "2002:a01:203::1",
    "::10.1.2.3",
    "2001:db8::1",
    "192.0.2.1",
];

const METADATA: [&str; 9] = [
    "169.254.169.254",
    "169.254.170.2",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
];

const LINK_LOCAL: [&str; 3] = ["169.254.1.1", "fe80::1", "::ffff:169.254.1.1"];

const NOBODY: [&str; 6] = ["0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "240.0.0.1"];

#[test]
fn without_a_list_the_internet_and_nobody_else() {
    let policies = [Policy::default(), Policy::new(None).unwrap(), policy(&["*"])];
    for policy in &policies {
        for address in PUBLIC {
            assert!(reaches(policy, address, address) && reaches(policy, "public.test", address), "{address}");
        }
        for address in [&INNER[..], &METADATA, &LINK_LOCAL, &NOBODY].concat() {
            assert!(!policy.admits_host(address, 80), "{address}");
            assert!(!reaches(policy, "some.test", address), "{address}");
            // An address is admitted for what it is, whatever the host was thought to be.
            assert!(!policy.admits_address("93.184.215.14", 80, address.parse().unwrap()), "{address}");
        }
    }
}

#[test]
fn this_machine_where_the_app_writes_so() {
    let default = Policy::default();
    for (host, address) in [
        ("localhost", "127.0.0.1"),
        ("localhost", "::1"),
        ("LOCALHOST.", "127.0.0.1"),
        ("app.localhost", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.9.9.9", "127.9.9.9"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
    ] {
        assert!(reaches(&default, host, address), "{host}");
    }
    for (host, address) in [
        ("public.test", "127.0.0.1"),
        ("public.test", "::1"),
        ("localhost.public.test", "127.0.0.1"),
        ("notlocalhost", "127.0.0.1"),
        // What is called this machine and is another one.
        ("localhost", "10.0.0.1"),
        ("localhost", "169.254.169.254"),
        ("localhost", "64:ff9b::7f00:1"),
        ("64:ff9b::7f00:1", "64:ff9b::7f00:1"),
        ("2002:7f00:1::", "2002:7f00:1::"),
    ] {
        assert!(!reaches(&default, host, address), "{host} {address}");
    }
    let listed = policy(&["api.example.com"]);
    assert!(!listed.admits_host("localhost", 80) && !listed.admits_host("127.0.0.1", 80) && !listed.admits_host("::1", 80));
    for allow in ["localhost", "127.0.0.1", "127.0.0.0/8"] {
        assert!(reaches(&policy(&[allow]), "localhost", "127.0.0.1"), "{allow}");
    }
}

#[test]
fn with_a_list_nobody_else() {
    let policy = policy(&["my-backend.internal", "*.example.test", "10.1.2.0/24", "[fdaa:0:2::5]:80", "other.test:8080"]);
    for (host, address) in [
        ("my-backend.internal", "fdaa:0:1::1"),
        ("My-Backend.Internal.", "10.0.0.1"),
        ("my-backend.internal", "127.0.0.1"),
        ("api.example.test", "93.184.215.14"),
        ("a.b.example.test", "10.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("any.test", "10.1.2.3"),
        ("fdaa:0:2::5", "fdaa:0:2::5"),
        ("[fdaa:0:2::5]", "fdaa:0:2::5"),
    ] {
        assert!(reaches(&policy, host, address), "{host}");
    }
    for (host, address) in [
        ("public.test", "93.184.215.14"),
        ("93.184.215.14", "93.184.215.14"),
        ("example.test", "93.184.215.14"),
        ("xexample.test", "93.184.215.14"),
        ("my-backend.internal.evil.test", "93.184.215.14"),
        ("evil-my-backend.internal", "fdaa::1"),
        ("10.1.3.1", "10.1.3.1"),
        ("fdaa:0:2::6", "fdaa:0:2::6"),
        ("any.test", "10.1.3.1"),
        ("other.test", "93.184.215.14"),
        // What is listed by name admits no link-local address and none of those that are nobody's.
        ("api.example.test", "169.254.169.254"),
        ("my-backend.internal", "fd00:ec2::254"),
        ("api.example.test", "fe80::1"),
        ("api.example.test", "0.0.0.0"),
        ("api.example.test", "ff02::1"),
    ] {
        assert!(!reaches(&policy, host, address), "{host} {address}");
    }
    assert!(policy.admits_host("other.test", 8080) && !policy.admits_address("other.test", 80, "93.184.215.14".parse().unwrap()));
    assert!(!policy.admits_host("fdaa:0:2::5", 81));
    let none = Policy::new(Some(&[])).unwrap();
    assert!(!none.admits_host("public.test", 80) && !none.admits_host("93.184.215.14", 80));
}

#[test]
fn metadata_by_the_very_address_only() {
    let wide = policy(&["169.254.0.0/16", "fd00::/8", "fe80::/10", "100.64.0.0/10", "0.0.0.0/0", "::/0"]);
    for address in METADATA {
        assert!(!wide.admits_host(address, 80) && !reaches(&wide, "some.test", address), "{address}");
    }
    for address in LINK_LOCAL {
        assert!(reaches(&wide, address, address), "{address}");
    }
    for address in NOBODY {
        assert!(!wide.admits_host(address, 80) && !policy(&[address]).admits_host(address, 80), "{address}");
    }
    let very = policy(&["169.254.169.254", "[fd00:ec2::254]:81"]);
    assert!(reaches(&very, "169.254.169.254", "169.254.169.254") && reaches(&very, "::ffff:a9fe:a9fe", "169.254.169.254"));
    assert!(!very.admits_host("64:ff9b::a9fe:a9fe", 80) && !very.admits_host("169.254.170.2", 80));
}

/// Forms of 127.0.0.1, 10.1.2.3 and 169.254.169.254 that some parser or other understands, and letters that IDNA makes of others.
#[test]
fn what_is_written_otherwise_does_not_slip_by() {
    let hosts = [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "017700000001",
        "0x0a010203",
        "012.1.2.3",
        "10.66051",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.254.169.254%00",
        "169.254.169.254@93.184.215.14",
        "１６９.254.169.254",
        "169。254。169。254",
        "ⓛocalhost",
        "loc\u{ad}alhost",
        "fe80::1%1",
        "[::ffff:169.254.169.254]x",
        "0",
        "0x",
        "",
    ];
    for host in hosts {
        for policy in [&Policy::default(), &policy(&["*", "0.0.0.0/0"])] {
            assert!(!policy.admits_host(host, 80), "{host}");
            assert!(!policy.admits_address(host, 80, PUBLIC[0].parse().unwrap()), "{host}");
        }
    }
}

#[test]
fn says_why_not() {
    let default = Policy::default();
    let listed = policy(&["a.test"]);
    for (policy, host, expected) in [
        (&default, "10.0.0.1", "`10.0.0.1:80` may not be asked: it is a private address, and not in `fetch.allow`"),
        (&default, "fe80::1", "`[fe80::1]:80` may not be asked: it is a link-local address, and not in `fetch.allow`"),
        (&default, "b.test", "`b.test:80` may not be asked: it has private addresses, and is not in `fetch.allow`"),
        (&listed, "b.test", "`b.test:80` may not be asked: neither it nor one of its addresses is in `fetch.allow`"),
        (&default, "127.1", "`127.1:80` may not be asked: it is neither a name nor an address"),
    ] {
        assert_eq!(policy.refusal(host, 80), expected);
    }
}

#[test]
fn an_entry_that_is_none() {
    let error = Policy::new(Some(&["a.test".to_owned(), "https://b.test".to_owned()])).unwrap_err();
    assert!(error.starts_with("`https://b.test` names nobody: expected a host such as `api.example.com`"), "{error}");
}
