/**
 * Every module has every export that Node 20 has, except the ones below. A loud export counts: importing it must not
 * fail. Names only: what the exports do is tested elsewhere.
 */

/** Exports of Node that are deliberately absent, because they have no meaning outside of Node's own process. */
const ABSENT = {
  "async_hooks": `
    asyncWrapProviders`,
  "module": `
    globalPaths`,
  "fs": `
    FileReadStream FileWriteStream`,
  "process": `
    moduleLoadList binding domain exitCode dlopen getActiveResourcesInfo reallyExit openStdin
    allowedNodeEnvironmentFlags assert setUncaughtExceptionCaptureCallback hasUncaughtExceptionCaptureCallback
    sourceMapsEnabled stdin ppid debugPort noProcessWarnings report`,
};

/** module → its functions, and its other exports. */
const EXPORTS = {
  "assert": [
    `
      AssertionError CallTracker deepEqual deepStrictEqual doesNotMatch doesNotReject doesNotThrow equal fail
      ifError match notDeepEqual notDeepStrictEqual notEqual notStrictEqual ok rejects strict strictEqual
      throws`,
    `
      `,
  ],
  "assert/strict": [
    `
      AssertionError CallTracker deepEqual deepStrictEqual doesNotMatch doesNotReject doesNotThrow equal fail
      ifError match notDeepEqual notDeepStrictEqual notEqual notStrictEqual ok rejects strict strictEqual
      throws`,
    `
      `,
  ],
  "async_hooks": [
    `
      AsyncLocalStorage AsyncResource createHook executionAsyncId executionAsyncResource triggerAsyncId`,
    `
      `,
  ],
  "buffer": [
    `
      Blob Buffer File SlowBuffer atob btoa isAscii isUtf8 resolveObjectURL transcode`,
    `
      INSPECT_MAX_BYTES constants kMaxLength kStringMaxLength`,
  ],
  "console": [
    `
      Console assert clear context count countReset createTask debug dir dirxml error group groupCollapsed
      groupEnd info log profile profileEnd table time timeEnd timeLog timeStamp trace warn`,
    `
      `,
  ],
  "crypto": [
    `
      Certificate Cipher Cipheriv Decipher Decipheriv DiffieHellman DiffieHellmanGroup ECDH Hash Hmac
      KeyObject Sign Verify X509Certificate checkPrime checkPrimeSync createCipheriv createDecipheriv
      createDiffieHellman createDiffieHellmanGroup createECDH createHash createHmac createPrivateKey
      createPublicKey createSecretKey createSign createVerify diffieHellman generateKey generateKeyPair
      generateKeyPairSync generateKeySync generatePrime generatePrimeSync getCipherInfo getCiphers getCurves
      getDiffieHellman getFips getHashes getRandomValues hash hkdf hkdfSync pbkdf2 pbkdf2Sync privateDecrypt
      privateEncrypt publicDecrypt publicEncrypt randomBytes randomFill randomFillSync randomInt randomUUID
      scrypt scryptSync secureHeapUsed setEngine setFips sign timingSafeEqual verify`,
    `
      constants subtle webcrypto`,
  ],
  "diagnostics_channel": [
    `
      Channel channel hasSubscribers subscribe tracingChannel unsubscribe`,
    `
      `,
  ],
  "events": [
    `
      EventEmitter EventEmitterAsyncResource addAbortListener getEventListeners getMaxListeners init
      listenerCount on once setMaxListeners`,
    `
      captureRejectionSymbol captureRejections defaultMaxListeners errorMonitor usingDomains`,
  ],
  "fs": [
    `
      Dir Dirent ReadStream Stats WriteStream access accessSync appendFile appendFileSync chmod chmodSync
      chown chownSync close closeSync copyFile copyFileSync cp cpSync createReadStream createWriteStream
      exists existsSync fchmod fchmodSync fchown fchownSync fdatasync fdatasyncSync fstat fstatSync fsync
      fsyncSync ftruncate ftruncateSync futimes futimesSync lchown lchownSync link linkSync lstat lstatSync
      lutimes lutimesSync mkdir mkdirSync mkdtemp mkdtempSync open openAsBlob openSync opendir opendirSync
      read readFile readFileSync readSync readdir readdirSync readlink readlinkSync readv readvSync realpath
      realpathSync rename renameSync rm rmSync rmdir rmdirSync stat statSync statfs statfsSync symlink
      symlinkSync truncate truncateSync unlink unlinkSync unwatchFile utimes utimesSync watch watchFile write
      writeFile writeFileSync writeSync writev writevSync`,
    `
      F_OK R_OK W_OK X_OK constants lchmod lchmodSync promises`,
  ],
  "fs/promises": [
    `
      access appendFile chmod chown copyFile cp lchmod lchown link lstat lutimes mkdir mkdtemp open opendir
      readFile readdir readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes watch
      writeFile`,
    `
      constants`,
  ],
  "http": [
    `
      Agent ClientRequest IncomingMessage OutgoingMessage Server ServerResponse createServer get request
      setMaxIdleHTTPParsers validateHeaderName validateHeaderValue`,
    `
      METHODS STATUS_CODES globalAgent maxHeaderSize`,
  ],
  "module": [
    `
      Module SourceMap createRequire findSourceMap isBuiltin register runMain syncBuiltinESMExports`,
    `
      builtinModules`,
  ],
  "net": [
    `
      BlockList Server Socket SocketAddress Stream connect createConnection createServer
      getDefaultAutoSelectFamily getDefaultAutoSelectFamilyAttemptTimeout isIP isIPv4 isIPv6
      setDefaultAutoSelectFamily setDefaultAutoSelectFamilyAttemptTimeout`,
    `
      `,
  ],
  "os": [
    `
      arch availableParallelism cpus endianness freemem getPriority homedir hostname loadavg machine
      networkInterfaces platform release setPriority tmpdir totalmem type uptime userInfo version`,
    `
      EOL constants devNull`,
  ],
  "path": [
    `
      basename dirname extname format isAbsolute join matchesGlob normalize parse relative resolve
      toNamespacedPath`,
    `
      delimiter posix sep win32`,
  ],
  "path/posix": [
    `
      basename dirname extname format isAbsolute join matchesGlob normalize parse relative resolve
      toNamespacedPath`,
    `
      delimiter posix sep win32`,
  ],
  "path/win32": [
    `
      basename dirname extname format isAbsolute join matchesGlob normalize parse relative resolve
      toNamespacedPath`,
    `
      delimiter posix sep win32`,
  ],
  "perf_hooks": [
    `
      Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
      PerformanceObserverEntryList PerformanceResourceTiming createHistogram monitorEventLoopDelay`,
    `
      constants performance`,
  ],
  "process": [
    `
      abort availableMemory chdir constrainedMemory cpuUsage cwd emitWarning exit getBuiltinModule getegid
      geteuid getgid getgroups getuid hrtime initgroups kill loadEnvFile memoryUsage nextTick resourceUsage
      setSourceMapsEnabled setegid seteuid setgid setgroups setuid umask uptime`,
    `
      arch argv argv0 config env execArgv execPath features pid platform release stderr stdout title version
      versions`,
  ],
  "punycode": [
    `
      decode encode toASCII toUnicode`,
    `
      ucs2 version`,
  ],
  "querystring": [
    `
      decode encode escape parse stringify unescape unescapeBuffer`,
    `
      `,
  ],
  "stream": [
    `
      Duplex PassThrough Readable Stream Transform Writable addAbortSignal compose destroy duplexPair finished
      getDefaultHighWaterMark isDestroyed isDisturbed isErrored isReadable isWritable pipeline
      setDefaultHighWaterMark`,
    `
      promises`,
  ],
  "stream/consumers": [
    `
      arrayBuffer blob buffer json text`,
    `
      `,
  ],
  "stream/promises": [
    `
      finished pipeline`,
    `
      `,
  ],
  "stream/web": [
    `
      ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy DecompressionStream
      ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
      ReadableStreamDefaultController ReadableStreamDefaultReader TextDecoderStream TextEncoderStream
      TransformStream TransformStreamDefaultController WritableStream WritableStreamDefaultController
      WritableStreamDefaultWriter`,
    `
      `,
  ],
  "string_decoder": [
    `
      StringDecoder`,
    `
      `,
  ],
  "timers": [
    `
      active clearImmediate clearInterval clearTimeout enroll setImmediate setInterval setTimeout unenroll`,
    `
      promises`,
  ],
  "timers/promises": [
    `
      setImmediate setInterval setTimeout`,
    `
      scheduler`,
  ],
  "tty": [
    `
      ReadStream WriteStream isatty`,
    `
      `,
  ],
  "url": [
    `
      URL URLSearchParams Url domainToASCII domainToUnicode fileURLToPath format parse pathToFileURL resolve
      resolveObject urlToHttpOptions`,
    `
      `,
  ],
  "util": [
    `
      MIMEParams MIMEType TextDecoder TextEncoder aborted callbackify debug debuglog deprecate format
      formatWithOptions getSystemErrorMap getSystemErrorName inherits inspect isArray isBoolean isBuffer
      isDate isDeepStrictEqual isError isFunction isNull isNullOrUndefined isNumber isObject isPrimitive
      isRegExp isString isSymbol isUndefined log parseArgs parseEnv promisify stripVTControlCharacters
      styleText toUSVString transferableAbortController transferableAbortSignal`,
    `
      types`,
  ],
  "util/types": [
    `
      isAnyArrayBuffer isArgumentsObject isArrayBuffer isArrayBufferView isAsyncFunction isBigInt64Array
      isBigIntObject isBigUint64Array isBooleanObject isBoxedPrimitive isCryptoKey isDataView isDate
      isExternal isFloat32Array isFloat64Array isGeneratorFunction isGeneratorObject isInt16Array isInt32Array
      isInt8Array isKeyObject isMap isMapIterator isModuleNamespaceObject isNativeError isNumberObject
      isPromise isProxy isRegExp isSet isSetIterator isSharedArrayBuffer isStringObject isSymbolObject
      isTypedArray isUint16Array isUint32Array isUint8Array isUint8ClampedArray isWeakMap isWeakSet`,
    `
      `,
  ],
  "worker_threads": [
    `
      BroadcastChannel MessageChannel MessagePort Worker getEnvironmentData markAsUntransferable
      moveMessagePortToContext postMessageToThread receiveMessageOnPort setEnvironmentData`,
    `
      SHARE_ENV isMainThread parentPort resourceLimits threadId workerData`,
  ],
  "child_process": [
    `
      ChildProcess exec execFile execFileSync execSync fork spawn spawnSync`,
    `
      `,
  ],
  "cluster": [
    `
      Worker disconnect fork setupMaster setupPrimary`,
    `
      SCHED_NONE SCHED_RR isMaster isPrimary isWorker schedulingPolicy settings workers`,
  ],
  "dgram": [
    `
      Socket createSocket`,
    `
      `,
  ],
  "dns": [
    `
      Resolver getDefaultResultOrder getServers lookup lookupService resolve resolve4 resolve6 resolveAny
      resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTxt
      reverse setDefaultResultOrder setServers`,
    `
      ADDRCONFIG ADDRGETNETWORKPARAMS ALL BADFAMILY BADFLAGS BADHINTS BADNAME BADQUERY BADRESP BADSTR
      CANCELLED CONNREFUSED DESTRUCTION EOF FILE FORMERR LOADIPHLPAPI NODATA NOMEM NONAME NOTFOUND NOTIMP
      NOTINITIALIZED REFUSED SERVFAIL TIMEOUT V4MAPPED promises`,
  ],
  "dns/promises": [
    `
      Resolver getDefaultResultOrder getServers lookup lookupService resolve resolve4 resolve6 resolveAny
      resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTxt
      reverse setDefaultResultOrder setServers`,
    `
      ADDRGETNETWORKPARAMS BADFAMILY BADFLAGS BADHINTS BADNAME BADQUERY BADRESP BADSTR CANCELLED CONNREFUSED
      DESTRUCTION EOF FILE FORMERR LOADIPHLPAPI NODATA NOMEM NONAME NOTFOUND NOTIMP NOTINITIALIZED REFUSED
      SERVFAIL TIMEOUT`,
  ],
  "http2": [
    `
      Http2ServerRequest Http2ServerResponse connect createSecureServer createServer getDefaultSettings
      getPackedSettings getUnpackedSettings performServerHandshake`,
    `
      constants sensitiveHeaders`,
  ],
  "https": [
    `
      Agent Server createServer get request`,
    `
      globalAgent`,
  ],
  "inspector": [
    `
      Session close open url waitForDebugger`,
    `
      Network console`,
  ],
  "readline": [
    `
      Interface clearLine clearScreenDown createInterface cursorTo emitKeypressEvents moveCursor`,
    `
      promises`,
  ],
  "readline/promises": [
    `
      Interface Readline createInterface`,
    `
      `,
  ],
  "tls": [
    `
      SecureContext Server TLSSocket checkServerIdentity connect convertALPNProtocols createSecureContext
      createSecurePair createServer getCiphers`,
    `
      CLIENT_RENEG_LIMIT CLIENT_RENEG_WINDOW DEFAULT_CIPHERS DEFAULT_ECDH_CURVE DEFAULT_MAX_VERSION
      DEFAULT_MIN_VERSION rootCertificates`,
  ],
  "v8": [
    `
      DefaultDeserializer DefaultSerializer Deserializer GCProfiler Serializer cachedDataVersionTag
      deserialize getHeapCodeStatistics getHeapSnapshot getHeapSpaceStatistics getHeapStatistics queryObjects
      serialize setFlagsFromString setHeapSnapshotNearHeapLimit stopCoverage takeCoverage writeHeapSnapshot`,
    `
      promiseHooks startupSnapshot`,
  ],
  "vm": [
    `
      Script compileFunction createContext createScript isContext measureMemory runInContext runInNewContext
      runInThisContext`,
    `
      constants`,
  ],
  "zlib": [
    `
      BrotliCompress BrotliDecompress Deflate DeflateRaw Gunzip Gzip Inflate InflateRaw Unzip brotliCompress
      brotliCompressSync brotliDecompress brotliDecompressSync crc32 createBrotliCompress
      createBrotliDecompress createDeflate createDeflateRaw createGunzip createGzip createInflate
      createInflateRaw createUnzip deflate deflateRaw deflateRawSync deflateSync gunzip gunzipSync gzip
      gzipSync inflate inflateRaw inflateRawSync inflateSync unzip unzipSync`,
    `
      codes constants`,
  ],
};

const words = (list) => list.split(/\s+/).filter(Boolean);

for (const [module, [functions, others]] of Object.entries(EXPORTS)) {
  const namespace = await import(`node:${module}`);
  const bare = await import(module);
  const names = [...words(functions), ...words(others)];
  const missing = names.filter((name) => !(name in namespace));
  const notFunctions = words(functions).filter((name) => typeof namespace[name] !== "function");
  const notInDefault = names.filter((name) => !(name in namespace.default) && !(module in ABSENT && words(ABSENT[module]).includes(name)));
  console.log(module, { missing, notFunctions, notInDefault, same: bare.default === namespace.default });
}
