/** A server that nobody is to reach through an app: says, on a line of its own, at which address it was asked for what. `/to?URL` sends on. */
import { createServer } from "node:http";

createServer((request, response) => {
  const { localAddress } = request.socket;
  console.log(`asked ${localAddress.replace(/^::ffff:/, "")} ${request.url}`);
  const [path, target] = request.url.split("?");
  if (path === "/to") response.writeHead(302, { location: decodeURIComponent(target) }).end();
  else response.end("what the bystander knows");
}).listen(80, "::", () => console.log("listens"));
