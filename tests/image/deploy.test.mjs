/** fly.toml and compose.yaml: they name files that exist, ports that agree with the image, and settings that the host knows. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { hostBinary, REPOSITORY } from "../parity/support/servers.mjs";
import { IMAGE } from "./container.mjs";

const read = (path) => readFileSync(join(REPOSITORY, path), "utf8");

/** The value of `key` in a file of lines `key = value` or `key: value`; without quotes. */
function value(text, key) {
  const found = new RegExp(`^ *${key}(?: = |: )(.*)$`, "m").exec(text)?.[1];
  assert.ok(found !== undefined, `no \`${key}\``);
  return found.replace(/^(["'])(.*)\1$/, "$2");
}

/** What `ssr-host config` says with these variables; settings that are wrong or not known make it fail. */
const configOf = (env) => execFileSync(hostBinary(), ["config"], { cwd: join(REPOSITORY, "examples/blog"), env, encoding: "utf8" });

describe("fly.toml", () => {
  const text = read("fly.toml");

  test("builds the image and asks it where it answers", () => {
    assert.ok(existsSync(join(REPOSITORY, value(text, "dockerfile"))));
    assert.ok(existsSync(join(REPOSITORY, value(text, "APP"), "package.json")));
    assert.equal(value(text, "internal_port"), IMAGE.expose);
    assert.equal(value(text, "kill_signal"), IMAGE.stopsignal);
  });

  test("collects the metrics from where they are, which is not what the internet reaches", () => {
    assert.match(value(text, "SSR_HOST_ADMIN_METRICS"), new RegExp(`:${value(text, "port")}$`));
    assert.notEqual(value(text, "port"), value(text, "internal_port"));
  });

  test("its settings are settings", () => {
    const section = /^\[env\]\n((?:.*\n)*?)\n/m.exec(text)[1];
    const names = [...section.matchAll(/^ *([A-Z_]+) = /gm)].map(([, name]) => name);
    assert.ok(names.length > 0);
    const config = configOf({ ...Object.fromEntries(names.map((name) => [name, value(section, name)])), FLY_APP_NAME: "x", FLY_VM_MEMORY_MB: "256" });
    for (const name of names) assert.ok(config.includes(name), `${name} is not what the configuration says\n${config}`);
  });
});

describe("compose.yaml", () => {
  const text = read("docker/compose.yaml");

  test("builds what there is", () => {
    const files = [...text.matchAll(/dockerfile: (\S+)/g)].map(([, path]) => path);
    assert.deepEqual(files.filter((path) => !existsSync(join(REPOSITORY, path))), []);
    assert.ok(files.length > 1);
    assert.ok(text.includes(`ports: ["3000:${IMAGE.expose}"]`));
  });

  test("its settings are settings", () => {
    const config = configOf({ REDIS_URL: value(text, "REDIS_URL"), SSR_HOST_PROXY: value(text, "SSR_HOST_PROXY") });
    assert.match(config, /http:\/\/backend:8080/);
    assert.match(config, /redis:6379/);
  });

  test("every service is closed", () => {
    const services = text.slice(text.indexOf("\nservices:")).match(/^ {2}\w+:$/gm);
    assert.equal(text.match(/<<: \*closed/g).length, services.length);
    for (const line of ["read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]']) assert.ok(text.includes(line), line);
    assert.equal(text.match(/mem_limit:/g).length, services.length);
  });
});
