//! A real Redis for tests: `redis-server` must be installed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::aio::MultiplexedConnection;

/// A Redis of the test's own, on a Unix socket in a directory of its own.
pub(crate) struct Server {
    child: Child,
    dir: tempfile::TempDir,
    settings: &'static [&'static str],
}

impl Server {
    pub(crate) async fn new() -> Server {
        Server::with(&[]).await
    }

    /// With settings as on its command line.
    pub(crate) async fn with(settings: &'static [&'static str]) -> Server {
        let dir = tempfile::tempdir().unwrap();
        let child = Self::spawn(dir.path().join("socket"), settings);
        let server = Server { child, dir, settings };
        server.connection().await;
        server
    }

    fn spawn(socket: PathBuf, settings: &[&str]) -> Child {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]).arg(socket).args(settings);
        command.stdout(Stdio::null()).spawn().expect("`redis-server` is installed")
    }

    /// As soon as it answers.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        loop {
            match client.get_multiplexed_async_connection().await {
                Ok(connection) => return connection,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.dir.path().join("socket").display())
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// With nothing in it.
    pub(crate) async fn start_again(&mut self) {
        self.child = Self::spawn(self.dir.path().join("socket"), self.settings);
        self.connection().await;
    }

    /// All keys, and how long each stays.
    pub(crate) async fn keys(&self) -> Vec<(String, i64)> {
        let mut connection = self.connection().await;
        let names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
        let mut keys = Vec::new();
        for name in names {
            let left: i64 = redis::cmd("PTTL").arg(&name).query_async(&mut connection).await.unwrap();
            keys.push((name, left));
        }
        keys
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whatever it was stopped by.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
