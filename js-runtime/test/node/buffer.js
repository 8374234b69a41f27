import buffer, { Blob as BlobExport, Buffer as BufferExport, constants, isAscii, isUtf8, kMaxLength, SlowBuffer } from "node:buffer";
import { show, text } from "./support/show.js";

const TEXT = "héllo €😀\u0000z";
const ENCODINGS = ["utf8", "utf-8", "UTF8", "ucs2", "utf16le", "latin1", "binary", "ascii", "hex", "base64", "base64url"];

show("globals", () => [Buffer === BufferExport, Blob === BlobExport, buffer.btoa === btoa, typeof File]);
show("constants", () => [kMaxLength, constants.MAX_STRING_LENGTH, buffer.INSPECT_MAX_BYTES, Buffer.poolSize]);
for (const encoding of ENCODINGS) {
  const bytes = Buffer.from([0, 1, 104, 233, 255, 128, 61, 216]);
  show(`toString ${encoding}`, () => bytes.toString(encoding));
  if (!/hex|base64/.test(encoding)) show(`from text ${encoding}`, () => Buffer.from(TEXT, encoding));
  show(`byteLength ${encoding}`, () => [TEXT, "YWJj", "YWI=", "YQ==", "abc"].map((value) => Buffer.byteLength(value, encoding)));
}
show("bom kept", () => Buffer.from([0xef, 0xbb, 0xbf, 65]).toString().length);
show("invalid utf8", () => [[0xff], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc0, 0x80], [0xed, 0xa0, 0x80]].map((b) => Buffer.from(b).toString()));
show("lone surrogate", () => [Buffer.from("\ud800x"), Buffer.byteLength("\ud800x")]);
for (const value of ["YWJj", "YWI=", "YQ==", "YQ", "Y", "", "YW Jj\n", "YW-_", "YW+/", "!!YWJj!!", "YWJj=YWJj", "YQ=", "=YQ", "YWJjZA"]) {
  show(`base64 ${JSON.stringify(value)}`, () => [Buffer.from(value, "base64"), Buffer.from(value, "base64url")]);
}
for (const value of ["00ff", "0", "abc", "zz", "00zz11", "ABcd", ""]) show(`hex ${value}`, () => Buffer.from(value, "hex"));
show("hex bad", () => Buffer.from("abcdxx12", "hex"));
show("from array", () => Buffer.from([1, 256, -1, 3.7, "4", NaN]));
show("from buffer copies", () => {
  const a = Buffer.from([1, 2]);
  const b = Buffer.from(a);
  a[0] = 9;
  return b;
});
show("from arraybuffer shares", () => {
  const memory = new ArrayBuffer(4);
  const view = Buffer.from(memory, 1, 2);
  new Uint8Array(memory)[1] = 7;
  return [view, view.byteOffset, view.buffer === memory];
});
show("from typed array", () => Buffer.from(new Uint16Array([1, 257])));
show("from toJSON", () => Buffer.from(JSON.parse(JSON.stringify(Buffer.from("ab")))));
show("from String object", () => Buffer.from(new String("ab")));
show("from array-like", () => Buffer.from({ length: 2, 0: 5, 1: 6 }));
show("from toPrimitive", () => Buffer.from({ [Symbol.toPrimitive]: () => "hi" }));
for (const bad of [5, null, undefined, {}, true, Symbol("s"), () => {}]) show(`from ${String(bad)}`, () => Buffer.from(bad));
show("from bad encoding", () => Buffer.from("a", "nope"));
show("from out of bounds", () => Buffer.from(new ArrayBuffer(2), 3));
show("from length out of bounds", () => Buffer.from(new ArrayBuffer(2), 1, 2));
show("alloc", () => [Buffer.alloc(3), Buffer.alloc(3, 1), Buffer.alloc(5, "ab"), Buffer.alloc(4, "AQI=", "base64"), Buffer.alloc(2, Buffer.from("xyz"))]);
show("alloc bad", () => Buffer.alloc(-1));
show("alloc type", () => Buffer.alloc("1"));
show("allocUnsafe", () => [Buffer.allocUnsafe(3).length, Buffer.allocUnsafeSlow(2).length, SlowBuffer(1).length]);
show("of", () => Buffer.of(1, 2, 300));
show("new", () => [new Buffer.from("a"), Buffer("ab"), Buffer(2)].map(text));
show("isBuffer", () => [Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.alloc(1) instanceof Uint8Array]);
show("isEncoding", () => ["utf8", "UTF-8", "hex", "nope", "", 5, undefined].map((value) => Buffer.isEncoding(value)));
show("concat", () => [Buffer.concat([Buffer.from("a"), new Uint8Array([98])]), Buffer.concat([Buffer.from("abc")], 2), Buffer.concat([Buffer.from("a")], 3), Buffer.concat([])]);
show("concat bad", () => Buffer.concat(["a"]));
show("compare", () => [["a", "b"], ["b", "a"], ["a", "a"], ["a", "ab"]].map(([a, b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
show("compare parts", () => Buffer.from("abcdef").compare(Buffer.from("xxcdxx"), 2, 4, 2, 4));
show("equals", () => [Buffer.from("a").equals(Buffer.from("a")), Buffer.from("a").equals(new Uint8Array([98]))]);
show("equals bad", () => Buffer.from("a").equals("a"));
show("copyBytesFrom", () => Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1));

const b = Buffer.from("Buffer buffer BUFFER");
show("slice", () => [b.slice(0, 6).toString(), b.subarray(-6).toString(), b.slice(3, 1).length, b.slice("2", "4").toString(), b.slice(0, 3) instanceof Buffer, b.slice(0, 2).buffer === b.buffer]);
show("toString range", () => [b.toString("utf8", 7, 13), b.toString(undefined, 7, 9), b.toString("latin1", -5, 3), b.toString("utf8", 5, 2), b.toString("utf8", 18, 99)]);
show("toString bad", () => b.toString("nope"));
show("indexOf", () => [b.indexOf("buf"), b.indexOf("f", 5), b.indexOf("f", -3), b.indexOf(98), b.indexOf(Buffer.from("BU")), b.indexOf("zzz"), b.indexOf(""), b.indexOf("", 50), b.indexOf("66", 0, "hex"), b.indexOf("f", undefined), b.lastIndexOf("f"), b.lastIndexOf("uf", 10), b.lastIndexOf("B", -7), b.includes("ffer"), b.includes(1)]);
show("indexOf bad", () => b.indexOf({}));
show("write", () => {
  const w = Buffer.alloc(8);
  return [w.write("abc"), w.write("é", 3), w.write("00ff", 5, "hex"), w.write("€€", 6), w.write("xyz", 0, 2), w.write("q", 7, 1, "latin1"), w];
});
show("write utf16", () => {
  const w = Buffer.alloc(5);
  return [w.write("abc", "utf16le"), w];
});
show("write bad", () => Buffer.alloc(1).write(5));
show("write offset", () => Buffer.alloc(1).write("a", 2));
show("fill", () => [Buffer.alloc(4).fill("ab"), Buffer.alloc(4).fill(1, 1, 3), Buffer.alloc(3).fill("é"), Buffer.alloc(3).fill("ff00", "hex"), Buffer.alloc(3).fill(""), Buffer.alloc(3).fill(257)]);
show("fill bad", () => Buffer.alloc(2).fill(1, 5));
show("copy", () => {
  const t = Buffer.alloc(5);
  return [b.copy(t), b.copy(t, 3), b.copy(t, 0, 7, 9), b.copy(t, 9), t.copy(t, 1), t];
});
show("copy bad", () => b.copy(Buffer.alloc(1), 0, 99));
show("toJSON", () => JSON.stringify(Buffer.from("ab")));
show("swap", () => [Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64()]);
show("swap bad", () => Buffer.alloc(3).swap16());
show("latin1Slice", () => [b.latin1Slice(0, 3), b.utf8Slice(), b.hexSlice(0, 2), b.base64Slice(0, 3)]);
show("iterate", () => [...Buffer.from("ab").entries()]);
show("map", () => [Buffer.from([1, 2]).map((n) => n * 2) instanceof Buffer, Buffer.from([3, 1, 2]).sort()]);
show("parent", () => [Buffer.alloc(1).parent instanceof ArrayBuffer, Buffer.from(new ArrayBuffer(2), 1).offset]);
show("Uint8Array from", () => new Uint8Array(Buffer.from("ab")).constructor.name);
show("isUtf8", () => [isUtf8(Buffer.from("é")), isUtf8(Buffer.from([0xff])), isAscii(Buffer.from("a")), isAscii(Buffer.from("é"))]);

const NUMBERS = Buffer.from([0x81, 0x82, 0x03, 0x04, 0x85, 0x06, 0x07, 0x88, 0x09]);
const READS = Object.keys(Buffer.prototype).filter((key) => /^read/.test(key)).sort();
show("read names", () => READS);
for (const name of READS) {
  if (/IntLE$|IntBE$/.test(name)) for (const size of [1, 2, 3, 4, 5, 6]) show(`${name} ${size}`, () => NUMBERS[name](1, size));
  else show(name, () => [NUMBERS[name](), NUMBERS[name](1)]);
}
for (const name of Object.keys(Buffer.prototype).filter((key) => /^write.+/.test(key)).sort()) {
  if (/Slice|Write$|^write$/.test(name)) continue;
  const out = Buffer.alloc(9);
  const value = /Big/.test(name) ? 0x7102030405060708n : /Float|Double/.test(name) ? -1.5 : 0x51;
  show(name, () => [/IntLE$|IntBE$/.test(name) ? out[name](value, 1, 3) : out[name](value, 1), out]);
}
show("write signed", () => {
  const out = Buffer.alloc(12);
  return [out.writeInt8(-1), out.writeInt16LE(-2, 1), out.writeInt32BE(-3, 3), out.writeIntLE(-5, 7, 5), out.writeBigInt64LE(-6n, 0), out];
});
show("read oob", () => Buffer.alloc(2).readUInt16LE(1));
show("read oob small", () => Buffer.alloc(1).readUInt32LE(0));
show("read offset type", () => Buffer.alloc(2).readUInt8("0"));
show("read offset fraction", () => Buffer.alloc(2).readUInt8(0.5));
show("write range", () => Buffer.alloc(2).writeUInt8(256));
show("write range signed", () => Buffer.alloc(2).writeInt16LE(-32769));
show("write range 48", () => Buffer.alloc(8).writeUIntBE(2 ** 48, 0, 6));
show("write range 40 signed", () => Buffer.alloc(8).writeIntBE(2 ** 40, 0, 5));
show("write big range", () => Buffer.alloc(8).writeBigUInt64LE(-1n));
show("write big range signed", () => Buffer.alloc(8).writeBigInt64LE(2n ** 63n));
show("byteLength arg", () => Buffer.alloc(8).readUIntLE(0, 7));
show("byteLength missing", () => Buffer.alloc(8).readUIntLE(0));
