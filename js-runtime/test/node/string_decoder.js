import { StringDecoder } from "node:string_decoder";
import { show } from "./support/show.js";

function decode(encoding, ...chunks) {
  const decoder = new StringDecoder(encoding);
  return [...chunks.map((chunk) => decoder.write(Buffer.from(chunk))), decoder.end()];
}
show("utf8 split", () => decode("utf8", [0xe2], [0x82], [0xac, 0x41]));
show("utf8 4 bytes", () => decode("utf8", [0xf0, 0x9f], [0x98, 0x80]));
show("utf8 incomplete", () => decode("utf8", [0x61, 0xe2, 0x82]));
show("utf16le", () => decode("utf16le", [0x61], [0x00, 0x3d, 0xd8], [0x4d, 0xdc]));
show("base64", () => decode("base64", [1], [2, 3, 4]));
show("hex", () => decode("hex", [1, 255]));
show("latin1", () => decode("latin1", [0xe9, 0x41]));
show("encoding", () => [new StringDecoder().encoding, new StringDecoder("UCS2").encoding, new StringDecoder("binary").encoding]);
