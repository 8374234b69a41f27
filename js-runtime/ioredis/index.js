// The npm package `ioredis`: its own code over a connection that Rust holds (ioredis/socket.js, crates/isolate/src/ops/redis.rs).
//
// Commands, pipelines, queues, retries and the reading of replies are ioredis's (vendor/ioredis.js). What is not supported, and
// says so: Cluster, sentinels, and options of TLS that have no counterpart in rustls.
import Redis from "ext:ssr_host/vendor/ioredis.js";

export default Redis;
export const {
  AbstractConnector, Cluster, Command, Pipeline, print, ReplyError, ScanStream, SentinelConnector, SentinelIterator,
} = Redis;
export { Redis };
/** As Node has it for this package, which is CommonJS made from TypeScript. */
export const __esModule = true;
