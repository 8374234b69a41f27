/** `node:util/types`: what a value is inside, as deno_core's type checks know it. */
import { core } from "ext:core/mod.js";

/** The `Symbol.toStringTag` getter that tells typed arrays apart whatever was done to their prototype. */
const typedArrayTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;
const isTagged = (tag) => (value) => typedArrayTag.call(value) === tag;

export const isAnyArrayBuffer = core.isAnyArrayBuffer;
export const isArgumentsObject = core.isArgumentsObject;
export const isArrayBuffer = core.isArrayBuffer;
export const isArrayBufferView = (value) => ArrayBuffer.isView(value);
export const isAsyncFunction = core.isAsyncFunction;
export const isBigInt64Array = isTagged("BigInt64Array");
export const isBigIntObject = core.isBigIntObject;
export const isBigUint64Array = isTagged("BigUint64Array");
export const isBooleanObject = core.isBooleanObject;
export const isBoxedPrimitive = core.isBoxedPrimitive;
export const isCryptoKey = (value) => value instanceof CryptoKey;
export const isDataView = core.isDataView;
export const isDate = core.isDate;
export const isExternal = () => false; // no native add-on can make one
export const isFloat32Array = isTagged("Float32Array");
export const isFloat64Array = isTagged("Float64Array");
export const isGeneratorFunction = core.isGeneratorFunction;
export const isGeneratorObject = core.isGeneratorObject;
export const isInt16Array = isTagged("Int16Array");
export const isInt32Array = isTagged("Int32Array");
export const isInt8Array = isTagged("Int8Array");
export const isKeyObject = () => false; // node:crypto has no KeyObject here
export const isMap = core.isMap;
export const isMapIterator = core.isMapIterator;
export const isModuleNamespaceObject = core.isModuleNamespaceObject;
export const isNativeError = core.isNativeError;
export const isNumberObject = core.isNumberObject;
export const isPromise = core.isPromise;
export const isProxy = core.isProxy;
export const isRegExp = core.isRegExp;
export const isSet = core.isSet;
export const isSetIterator = core.isSetIterator;
export const isSharedArrayBuffer = core.isSharedArrayBuffer;
export const isStringObject = core.isStringObject;
export const isSymbolObject = core.isSymbolObject;
export const isTypedArray = core.isTypedArray;
export const isUint16Array = isTagged("Uint16Array");
export const isUint32Array = isTagged("Uint32Array");
export const isUint8Array = isTagged("Uint8Array");
export const isUint8ClampedArray = isTagged("Uint8ClampedArray");
export const isWeakMap = core.isWeakMap;
export const isWeakSet = core.isWeakSet;

export default {
  isAnyArrayBuffer, isArgumentsObject, isArrayBuffer, isArrayBufferView, isAsyncFunction, isBigInt64Array,
  isBigIntObject, isBigUint64Array, isBooleanObject, isBoxedPrimitive, isCryptoKey, isDataView, isDate, isExternal,
  isFloat32Array, isFloat64Array, isGeneratorFunction, isGeneratorObject, isInt16Array, isInt32Array, isInt8Array,
  isKeyObject, isMap, isMapIterator, isModuleNamespaceObject, isNativeError, isNumberObject, isPromise, isProxy,
  isRegExp, isSet, isSetIterator, isSharedArrayBuffer, isStringObject, isSymbolObject, isTypedArray, isUint16Array,
  isUint32Array, isUint8Array, isUint8ClampedArray, isWeakMap, isWeakSet,
};
