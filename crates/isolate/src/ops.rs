//! Everything guest code can reach beyond the language and the web platform, in one reviewable list.

pub(crate) mod bridge;
pub(crate) mod console;
pub(crate) mod crypto;
pub(crate) mod fetch;
pub(crate) mod fs;
pub(crate) mod module;
pub(crate) mod plugins;
pub(crate) mod process;
pub(crate) mod redis;
pub(crate) mod routes;
pub(crate) mod upstream;

use std::sync::Arc;

use deno_permissions::{PermissionsContainer, RuntimePermissionDescriptorParser};

use crate::bundle::Bundle;
use crate::gauge::Gauge;

deno_core::extension!(
    ssr_host,
    ops = [
        bridge::op_body_end,
        bridge::op_body_fail,
        bridge::op_body_write,
        bridge::op_listen,
        bridge::op_request_client,
        bridge::op_request_fail,
        bridge::op_request_has_body,
        bridge::op_request_header,
        bridge::op_request_headers,
        bridge::op_request_http_version,
        bridge::op_request_note,
        bridge::op_request_number,
        bridge::op_request_read,
        bridge::op_request_read_all,
        bridge::op_request_remote,
        bridge::op_request_tls,
        bridge::op_request_watch,
        bridge::op_respond_bytes,
        bridge::op_respond_empty,
        bridge::op_respond_file,
        bridge::op_respond_stream,
        bridge::op_respond_string,
        bridge::op_serving,
        console::op_console,
        console::op_stderr,
        console::op_stdout,
        crypto::op_hash,
        crypto::op_hash_digest,
        crypto::op_hash_new,
        crypto::op_hash_update,
        crypto::op_hmac_new,
        crypto::op_random_bytes,
        crypto::op_sanitize_html,
        crypto::op_timing_safe_equal,
        fetch::op_host_fetch,
        fetch::op_host_fetch_send,
        fs::op_fs_exists,
        fs::op_fs_read_file,
        fs::op_fs_readdir,
        fs::op_fs_realpath,
        fs::op_fs_stat,
        module::op_cjs_location,
        module::op_require_resolve,
        plugins::op_cache_asked,
        plugins::op_cache_purge,
        plugins::op_compress,
        plugins::op_compression_taken,
        plugins::op_fly,
        plugins::op_limiter,
        plugins::op_limiter_hit,
        plugins::op_static_lookup,
        plugins::op_static_mount,
        plugins::op_static_type,
        plugins::op_trust_proxy,
        process::op_hrtime,
        process::op_is_leader,
        process::op_process_memory,
        process::op_process_exit,
        process::op_process_info,
        process::op_report_error,
        redis::op_redis_close,
        redis::op_redis_connect,
        redis::op_redis_end,
        redis::op_redis_keep_alive,
        redis::op_redis_new,
        redis::op_redis_read,
        redis::op_redis_write,
        redis::op_redis_write_bytes,
        upstream::op_respond_upstream,
        upstream::op_upstream,
        upstream::op_upstream_body,
        upstream::op_upstream_drop,
        upstream::op_upstream_end,
        upstream::op_upstream_fetch,
        upstream::op_upstream_read,
        upstream::op_upstream_write,
    ],
    options = { guest: Guest },
    state = |state, options| {
        state.put(bridge::Requests::new(options.guest.gauge.clone()));
        state.put(bridge::Serving::default());
        state.put(plugins::Limiters::default());
        // deno_fetch asks for permissions before each request. What an app may reach on the network is decided outside.
        let parser = Arc::new(RuntimePermissionDescriptorParser::new(sys_traits::impls::RealSys));
        state.put(PermissionsContainer::allow_all(parser));
        state.put(options.guest.bound.clone());
        state.put(options.guest.host.clone());
        state.put(options.guest.bundle.clone());
        state.put(options.guest);
    },
);

/// What the ops need to know of the isolate they run in.
pub(crate) struct Guest {
    pub(crate) bundle: Arc<Bundle>,
    pub(crate) host: Arc<dyn crate::Host>,
    pub(crate) bound: tokio::sync::watch::Receiver<Option<String>>,
    pub(crate) role: process::Role,
    pub(crate) stdout_to_stderr: bool,
    pub(crate) console: crate::Console,
    pub(crate) gauge: Arc<Gauge>,
}
