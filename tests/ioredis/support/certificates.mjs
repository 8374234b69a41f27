// A certificate authority, and a certificate for localhost from it, made for one run.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const openssl = (directory, ...args) => execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });

/** Writes ca.crt, server.crt and server.key into `directory`, and gives what a client needs, as environment variables. */
export function certificates(directory) {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(directory, "req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test authority");
  writeFileSync(join(directory, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
  for (const name of ["server", "client"]) {
    openssl(directory, "req", "-new", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
    openssl(directory, "x509", "-req", "-in", `${name}.csr`, "-out", `${name}.crt`, ...signed);
  }
  const text = (name) => readFileSync(join(directory, name), "utf8");
  return { REDIS_CERTIFICATES: directory, CA_PEM: text("ca.crt"), CERT_PEM: text("client.crt"), KEY_PEM: text("client.key") };
}
