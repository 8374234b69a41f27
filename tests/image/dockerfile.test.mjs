/** The Dockerfiles, as far as they can be checked without Docker: by hadolint, and against the repository, .dockerignore and docker/files. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { need, REPOSITORY } from "../parity/support/servers.mjs";
import { copy, readDockerfile, runtime } from "./dockerfile.mjs";

const FILES = ["Dockerfile", "app.Dockerfile", "backend.Dockerfile"];
const path = (name) => join(REPOSITORY, "docker", name);

/** Lines of the list: kind, path in the image, where it comes from. */
const LISTED = readFileSync(path("files"), "utf8").split("\n").filter((line) => /^[^#\s]/.test(line)).map((line) => line.split(/\s+/));

for (const name of FILES) {
  describe(name, () => {
    const file = readDockerfile(path(name));

    test("has nothing that hadolint knows better", () => {
      const hadolint = need(process.env.HADOLINT ?? "tests/image/.hadolint/bin/hadolint", "run `scripts/test setup`");
      const { stdout, status } = run(hadolint, "--no-color", path(name));
      assert.equal(status, 0, stdout);
    });

    test("takes from stages that stand above", () => {
      const above = [];
      const outer = new Set(file.args.map(({ rest }) => rest.split("=")[0]));
      for (const stage of file.stages) {
        const known = above.includes(stage.base) || stage.base === "scratch" || outer.has(/^\$\{(\w+)\}$/.exec(stage.base)?.[1]) || /^[a-z]+:[\w.-]+$/.test(stage.base);
        assert.ok(known, `\`FROM ${stage.base}\` is neither a stage nor an image with a version`);
        for (const { from } of copies(stage)) assert.ok(from === undefined || above.includes(from), `\`COPY --from=${from}\` is no stage above`);
        above.push(stage.name);
      }
    });
  });
}

/** Only those that are built from the repository: the app's own is built in the app. */
for (const name of ["Dockerfile", "backend.Dockerfile"]) {
  test(`${name} copies what is there and is not hidden by .dockerignore`, () => {
    const { args, stages } = readDockerfile(path(name));
    const values = Object.fromEntries(args.map(({ rest }) => rest.split(/=(.*)/s).slice(0, 2)));
    let seen = 0;
    for (const { sources } of stages.flatMap(copies).filter(({ from }) => from === undefined)) {
      for (const source of sources.map((source) => source.replace(/\$\{(\w+)\}/g, (_, arg) => values[arg]))) {
        // A pattern is for what need not be there.
        if (source.endsWith("*")) continue;
        assert.ok(existsSync(join(REPOSITORY, source)), `\`${source}\` is not in the repository`);
        assert.ok(!isIgnored(source), `\`${source}\` is in .dockerignore`);
        seen += 1;
      }
    }
    assert.ok(seen > 0);
  });
}

describe("Dockerfile", () => {
  const file = readDockerfile(path("Dockerfile"));

  test("has only what docker/rootfs makes, and starts the binary of the list without rights", () => {
    const made = file.stages.filter(({ base }) => base === "scratch" || base === "host").flatMap(copies);
    assert.deepEqual(made.map(({ sources }) => sources), [["/image/"], ["/image-with-app/app/"]]);
    const image = runtime(file, "image");
    assert.deepEqual(image, { ...runtime(file, "host") }, "with an app it starts as without");
    const [, binary] = LISTED.find(([kind]) => kind === "binary");
    assert.deepEqual(image.entrypoint, [binary]);
    assert.deepEqual(image.healthcheck, [binary, "healthcheck"]);
    assert.ok(LISTED.some(([, listed]) => listed === join(image.workdir, image.cmd[0].split("/")[0])), "the command is in the app's files");
    assert.match(readFileSync(join(REPOSITORY, "docker/etc/passwd"), "utf8"), new RegExp(`^app:x:${image.user}:`, "m"));
    assert.equal(image.base, "scratch");
    assert.deepEqual(image.env, { NODE_ENV: "production", PORT: image.expose, SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt" });
    assert.equal(image.stopsignal, "SIGTERM");
    assert.ok(LISTED.some(([kind, listed]) => kind === "system" && listed === image.env.SSL_CERT_FILE));
  });

  test("every file of the list that the repository has is copied to where docker/rootfs looks for it", () => {
    for (const [, , from] of LISTED.filter(([kind]) => kind === "file")) {
      assert.ok(existsSync(join(REPOSITORY, from)), from);
      assert.ok(!isIgnored(from), from);
    }
    for (const from of ["docker/files", "docker/rootfs"]) assert.ok(!isIgnored(from), from);
  });

  test("the toolchain is the one that the workspace asks for", () => {
    const wanted = /^rust-version = "(.*)"$/m.exec(readFileSync(join(REPOSITORY, "Cargo.toml"), "utf8"))[1];
    for (const name of ["Dockerfile", "backend.Dockerfile"]) assert.match(readDockerfile(path(name)).stages[0].base, new RegExp(`^rust:${wanted.replace(".", "\\.")}\\.\\d+-bookworm$`));
  });
});

test("app.Dockerfile leaves out the same as docker/rootfs", () => {
  const text = readFileSync(path("app.Dockerfile"), "utf8");
  for (const [, folder, name] of LISTED.filter(([kind]) => kind === "without")) assert.ok(text.includes(`find ${folder.slice("/app/".length)} -name '${name}' -delete`));
  for (const [kind, listed] of LISTED.filter(([kind]) => ["app", "app?", "modules"].includes(kind))) assert.ok(text.includes(listed.slice("/app/".length)), `${kind} ${listed}`);
});

function copies(stage) {
  return stage.instructions.filter(({ name }) => name === "COPY").map(copy);
}

/** Whether .dockerignore hides a path: its own name or a folder above is listed (https://docs.docker.com/build/concepts/context/#dockerignore-files). */
function isIgnored(source) {
  const patterns = readFileSync(join(REPOSITORY, ".dockerignore"), "utf8").split("\n").filter((line) => /^[^#\s]/.test(line));
  const parts = source.replace(/\/$/, "").split("/");
  const paths = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
  return patterns.some((pattern) => {
    if (pattern.startsWith("!")) throw new Error(`.dockerignore: \`${pattern}\`: exceptions are not known here`);
    const regex = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("**/", "\u0000").replaceAll("*", "[^/]*").replaceAll("\u0000", "(?:.*/)?")}$`);
    return paths.some((path) => regex.test(path));
  });
}

function run(program, ...args) {
  try {
    return { stdout: execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }), status: 0 };
  } catch ({ stdout, stderr, status }) {
    return { stdout: stdout + stderr, status };
  }
}
