// The clients of the library as they are, against the backend in TEST_BACKEND. Runs on Node and in an isolate; both print the same.
import { createAPIClient } from "@composable-svelte/core/api";
import { createLiveWebSocket } from "@composable-svelte/core/websocket";

const baseURL = process.env.TEST_BACKEND;

async function show(label, attempt) {
  try {
    console.log(label, JSON.stringify(await attempt()));
  } catch (error) {
    const { name, message, status, body, retryable } = error;
    console.log(label, "fails:", JSON.stringify({ name, message, status, body, retryable }));
  }
}

const client = createAPIClient({ baseURL, headers: { "x-client": "library" } });
const data = async (promise) => {
  const { status, headers, data } = await promise;
  return { status, type: headers["content-type"], data };
};

await show("get", () => data(client.get("/json", { params: { a: 1, b: "ä ö" } })));
await show("post", () => data(client.post("/echo", { text: "body" })));
await show("put", () => data(client.put("/echo", { text: "body" }, { headers: { "x-own": "1" } })));
await show("delete", () => data(client.delete("/empty")));
await show("text", () => data(client.get("/text")));
await show("invalid", () => client.post("/invalid", {}));
await show("error", () => client.get("/error"));
await show("timeout", () => client.get("/never", { timeout: 50 }));
await show("abort", () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  return client.get("/never", { signal: controller.signal });
});
await show("retry", () => data(client.get("/sometimes", { retry: { maxAttempts: 3, initialDelay: 1, maxDelay: 2 } })));
await show("once", async () => {
  await Promise.all([client.get("/counted"), client.get("/counted"), client.get("/counted")]);
  return (await client.get("/count")).data;
});
await show("nobody there", () => createAPIClient({ baseURL: process.env.TEST_CLOSED }).get("/"));
await show("intercepted", () => {
  const onRequest = (url, config) => ({ ...config, headers: { ...config.headers, authorization: "Bearer x" } });
  return data(createAPIClient({ baseURL, interceptors: [{ onRequest }] }).get("/echo"));
});

// On a server there is nothing to connect with: it fails as it does on Node, and leaves no timer behind that would keep this from ending.
await show("websocket", () => createLiveWebSocket({ reconnect: { enabled: false } }).connect(baseURL.replace("http", "ws")));
