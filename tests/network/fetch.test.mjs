/**
 * Whom an app can be made to ask (`[fetch] allow`). What counts is not what `fetch` says but who was reached: a bystander on the machine
 * of the host listens on all the addresses that matter, and on one of the internet.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ask } from "./ask.mjs";
import { startHost } from "./hosts.mjs";
import { enter } from "./inside.mjs";
import { App } from "./machines.mjs";
import { NameServer } from "./dns.mjs";
import { NAME_SERVER, Network, sleep, until } from "./network.mjs";

const skip = enter() ?? false;

const PUBLIC = "93.184.215.14";
const PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c";
const METADATA = "169.254.169.254";

/** Those of clouds, of the machine itself, and of networks that are not the internet. */
const INNER = [METADATA, "169.254.170.2", "10.1.2.3", "172.16.5.5", "192.168.7.7", "100.64.3.3"];
const INNER_6 = ["fd00:ec2::254", "fdaa:0:2::5"];
const BACKEND = "http://my-rust-backend.internal:8080/api/posts/1";

describe("fetch of an app", { skip }, () => {
  let network;
  let names;
  let app;
  before(async () => {
    network = new Network();
    names = await NameServer.start(NAME_SERVER);
    app = new App(network, names);
    await app.start();
    names.set("public.test", { A: [PUBLIC] });
    names.set("metadata.test", { A: [METADATA] });
    names.set("private.test", { A: ["10.1.2.3"] });
    names.set("private-6.test", { AAAA: ["fdaa:0:2::5"] });
    names.set("self.test", { A: ["127.0.0.1"] });
    names.set("self-6.test", { AAAA: ["::1"] });
    names.set("mapped.test", { AAAA: [`::ffff:a9fe:a9fe`] });
  });
  after(async () => {
    await app?.stop();
    await names?.stop();
  });

  /** A host with these settings, and the bystander beside it. */
  async function start(address, settings) {
    const host = await startHost(network, address, { settings, app: "fetching.mjs" });
    for (const inner of [PUBLIC, PUBLIC_6, ...INNER, ...INNER_6]) {
      host.place.do("ip", "addr", "add", `${inner}/${inner.includes(":") ? 128 : 32}`, "dev", "lo");
    }
    const bystander = host.place.start("bystander", process.execPath, [new URL("bystander.mjs", import.meta.url).pathname]);
    await bystander.says(/listens/);
    const reached = [];
    bystander.onLine((line) => line.startsWith("asked ") && reached.push(line.replace("asked ", "")));
    const fetched = async (url) => JSON.parse((await ask(`${host.url}/?url=${encodeURIComponent(url)}`)).body);
    const stop = async () => {
      await bystander.stop("SIGKILL");
      await host.stop();
    };
    return { fetched, reached, stop };
  }

  describe("without settings", () => {
    let host;
    before(async () => {
      host = await start("fdaa:0:1::a:1", "");
    });
    after(() => host?.stop());

    it("reaches the internet, and its own machine when it says so", async () => {
      const urls = [`http://${PUBLIC}/`, "http://public.test/", `http://[${PUBLIC_6}]/`, "http://localhost/", "http://127.0.0.1/", "http://[::1]/"];
      for (const url of urls) {
        assert.deepEqual(await host.fetched(url), { status: 200, body: "what the bystander knows" }, url);
      }
      await until("the bystander says so", () => host.reached.length === urls.length, 2000);
    });

    const urls = [
      ...INNER.map((address) => `http://${address}/latest/meta-data/`),
      ...[...INNER_6, "::ffff:169.254.169.254", "::ffff:10.1.2.3", "64:ff9b::a9fe:a9fe", "::"].map((address) => `http://[${address}]/`),
      // Ways to write 169.254.169.254, 0.0.0.0 and 10.1.2.3 that URLs have (WHATWG URL, IPv4 parser).
      "http://2852039166/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://0/", "http://10.66051/",
      "http://metadata.test/", "http://private.test/", "http://private-6.test/", "http://mapped.test/", "http://metadata.test./", "http://METADATA.TEST/",
      "http://self.test/", "http://self-6.test/", `http://public.test/to?${encodeURIComponent(`http://${METADATA}/`)}`, `http://public.test/to?${encodeURIComponent("http://private.test/")}`,
      BACKEND,
    ];
    for (const url of urls) {
      it(`does not reach ${url}`, async () => {
        host.reached.length = 0;
        const answer = await host.fetched(url);
        assert.match(answer.error ?? JSON.stringify(answer), /^TypeError: /);
        await sleep(20);
        assert.deepEqual(host.reached.filter((line) => !line.startsWith(`${PUBLIC} /to?`)), []);
      });
    }

    it("does not follow a name to another kind of address", async () => {
      host.reached.length = 0;
      const { ttl } = names;
      names.ttl = 0;
      // The first question finds the internet, each further one something else; and then the other way round.
      names.set("rebind.test", [{ A: [PUBLIC] }, ...INNER.map((address) => ({ A: [address] })), { A: [PUBLIC] }, { A: [METADATA] }]);
      names.set("both.test", { A: [METADATA, PUBLIC, "10.1.2.3"] });
      const answers = [];
      for (let count = 0; count < 30; count += 1) {
        for (const name of ["rebind.test", "both.test"]) answers.push(await host.fetched(`http://${name}/${count}`));
        await sleep(100);
      }
      names.ttl = ttl;
      assert.ok(names.asked.get("A rebind.test") > 1, "the name was asked for again");
      assert.ok(answers.some(({ status }) => status === 200) && answers.some(({ error }) => error !== undefined), JSON.stringify(answers));
      assert.deepEqual(host.reached.filter((line) => !line.startsWith(`${PUBLIC} `)), []);
    });
  });

  describe("with a list", () => {
    let host;
    before(async () => {
      host = await start("fdaa:0:1::a:2", `[fetch]\nallow = ["my-rust-backend.internal", "10.1.2.0/24", "*.example.test"]\n`);
      names.set("api.example.test", { A: [PUBLIC] });
      names.set("inner.example.test", { A: [METADATA] });
    });
    after(() => host?.stop());

    it("reaches what is on it", async () => {
      assert.equal((await host.fetched(BACKEND)).status, 200);
      for (const url of ["http://10.1.2.3/", "http://api.example.test/"]) assert.equal((await host.fetched(url)).status, 200, url);
    });

    for (const url of ["http://public.test/", `http://${PUBLIC}/`, "http://192.168.7.7/", `http://${METADATA}/`, "http://inner.example.test/",
      `http://api.example.test/to?${encodeURIComponent("http://public.test/")}`]) {
      it(`does not reach ${url}`, async () => {
        await sleep(20);
        host.reached.length = 0;
        const answer = await host.fetched(url);
        assert.match(answer.error ?? JSON.stringify(answer), /^TypeError: /);
        await sleep(20);
        assert.deepEqual(host.reached.filter((line) => !line.includes(" /to?")), []);
      });
    }
  });

  it("reaches a backend that is proxied to without a list", async () => {
    const host = await start("fdaa:0:1::a:3", `[[proxy]]\npath = "/api"\nupstream = "http://my-rust-backend.internal:8080"\n`);
    try {
      assert.equal((await host.fetched(BACKEND)).status, 200);
      assert.match((await host.fetched("http://private-6.test/")).error, /^TypeError: /);
    } finally {
      await host.stop();
    }
  });
});
