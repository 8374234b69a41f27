/** `node:cluster`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const cluster = loudModule(
  "cluster",
  { isMaster: true, isPrimary: true, isWorker: false },
  "the host runs several isolates by itself",
);
export const {
  disconnect, fork, isMaster, isPrimary, isWorker, SCHED_NONE, SCHED_RR, schedulingPolicy, settings, setupMaster,
  setupPrimary, Worker, workers,
} = cluster;
export default cluster;
