//! Leases of renders.

use super::*;

fn granted(lease: Lease) -> Guard {
    match lease {
        Lease::Granted(guard) => guard,
        other => panic!("{other:?}"),
    }
}

/// Long enough that what is waited for comes before.
fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test]
async fn one_renders_and_the_others_find_it() {
    let server = Server::new().await;
    let (one, other) = (Instance::new(&server).await, Instance::new(&server).await);
    let guard = granted(one.lease(b"/a").await);
    assert!(matches!(other.lease(b"/a").await, Lease::Taken));
    assert!(matches!(one.lease(b"/a").await, Lease::Taken));
    let another = granted(other.lease(b"/b").await);
    let waiting = other.wait(b"/a", later());
    let rendering = async {
        // Longer than a lease lasts.
        time::sleep(Duration::from_millis(2500)).await;
        assert!(matches!(other.lease(b"/a").await, Lease::Taken));
        one.store(one.page("/a", &[]));
        drop(guard);
    };
    let (waited, ()) = tokio::join!(waiting, rendering);
    assert_eq!(waited, Waited::Landed);
    assert!(other.has("/a").await, "written before it was given back");
    drop(granted(other.lease(b"/a").await));
    drop(another);
    // At the deadline at the latest.
    let _guard = granted(one.lease(b"/c").await);
    assert_eq!(other.wait(b"/c", Instant::now() + Duration::from_millis(50)).await, Waited::Late);
    assert!(matches!(other.lease(b"/c").await, Lease::Taken));
    // What nobody has is not waited for.
    assert_eq!(other.wait(b"/d", later()).await, Waited::Lost);
}

#[tokio::test]
async fn a_lease_outlives_its_holder_for_a_while_only() {
    let server = Server::new().await;
    let other = Instance::new(&server).await;
    let url = server.url();
    let death = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let guard = runtime.block_on(async {
            let one = Instance::unstarted(url, "build", Duration::from_secs(5));
            one.start().await;
            granted(one.lease(b"/a").await)
        });
        // Nothing of it runs any more.
        runtime.shutdown_background();
        guard
    });
    let _guard = death.join().unwrap();
    assert!(matches!(other.lease(b"/a").await, Lease::Taken));
    assert_eq!(other.wait(b"/a", later()).await, Waited::Lost);
    granted(other.lease(b"/a").await);
}

/// Whoever has not waited for the answer does not know that he has it.
#[tokio::test]
async fn what_is_granted_too_late_is_given_back() {
    let server = Server::new().await;
    let one = Instance::hasty(&server).await;
    server.signal("-STOP");
    assert!(matches!(one.lease(b"/a").await, Lease::Down));
    time::sleep(Duration::from_millis(50)).await;
    server.signal("-CONT");
    let other = Instance::new(&server).await;
    granted(other.lease(b"/a").await);
}

#[tokio::test]
async fn what_is_no_lease_is_taken() {
    let server = Server::new().await;
    let one = Instance::new(&server).await;
    let name = one.shared.names.lease(&names::hash(b"/a"));
    let _: () = ask(&server, &["SET", &name, "somebody"]).await;
    let guard = granted(one.lease(b"/a").await);
    // It is not given back by who has it no more.
    let _: () = ask(&server, &["SET", &name, "somebody", "PX", "1500"]).await;
    drop(guard);
    one.wait(b"/a", Instant::now() + Duration::from_millis(300)).await;
    let _: String = ask(&server, &["GET", &name]).await;
    let _: i64 = ask(&server, &["DEL", &name]).await;
    let _: i64 = ask(&server, &["RPUSH", &name, "list"]).await;
    let guard = granted(one.lease(b"/a").await);
    let _: i64 = ask(&server, &["DEL", &name]).await;
    let _: i64 = ask(&server, &["RPUSH", &name, "list"]).await;
    drop(guard);
    granted(one.lease(b"/a").await);
    assert_eq!(one.view().errors, 0);
}
