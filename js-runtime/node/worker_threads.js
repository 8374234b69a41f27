/** `node:worker_threads`: an isolate looks like a main thread; there are no workers. */
import { loudFunction } from "ext:ssr_host/node/internal/loud.js";

export const { MessageChannel, MessagePort } = globalThis;
export const isMainThread = true;
export const parentPort = null;
export const resourceLimits = {};
export const SHARE_ENV = Symbol.for("nodejs.worker_threads.SHARE_ENV");
export const threadId = 0;
export const workerData = null;

const loud = (name) => loudFunction("worker_threads", name);
export const BroadcastChannel = loud("BroadcastChannel");
export const getEnvironmentData = loud("getEnvironmentData");
export const markAsUntransferable = loud("markAsUntransferable");
export const moveMessagePortToContext = loud("moveMessagePortToContext");
export const postMessageToThread = loud("postMessageToThread");
export const receiveMessageOnPort = loud("receiveMessageOnPort");
export const setEnvironmentData = loud("setEnvironmentData");
export const Worker = loud("Worker");

export default {
  BroadcastChannel, getEnvironmentData, isMainThread, markAsUntransferable, MessageChannel, MessagePort,
  moveMessagePortToContext, parentPort, postMessageToThread, receiveMessageOnPort, resourceLimits,
  setEnvironmentData, SHARE_ENV, threadId, Worker, workerData,
};
