/** `node:v8`: can be imported, and throws when used. See internal/loud.js. */
import { loudModule } from "ext:ssr_host/node/internal/loud.js";

const v8 = loudModule("v8");
export const {
  cachedDataVersionTag, DefaultDeserializer, DefaultSerializer, deserialize, Deserializer, GCProfiler,
  getHeapCodeStatistics, getHeapSnapshot, getHeapSpaceStatistics, getHeapStatistics, promiseHooks, queryObjects,
  serialize, Serializer, setFlagsFromString, setHeapSnapshotNearHeapLimit, startupSnapshot, stopCoverage,
  takeCoverage, writeHeapSnapshot,
} = v8;
export default v8;
