// The parts of ioredis that are not supported. Each is an error that names it as soon as it is used.

class Refused {
  constructor() {
    throw new Error(`ioredis: ${new.target.what} not supported by ssr-host`);
  }
}

export class Cluster extends Refused {
  static what = "Cluster is";
}

/** What the option `sentinels` asks for. */
export class SentinelConnector extends Refused {
  static what = "the option sentinels is";
}

export class SentinelIterator extends Refused {
  static what = "SentinelIterator is";
}
