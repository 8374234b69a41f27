//! Unix sockets: who may connect, what is in the way, and what is left behind.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tokio::net::UnixStream;

use super::*;

fn at(path: &Path, mode: u32) -> Config {
    Config { sockets: Sockets { unix: Some(path.to_owned()), unix_mode: mode, ..Sockets::default() }, ..Config::default() }
}

#[tokio::test]
async fn serves_on_a_unix_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.sock");
    let host = Host::start(at(&path, 0o600)).await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = get(&mut UnixStream::connect(&path).await.unwrap()).await;
    assert!(text.ends_with("unix tls=false"), "{text}");
    // In use: it is left alone.
    let error = Listener::bind(&loopback(), at(&path, 0o600)).await.err().unwrap().to_string();
    assert!(error.contains("app.sock") && error.contains("another process does"), "{error}");
    get(&mut UnixStream::connect(&path).await.unwrap()).await;
    drop(host);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!path.exists(), "removed with its listener");
}

#[tokio::test]
async fn replaces_what_nobody_listens_on_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "a process that was killed leaves its socket");
    let listener = Listener::bind(&loopback(), at(&path, 0o660)).await.unwrap();
    assert_eq!(listener.display_url(), format!("unix:{}", path.display()));
    // A successor has put its own there.
    std::fs::remove_file(&path).unwrap();
    let _successor = std::os::unix::net::UnixListener::bind(&path).unwrap();
    drop(listener);
    assert!(path.exists());
    let file = directory.path().join("file");
    std::fs::write(&file, "precious").unwrap();
    for (path, part) in
        [(file.as_path(), "something else"), (&directory.path().join("none/app.sock"), "the directory must exist")]
    {
        let error = Listener::bind(&loopback(), at(path, 0o660)).await.err().unwrap().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

/// Stopping: nothing is accepted, what is open is let go.
#[tokio::test]
async fn lets_go_when_told_to_stop() {
    let host = Host::start(Config::default()).await;
    let (mut silent, mut idle, mut busy) = (host.connect().await, host.connect().await, host.connect().await);
    get(&mut idle).await;
    busy.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    host.task.abort();
    host.stop.send_replace(());
    assert_eq!(rest(&mut idle).await, "");
    busy.write_all(b"x").await.unwrap();
    let text = rest(&mut busy).await;
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("connection: close"), "{text}");
    // One that has only just connected is given a moment to say what it wants.
    assert_eq!(rest(&mut silent).await, "");
    tokio::time::timeout(PATIENCE, host.stop.closed()).await.expect("no connection is left");
}
